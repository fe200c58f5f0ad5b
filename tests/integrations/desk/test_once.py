"""What agents do is done once, however often it is sent."""

from __future__ import annotations

from tests.integrations.world import World


async def queued(world: World) -> str:
    conversation_id = await world.say("Vorrei parlare con una persona")
    await world.settled(conversation_id)
    return conversation_id


async def test_a_claim_sent_again_later_takes_nothing_back(world: World) -> None:
    conversation_id = await queued(world)
    first = await world.desk.claim(conversation_id, "Marta", key="slack:claim:1")
    await world.desk.claim(conversation_id, "Luca")
    again = await world.desk.claim(conversation_id, "Marta", key="slack:claim:1")
    assert again == first
    assert (await world.handoff(conversation_id)).claimed_by == "Luca"


async def test_giving_back_and_resolving_again_does_nothing(world: World) -> None:
    conversation_id = await queued(world)
    await world.desk.claim(conversation_id, "Marta")
    await world.desk.return_to_bot(conversation_id, "Marta", "a domani", key="slack:view:1")
    told = await world.told(conversation_id)
    await world.desk.return_to_bot(conversation_id, "Marta", "a domani", key="slack:view:1")
    assert await world.told(conversation_id) == told

    await world.desk.claim(conversation_id, "Marta")
    await world.desk.resolve(conversation_id, "Marta", "fatto", key="slack:view:2")
    told = await world.told(conversation_id)
    await world.desk.resolve(conversation_id, "Marta", "fatto", key="slack:view:2")
    assert await world.told(conversation_id) == told


async def test_what_belongs_to_a_reply_is_written_with_it(world: World) -> None:
    conversation_id = await queued(world)
    await world.desk.claim(conversation_id, "Marta")
    seen: list[str] = []
    for _ in range(2):
        await world.desk.reply(
            conversation_id, "Marta", "ciao", key="k", also=lambda _conn, new: seen.append(new)
        )
    assert len(seen) == 1
