"""What is pulled is written as its file is: its line ends, its indents, its marks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.pulling import article_files, example_files
from studio.pulling.lines import CantWrite, Text


@pytest.mark.parametrize(
    ("around", "line"),
    [
        (
            b"nlu:\r\n- intent: deny\r\n  examples: |\r\n    - no\r\n@\r\n# the end\r\n",
            b"    - macch\xc3\xa9\r\n",
        ),
        (
            b"nlu:\n  - examples: |\n        - no\n@    intent: deny",
            b"        - macch\xc3\xa9\n",
        ),
        (
            b"nlu:\n- intent: deny  # why\n  examples: |\n    - no@",
            b"\n    - macch\xc3\xa9",
        ),
        (
            b"nlu:\n- intent: deny\n  examples: |\n   - no\n@- intent: x\n  examples: |\n    - a\n",
            b"   - macch\xc3\xa9\n",
        ),
    ],
)
def test_line_ends_comments_and_style_are_kept(around: bytes, line: bytes) -> None:
    text = Text.of(Path("deny.yml"), around.replace(b"@", b""))
    grown = example_files.add(text, "deny", ["macché"])
    assert str(grown).encode() == around.replace(b"@", line)


def test_a_block_that_is_no_block_is_refused() -> None:
    text = Text.of(Path("deny.yml"), b'nlu:\n- intent: deny\n  examples: "- no"\n')
    with pytest.raises(CantWrite):
        example_files.add(text, "deny", ["macché"])


@pytest.mark.parametrize(
    ("text", "entities", "line"),
    [
        (
            "dov'è LA-10000?",
            [{"start": 6, "end": 14, "entity": "order_number", "value": "LA-10000"}],
            "dov'è [LA-10000](order_number)?",
        ),
        (
            "dov'è  la 10000",
            [{"start": 7, "end": 15, "entity": "order_number", "value": "LA-10000"}],
            'dov\'è [la 10000]{"entity":"order_number","value":"LA-10000"}',
        ),
        (
            "no LA-10000, LA-10001",
            [
                {"start": 13, "end": 21, "entity": "order_number"},
                {"start": 3, "end": 11, "entity": "order_number", "role": "not"},
            ],
            'no [LA-10000]{"entity":"order_number","role":"not"}, [LA-10001](order_number)',
        ),
    ],
)
def test_entities_are_written_as_rasa_writes_them(
    text: str, entities: list[dict[str, Any]], line: str
) -> None:
    assert example_files.annotated(text, entities) == line


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("corto", [{"start": 3, "end": 9, "entity": "order_number"}]),
        ("uno [due](tre)", []),
        ("uno ] due", [{"start": 0, "end": 9, "entity": "order_number"}]),
    ],
)
def test_what_would_be_read_otherwise_is_refused(text: str, entities: list[dict[str, Any]]) -> None:
    with pytest.raises(CantWrite):
        example_files.annotated(text, entities)


def test_a_question_after_one_over_several_lines() -> None:
    written = b"---\ntitle: T\nquestions:\n- 'one\n  more'\n- two\n  lines\nslug: t\n---\nText\n"
    text = article_files.add(Text.of(Path("t.md"), written), ["three"])
    assert str(text).encode() == written.replace(b"slug", b"- three\nslug")
