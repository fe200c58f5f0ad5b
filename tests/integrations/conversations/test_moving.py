"""Customers who move to another address, who block us, and who see that we are writing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from integrations.bridge import records
from integrations.channels.contract import Kind, OutboundMessage, Sent
from integrations.console import queries
from integrations.conversations import moving, showing
from integrations.conversations.steps import Steps
from integrations.conversations.tables import bridge_queue, inbound, outbound
from integrations.desk.slack.tables import slack_threads
from runtime.errors import Moved, Permanent
from tests.integrations.scripted import PushChannel
from tests.integrations.world import World, happened, until


class Groups:
    """A platform on which a group lives at another address than we knew."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.moved: dict[str, str] = {}
        world.push.send = self.send

    async def send(self, message: OutboundMessage) -> Sent:
        if message.address in self.moved:
            raise Moved(self.moved[message.address])
        self.world.push.sent.append(message)
        return Sent("x")


async def rows(world: World, table: Any, conversation: str) -> list[Any]:
    query = select(table).where(table.c.conversation_id == conversation)
    return list(await world.database.read(lambda conn: conn.execute(query).all()))


async def test_a_message_follows_the_customer(world: World) -> None:
    groups = Groups(world)
    groups.moved["group"] = "supergroup"
    conversation = await world.say("ciao", channel="push", conversation="group")
    await until(lambda: _sent(world, ["supergroup"]))
    assert (await world.conversation(conversation)).address == "supergroup"
    # And what they write there belongs to the same conversation.
    assert await world.say("ancora", channel="push", conversation="supergroup") == conversation
    await until(lambda: _sent(world, ["supergroup", "supergroup"]))
    await until(lambda: _state(world, conversation, "sent", 2))


@pytest.mark.parametrize("address", ["", "group"])
async def test_a_move_to_nowhere_is_a_failure(world: World, address: str) -> None:
    Groups(world).moved["group"] = address
    conversation = await world.say("ciao", channel="push", conversation="group")
    await until(lambda: _state(world, conversation, "failed"))


async def test_moving_in_circles_ends(world: World) -> None:
    groups = Groups(world)
    groups.moved = {"a": "b", "b": "a"}
    conversation = await world.say("ciao", channel="push", conversation="a")
    await until(lambda: _state(world, conversation, "failed"))


async def test_the_platform_says_that_they_moved(world: World) -> None:
    conversation = await world.say("ciao", channel="push", conversation="group")
    await world.settled(conversation)
    await until(lambda: _sent(world, ["group"]))
    moved = world.envelope("eccomi", channel="push", conversation="supergroup")
    for _ in range(2):
        stored = await world.worker.accept(replace(moved, moved_from="group"))
        assert stored.conversation_id == conversation
    await until(lambda: _sent(world, ["group", "supergroup"]))


async def test_nobody_known_has_moved(world: World) -> None:
    moved = world.envelope("eccomi", channel="push", conversation="supergroup")
    stored = await world.worker.accept(replace(moved, moved_from="group"))
    await world.settled(stored.conversation_id)
    await until(lambda: _sent(world, ["supergroup"]))


async def test_who_wrote_from_the_new_address_first_is_one_customer(world: World) -> None:
    groups = Groups(world)
    older = await world.say("uno", channel="push", conversation="group")
    await world.settled(older)
    await world.desk.claim(older, "Marta")
    newer = await world.say("due", channel="push", conversation="supergroup")
    await world.settled(newer)
    await until(lambda: _count(world, 3))
    groups.moved["group"] = "supergroup"
    await world.desk.reply(older, "Marta", "Eccomi")
    await until(lambda: _count(world, 4))
    assert world.push.sent[-1].address == "supergroup"

    kept = await world.conversation(older)
    assert (kept.address, kept.owner) == ("supergroup", "agent")
    said = [m for m in await world.messages(older) if m["role"] == "customer"]
    assert [m["text"] for m in said] == ["uno", "due"]
    seqs = [m["seq"] for m in await world.messages(older)]
    assert seqs == sorted(set(seqs))
    assert kept.next_seq > max(seqs)
    assert await rows(world, inbound, newer) == []
    # What comes now reaches Marta.
    assert await world.say("tre", channel="push", conversation="supergroup") == older
    await world.settled(older)
    assert (await world.dispositions(older))[-1] == "relayed"


async def test_a_turn_of_the_newer_is_answered_in_the_older(world: World) -> None:
    older = await world.say("uno", channel="push", conversation="group")
    await world.settled(older)
    world.bot.gate.clear()
    world.bot.asked.clear()
    newer = await world.say("due", channel="push", conversation="supergroup")
    await happened(world.bot.asked)
    moved = world.envelope("tre", channel="push", conversation="supergroup")
    await world.worker.accept(replace(moved, moved_from="group"))
    world.bot.gate.set()
    await world.settled(older)
    await world.settled(newer)
    assert await world.dispositions(older) == ["answered"] * 3
    await until(lambda: _answers(world, ["uno", "due", "tre"]))
    assert await rows(world, outbound, newer) == []


async def test_a_hand_over_at_the_new_address_is_one_at_the_old(world: World) -> None:
    older = await world.say("uno", channel="push", conversation="group")
    await world.settled(older)
    newer = await world.say("una persona", channel="push", conversation="supergroup")
    await world.settled(newer)
    moved = world.envelope("ci siete?", channel="push", conversation="supergroup")
    await world.worker.accept(replace(moved, moved_from="group"))
    await world.settled(older)
    kept = await world.conversation(older)
    assert kept.owner == "queued"
    assert (await world.handoff(older)).id == kept.handoff_id
    await world.desk.claim(older, "Marta")
    await world.desk.reply(older, "Marta", "Eccomi")
    await until(lambda: _last(world, "supergroup", "Eccomi"))
    assert (await world.conversation(newer)).owner == "closed"


async def merge(world: World, older_says: str, newer_says: str) -> tuple[str, str]:
    """Somebody writes from the new address before the platform says that it is one."""
    older = await world.say(older_says, channel="push", conversation="group")
    await world.settled(older)
    newer = await world.say(newer_says, channel="push", conversation="supergroup")
    await world.settled(newer)
    moved = world.envelope(None, channel="push", conversation="supergroup", kind=Kind.RECEIPT)
    await world.worker.accept(replace(moved, moved_from="group"))
    await world.settled(older)
    await world.settled(newer)
    return older, newer


async def test_the_bot_learns_what_was_said_in_the_other(world: World) -> None:
    await merge(world, "uno", "due")
    learnt = [(e["type"], e["text"]) for e in world.bot.learnt if "text" in e]
    assert learnt == [("customer_message", "due")]


async def test_the_bot_learns_no_more_than_it_can_use(world: World) -> None:
    older = await world.say("uno", channel="push", conversation="group")
    await world.settled(older)
    for number in range(moving.REMEMBERED + 3):
        newer = await world.say(f"due {number}", channel="push", conversation="supergroup")
        await world.settled(newer)
    moved = world.envelope("tre", channel="push", conversation="supergroup")
    await world.worker.accept(replace(moved, moved_from="group"))
    await world.settled(older)
    learnt = [event["text"] for event in world.bot.learnt if "text" in event]
    assert learnt == [f"due {number}" for number in range(3, moving.REMEMBERED + 3)]


async def test_the_bridge_is_told_once_and_after_all_that_was_said(world: World) -> None:
    older, newer = await merge(world, "uno", "due")
    moved = world.envelope(None, channel="push", conversation="supergroup", kind=Kind.RECEIPT)
    await world.worker.accept(replace(moved, moved_from="group"))
    queue = await world.database.read(
        lambda conn: conn.execute(select(bridge_queue).order_by(bridge_queue.c.n)).all()
    )
    [told] = [row for row in queue if row.path == records.MERGES]
    assert told.body == {"from": newer, "into": older}
    about_newer = [row.n for row in queue if newer in str(row.body) and row.n != told.n]
    assert about_newer
    assert max(about_newer) < told.n


async def test_the_desk_sees_one_conversation(world: World) -> None:
    older, newer = await merge(world, "uno", "una persona")

    def listed(conn: Any) -> set[str]:
        rows = [*queries.recent(conn), *queries.waiting(conn), *queries.found(conn, newer[:8])]
        return {row.id for row in rows} | {row.id for row in queries.found(conn, "moved")}

    assert await world.database.read(listed) == {older}
    assert await world.database.read(lambda conn: moving.lives_in(conn, newer)) == older
    assert await world.database.read(lambda conn: moving.lives_in(conn, older)) is None


async def test_who_follows_the_newer_follows_the_older_from_the_same_entry(world: World) -> None:
    older = await world.say("uno", channel="push", conversation="group")
    await world.settled(older)
    newer = await world.say("una persona", channel="push", conversation="supergroup")
    await world.settled(newer)
    shown = (await world.messages(newer))[0]
    thread = {"handoff_id": (await world.handoff(newer)).id, "conversation_id": newer}
    thread |= {"channel": "C1", "transcript_seq": 0, "seq": shown["seq"], "created_at": 0.0}
    await world.database.write(lambda conn: conn.execute(slack_threads.insert().values(thread)))
    moved = world.envelope(None, channel="push", conversation="supergroup", kind=Kind.RECEIPT)
    await world.worker.accept(replace(moved, moved_from="group"))
    found = await world.database.read(lambda conn: conn.execute(select(slack_threads)).one())
    places = {m["id"]: m["seq"] for m in await world.messages(older)}
    assert (found.conversation_id, found.seq) == (older, places[shown["id"]])
    before = [seq for key, seq in places.items() if seq < places[shown["id"]]]
    assert found.transcript_seq == max(before)


# -- blocked -------------------------------------------------------------------------------------


async def test_who_blocked_us_is_unreachable_until_they_write(world: World) -> None:
    world.push.outcomes = [Permanent("blocked by the user", code="blocked")]
    conversation = await world.say("uno", channel="push")
    await until(lambda: _state(world, conversation, "failed"))
    assert (await world.conversation(conversation)).unreachable == "blocked"
    await world.say("due", channel="push")
    assert (await world.conversation(conversation)).unreachable is None


async def test_another_failure_makes_nobody_unreachable(world: World) -> None:
    world.push.outcomes = [Permanent("too long")]
    conversation = await world.say("uno", channel="push")
    await until(lambda: _state(world, conversation, "failed"))
    assert (await world.conversation(conversation)).unreachable is None


# -- typing --------------------------------------------------------------------------------------


class Typing(PushChannel):
    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, str]] = []
        self.fault: Exception | None = None

    async def typing(self, account: str, address: str) -> None:
        self.shown.append((account, address))
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def typing(world: World, monkeypatch: pytest.MonkeyPatch) -> Typing:
    monkeypatch.setattr(showing, "TYPING_EVERY_S", 0.01)
    channel = Typing()
    steps: Steps = world.worker._steps
    monkeypatch.setattr(steps, "_typing_on", {"push": channel})
    return channel


async def test_typing_is_shown_until_the_answer_is_there(world: World, typing: Typing) -> None:
    world.bot.gate.clear()
    conversation = await world.say("ciao", channel="push")

    async def shown() -> bool:
        return len(typing.shown) >= 3

    await until(shown)
    world.bot.gate.set()
    await world.settled(conversation)
    assert set(typing.shown) == {("default", "giulia")}
    count = len(typing.shown)
    await asyncio.sleep(0.05)
    assert len(typing.shown) == count


async def test_typing_that_fails_costs_no_answer(world: World, typing: Typing) -> None:
    typing.fault = RuntimeError("away")
    conversation = await world.say("ciao", channel="push")
    await world.settled(conversation)
    assert await world.dispositions(conversation) == ["answered"]
    assert len(typing.shown) <= 1


async def _sent(world: World, addresses: list[str]) -> bool:
    return [m.address for m in world.push.sent] == addresses


async def _count(world: World, count: int) -> bool:
    return len(world.push.sent) == count


async def _last(world: World, address: str, text: str) -> bool:
    last = world.push.sent[-1]
    return (last.address, last.text) == (address, text)


async def _answers(world: World, expected: list[str]) -> bool:
    answers = [m.text.split("Hai scritto: ")[-1] for m in world.push.sent]
    return answers == expected


async def _state(world: World, conversation: str, state: str, count: int = 1) -> bool:
    return [row.state for row in await rows(world, outbound, conversation)] == [state] * count
