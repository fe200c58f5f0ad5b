"""`make bench-tone` reads any labelled CSV file, names mistakes, and ends with one JSON line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import tone


def write(folder: Path, text: str) -> Path:
    path = folder / "a.csv"
    path.write_text(text, "utf-8")
    return path


def test_labels_and_languages_are_read_in_any_spelling(tmp_path: Path) -> None:
    path = write(tmp_path, "id,Language,Label,Text\n1,it-IT,POS,grazie\n2,English,Negative,bad\n")
    assert tone.read(path) == [
        tone.Row("grazie", "positive", "it"),
        tone.Row("bad", "negative", "en"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,label\nx,pos\n", "no column 'language'"),
        ("text,label,language\nx,happy,it\n", "a.csv:2: label 'happy' is none of"),
        ("text,label,language\n ,pos,it\n", "a.csv:2: this row has no text"),
        ("text,label,language\nx,pos\n", "a.csv:2: this row has no language"),
        ("text,label,language\n", "no rows"),
        ("", "no column 'text'"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(tone.BadFile, match=message):
        tone.read(write(tmp_path, content))


def test_a_file_that_is_not_there_ends_with_status_2(tmp_path: Path) -> None:
    assert tone.main(["--test", str(tmp_path / "none.csv")]) == 2


def test_the_last_line_is_one_json_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "text,label,language\ngrazie mille,pos,it\nthis is awful,neg,en\n")
    assert tone.main(["--test", str(path)]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["macro_f1"] == {"it": 1.0, "en": 1.0}
    assert figures["n"] == {"it": 1, "en": 1}
