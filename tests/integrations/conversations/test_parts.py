"""Messages that come in parts: one message, whatever the order, the pauses and the restarts."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from integrations.channels.contract import Attachment, Capabilities, Envelope, Kind, Part
from integrations.conversations import parts
from integrations.conversations.tables import inbound
from integrations.conversations.tables import parts as parts_table
from integrations.conversations.worker import Worker
from tests.integrations.world import World

PAUSE_S, LONGEST_S = parts.PAUSE_S, parts.LONGEST_S


@pytest.fixture(autouse=True)
def _in_parts(world: World) -> None:
    world.pull.capabilities = Capabilities(pulls=True, in_parts=True)


def piece(
    world: World,
    number: int,
    text: str | None = None,
    *,
    album: str = "a1",
    addressed: bool = True,
    **where: Any,
) -> Envelope:
    """A picture of an album, with or without words."""
    envelope = world.envelope(text, message_id=f"m{number}", **where)
    return replace(
        envelope,
        attachments=(Attachment("image", f"{number}.jpg", file_id=f"f{number}"),),
        part=Part(album, number, addressed),
        context={"album": album},
    )


async def accept(world: World, *envelopes: Envelope) -> None:
    for envelope in envelopes:
        await world.worker.accept(envelope)


async def gather(world: World, after_s: float = PAUSE_S) -> None:
    """Time passes, and somebody looks."""
    world.clock.advance(after_s)
    await world.worker.gather()


async def stored(world: World) -> list[Any]:
    """What customers said, in order."""
    rows = await world.database.read(
        lambda conn: conn.execute(select(inbound).order_by(inbound.c.seq)).all()
    )
    return list(rows)


def shape(row: Any) -> tuple[str | None, list[str]]:
    return row.text, [a["file_id"] for a in row.attachments or ()]


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_parts_are_one_message_in_their_own_order(
    world: World, order: tuple[int, ...]
) -> None:
    words = {1: "Tre difetti", 2: None, 3: "Visto?"}
    for number in order:
        await accept(world, piece(world, number, words[number]))
        assert await stored(world) == [], "it is kept, and not yet said"
    await gather(world)
    [message] = await stored(world)
    assert shape(message) == ("Tre difetti\nVisto?", ["f1", "f2", "f3"])
    assert message.external_id == "m1"
    assert message.context == {"album": "a1"}
    await world.settled(message.conversation_id)
    assert len(world.bot.turns) == 1


async def test_the_wait_lasts_while_parts_come_and_is_bounded(world: World) -> None:
    waited = 0.0
    number = 0
    while waited + PAUSE_S / 2 < LONGEST_S:
        number += 1
        await accept(world, piece(world, number))
        await gather(world, PAUSE_S / 2)
        waited += PAUSE_S / 2
        assert await stored(world) == []
    number += 1
    await accept(world, piece(world, number))
    await gather(world, PAUSE_S / 2)
    [message] = await stored(world)
    assert len(message.attachments) == number


async def test_a_part_that_comes_again_changes_nothing(world: World) -> None:
    first = piece(world, 1)
    assert not (await world.worker.accept(first)).duplicate
    assert (await world.worker.accept(first)).duplicate
    await accept(world, piece(world, 2))
    await gather(world)
    assert (await world.worker.accept(first)).duplicate
    await gather(world, LONGEST_S)
    [message] = await stored(world)
    assert shape(message) == (None, ["f1", "f2"])


async def test_what_was_kept_survives_a_restart(world: World) -> None:
    """The process that kept the first part is gone; another takes the second and joins them."""
    await accept(world, piece(world, 1))
    other: Worker = world.new_worker(world.channels)
    await other.accept(piece(world, 2))
    world.clock.advance(PAUSE_S)
    async with other.running():
        await other.gather()
        [message] = await stored(world)
        assert shape(message) == (None, ["f1", "f2"])
        await world.settled(message.conversation_id)


async def test_two_processes_join_it_once(world: World) -> None:
    others = [world.worker, *(world.new_worker(world.channels) for _ in range(3))]
    for number in (1, 2, 3):
        await others[number].accept(piece(world, number))
    world.clock.advance(PAUSE_S)
    await asyncio.gather(*(each.gather() for each in others))
    [message] = await stored(world)
    assert len(message.attachments) == 3
    await world.settled(message.conversation_id)


async def test_what_is_said_next_comes_next_and_ends_the_wait(world: World) -> None:
    await accept(world, piece(world, 1), piece(world, 2), world.envelope("Che ne dite?"))
    rows = await stored(world)
    assert [shape(row) for row in rows] == [(None, ["f1", "f2"]), ("Che ne dite?", [])]
    await gather(world, LONGEST_S)
    assert len(await stored(world)) == 2


async def test_other_customers_and_other_albums_stay_apart(world: World) -> None:
    await accept(
        world,
        piece(world, 1),
        piece(world, 2, album="a2"),
        piece(world, 3, conversation="tom"),
        world.envelope("ciao", conversation="anna"),
    )
    assert [row.text for row in await stored(world)] == ["ciao"]
    await gather(world)
    rows = await stored(world)
    assert sorted(len(row.attachments or ()) for row in rows) == [0, 1, 1, 1]


async def test_a_part_that_comes_too_late_is_a_message_of_its_own(world: World) -> None:
    await accept(world, piece(world, 1))
    await gather(world)
    await accept(world, piece(world, 2), piece(world, 3))
    await gather(world)
    rows = await stored(world)
    assert [shape(row)[1] for row in rows] == [["f1"], ["f2", "f3"]]
    assert {row.context["album"] for row in rows} == {"a1"}


@pytest.mark.parametrize(("addressed", "messages"), [((True, False), 1), ((False, False), 0)])
async def test_one_part_that_names_us_is_enough(
    world: World, addressed: tuple[bool, bool], messages: int
) -> None:
    for number, named in enumerate(addressed, start=1):
        part = piece(world, number, addressed=named)
        await accept(world, replace(part, kind=Kind.MENTION, public=True))
    await gather(world)
    assert [len(row.attachments) for row in await stored(world)] == [2] * messages
    assert (await world.database.read(kept)) == [None, None], "nothing of it is kept"


async def test_names_are_kept_as_long_as_parts_may_come_again(world: World) -> None:
    await accept(world, piece(world, 1))
    await gather(world)
    await world.timers.tick()
    assert len(await world.database.read(kept)) == 1
    world.clock.advance(parts.KEYS_KEPT_S + 1)
    await world.timers.tick()
    assert await world.database.read(kept) == []


async def test_parts_wait_however_long_nobody_looks(world: World) -> None:
    await accept(world, piece(world, 1), piece(world, 2))
    world.clock.advance(30 * 86_400)
    await world.timers.tick()
    await world.worker.gather()
    [message] = await stored(world)
    assert len(message.attachments) == 2


def kept(conn: Any) -> list[Any]:
    return list(conn.execute(select(parts_table.c.envelope)).scalars())
