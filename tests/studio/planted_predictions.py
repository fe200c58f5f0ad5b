"""Predictions as tests plant them, what the guard says of them, and a loss that was accepted."""

from __future__ import annotations

from studio.guard import accepted
from studio.guard.comparing import compare
from studio.guard.predictions import Prediction
from studio.guard.verdict import Verdict, judge

ACCEPTED = """\
# Why each is borne.
- text: voglio una persona
  language: it
  expected: talk_to_human
  now: thank
  reason: nobody says it so
"""


def message(text: str, expected: str = "greet", predicted: str = "", **more: object) -> Prediction:
    usual: dict[str, object] = {
        "language": "it",
        "set": "evaluation",
        "critical": False,
        "asked": (),
        "distance": 0.4,
    }
    return Prediction(
        text=text,
        expected=expected,
        predicted=predicted or expected,
        **{**usual, **more},  # type: ignore[arg-type]
    )


def verdict(was: list[Prediction], now: list[Prediction], losses: str = "") -> Verdict:
    entries, mistakes = accepted.parse(losses)
    return judge(compare(was, now), now, entries, mistakes)


def kinds(found: Verdict) -> list[tuple[str, str]]:
    return [(finding.kind, finding.place) for finding in found.findings]
