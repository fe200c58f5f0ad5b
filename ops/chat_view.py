"""How the terminal shows a conversation: what was said, and in a quieter line why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ops.chat_client import Entry, State

# name shown, colour of the frame
_ROLES = {
    "bot": ("bot", "green"),
    "agent": ("person", "magenta"),
    "system": ("Ascolto", "yellow"),
    "customer": ("you", "cyan"),
}
_OWNERS = {
    "bot": "the bot answers",
    "queued": "waiting for a person",
    "agent": "a person answers",
    "wrap_up": "a person has just finished",
    "closed": "closed",
}
_REJECTED = "nlu_fallback"


def said(
    entry: Entry, explained: Iterable[Mapping[str, Any]], state: State, seconds: float | None
) -> RenderableType:
    """What we said with its buttons, and below it how the customer was understood.

    explained: of each message that this answers; seconds: since the first of them was sent.
    """
    name, colour = _ROLES.get(entry.role, (entry.role, "white"))
    body = Text(entry.text)
    for number, button in enumerate(entry.buttons, start=1):
        body.append(f"\n  [{number}] ", style="bold")
        body.append(button["title"])
    below = [line for found in explained for line in understood(found, state.language)]
    below.append(owner(state) if seconds is None else f"{owner(state)}, after {seconds:.1f} s")
    return Group(
        Panel(body, title=name, title_align="left", border_style=colour, expand=False),
        Padding(Text("\n".join(below), style="dim"), (0, 0, 0, 2)),
    )


def owner(state: State) -> str:
    """Who answers, in words."""
    return f"owner {state.owner} ({_OWNERS.get(state.owner, 'unknown')})"


def understood(explain: Mapping[str, Any], language: str) -> list[str]:
    """Intent with confidence, signals, and the reasons of an escalation, a line each."""
    if not explain:
        return []
    first = f"intent {_intent(explain)}"
    if entities := explain.get("entities"):
        shown = ", ".join(f"{one.get('entity')} {one.get('value')}" for one in entities)
        first += f"   entities {shown}"
    lines = [first]
    if signals := explain.get("signals"):
        lines.append(f"signals {', '.join(_name(signal) for signal in signals)}")
    if rules := explain.get("rules"):
        lines.append(f"escalated by {', '.join(rules)}")
        reasons = explain.get("reasons") or []
        lines += [f"  because {_reason(reason, language)}" for reason in reasons]
    return lines


def _intent(explain: Mapping[str, Any]) -> str:
    intent, confidence = explain.get("intent"), explain.get("confidence")
    if not intent:
        return "not read (a person or a choice answered)"
    shown = f"{intent} {confidence:.2f}" if isinstance(confidence, int | float) else str(intent)
    if intent == _REJECTED and (ranking := explain.get("ranking")):
        nearest = next((one for one in ranking if one.get("intent") != _REJECTED), None)
        if nearest:
            shown += f" (nearest: {nearest['intent']} {nearest.get('confidence', 0):.2f})"
    return shown


def _name(signal: str | Mapping[str, Any]) -> str:
    return signal if isinstance(signal, str) else str(signal.get("name"))


def _reason(reason: str | Mapping[str, Any], language: str) -> str:
    if isinstance(reason, str):
        return reason
    return str(reason.get(language) or reason.get("en") or reason.get("code"))


def unanswered(entry: Entry) -> Text:
    """A customer's message that ended without an answer of the bot."""
    words = {
        "relayed": "passed on to the person who answers",
        "superseded": "a later message took its place",
        "ignored": "needs no answer",
        "answered": "answered",
    }
    text = words.get(entry.disposition, entry.disposition)
    if entry.reason:
        text += f" ({entry.reason})"
    return Text(f"  {text}", style="dim")


def mails(found: Iterable[Mapping[str, str]]) -> RenderableType:
    """Mails as a list, newest first."""
    table = Table("at", "to", "subject and text", show_lines=True)
    for mail in found:
        body = f"{mail.get('subject', '')}\n{mail.get('text', '')}".strip()
        table.add_row(mail.get("at", ""), mail.get("to", ""), Text(body))
    return table if table.row_count else Text("No mails yet.")
