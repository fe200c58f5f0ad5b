"""A message's way: stored once, answered once, in order, whoever is away."""

from __future__ import annotations

import asyncio

from integrations.channels.contract import Kind
from runtime.errors import Permanent, Temporary
from tests.integrations.world import World, happened, until


async def test_a_message_is_answered_by_one_reply_that_names_it(world: World) -> None:
    conversation = await world.say("avete la lana merino?", message_id="m1")
    await world.settled(conversation)
    replies = [m for m in await world.messages(conversation) if m["role"] == "bot"]
    assert [r["in_reply_to"] for r in replies] == [["m1"]]
    assert replies[0]["text"].endswith("Hai scritto: avete la lana merino?")
    assert replies[0]["state"] == "sent"


async def test_the_first_bot_message_says_it_is_a_bot_and_links_the_privacy_notice(
    world: World,
) -> None:
    conversation = await world.say("ciao, avete la lana merino?")
    await world.settled(conversation)
    await world.say("e l'alpaca ce l'avete?")
    await world.settled(conversation)
    first, second = await world.told(conversation)
    assert "bot" in first
    assert "https://www.lanificioaurora.example/privacy" in first
    assert "privacy" not in second


async def test_a_duplicate_changes_nothing(world: World) -> None:
    envelope = world.envelope("ciao", message_id="m1")
    first = await world.worker.accept(envelope)
    second = await world.worker.accept(envelope)
    await world.settled(first.conversation_id)
    assert not first.duplicate
    assert second.duplicate
    assert len(await world.messages(first.conversation_id)) == 2
    assert len(world.bot.turns) == 1


async def test_many_copies_at_once_are_one(world: World) -> None:
    envelope = world.envelope("ciao", message_id="m1")
    stored = await asyncio.gather(*(world.worker.accept(envelope) for _ in range(10)))
    await world.settled(stored[0].conversation_id)
    assert [s.duplicate for s in stored].count(False) == 1
    assert len(await world.messages(stored[0].conversation_id)) == 2


async def test_quick_messages_are_answered_in_order_each_once(world: World) -> None:
    ids = [f"m{n}" for n in range(12)]
    for name in ids:
        conversation = await world.say(f"domanda {name}", message_id=name)
    await world.settled(conversation)
    messages = await world.messages(conversation)
    assert [m["seq"] for m in messages] == sorted(m["seq"] for m in messages)
    answered = [name for m in messages if m["role"] == "bot" for name in m["in_reply_to"]]
    assert answered == ids
    assert set(await world.dispositions(conversation)) == {"answered"}


async def test_what_waits_while_the_bot_thinks_becomes_the_next_turn(world: World) -> None:
    world.bot.gate.clear()
    conversation = await world.say("uno")
    await happened(world.bot.asked)
    await world.say("due")
    await world.say("tre")
    world.bot.gate.set()
    await world.settled(conversation)
    assert [len(turn["messages"]) for turn in world.bot.turns] == [1, 2]


async def test_an_edit_before_the_answer_replaces_the_message(world: World) -> None:
    world.bot.gate.clear()
    conversation = await world.say("aspetta", message_id="m1")
    await happened(world.bot.asked)
    await world.say("ordine LA-20398", message_id="m2")
    await world.say("ordine LA-20397", message_id="m2", kind=Kind.EDIT)
    world.bot.gate.set()
    await world.settled(conversation)
    assert await world.dispositions(conversation) == ["answered", "superseded", "answered"]
    assert [m["text"] for m in world.bot.turns[1]["messages"]] == ["ordine LA-20397"]


async def test_a_late_edit_is_recorded_and_not_answered_again(world: World) -> None:
    conversation = await world.say("ciao", message_id="m1")
    await world.settled(conversation)
    await world.say("ciao!", message_id="m1", kind=Kind.EDIT)
    await world.settled(conversation)
    assert len(await world.told(conversation)) == 1
    assert await world.dispositions(conversation) == ["answered", "ignored"]


async def test_a_correction_that_overtakes_its_message_is_all_that_was_said(world: World) -> None:
    conversation = await world.say("ordine LA-20397", message_id="m1", kind=Kind.EDIT)
    await world.settled(conversation)
    await world.say("ordine LA-20398", message_id="m1")
    await world.settled(conversation)
    assert await world.dispositions(conversation) == ["answered", "superseded"]
    assert [m["text"] for turn in world.bot.turns for m in turn["messages"]] == ["ordine LA-20397"]
    assert len(await world.told(conversation)) == 1


async def test_a_deletion_that_overtakes_its_message_leaves_no_text(world: World) -> None:
    conversation = await world.say(None, message_id="m1", kind=Kind.DELETE)
    await world.say("il mio segreto", message_id="m1")
    await world.settled(conversation)
    assert await world.dispositions(conversation) == ["ignored", "superseded"]
    assert "segreto" not in str(await world.messages(conversation))
    assert world.bot.turns == []


async def test_a_deleted_message_leaves_no_text(world: World) -> None:
    conversation = await world.say("il mio segreto", message_id="m1")
    await world.settled(conversation)
    await world.say(None, message_id="m1", kind=Kind.DELETE)
    first = (await world.messages(conversation))[0]
    assert first["text"] is None
    assert first["state"] == "deleted"


async def test_deleting_an_edited_message_leaves_no_wording_of_it(world: World) -> None:
    conversation = await world.say("il mio segreto", message_id="m1")
    await world.settled(conversation)
    await world.say("il mio segreto, corretto", message_id="m1", kind=Kind.EDIT)
    await world.say(None, message_id="m1", kind=Kind.DELETE)
    assert "segreto" not in str(
        [m for m in await world.messages(conversation) if m["role"] == "customer"]
    )


async def test_a_picture_alone_gets_an_honest_answer(world: World) -> None:
    conversation = await world.say(None)
    await world.settled(conversation)
    assert "allegato" in (await world.told(conversation))[0]
    assert world.bot.turns == []


async def test_no_reply_from_the_bot_is_never_silence(world: World) -> None:
    conversation = await world.say("silenzio", message_id="m1")
    await world.settled(conversation)
    replies = [m for m in await world.messages(conversation) if m["role"] == "bot"]
    assert [name for r in replies for name in r["in_reply_to"]] == ["m1"]
    assert (await world.conversation(conversation)).owner == "queued"


async def test_while_the_bot_is_away_the_customer_hears_it_once_and_is_answered_later(
    world: World,
) -> None:
    world.bot.failing = Temporary("away")
    conversation = await world.say("dov'è il mio ordine?", message_id="m1")

    async def told() -> bool:
        return bool(await world.told(conversation))

    await world.until_tried(told, conversation, 3)
    await world.say("pronto?", message_id="m2")
    for _ in range(5):
        await until(lambda: world.put_off(conversation))
        world.clock.advance(6)
        world.worker.wake(conversation)
    await until(lambda: world.put_off(conversation))
    words = await world.told(conversation)
    assert len(words) == 1
    assert "problema tecnico" in words[0]
    world.bot.failing = None

    async def answered() -> bool:
        return len(await world.told(conversation)) >= 3

    await world.until_tried(answered, conversation, 6)
    messages = await world.messages(conversation)
    answers = [n for m in messages if m["role"] == "bot" for n in m["in_reply_to"]]
    assert answers == ["m1", "m2"]


async def test_when_the_bot_stays_away_people_get_the_conversation(world: World) -> None:
    world.bot.failing = Temporary("away")
    conversation = await world.say("dov'è il mio ordine?")

    async def queued() -> bool:
        return (await world.conversation(conversation)).owner == "queued"

    await world.until_tried(queued, conversation, 20)
    assert (await world.handoff(conversation)).rules == ["bot-not-working"]
    assert "persona" in (await world.told(conversation))[-1]


async def test_a_message_the_bot_can_never_take_does_not_hold_up_the_others(world: World) -> None:
    world.bot.failing = Permanent("422")
    poison = await world.say("?", conversation="one")

    async def queued() -> bool:
        return (await world.conversation(poison)).owner == "queued"

    await world.until_tried(queued, poison, 6)
    world.bot.failing = None
    other = await world.say("ciao", conversation="two")
    await world.settled(other)
    assert await world.dispositions(other) == ["answered"]


async def test_a_slow_conversation_holds_up_no_other(world: World) -> None:
    world.bot.gate.clear()
    slow = await world.say("lento", conversation="slow")
    await happened(world.bot.asked)
    held, world.bot.gate = world.bot.gate, asyncio.Event()
    world.bot.gate.set()
    quick = await world.say("veloce", conversation="quick")
    await world.settled(quick)
    assert await world.dispositions(slow) == [None]
    held.set()


async def test_the_brief_is_remembered_and_the_bot_gets_no_more_than_it_may(world: World) -> None:
    world.bridge.brief = {
        "level": "recognised",
        "first_name": "Giulia",
        "open_case": True,
        "tier": "gold",
    }
    conversation = await world.say("ciao")
    await world.settled(conversation)
    assert world.bot.turns[0]["context"]["memory"] == {
        "level": "recognised",
        "first_name": "Giulia",
        "open_case": True,
    }


async def test_a_run_that_ends_as_the_next_one_begins_leaves_it_alone(world: World) -> None:
    """The lease is free a moment before the run that held it is over."""
    worker = world.worker
    worker._start("c_nobody", "first", None)
    worker._start("c_nobody", "second", None)
    assert await asyncio.gather(*worker._tasks) == [None, None]
    assert worker._held == {}
