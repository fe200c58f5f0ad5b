"""Handing over to people, what customers can choose meanwhile, and coming back."""

from __future__ import annotations

import asyncio

import pytest

from runtime.errors import Conflict
from tests.integrations.world import World


async def queued(world: World, text: str = "voglio parlare con una persona") -> str:
    conversation = await world.say(text)
    await world.settled(conversation)
    assert (await world.conversation(conversation)).owner == "queued"
    return conversation


async def test_asking_for_a_person_queues_and_says_how_long(world: World) -> None:
    conversation = await queued(world)
    *_, announcement = [m for m in await world.messages(conversation) if m["role"] == "bot"]
    assert "persona" in announcement["text"]
    assert [b["title"] for b in announcement["buttons"]] == [
        "Aspetto qui",
        "Lascio un messaggio",
        "Torno al bot",
    ]
    handoff = await world.handoff(conversation)
    assert handoff.rules == ["asked-for-a-person"]
    assert handoff.collected == {"order_number": "LA-20398"}
    assert handoff.reasons[0]["en"] == "Asked to speak with a person"
    assert handoff.first_answer_due_at > world.clock.now()


async def test_each_customer_message_stands_in_exactly_one_reply_even_at_hand_over(
    world: World,
) -> None:
    conversation = await world.say("voglio una persona", message_id="m1")
    await world.settled(conversation)
    names = [n for m in await world.messages(conversation) for n in m.get("in_reply_to", [])]
    assert names == ["m1"]


async def test_what_a_waiting_customer_adds_is_relayed_without_more_words(world: World) -> None:
    conversation = await queued(world)
    before = await world.told(conversation)
    await world.say("il pacco era aperto e mancavano due gomitoli")
    await world.settled(conversation)
    assert await world.told(conversation) == before
    assert (await world.dispositions(conversation))[-1] == "relayed"
    assert any("gomitoli" in e.get("text", "") for e in world.bot.learnt)


@pytest.mark.parametrize("how", ["typed", "tapped"])
async def test_going_on_with_the_bot(world: World, how: str) -> None:
    conversation = await queued(world)
    if how == "typed":
        await world.say("torno al bot")
    else:
        await world.say(
            None, payload={"intent": "gateway_choice", "entities": {"choice": "back_to_bot"}}
        )
    await world.settled(conversation)
    row = await world.conversation(conversation)
    assert row.owner == "bot"
    assert (await world.handoff(conversation)).state == "abandoned"
    await world.say("avete l'alpaca?")
    await world.settled(conversation)
    assert "Hai scritto: avete l'alpaca?" in (await world.told(conversation))[-1]


async def test_leaving_a_message_takes_the_next_words_and_opens_a_case(world: World) -> None:
    conversation = await queued(world)
    await world.say("lascio un messaggio")
    await world.settled(conversation)
    await world.say("mancano due gomitoli nel pacco")
    await world.settled(conversation)
    assert "passato al team" in (await world.told(conversation))[-1]
    assert (await world.handoff(conversation)).state == "message"
    assert (await world.conversation(conversation)).owner == "bot"
    assert len(world.bot.turns) == 1


async def test_an_agent_answers_and_the_bot_stays_out(world: World) -> None:
    conversation = await queued(world)
    await world.desk.claim(conversation, "Marta")
    await world.desk.reply(conversation, "Marta", "Ciao, sono Marta: dimmi pure.")
    turns = len(world.bot.turns)
    await world.say("finalmente!")
    await world.settled(conversation)
    assert len(world.bot.turns) == turns
    messages = await world.messages(conversation)
    assert [m["role"] for m in messages][-3:] == ["system", "agent", "customer"]
    assert "Marta" in messages[-3]["text"]


async def test_the_bot_learns_what_was_said_and_promised(world: World) -> None:
    conversation = await queued(world)
    await world.desk.claim(conversation, "Marta")
    await world.desk.reply(conversation, "Marta", "Ti rispediamo il pacco domani.")
    await world.say("perfetto")
    await world.desk.return_to_bot(conversation, "Marta", "Rispedizione domani")
    await world.settled(conversation)
    kinds = [event["type"] for event in world.bot.learnt]
    assert kinds == ["agent_message", "customer_message", "form_ended", "slots"]
    assert world.bot.learnt[-1]["slots"]["agent_promise"] == "Rispedizione domani"
    await world.say("avete l'alpaca?")
    await world.settled(conversation)
    assert "alpaca" in (await world.told(conversation))[-1]


async def test_resolving_asks_how_it_went_and_the_answer_is_kept(world: World) -> None:
    conversation = await queued(world)
    await world.desk.claim(conversation, "Marta")
    await world.desk.resolve(conversation, "Marta", "Rispedito")
    await world.settled(conversation)
    question = (await world.messages(conversation))[-1]
    assert len(question["buttons"]) == 5
    assert (await world.conversation(conversation)).owner == "wrap_up"
    await world.say("5")
    await world.settled(conversation)
    assert (await world.handoff(conversation)).rating == 5
    assert (await world.conversation(conversation)).owner == "bot"


async def test_what_is_written_at_a_resolution_stays_with_the_team(world: World) -> None:
    conversation = await queued(world)
    await world.desk.claim(conversation, "Marta")
    await world.desk.resolve(conversation, "Marta", "rimborsato anche se aveva torto")
    await world.settled(conversation)
    assert "torto" not in str(world.bot.learnt) + str(await world.messages(conversation))


async def test_thanks_after_a_resolution_do_not_open_it_again(world: World) -> None:
    conversation = await queued(world)
    await world.desk.claim(conversation, "Marta")
    await world.desk.resolve(conversation, "Marta")
    await world.presence.refresh()
    await world.say("grazie mille")
    await world.settled(conversation)
    assert (await world.conversation(conversation)).owner == "wrap_up"


async def test_who_returns_soon_finds_their_agent(world: World) -> None:
    conversation = await queued(world)
    await world.desk.seen("Marta")
    await world.desk.claim(conversation, "Marta")
    await world.desk.resolve(conversation, "Marta")
    await world.settled(conversation)
    await world.presence.refresh()
    await world.say("però manca ancora una cosa")
    await world.settled(conversation)
    row = await world.conversation(conversation)
    assert row.owner == "agent"
    assert (await world.handoff(conversation)).state == "claimed"
    assert (await world.dispositions(conversation))[-1] == "answered"


async def test_who_returns_within_the_set_time_still_finds_their_agent(world: World) -> None:
    conversation = await queued(world)
    await world.desk.claim(conversation, "Marta")
    await world.desk.resolve(conversation, "Marta")
    world.clock.advance(60 * world.desk_settings.wrap_up_minutes + 1)
    await world.timers.tick()
    assert (await world.conversation(conversation)).owner == "bot"
    await world.desk.seen("Marta")
    await world.presence.refresh()
    await world.say("scusa, manca ancora una cosa")
    await world.settled(conversation)
    assert (await world.conversation(conversation)).owner == "agent"


@pytest.mark.parametrize("there", [None, "Luca"])
async def test_who_returns_when_their_agent_is_away_is_answered_by_the_bot(
    world: World, there: str | None
) -> None:
    """Somebody else's being there doesn't give the case back to who has gone home."""
    conversation = await queued(world)
    if there is not None:
        await world.desk.seen(there)
        await world.presence.refresh()
    await world.desk.claim(conversation, "Marta")
    await world.desk.resolve(conversation, "Marta")
    await world.settled(conversation)
    await world.say("manca ancora una cosa")
    await world.settled(conversation)
    assert (await world.conversation(conversation)).owner == "wrap_up"
    assert "Hai scritto: manca ancora una cosa" in (await world.told(conversation))[-1]


async def test_a_quiet_conversation_closes_and_any_message_opens_it(world: World) -> None:
    conversation = await world.say("ciao")
    await world.settled(conversation)
    world.clock.advance(86_400 * world.desk_settings.close_after_days + 1)
    await world.timers.tick()
    assert (await world.conversation(conversation)).owner == "closed"
    await world.say("eccomi di nuovo")
    await world.settled(conversation)
    assert (await world.conversation(conversation)).owner == "bot"
    assert (await world.dispositions(conversation))[-1] == "answered"


async def test_only_the_claimer_speaks(world: World) -> None:
    conversation = await queued(world)
    with pytest.raises(Conflict):
        await world.desk.reply(conversation, "Marta", "ciao")
    await world.desk.claim(conversation, "Marta")
    with pytest.raises(Conflict, match="Marta has claimed"):
        await world.desk.reply(conversation, "Luca", "ciao")


async def test_a_reply_sent_twice_arrives_once(world: World) -> None:
    conversation = await queued(world)
    await world.desk.claim(conversation, "Marta")
    ids = await asyncio.gather(
        *(world.desk.reply(conversation, "Marta", "eccomi", key="k1") for _ in range(5))
    )
    assert len({result["id"] for result in ids}) == 1
    assert (await world.told(conversation)).count("eccomi") == 1


async def test_notes_never_reach_the_customer(world: World) -> None:
    conversation = await queued(world)
    await world.desk.note(conversation, "Luca", "attenzione, cliente difficile")
    await world.desk.claim(conversation, "Marta")
    await world.desk.note(conversation, "Marta", "offro il rimborso?")
    everything = str(await world.messages(conversation)) + str(world.bot.learnt)
    assert "difficile" not in everything
    assert "rimborso" not in everything
