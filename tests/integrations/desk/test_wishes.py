"""What did they want? An agent's word at the end of a case, for designers alone."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.conversations.tables import bridge_queue
from integrations.review.tables import watched
from runtime.errors import Conflict, Invalid, NotFound
from tests.integrations.world import World


async def claimed(world: World, text: str = "Vorrei parlare con una persona") -> str:
    conversation_id = await world.say(text)
    await world.settled(conversation_id)
    await world.desk.claim(conversation_id, "Marta")
    return conversation_id


@pytest.mark.parametrize("end", ["resolve", "return_to_bot"])
async def test_the_wish_is_kept_with_the_case(world: World, end: str) -> None:
    conversation_id = await claimed(world)
    await getattr(world.desk, end)(conversation_id, "Marta", "", wanted="return_item")
    handoff = await world.handoff(conversation_id)
    assert (handoff.wanted, handoff.wanted_words) == ("return_item", None)


@pytest.mark.parametrize("end", ["resolve", "return_to_bot"])
async def test_nobody_has_to_answer(world: World, end: str) -> None:
    conversation_id = await claimed(world)
    await getattr(world.desk, end)(conversation_id, "Marta", "fatto")
    handoff = await world.handoff(conversation_id)
    assert (handoff.wanted, handoff.wanted_words) == (None, None)


@pytest.mark.parametrize("end", ["resolve", "return_to_bot"])
async def test_neither_the_customer_nor_the_bot_nor_the_crm_hears_of_it(
    world: World, end: str
) -> None:
    conversation_id = await claimed(world)
    words = "una tinta su misura per il matrimonio"
    await getattr(world.desk, end)(conversation_id, "Marta", "", wanted_words=words)
    # The bot has learnt everything that it is to learn before its next turn.
    await world.say("grazie")
    await world.settled(conversation_id)
    assert "matrimonio" not in str(await world.told(conversation_id))
    assert "matrimonio" not in str(world.bot.learnt) + str(world.bot.turns)
    assert "matrimonio" not in str(await rows(world, bridge_queue))
    assert (await world.handoff(conversation_id)).wanted_words == words


async def test_the_same_end_sent_again_labels_once(world: World) -> None:
    conversation_id = await claimed(world)
    for wanted in ("return_item", "idea"):
        await world.desk.resolve(conversation_id, "Marta", key="slack:view:1", wanted=wanted)
    assert (await world.handoff(conversation_id)).wanted == "return_item"


async def test_an_unknown_wish_is_refused_and_ends_nothing(world: World) -> None:
    conversation_id = await claimed(world)
    with pytest.raises(Invalid):
        await world.desk.resolve(conversation_id, "Marta", wanted="rubare")
    with pytest.raises(Invalid):
        await world.desk.resolve(conversation_id, "Marta", wanted_words="x" * 301)
    assert (await world.conversation(conversation_id)).owner == "agent"


async def test_a_label_can_be_corrected_once_the_case_is_closed(world: World) -> None:
    conversation_id = await claimed(world)
    handoff = await world.handoff(conversation_id)
    with pytest.raises(Conflict):
        await world.desk.relabel(conversation_id, handoff.id, wanted="idea", wanted_words=None)
    await world.desk.resolve(conversation_id, "Marta", wanted="return_item")
    await world.desk.relabel(conversation_id, handoff.id, wanted="exchange_item", wanted_words=None)
    assert (await world.handoff(conversation_id)).wanted == "exchange_item"
    await world.desk.relabel(conversation_id, handoff.id, wanted=None, wanted_words=None)
    assert (await world.handoff(conversation_id)).wanted is None
    other = await world.say("Una persona, grazie", conversation="tom")
    await world.settled(other)
    with pytest.raises(NotFound):
        await world.desk.relabel(other, handoff.id, wanted="idea", wanted_words=None)


async def test_the_review_inbox_looks_at_a_corrected_label_again(world: World) -> None:
    conversation_id = await claimed(world)
    handoff = await world.handoff(conversation_id)
    await world.desk.resolve(conversation_id, "Marta", wanted="return_item")
    place = {"conversation_id": conversation_id, "settled_seq": 0, "erased_seq": 0}
    await world.database.write(lambda conn: conn.execute(watched.insert().values(**place)))
    await world.desk.relabel(conversation_id, handoff.id, wanted="idea", wanted_words=None)
    [row] = await rows(world, watched)
    assert row.due_at == world.clock.now()


async def test_what_the_bot_read_and_noticed_is_offered_first(world: World) -> None:
    def read(message: dict[str, Any]) -> dict[str, Any]:
        if "persona" in message["text"]:
            signal = {"name": "question_repeated", "data": {"intent": "refund_status", "count": 2}}
            return {
                "intent": "talk_to_human",
                "handoff": {"reason": "asked", "collected": {"matter": "return_item"}},
                "signals": [signal],
            }
        return {"intent": "parcel_late", "text": "…"}

    world.bot.on_message = read
    await world.settled(await world.say("è in ritardo"))
    conversation_id = await claimed(world)
    handoff = await world.handoff(conversation_id)
    likely = await world.database.read(lambda conn: world.desk.wishes.likely(conn, handoff))
    assert likely == ["return_item", "refund_status", "parcel_late"]


def test_wishes_have_titles_in_both_languages(world: World) -> None:
    italian, english = (dict(world.desk.wishes.options(each)) for each in ("it", "en"))
    assert italian["return_item"] == "reso"
    assert english["return_item"] == "return"
    # Greetings and thanks are no wishes.
    assert italian.keys() == english.keys()
    assert not italian.keys() & {"greet", "thank", "affirm", "nlu_fallback"}


async def rows(world: World, table: Any) -> list[Any]:
    return await world.database.read(lambda conn: list(conn.execute(table.select())))
