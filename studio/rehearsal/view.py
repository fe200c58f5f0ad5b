"""How the terminal and scripts see a rehearsal: then and now, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from studio.rehearsal.comparing import Comparison, Difference
from studio.rehearsal.recording import Exchange, Outcome, Reading

_MARKS = {
    Difference.SAME: ("=", "green"),
    Difference.CHANGED: ("≠", "bold red"),
    Difference.NOT_COMPARED: ("·", "dim"),
}
_ENDED = {
    "relayed": "passed on to a person (on the stage there is none)",
    "ignored": "needs no answer",
    "superseded": "a later message took its place",
}
LEGEND = "= the same   ≠ otherwise   · nothing to compare with"


def side_by_side(
    comparisons: Sequence[Comparison], *, first: int = 1, titles: tuple[str, str] = ("then", "now")
) -> RenderableType:
    """One row a message: what was said, read and replied; one side where nothing was before."""
    table = Table(show_lines=True, expand=True, pad_edge=False)
    table.add_column("", width=3, justify="right")
    both = any(one.then for one in comparisons)
    for title in titles if both else titles[1:]:
        table.add_column(title, ratio=1, overflow="fold")
    for number, one in enumerate(comparisons, start=first):
        now = _side(one.now, one, is_now=True)
        if both:
            then = _side(one.then, one, is_now=False) if one.then else Text("—", style="dim")
            table.add_row(str(number), then, now)
        else:
            table.add_row(str(number), now)
    return table


def _side(exchange: Exchange, comparison: Comparison, *, is_now: bool) -> Text:
    shown = Text()
    sign = "▸ tapped " if exchange.message.is_tap else "▸ "
    shown.append(f"{sign}{exchange.message.text}\n", style="bold cyan")
    _append_marked(shown, _read(exchange.outcome), comparison.reading, marked=is_now)
    for reply in exchange.outcome.replies:
        _append_marked(shown, reply, comparison.reply, marked=is_now)
    if not exchange.outcome.replies:
        shown.append(_unanswered(exchange.outcome, is_now=is_now), style="dim")
    shown.rstrip()
    return shown


def _append_marked(shown: Text, text: str, difference: Difference, *, marked: bool) -> None:
    mark, style = _MARKS[difference]
    if marked:
        shown.append(f"{mark} ", style=style)
    shown.append(f"{text}\n", style="red" if marked and difference is Difference.CHANGED else "")


def _read(outcome: Outcome) -> str:
    if outcome.by_person:
        return "answered by a person"
    return read_as(outcome.reading)


def read_as(reading: Reading | None) -> str:
    """`order_status 0.93`."""
    if reading is None:
        return "not read"
    return reading.intent + ("" if reading.confidence is None else f" {reading.confidence:.2f}")


def _unanswered(outcome: Outcome, *, is_now: bool) -> str:
    if not is_now and outcome.ended == "answered":
        return "answered together with the next message"
    return _ENDED.get(outcome.ended, outcome.ended)


def summary(comparisons: Sequence[Comparison]) -> list[str]:
    """How much was read the same, and where the conversation parts ways."""
    read = [one for one in comparisons if one.reading is not Difference.NOT_COMPARED]
    same = sum(one.reading is Difference.SAME for one in read)
    answered = [one for one in comparisons if one.reply is not Difference.NOT_COMPARED]
    alike = sum(one.reply is Difference.SAME for one in answered)
    lines = [
        f"{same} of {len(read)} read the same, {alike} of {len(answered)} answered the same."
        if read or answered
        else "Nothing to compare with: nothing of this was said before."
    ]
    if (place := parts_at(comparisons)) is not None:
        one = comparisons[place]
        how = "it is answered otherwise."
        if one.reading is Difference.CHANGED:
            was = one.then.outcome.reading if one.then else None
            how = f"then {read_as(was)}, now {read_as(one.now.outcome.reading)}."
        lines.append(f"It parts ways at message {place + 1}, “{one.now.message.text}”: {how}")
    elif read or answered:
        lines.append("It goes the same way to its end.")
    return lines


def parts_at(comparisons: Sequence[Comparison]) -> int | None:
    """The place of the first message that is read or answered otherwise."""
    return next((place for place, one in enumerate(comparisons) if one.parts), None)


def shown(
    comparisons: Sequence[Comparison], *, first: int = 1, titles: tuple[str, str] = ("then", "now")
) -> RenderableType:
    """Table and legend; a word when there is nothing."""
    if not comparisons:
        return Text("Nothing.", style="dim")
    table = side_by_side(comparisons, first=first, titles=titles)
    return Group(table, Text(LEGEND, style="dim"))


def record(
    comparisons: Sequence[Comparison], *, name: str, model: str, note: str
) -> dict[str, Any]:
    """The same for scripts (JSON=1)."""
    read = [one for one in comparisons if one.reading is not Difference.NOT_COMPARED]
    place = parts_at(comparisons)
    return {
        "conversation": name,
        "model": model,
        "note": note,
        "read_the_same": sum(one.reading is Difference.SAME for one in read),
        "of": len(read),
        "parts_at": None if place is None else place + 1,
        "messages": [
            {
                "text": one.now.message.text,
                "tapped": one.now.message.is_tap,
                "then": _outcome(one.then.outcome) if one.then else None,
                "now": _outcome(one.now.outcome),
                "reading": str(one.reading),
                "reply": str(one.reply),
            }
            for one in comparisons
        ],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    reading = outcome.reading
    return {
        "intent": reading.intent if reading else None,
        "confidence": reading.confidence if reading else None,
        "replies": list(outcome.replies),
        "by_person": outcome.by_person,
        "ended": outcome.ended,
        "model": outcome.model,
    }
