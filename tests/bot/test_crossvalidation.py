"""Every example is read by a model that never saw it, and its place is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import crossvalidation, reader
from bot.crossvalidation import FOLDS, Example, examples, held_out

FILE = """\
version: "3.1"

# Where it ends.
nlu:
- intent: greet
  examples: |
    - ciao
    - buongiorno [LA-20417](order_number)
- lookup: city
  examples: |
    - Biella
- intent: order_status
  examples: |
    - dov'è il mio pacco?
"""


def test_examples_have_the_lines_they_stand_in(tmp_path: Path) -> None:
    for language in crossvalidation.LANGUAGES:
        (tmp_path / language).mkdir()
    path = tmp_path / "it" / "greet.yml"
    path.write_text(FILE, "utf-8")
    found = examples(tmp_path)
    assert [(one.text, one.expected, one.line) for one in found] == [
        ("ciao", "greet", 7),
        ("buongiorno LA-20417", "greet", 8),
        ("dov'è il mio pacco?", "order_status", 14),
    ]
    lines = FILE.splitlines()
    assert all(one.text[:4] in lines[one.line - 1] for one in found)
    path.write_text("nlu: [1]", "utf-8")
    with pytest.raises(crossvalidation.NothingToTrain, match=r"greet\.yml"):
        examples(tmp_path)


WORDS = "uno due tre quattro cinque sei sette otto nove dieci"


def tiny_examples(model: reader.Reader) -> list[Example]:
    """Ten examples an intent of the tiny bot; they differ in words that no other intent has."""
    return [
        Example(f"{name} {word} {name}", "it", "data/nlu/it/x.yml", number, name)
        for name in model.served.model.intents
        for number, word in enumerate(WORDS.split())
    ]


def test_whoever_reads_an_example_never_saw_it(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crossvalidation, "CACHE", tmp_path)
    model = reader.load(tiny_model)
    asked = tiny_examples(model)
    fitted: list[int] = []
    original = crossvalidation.fit_encoder

    def remember(vectors: object, labels: list[int], *more: object) -> object:
        fitted.append(len(labels))
        return original(vectors, labels, *more)

    monkeypatch.setattr(crossvalidation, "fit_encoder", remember)
    held = held_out(model, asked)
    assert [one.text for one in held] == [one.text for one in asked]
    assert fitted == [len(asked) * (FOLDS - 1) // FOLDS] * FOLDS
    likeliest = [one.first == one.expected for one in held]
    assert sum(likeliest) > 0.8 * len(likeliest)
    assert held_out(model, asked) == held, "the same examples give the same readings"


def test_the_same_example_twice_is_in_one_fold() -> None:
    twice = [Example(text, "it", "x.yml", 1, "greet") for text in ("Ciao", "ciao", "ehi", "salve")]
    folds = crossvalidation._folds(twice)
    assert folds[0] == folds[1]
    assert len({int(fold) for fold in folds}) == 3


def test_the_command_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    arguments = ["--model", str(tmp_path / "none.tar.gz"), "--out", str(out)]
    assert crossvalidation.main(arguments) == 2
    assert "none.tar.gz" in capsys.readouterr().err
    assert not out.exists()
    broken = tmp_path / "broken.tar.gz"
    broken.write_text(json.dumps({}), "utf-8")
    assert crossvalidation.main(["--model", str(broken), "--out", str(out)]) == 2
