"""The trained model, judged by the guard: nothing that was understood is lost without a reason.

The dialogues are left out here: `make test` plays every one of them (tests/conversations).
"""

from __future__ import annotations

from ops.processes import ROOT
from studio.guard import checking, model, telling


def test_nothing_stands_against_the_served_model() -> None:
    read = model.predictions()
    verdict, reference = checking.check(ROOT, read.predictions)
    assert verdict.ok, telling.as_text(verdict, read.predictions, read.model, reference)
