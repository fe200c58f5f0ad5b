"""What is kept of a model for people: how well it reads, and what the guard said."""

from __future__ import annotations

from typing import Any

_KEPT = ("ok", "reference", "messages", "dialogues", "findings", "balances")
_MOST = 40


def summary(verdict: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(figures, guard): accuracies by set and language; what got better and worse, shortened."""
    figures = {"sets": verdict.get("sets") or {}}
    guard = {key: verdict[key] for key in _KEPT if key in verdict}
    guard["findings"] = [
        {key: finding.get(key) for key in ("kind", "place", "message")}
        for finding in (verdict.get("findings") or [])[:_MOST]
    ]
    guard["balances"] = [b for b in verdict.get("balances") or [] if b.get("net")][:_MOST]
    guard["better"] = len(verdict.get("better") or ())
    guard["worse"] = len(verdict.get("worse") or ())
    return figures, guard
