"""Programs that run beside the checks answer, or say why not, and let others go first."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from studio.validate import besides


def started(folder: Path, code: str) -> besides.Beside:
    (folder / "told.py").write_text(code, "utf-8")
    return besides.start(Path(sys.executable), "told", code=folder, root=folder)


def test_it_answers_and_lets_others_go_first(tmp_path: Path) -> None:
    told = started(tmp_path, "import os; print(os.nice(0))").answer()
    assert told == min(19, os.nice(0) + 4)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise SystemExit('no wool left')", "no wool left"),
        ("raise SystemExit(3)", "it ended with status 3"),
        ("print('wool')", "its answer is no JSON"),
    ],
)
def test_it_says_why_there_is_no_answer(tmp_path: Path, code: str, words: str) -> None:
    with pytest.raises(besides.BesideFailed, match=words):
        started(tmp_path, code).answer()


def test_it_can_be_ended(tmp_path: Path) -> None:
    beside = started(tmp_path, "import time; time.sleep(60)")
    beside.stop()
    assert beside.process.poll() is not None
