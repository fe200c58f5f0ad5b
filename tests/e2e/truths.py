"""What must be true of conversations on Telegram and cases in Slack, whatever happened.

Read from the gateway's database and compared with what the simulated platforms really took.
"""

from __future__ import annotations

from typing import Any

from ops.system import System
from tests.e2e.gateway_records import rows
from tests.e2e.slack_agents import INTERNAL, block_key, cards_of, handoff_of
from tests.simulators.slack import SlackSimulator
from tests.simulators.telegram import TelegramSimulator
from tests.simulators.telegram.customers import Person

ARRIVED = ("sent", "delivered", "read")


def written_by(person: Person) -> list[str]:
    """What somebody wrote to the bot, in order."""
    return [m["text"] for m in person.private.messages.values() if not m["from"]["is_bot"]]


def inbound(system: System, person: Person) -> list[Any]:
    """What of it is stored."""
    return _of(system, "inbound", person, "t.seq")


def outbound(system: System, person: Person) -> list[Any]:
    """What they were to be told, in the order in which it was decided."""
    return _of(system, "outbound", person, "t.n")


def _of(system: System, table: str, person: Person, order: str) -> list[Any]:
    query = (
        f"SELECT t.* FROM {table} t JOIN conversations c ON c.id = t.conversation_id "
        f"WHERE c.address = :address ORDER BY {order}"
    )
    return list(rows(system, "gateway", query, {"address": str(person.private.id)}))


def stored_once_in_order(system: System, person: Person) -> None:
    """Every message, and each has been dealt with."""
    found = inbound(system, person)
    assert [row.text for row in found] == written_by(person)
    assert {row.disposition for row in found} <= {"answered", "relayed"}


def told_once_in_order(system: System, person: Person) -> None:
    """What Telegram took is what we call sent, once and in order.

    Anything besides is of unknown outcome, and stands there once at most.
    """
    told = outbound(system, person)
    assert {row.state for row in told} <= {"sent", "unknown", "refused"}, person.user
    sent = {row.external_id: row for row in told if row.state in ARRIVED}
    last = -1
    for message in person.received():
        name = str(message["message_id"])
        row = sent.pop(name, None) or next(
            (
                row
                for row in told
                if row.state == "unknown" and row.n > last and row.text.strip() == message["text"]
            ),
            None,
        )
        assert row is not None, f"told {person.user} what no row accounts for: {message['text']}"
        assert row.n > last, f"out of order for {person.user}: {message['text']}"
        last = row.n
    assert not sent, "what we call sent stands in the chat"


def answered_once(system: System, person: Person, answers: list[str]) -> None:
    """What an agent sent on purpose, in the order in which it was written."""
    told = [row for row in outbound(system, person) if row.role == "agent"]
    assert [row.text for row in told] == answers
    heard = person.heard()
    for row in told:
        if row.state == "unknown":
            assert heard.count(row.text) <= 1
        else:
            assert heard.count(row.text) == 1, (row.state, row.text)


def no_bot_after_the_claim(system: System, person: Person, agent: str) -> None:
    """From the word that a person is there, only people speak."""
    told = outbound(system, person)
    [joined] = [row.n for row in told if row.role == "system" and agent in row.text]
    late = [row for row in told if row.role == "bot" and row.n > joined and row.state != "refused"]
    assert not late, [row.text for row in late]


def nothing_internal(telegram: TelegramSimulator) -> None:
    """What the team wrote among themselves stands in nobody's chat."""
    with telegram.state.lock:
        told = [str(message) for sent in telegram.state.sent.values() for message in sent]
    assert not [text for text in told if INTERNAL in text]


def case_shown_once_in_order(system: System, slack: SlackSimulator, person: Person) -> None:
    """One card, and in its thread all that followed, in its order."""
    handoff = handoff_of(system, str(person.private.id))
    assert handoff is not None
    [card] = cards_of(slack, handoff.id)
    query = "SELECT transcript_seq FROM slack_threads WHERE handoff_id = :id"
    [(transcript_seq,)] = rows(system, "gateway", query, {"id": handoff.id})
    thread = slack.thread(card.ts)
    keys = [block_key(m).removeprefix(f"{handoff.id}:") for m in thread if m.bot]
    assert keys[0] == "transcript"
    assert len(keys) == len(set(keys))
    told = [row for row in outbound(system, person) if row.seq is not None]
    # What agents wrote in the thread stands there already; the rest of theirs is shown at once,
    # perhaps before what the customer wrote a moment earlier.
    own = {m.text.removeprefix("!") for m in thread if not m.bot}
    theirs = {f"o:{row.id}" for row in told if row.role == "agent" and row.text not in own}
    after = [(row.seq, f"i:{row.id}") for row in inbound(system, person)]
    after += [(row.seq, f"o:{row.id}") for row in told if row.role != "agent"]
    expected = [key for seq, key in sorted(after) if seq > transcript_seq]
    assert [key for key in keys if key.startswith(("i:", "o:")) and key not in theirs] == expected
    assert theirs <= set(keys)
