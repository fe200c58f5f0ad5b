"""`make bench-nlu` copes with any labelled CSV file and counts as its documentation says."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from bench import nlu


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_quotes_newlines_and_other_column_names_are_read(tmp_path: Path) -> None:
    rows = [["query", "n", "the intent"], ['say "hi",\nthere', "1", "a/b c"], ["[x](y)", "2", "z"]]
    path = write(tmp_path / "a.csv", rows)
    assert nlu.read(path, "query", "the intent") == [
        nlu.Row('say "hi",\nthere', "a/b c"),
        nlu.Row("[x](y)", "z"),
    ]


def test_the_only_other_column_is_the_label(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [["text", "category"], ["hi", "greet"]])
    assert nlu.read(path, "text", None) == [nlu.Row("hi", "greet")]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["text", "label"], ["hi", ""]], "a.csv:2: this row has no label"),
        ([["text", "label"], ["hi", "x"], [" ", "x"]], "a.csv:3: this row has no text"),
        ([["text", "label"], ["hi"]], "a.csv:2: this row has no label"),
        ([["text", "label"]], "no rows"),
        ([["message", "label"], ["hi", "x"]], "no column 'text'"),
        ([["text", "a", "b"], ["hi", "x", "y"]], "no column 'label'"),
        ([], "no column"),
    ],
)
def test_mistakes_are_named_with_their_line(
    tmp_path: Path, rows: list[list[str]], message: str
) -> None:
    with pytest.raises(nlu.BadFile, match=message):
        nlu.read(write(tmp_path / "a.csv", rows), "text", None)


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(nlu.BadFile, match="No such file"):
        nlu.read(tmp_path / "none.csv", "text", None)
    (tmp_path / "latin.csv").write_bytes("text,label\nperché,x\n".encode("latin-1"))
    with pytest.raises(nlu.BadFile, match="not UTF-8"):
        nlu.read(tmp_path / "latin.csv", "text", None)


def result(intent: str, best: str) -> dict[str, Any]:
    return {"intent": {"name": intent}, "intent_ranking": [{"name": best}]}


ROWS = [nlu.Row("1", "a"), nlu.Row("2", "a"), nlu.Row("3", "b"), nlu.Row("4", "oos")]
RESULTS = [result("i0", "i0"), result("nlu_fallback", "i0"), result("i1", "i1")]


def test_with_an_out_of_scope_label_rejection_counts_as_it() -> None:
    results = [*RESULTS, result("nlu_fallback", "i1")]
    found = nlu.figures(ROWS, results, {"i0": "a", "i1": "b"}, "oos")
    assert found["accuracy"] == 0.75
    assert found["in_scope_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["oos_recall"] == 1.0
    assert 0 < (found["mcc"] or 0) < 1


def test_without_one_the_best_label_counts() -> None:
    found = nlu.figures(ROWS[:3], RESULTS, {"i0": "a", "i1": "b"}, None)
    assert found["accuracy"] == 1.0
    assert found["in_scope_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["oos_recall"] is None
    assert found["mcc"] == 1.0


def test_a_message_that_only_gives_a_value_is_judged_by_its_best_label() -> None:
    informing = {
        "intent": {"name": "inform"},
        "intent_ranking": [{"name": "inform"}, {"name": "i0"}],
    }
    found = nlu.figures([nlu.Row("LA-20417", "a")], [informing], {"i0": "a"}, None)
    assert found["accuracy"] == 1.0


def test_the_whole_run_ends_in_one_json_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {
        "dove/sei": ["dov'è il mio ordine", "where is my order", "quando arriva il pacco"],
        "wash it [now]": ["come si lava", "how do I wash it", '/wash {"a": 1}', "si lava a mano?"],
        "NONE": ["che tempo fa", "who won the match"],
    }
    rows = [["text", "label"]]
    rows += [[text, label] for label, texts in words.items() for text in texts * 2]
    path = write(tmp_path / "train.csv", rows)
    test = write(tmp_path / "test.csv", [*rows, ["never seen", "an unseen label"]])
    arguments = ["bench-nlu", "--train", str(path), "--test", str(test), "--oos-label", "NONE"]
    monkeypatch.setattr("sys.argv", arguments)
    assert nlu.main() == 0
    figures = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert set(figures) == {
        "accuracy",
        "in_scope_accuracy",
        "oos_recall",
        "mcc",
        "threshold",
        "train_seconds",
        "ms_per_message",
    }
    assert figures["accuracy"] > 0.4


def test_a_mistake_ends_with_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.csv", [["text", "label"], ["hi", ""]])
    monkeypatch.setattr("sys.argv", ["bench-nlu", "--train", str(path), "--test", str(path)])
    assert nlu.main() == 2
    assert capsys.readouterr().err == f"bench-nlu: {path}:2: this row has no label\n"


@pytest.mark.reference
@pytest.mark.timeout(900)
def test_banking77_reaches_what_was_promised() -> None:
    import os

    folder = Path(os.environ.get("ASCOLTO_REFERENCE_DATA", "../shared/data")) / "banking77"
    training, testing = (nlu.read(folder / f"{n}.csv", "text", None) for n in ("train", "test"))
    assert nlu.measure(training, testing, None)["accuracy"] >= 0.925
