"""The guard's verdict, for a person at a terminal and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from studio.guard.comparing import Change, Tally, tally
from studio.guard.predictions import LANGUAGES, SETS, Prediction
from studio.guard.verdict import Verdict

FORMAT = 1


def as_json(verdict: Verdict, now: Sequence[Prediction], model: str, reference: str) -> Any:
    """The verdict as JSON."""
    comparison = verdict.comparison
    return {
        "format": FORMAT,
        "ok": verdict.ok,
        "model": model,
        "reference": reference or None,
        "findings": [
            {
                "kind": finding.kind,
                "place": finding.place,
                "message": finding.message,
                "changes": [change_json(change) for change in finding.changes],
            }
            for finding in verdict.findings
        ],
        "balances": [
            {
                "name": balance.name,
                "gains": balance.gains,
                "losses": balance.losses,
                "accepted": balance.accepted,
                "net": balance.net,
            }
            for balance in verdict.balances
        ],
        "better": [change_json(change) for change in comparison.better],
        "worse": [change_json(change) for change in comparison.worse],
        "otherwise": [change_json(change) for change in comparison.otherwise],
        "borderline": [change_json(change) for change in comparison.borderline],
        "messages": {
            "added": len(comparison.added),
            "removed": len(comparison.removed),
            "relabelled": len(comparison.relabelled),
        },
        "accepted": [
            {"text": entry.text, "language": entry.language, "reason": entry.reason}
            for entry, _ in verdict.accepted
        ],
        "dialogues": verdict.dialogues,
        "sets": {
            f"{name}.{language}": tally_json(tally(_of(now, name, language)))
            for name in SETS
            for language in LANGUAGES
        },
        "notes": list(verdict.notes),
    }


def change_json(change: Change) -> dict[str, Any]:
    """One message that is read otherwise."""
    return {
        "text": change.now.text,
        "language": change.now.language,
        "set": change.now.set,
        "critical": change.now.critical,
        "expected": change.now.expected,
        "was": change.was.reading,
        "now": change.now.reading,
        "distance": change.now.distance,
    }


def tally_json(counted: Tally) -> dict[str, Any]:
    """Counts and accuracy (0 to 1)."""
    return {
        "messages": counted.messages,
        "right": counted.right,
        "asked": counted.asked,
        "wrong": counted.wrong,
        "accuracy": round(counted.accuracy, 4),
    }


def as_text(verdict: Verdict, now: Sequence[Prediction], model: str, reference: str) -> str:
    """The verdict in lines."""
    comparison = verdict.comparison
    lines = [f"{model}, {len(now)} evaluation messages"]
    lines += [f"  {_set_line(now, name, language)}" for name in SETS for language in LANGUAGES]
    if verdict.compared:
        lines += ["", f"Compared with {reference}:"]
        lines += _comparison(verdict)
    lines += change_lines("Worse", comparison.worse)
    lines += change_lines("Better", comparison.better)
    lines += change_lines("Read otherwise, as right or wrong as before", comparison.otherwise)
    lines += change_lines(
        "On a border: any arithmetic may flip them, they don't count", comparison.borderline
    )
    if verdict.accepted:
        lines += ["", f"Accepted with a reason: {len(verdict.accepted)}"]
    if verdict.dialogues is not None:
        lines += ["", f"Dialogues played: {verdict.dialogues}"]
    lines += [f"Note: {note}" for note in verdict.notes]
    lines += [""]
    for finding in verdict.findings:
        lines.append(f"✗ {finding.kind}: {finding.message}  [{finding.place}]")
        lines += [f"    {_line(change)}" for change in finding.changes]
    count = len(verdict.findings)
    lines.append("Nothing stands against this model." if verdict.ok else f"{count} findings.")
    return "\n".join(lines)


def _comparison(verdict: Verdict) -> list[str]:
    comparison = verdict.comparison
    sizes = (
        (len(comparison.better), "better"),
        (len(comparison.worse), "worse"),
        (len(comparison.otherwise), "otherwise"),
        (len(comparison.borderline), "on a border"),
    )
    lines = ["  " + ", ".join(f"{count} {what}" for count, what in sizes)]
    counts = (
        (len(comparison.added), "new"),
        (len(comparison.removed), "gone"),
        (len(comparison.relabelled), "labelled anew"),
    )
    if said := ", ".join(f"{count} {what}" for count, what in counts if count):
        lines.append(f"  messages: {said}")
    moved = [one for one in verdict.balances if one.gains or one.losses or one.accepted]
    if moved:
        width = max(len(one.name) for one in moved)
        lines.append(f"  {'':{width}}  better  worse  accepted")
        lines += [
            f"  {one.name:{width}}  {one.gains:6}  {one.losses:5}  {one.accepted:8}"
            + ("  ✗" if one.net > 0 else "")
            for one in moved
        ]
    return lines


def change_lines(title: str, changes: Iterable[Change]) -> list[str]:
    """Messages under a heading; nothing when there are none."""
    listed = [f"  {_line(change)}" for change in sorted(changes, key=_order)]
    return ["", f"{title} ({len(listed)}):", *listed] if listed else []


def _order(change: Change) -> tuple[str, str, str]:
    return change.now.expected, change.now.language, change.now.text


def _line(change: Change) -> str:
    critical = " (critical)" if change.now.critical else ""
    return (
        f"{change.now.language} {change.now.expected}{critical}: {change.was.reading}"
        f" → {change.now.reading}  {change.now.text!r}"
    )


def _set_line(now: Sequence[Prediction], name: str, language: str) -> str:
    counted = tally(_of(now, name, language))
    return (
        f"{name}.{language}: {counted.right} of {counted.messages} right"
        f" ({counted.accuracy:.1%}), {counted.asked} asked about, {counted.wrong} wrong"
    )


def _of(now: Sequence[Prediction], name: str, language: str) -> list[Prediction]:
    return [one for one in now if (one.set, one.language) == (name, language)]
