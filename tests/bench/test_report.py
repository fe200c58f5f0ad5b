"""The table and the result file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import report
from bench.targets import ADDITION, LATE, TURN

MACHINE = {"processor": "a processor", "cores": 2}
MEASURED = [
    ADDITION.figure(8.1234, baseline=14.0, ratio=1.58, note="40 pairs"),
    LATE.figure(22.0, baseline=20.0, ratio=1.2),
]
ORDER = [ADDITION.name, TURN.name, LATE.name]


def test_the_result_file_has_the_agreed_shape(tmp_path: Path) -> None:
    file = tmp_path / "results" / "latest.json"
    report.write_json(file, MEASURED, MACHINE, ORDER)
    content = json.loads(file.read_text("utf-8"))
    assert content["machine"] == MACHINE
    assert content["figures"][0] == {
        "name": ADDITION.name,
        "value": 8.12,
        "unit": "ms",
        "baseline": 14.0,
        "ratio": 1.58,
        "target": "≤ 12 ms",
        "met": True,
        "note": "40 pairs",
    }


def test_a_run_of_one_figure_keeps_the_others_in_their_places(tmp_path: Path) -> None:
    file = tmp_path / "latest.json"
    report.write_json(file, MEASURED, MACHINE, ORDER)
    report.write_json(file, [TURN.figure(30.0), LATE.figure(21.0, ratio=1.0)], MACHINE, ORDER)
    figures, _ = report.read_json(file)
    assert [figure.name for figure in figures] == ORDER
    assert figures[2].value == 21.0
    assert figures[2].met is True


def test_the_table_says_plainly_what_falls_short() -> None:
    table = report.markdown(MEASURED, MACHINE)
    assert f"| {ADDITION.name} | 8.12 ms | 14.0 ms | 1.58× | ≤ 12 ms | yes |" in table
    assert f"| {LATE.name} | 22.0 ms | 20.0 ms | 1.20× | ≤ 1.1× | **no** |" in table
    assert "40 pairs" in table
    assert "cores 2" in table


def test_a_void_figure_shows_its_reason() -> None:
    plain = report.plain([TURN.void("void: no model")])
    assert "–" in plain
    assert "void: no model" in plain


def test_the_table_goes_between_its_marks(tmp_path: Path) -> None:
    file = tmp_path / "performance.md"
    file.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", "utf-8")
    report.write_docs(file, "new")
    assert file.read_text("utf-8") == f"before\n{report.BEGIN}\nnew\n{report.END}\nafter\n"


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "performance.md"
    file.write_text("no marks", "utf-8")
    with pytest.raises(ValueError, match="marks"):
        report.write_docs(file, "new")
    assert file.read_text("utf-8") == "no marks"
