"""What was never sent goes after a while; what a message names stays as long as the message."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from integrations.channels.contract import Attachment, Capabilities
from integrations.conversations.tables import files
from integrations.files.store import Files
from integrations.jobs.retention import BATCH, DAY_S, Retention, forget
from runtime.errors import Invalid, NotFound
from runtime.migrations import SCRIPTS, upgrade
from tests.backends import BACKENDS, fresh, open_database
from tests.integrations.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
WEEK_S = 7 * DAY_S


async def uploaded(world: World, name: str = "foto.png", **of: Any) -> str:
    now = world.clock.now()
    return await world.database.write(
        lambda conn: Files.add(conn, name, "image/png", PNG, now=now, **of)
    )


async def kept(world: World) -> set[str]:
    return set(
        await world.database.read(lambda conn: conn.execute(select(files.c.id)).scalars().all())
    )


async def send(world: World, *ids: str, message_id: str | None = None) -> str:
    """A customer of a channel of our own sends files that were uploaded before."""
    said = world.envelope("ecco", message_id=message_id)
    attachments = tuple(Attachment("image", "foto.png", "image/png", 28, file_id=i) for i in ids)
    stored = await world.worker.accept(replace(said, attachments=attachments, files=ids))
    return stored.conversation_id


async def test_what_nobody_sent_goes_after_a_week(world: World) -> None:
    old = await uploaded(world)
    world.clock.advance(WEEK_S - 1)
    young = await uploaded(world)
    await world.timers.tick()
    assert await kept(world) == {old, young}
    world.clock.advance(2)
    await world.timers.tick()
    assert await kept(world) == {young}


async def test_the_time_is_the_operators(world: World) -> None:
    await uploaded(world)
    world.clock.advance(3601)
    now = world.clock.now()
    shorter = Retention(unsent_files_days=1 / 24)
    assert await world.database.write(lambda conn: forget(conn, shorter, now=now)) == 1
    assert await kept(world) == set()


async def test_what_a_message_names_stays(world: World) -> None:
    world.pull.capabilities = Capabilities(pulls=True, attachments=frozenset({"image"}))
    of_customer, of_agent = await uploaded(world), await uploaded(world)
    conversation = await send(world, of_customer)
    await world.settled(conversation)
    await world.desk.claim(conversation, "Marta")
    await world.desk.reply(conversation, "Marta", "Ecco", attachments=[of_agent])
    fetched = await uploaded(world, of=("m1", 0))
    world.clock.advance(400 * DAY_S)
    await world.timers.tick()
    assert await kept(world) == {of_customer, of_agent, fetched}


async def test_a_message_whose_file_is_gone_is_refused_whole(world: World) -> None:
    gone = await uploaded(world)
    world.clock.advance(WEEK_S + 1)
    await world.timers.tick()
    with pytest.raises(Invalid) as refused:
        await send(world, gone)
    assert (refused.value.code, refused.value.field) == ("file_gone", "attachments")
    conversation = await world.say("senza file")
    assert next(m["text"] for m in await world.messages(conversation)) == "senza file"
    await world.settled(conversation)
    await world.desk.claim(conversation, "Marta")
    with pytest.raises(NotFound):
        await world.desk.reply(conversation, "Marta", "", attachments=[gone])


async def test_a_message_that_comes_again_finds_its_file(world: World) -> None:
    file_id = await uploaded(world)
    first = await send(world, file_id, message_id="m1")
    world.clock.advance(WEEK_S + 1)
    await world.timers.tick()
    assert await send(world, file_id, message_id="m1") == first
    assert await kept(world) == {file_id}


async def test_a_stop_between_upload_and_message_leaves_nothing_for_ever(world: World) -> None:
    """The message's transaction fails after it took the file: both are undone together."""
    file_id = await uploaded(world)

    def stopped(conn: Connection) -> None:
        Files.attach(conn, [file_id], now=world.clock.now())
        raise RuntimeError("the process ends here")

    with pytest.raises(RuntimeError):
        await world.database.write(stopped)
    world.clock.advance(WEEK_S + 1)
    await world.timers.tick()
    assert await kept(world) == set()


async def test_a_file_taken_while_the_timer_runs_is_in_one_of_the_two_hands(world: World) -> None:
    ids = [await uploaded(world, f"{n}.png") for n in range(20)]
    world.clock.advance(WEEK_S + 1)

    async def send_one(number: int) -> str | None:
        try:
            await send(world, ids[number], message_id=f"m{number}")
        except Invalid:
            return None
        return ids[number]

    sent, *_ = await asyncio.gather(
        asyncio.gather(*(send_one(n) for n in range(20))), world.timers.tick(), world.timers.tick()
    )
    assert await kept(world) == {each for each in sent if each is not None}


async def test_many_go_a_few_at_a_time(world: World) -> None:
    for number in range(BATCH + 1):
        await uploaded(world, f"{number}.png")
    world.clock.advance(WEEK_S + 1)
    await world.timers.tick()
    assert len(await kept(world)) == 1
    await world.timers.tick()
    assert await kept(world) == set()


@pytest.mark.parametrize("backend", BACKENDS)
async def test_files_of_older_messages_are_known_to_be_theirs(backend: str, tmp_path: Path) -> None:
    """The migration looks at what messages name: those files stay, what was left over goes."""
    with fresh(backend, tmp_path) as (url, schema):
        upgrade(url, schema, SCRIPTS["gateway"], to="0003")
        database = open_database(url, schema)

        def fill(conn: Connection) -> None:
            for name in ("said", "told", "left", "fetched"):
                conn.execute(
                    text(
                        "INSERT INTO files (id, name, mime, size, sha256, content, inbound_id,"
                        " place, created_at) VALUES (:id, 'a.png', 'image/png', 1, 's', :content,"
                        " :inbound, 0, 1000)"
                    ),
                    {
                        "id": name,
                        "content": b"x",
                        "inbound": "m1" if name == "fetched" else None,
                    },
                )
            conn.execute(
                text(
                    "INSERT INTO inbound (id, conversation_id, seq, channel, account, dedup_key,"
                    " external_id, kind, attachments, public, received_at) VALUES ('m1', 'c1', 1,"
                    " 'webchat', 'default', 'd', 'x', 'message', :attachments, false, 1000)"
                ),
                {"attachments": json.dumps([{"kind": "image", "file_id": "said"}])},
            )
            conn.execute(
                text(
                    "INSERT INTO outbound (id, conversation_id, role, text, attachments, version,"
                    " state, created_at, updated_at) VALUES ('o1', 'c1', 'agent', '',"
                    " :attachments, 1, 'sent', 1000, 1000)"
                ),
                {"attachments": json.dumps([{"kind": "image", "file_id": "told"}])},
            )

        await database.write(fill)
        upgrade(url, schema, SCRIPTS["gateway"])
        assert await database.write(lambda conn: forget(conn, Retention(), now=1e9)) == 1
        left = await database.read(lambda conn: conn.execute(select(files.c.id)).scalars().all())
        await database.close()
    assert set(left) == {"said", "told", "fetched"}
