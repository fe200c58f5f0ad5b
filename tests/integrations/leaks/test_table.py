"""Who writes what, where, in which state: who sees it. On every channel customers write from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import pytest

from tests.integrations.leaks import acts
from tests.integrations.leaks.acts import (
    KEEP,
    OTHER_CHANNEL,
    PDF,
    PROGRAM,
    REPLY,
    RESOLVE,
    RETURN,
    SEND,
    Act,
    Row,
    by,
)
from tests.integrations.leaks.floor import INSIDE, Floor

CHANNELS = ("api", "telegram", "group", "webchat")

# State of the case → (what is done, how, whether its words reach the customer). Marta acts.
# `mine`: Marta has claimed it; `theirs`: Luca; `newer`: there is a later case that Marta has.
TABLE: dict[str, list[tuple[str, Act, bool]]] = {
    "mine": [
        ("plain", by("marta"), False),
        ("! sends", by("marta", "!{}"), True),
        ("! with a space", by("marta", "! {}"), True),
        ("space before !", by("marta", "  !{}"), True),
        ("! later in the text", by("marta", "attenti! {}"), False),
        ("!! is shouting", by("marta", "!! {}"), False),
        ("!= is code", by("marta", "!= {}"), False),
        ("quoted !", by("marta", "&gt; !{}"), False),
        ("in code", by("marta", "`!{}`"), False),
        ("calls everybody", by("marta", "<!channel> {}"), False),
        ("mentions a colleague", by("marta", "<@U0ASCOLTO> !{}"), False),
        ("also to the channel", by("marta", broadcast=True), False),
        ("! also to the channel", by("marta", "!{}", broadcast=True), True),
        ("a file", by("marta", file=PDF), False),
        ("! with a file", by("marta", "!{}", file=PDF), True),
        ("! with a file that customers don't get", by("marta", "!{}", file=PROGRAM), False),
        ("a colleague", by("luca"), False),
        ("! of a colleague", by("luca", "!{}"), False),
        ("an outsider", by("guest"), False),
        ("! of an outsider", by("guest", "!{}"), False),
        ("! of another app", acts.as_a_bot, False),
        ("! delivered three times", acts.repeated, True),
        ("asked: send", acts.asked(SEND), True),
        ("asked: keep", acts.asked(KEEP), False),
        ("asked: send, twice", acts.asked_twice, True),
        ("asked, then edited", acts.asked_then_edited, False),
        ("asked, then deleted", acts.asked_then_deleted, False),
        ("asked, then taken over", acts.asked_then_lost, False),
        ("edited to begin with !", acts.edited_to_bang, False),
        ("edited after sending", acts.edited_after_sending, False),
        ("deleted after sending", acts.deleted_after_sending, True),
        ("shortcut", acts.shortcut(), True),
        ("shortcut, twice", acts.shortcut_twice, True),
        ("shortcut on a colleague's words", acts.shortcut(of="luca"), False),
        ("shortcut on the card", acts.shortcut_on_the_card, False),
        ("shortcut by a colleague", acts.shortcut("luca", "luca"), False),
        ("modal", acts.modal("marta", REPLY), True),
        ("modal, then taken over", acts.modal_then_lost, False),
        ("a colleague's modal", acts.modal("luca", REPLY), False),
        ("an outsider's modal", acts.modal("guest", REPLY), False),
        ("note at the end", acts.modal("marta", RESOLVE), False),
        ("note to the bot", acts.modal("marta", RETURN), False),
        ("! in the channel", acts.elsewhere(), False),
        ("! in another channel", acts.elsewhere(OTHER_CHANNEL), False),
        ("! in a thread of that name elsewhere", acts.elsewhere(OTHER_CHANNEL, thread=True), False),
        ("! to the app alone", acts.elsewhere("D0MARTA"), False),
        ("! under a message of the thread", acts.under_an_answer, False),
        ("! in the thread of another's case", acts.in_the_thread_of_another, False),
        ("a note in the console", acts.console("note"), False),
        ("an answer in the console", acts.console("reply", "Marta"), True),
        ("a reaction", acts.reaction, False),
    ],
    "queued": [
        ("plain", by("marta"), False),
        ("!", by("marta", "!{}"), False),
        ("shortcut", acts.shortcut(), False),
        ("a note in the console", acts.console("note"), False),
        ("note at the end", acts.modal("marta", RESOLVE), False),
    ],
    "theirs": [
        ("plain", by("marta"), False),
        ("!", by("marta", "!{}"), False),
        ("!, a file", by("marta", "!{}", file=PDF), False),
        ("shortcut", acts.shortcut(), False),
        ("modal", acts.modal("marta", REPLY), False),
        ("! of who has it", by("luca", "!{}"), True),
    ],
    "message": [
        ("plain", by("marta"), False),
        ("!", by("marta", "!{}"), False),
    ],
    "with_bot": [
        ("plain", by("marta"), False),
        ("!", by("marta", "!{}"), False),
        ("shortcut", acts.shortcut(), False),
    ],
    "returned": [
        ("plain", by("marta"), False),
        ("!", by("marta", "!{}"), False),
        ("shortcut", acts.shortcut(), False),
    ],
    "resolved": [
        ("plain", by("marta"), False),
        ("!", by("marta", "!{}"), False),
        ("! also to the channel", by("marta", "!{}", broadcast=True), False),
        ("shortcut", acts.shortcut(), False),
    ],
    "newer": [
        ("! in the old thread", by("marta", "!{}"), False),
        ("shortcut in the old thread", acts.shortcut(), False),
    ],
}
ROWS = [(state, *row) for state, rows in TABLE.items() for row in rows]
# What an agent tells the bot at the end is meant for it, and may be quoted to the customer.
FOR_THE_BOT = "note to the bot"


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("shift", range(len(CHANNELS)))
def test_the_table(floor: Floor, shift: int, part: int) -> None:
    """Every other row, side by side: what is written in one case shows in no other either.

    Each row takes the next channel, and with each shift another one.
    """
    rows = ROWS[part::2]
    cases = [Row(floor, CHANNELS[(place + shift) % len(CHANNELS)]) for place in range(len(rows))]
    for case in cases:
        case.ask()
    for case, (state, *_) in zip(cases, rows, strict=True):
        case.take(state)
    floor.quiet()
    written = []
    for number, (case, (state, what, act, sees)) in enumerate(zip(cases, rows, strict=True)):
        written.append(f"parole-{number}." if sees else f"{INSIDE}-{number}.")
        try:
            act(case, written[-1])
        except AssertionError as error:
            raise AssertionError(f"{state}: {what}: {error}") from error
    floor.quiet()

    wrong = [
        f"{case.customer.channel}, {state}: {what}: {heard} times"
        for case, words, (state, what, _, sees) in zip(cases, written, rows, strict=True)
        if (heard := times(case, words)) != int(sees)
    ]
    assert wrong == []
    assert misdirected(cases, written) == []
    assert floor.leaks() == []
    assert known_to_the_bot(floor, written, rows) == []


def times(case: Row, words: str) -> int:
    """How often the customer was told it."""
    return sum(words in heard.text for heard in case.customer.heard())


def known_to_the_bot(floor: Floor, written: list[str], rows: Sequence[Any]) -> list[str]:
    """Internal words that the bot was told, and may say: but for those that are meant for it."""
    told = floor.known_to_the_bot()
    return [
        words
        for words, (_, what, *_) in zip(written, rows, strict=True)
        if INSIDE in words and what != FOR_THE_BOT and words in told
    ]


def misdirected(cases: list[Row], written: list[str]) -> list[str]:
    """Words that somebody else's customer was told."""
    wires = [case.customer.wire() for case in cases]
    return [
        words
        for place, words in enumerate(written)
        if any(words in wire for wire in chain(wires[:place], wires[place + 1 :]))
    ]


def test_files_reach_only_who_they_are_for(floor: Floor) -> None:
    """The bytes that went along, on each channel: those of the `!`, never those without."""
    for channel in CHANNELS:
        row = Row(floor, channel)
        row.ask()
        row.take("mine")
        inside = ("interno.pdf", b"%PDF-1.7 " + INSIDE.encode(), "application/pdf")
        row.writes("guardate questo", file=inside)
        row.writes("!ecco lo schema", file=PDF)
        floor.quiet()
        assert [file for heard in row.customer.heard() for file in heard.files] == [PDF[1]]


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 40
