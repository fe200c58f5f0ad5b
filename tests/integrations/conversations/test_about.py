"""What happens around a conversation without a word: who blocks us, who reacts, who moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from integrations.channels.contract import Envelope, Kind
from integrations.console import transcripts
from integrations.conversations.inbox import Stored
from integrations.conversations.tables import bridge_queue, conversations, inbound
from tests.integrations.world import World


async def accept(world: World, envelope: Envelope, **values: Any) -> Stored:
    return await world.worker.accept(replace(envelope, **values))


async def membership(world: World, *, reachable: bool, at: float, **where: Any) -> Stored:
    """The platform says that the customer blocked us, or doesn't any more."""
    envelope = world.envelope(None, kind=Kind.RECEIPT, **where)
    context = {"membership": "unblocked" if reachable else "blocked"}
    key = f"membership:{reachable}:{at}"
    return await accept(
        world, envelope, reachable=reachable, sent_at=at, context=context, dedup_key=key
    )


async def said(world: World, text: str, at: float) -> str:
    stored = await accept(world, world.envelope(text), sent_at=at)
    assert stored.conversation_id is not None
    await world.settled(stored.conversation_id)
    return stored.conversation_id


async def unreachable(world: World, conversation: str) -> str | None:
    found: str | None = (await world.conversation(conversation)).unreachable
    return found


async def count(world: World, table: Any) -> int:
    query = select(func.count()).select_from(table)
    return int(await world.database.read(lambda conn: conn.execute(query).scalar_one()))


async def test_who_blocks_us_is_unreachable_at_once_and_until_they_do_not(world: World) -> None:
    conversation = await said(world, "ciao", at=1.0)
    turns = len(world.bot.turns)
    await membership(world, reachable=False, at=2.0)
    assert await unreachable(world, conversation) == "blocked"
    await membership(world, reachable=True, at=3.0)
    assert await unreachable(world, conversation) is None
    await membership(world, reachable=False, at=4.0)
    assert await said(world, "rieccomi", at=5.0) == conversation
    assert await unreachable(world, conversation) is None
    assert len(world.bot.turns) == turns + 1, "nothing of it was a turn but what they wrote"


async def test_old_news_of_it_changes_nothing(world: World) -> None:
    """Calls overtake each other: what the customer did since says more."""
    conversation = await said(world, "ciao", at=1.0)
    await said(world, "rieccomi", at=5.0)
    await membership(world, reachable=False, at=4.0)
    assert await unreachable(world, conversation) is None
    await membership(world, reachable=False, at=7.0)
    await membership(world, reachable=True, at=6.0)
    assert await unreachable(world, conversation) == "blocked"


@pytest.mark.parametrize("again", [1, 3])
async def test_what_is_about_nobody_begins_no_conversation(world: World, again: int) -> None:
    for _ in range(again):
        assert (await membership(world, reachable=False, at=1.0)).conversation_id is None
        reaction = world.envelope("👍", kind=Kind.REACTION, message_id="m1")
        assert (await accept(world, reaction)).conversation_id is None
        moved = world.envelope(None, kind=Kind.RECEIPT, conversation="supergroup")
        assert (await accept(world, moved, moved_from="group")).conversation_id is None
    assert (await count(world, conversations), await count(world, inbound)) == (0, 0)


async def test_a_group_that_spoke_with_us_moves_and_says_so(world: World) -> None:
    conversation = await world.say("ciao", conversation="group")
    await world.settled(conversation)
    moved = world.envelope(None, kind=Kind.RECEIPT, conversation="supergroup")
    assert (await accept(world, moved, moved_from="group")).conversation_id == conversation
    assert (await world.conversation(conversation)).address == "supergroup"
    assert await count(world, conversations) == 1


async def test_a_reaction_is_shown_to_agents_and_told_to_nobody_else(world: World) -> None:
    conversation = await said(world, "ciao", at=1.0)
    turns, told = len(world.bot.turns), await count(world, bridge_queue)
    reaction = world.envelope("👍", kind=Kind.REACTION, message_id="of-ours")
    stored = await accept(world, reaction, sent_at=2.0)
    assert stored.conversation_id == conversation
    await world.settled(conversation)
    assert (len(world.bot.turns), await count(world, bridge_queue)) == (turns, told)
    shown, _ = await world.database.read(
        lambda conn: transcripts.page(conn, conversation, seal=lambda _: "")
    )
    told_agents = [(e["text"], e["external_id"]) for e in shown if e.get("kind") == "reaction"]
    assert told_agents == [("👍", "of-ours")]
    assert (await world.dispositions(conversation))[-1] == "ignored"
    assert (await accept(world, reaction)).duplicate


async def test_a_reaction_reaches_who_is_answering(world: World) -> None:
    conversation = await said(world, "ciao", at=1.0)
    await world.desk.claim(conversation, "Marta")
    await accept(world, world.envelope("❤", kind=Kind.REACTION, message_id="of-ours"))
    assert (await world.dispositions(conversation))[-1] == "relayed"


async def test_in_public_only_what_was_said_with_us_is_reacted_to(world: World) -> None:
    conversation = await world.say("ciao", message_id="m7")
    await world.settled(conversation)
    to_others = world.envelope("👍", kind=Kind.REACTION, message_id="m8")
    assert (await accept(world, to_others, public=True)).conversation_id is None
    to_us = world.envelope("👍", kind=Kind.REACTION, message_id="m7")
    assert (await accept(world, to_us, public=True)).conversation_id == conversation
