"""The labelled messages of tone are well formed, and nothing they are judged by is trained on."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from understanding import tone_examples as examples
from understanding import vectors

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data" / "tone"
TESTS = ROOT / "tests" / "tone"
SETS = ("evaluation", "negation", "sarcasm")

per_language = pytest.mark.parametrize("language", examples.LANGUAGES)


def folded(text: str) -> str:
    """What two spellings of the same message share; emoji alone stay themselves."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", plain)) or text


def judged(language: str) -> list[examples.Example]:
    return [
        example
        for name in SETS
        for example in examples.evaluation(TESTS / f"{name}.{language}.yml", language)
    ]


def trained(language: str) -> list[examples.Example]:
    return [example for example in examples.training(DATA) if example.language == language]


@per_language
def test_there_are_enough_of_each_kind(language: str) -> None:
    training, evaluation = (
        trained(language),
        examples.evaluation(TESTS / f"evaluation.{language}.yml", language),
    )
    assert len(training) >= 900
    assert len(evaluation) >= 300
    for name in ("negation", "sarcasm"):
        assert len(examples.evaluation(TESTS / f"{name}.{language}.yml", language)) >= 40
    assert min(Counter(example.polarity for example in training).values()) >= 250
    assert min(Counter(example.polarity for example in evaluation).values()) >= 60
    assert sum(example.angry for example in evaluation) >= 40
    assert sum(example.urgent for example in evaluation) >= 30


@per_language
def test_no_message_stands_twice(language: str) -> None:
    for messages in (trained(language), judged(language)):
        counts = Counter(example.text for example in messages)
        assert [text for text, count in counts.items() if count > 1] == []


@per_language
def test_nothing_that_is_judged_was_trained_on(language: str) -> None:
    known = {folded(example.text) for example in examples.training(DATA)}
    assert [example.text for example in judged(language) if folded(example.text) in known] == []


@per_language
def test_nothing_that_is_judged_is_nearly_a_training_example(language: str) -> None:
    """Longer messages only: of three words many sound alike without being copies."""
    test = [example.text for example in judged(language) if len(example.text.split()) >= 7]
    train = [example.text for example in trained(language)]
    alike = vectors.encode(test) @ vectors.encode(train).T
    near = [
        (text, train[int(row.argmax())])
        for text, row in zip(test, alike, strict=True)
        if row.max() > 0.95
    ]
    assert near == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("furious: |\n  x\n", "no section 'furious'"),
        ("calm: [x]\n", "must be a block of lines"),
        ("- x\n", "has no sections"),
        ("calm: [x\n", "not readable as YAML"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    for language in examples.LANGUAGES:
        (tmp_path / language).mkdir()
        for polarity in examples.POLARITIES:
            (tmp_path / language / f"{polarity}.yml").write_text("calm: |\n  x\n", "utf-8")
    (tmp_path / "it" / "neutral.yml").write_text(content, "utf-8")
    with pytest.raises(examples.BadExamples, match=f"neutral.yml: .*{message}"):
        examples.training(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(examples.BadExamples, match=r"negative\.yml: No such file"):
        examples.training(tmp_path)
