"""Files in conversations: from agents to customers, and from customers to the desk."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select

from integrations.channels.contract import Attachment, Capabilities, FetchedFile, Kind
from integrations.conversations import outbox, sending
from integrations.conversations.tables import files, outbound
from integrations.files.customers import CustomerFiles
from integrations.files.store import MAX_BYTES, Files
from runtime.errors import Invalid, NotFound, Permanent, Temporary, TooLarge
from tests.integrations.scripted import PushChannel
from tests.integrations.world import World, until

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PDF = b"%PDF-1.7 ..."
ALL = frozenset({"image", "audio", "video", "file"})


@pytest.fixture
async def claimed(world: World) -> str:
    """A conversation on the push channel that Marta has claimed."""
    world.push.capabilities = Capabilities(attachments=ALL, max_attachment_bytes=1000)
    conversation = await world.say("ciao", channel="push")
    await until(lambda: _count(world, 1))
    await world.desk.claim(conversation, "Marta")
    await until(lambda: _count(world, 2))
    return conversation


async def add(world: World, name: str = "foto.png", content: bytes = PNG) -> str:
    return await world.database.write(lambda conn: Files.add(conn, name, "", content))


async def test_a_reply_with_files(world: World, claimed: str) -> None:
    ids = [await add(world), await add(world, "guida.pdf", PDF)]
    first = await world.desk.reply(claimed, "Marta", "Ecco", key="k", attachments=ids)
    assert await world.desk.reply(claimed, "Marta", "Ecco", key="k", attachments=ids) == first
    await until(lambda: _count(world, 3))
    message = world.push.sent[2]
    assert (message.text, message.attachments) == ("Ecco", ())
    assert [(f.name, f.mime, f.kind, f.content) for f in message.files] == [
        ("foto.png", "image/png", "image", PNG),
        ("guida.pdf", "application/pdf", "file", PDF),
    ]
    shown = (await world.messages(claimed))[-1]
    assert [a["file_id"] for a in shown["attachments"]] == ids


async def test_files_without_words(world: World, claimed: str) -> None:
    await world.desk.reply(claimed, "Marta", " ", attachments=[await add(world)])
    await until(lambda: _count(world, 3))
    assert (world.push.sent[2].text, len(world.push.sent[2].files)) == ("", 1)

    async def learnt() -> bool:
        events = [e for e in world.bot.learnt if e["type"] == "agent_message"]
        return [event["text"] for event in events] == ["foto.png"]

    await until(learnt)


async def test_words_too_long_for_a_caption_go_before(world: World, claimed: str) -> None:
    world.push.capabilities = Capabilities(attachments=ALL, max_text=100, max_caption=10)
    await world.desk.reply(claimed, "Marta", "Ecco la guida", attachments=[await add(world)])
    await until(lambda: _count(world, 4))
    assert [(m.text, len(m.files)) for m in world.push.sent[2:]] == [("Ecco la guida", 0), ("", 1)]


async def test_a_large_file_has_the_time_that_it_takes(
    world: World, claimed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where words are given up, a file of twenty megabytes is still on its way."""
    monkeypatch.setattr(sending, "SEND_TIMEOUT_S", 0.01)
    world.push.capabilities = Capabilities(attachments=ALL)
    large = PNG + bytes(MAX_BYTES - len(PNG))
    world.push.gate.clear()
    await world.desk.reply(claimed, "Marta", "", attachments=[await add(world, content=large)])

    async def state(*, with_file: bool) -> str:
        rows = await world.database.read(
            lambda conn: conn.execute(select(outbound).order_by(outbound.c.n.desc())).all()
        )
        return next((row.state for row in rows if bool(row.attachments) is with_file), "")

    async def is_unknown() -> bool:
        return await state(with_file=False) == "unknown"

    async def is_sending() -> bool:
        return await state(with_file=True) == "sending"

    await until(is_sending, timeout_s=60.0)
    await world.say("senza file", channel="push", conversation="tom")
    await until(is_unknown, timeout_s=60.0)
    # Nor does a sweep take it for lost.
    world.clock.advance(sending.SENDING_S + 1)
    await world.delivery.sweep()
    assert await is_sending()
    world.push.gate.set()

    async def has_gone() -> bool:
        return await state(with_file=True) == "sent"

    await until(has_gone, timeout_s=60.0)


@pytest.mark.parametrize(
    ("size", "seconds"),
    [(0, 0.0), (1, 5.0), (256 * 1024, 6.0), (50 * 1024 * 1024, 205.0)],
)
def test_the_time_grows_with_the_size(size: int, seconds: float) -> None:
    files = [{"file_id": "f1", "size": size}] if size else [{"url": "https://a.example", "size": 9}]
    assert outbox.uploading_s(files) == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize(
    ("capabilities", "size", "count", "error"),
    [
        (Capabilities(), 10, 1, Invalid),
        (Capabilities(attachments=frozenset({"audio"})), 10, 1, Invalid),
        (Capabilities(attachments=ALL, max_attachment_bytes=100), 200, 1, Invalid),
        (Capabilities(attachments=ALL), 10, 11, Invalid),
        (Capabilities(attachments=ALL), 10, 0, NotFound),
    ],
)
async def test_what_a_channel_can_t_carry_is_refused_at_once(
    world: World,
    claimed: str,
    capabilities: Capabilities,
    size: int,
    count: int,
    error: type[Exception],
) -> None:
    world.push.capabilities = capabilities
    ids = [await add(world, content=PNG + bytes(size)) for _ in range(count)] or ["fnone"]
    with pytest.raises(error):
        await world.desk.reply(claimed, "Marta", "Ecco", attachments=ids)
    assert await world.told(claimed) == [m.text for m in world.push.sent]


async def test_a_file_that_is_gone_fails_and_the_next_message_goes(
    world: World, claimed: str
) -> None:
    world.push.gate.clear()
    file_id = await add(world)
    await world.desk.reply(claimed, "Marta", "uno")
    await world.desk.reply(claimed, "Marta", "due", attachments=[file_id])
    await world.desk.reply(claimed, "Marta", "tre")
    await world.database.write(lambda conn: conn.execute(delete(files)))
    world.push.gate.set()

    async def done() -> bool:
        rows: Any = await world.database.read(
            lambda conn: conn.execute(select(outbound.c.state).order_by(outbound.c.n)).all()
        )
        return [row.state for row in rows][-3:] == ["sent", "failed", "sent"]

    await until(done)


# -- from customers ------------------------------------------------------------------------------


class Fetching(PushChannel):
    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[tuple[str, str | None]] = []
        self.result: FetchedFile | Exception = FetchedFile("foto.png", "image/png", PNG)
        self.let = asyncio.Event()
        self.let.set()

    async def fetch(self, account: str, attachment: Attachment) -> FetchedFile:
        self.fetched.append((account, attachment.file_id))
        await self.let.wait()
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


class Sent:
    """A message with a picture from a customer, and the desk's way to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.channel = Fetching()
        self.files = CustomerFiles(
            world.database, world.clock, {"push": self.channel, "pull": world.pull}
        )
        self.conversation = ""
        self.message = ""

    async def arrive(self, *attachments: Attachment, channel: str = "push") -> None:
        message = self.world.envelope("guarda", channel=channel, message_id="m1")
        stored = await self.world.worker.accept(replace(message, attachments=attachments))
        self.conversation, self.message = stored.conversation_id, str(stored.inbound_id)

    async def get(self, place: int = 0) -> Any:
        return await self.files.get(self.conversation, self.message, place)


@pytest.fixture
async def sent(world: World) -> Sent:
    sent = Sent(world)
    await sent.arrive(Attachment("image", file_id="a1"), Attachment("image", file_id="a2"))
    return sent


async def test_a_file_is_fetched_once_however_many_look(sent: Sent) -> None:
    sent.channel.let.clear()
    looking = [asyncio.create_task(sent.get()) for _ in range(3)]

    async def asked() -> bool:
        return bool(sent.channel.fetched)

    await until(asked)
    looking.pop().cancel()
    sent.channel.let.set()
    rows = await asyncio.gather(*looking)
    rows.append(await sent.get())
    assert [(row.name, bytes(row.content)) for row in rows] == [("foto.png", PNG)] * 3
    assert sent.channel.fetched == [("default", "a1")]
    await sent.get(1)
    assert sent.channel.fetched[1:] == [("default", "a2")]


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (Temporary("away"), Temporary),
        (Permanent("gone"), Permanent),
        (FetchedFile("virus.exe", "image/png", b"MZ\x90\0"), Invalid),
        (FetchedFile("a.png", "image/png", PNG + bytes(MAX_BYTES)), TooLarge),
    ],
)
async def test_a_file_that_can_t_be_had_can_be_tried_again(
    sent: Sent, result: FetchedFile | Exception, error: type[Exception]
) -> None:
    good, sent.channel.result = sent.channel.result, result
    with pytest.raises(error):
        await sent.get()
    sent.channel.result = good
    assert bytes((await sent.get()).content) == PNG


async def test_a_file_that_is_too_large_is_not_even_fetched(world: World) -> None:
    sent = Sent(world)
    await sent.arrive(Attachment("video", file_id="a1", size=MAX_BYTES + 1))
    with pytest.raises(TooLarge):
        await sent.get()
    assert sent.channel.fetched == []


async def test_what_the_customer_deletes_goes_with_its_files(world: World, sent: Sent) -> None:
    await sent.get()
    await sent.world.settled(sent.conversation)
    gone = world.envelope(None, channel="push", message_id="m1", kind=Kind.DELETE)
    await world.worker.accept(gone)
    with pytest.raises(NotFound):
        await sent.get()
    assert not await world.database.read(lambda conn: conn.execute(select(files.c.id)).all())


async def test_deleted_while_it_was_fetched(world: World, sent: Sent) -> None:
    sent.channel.let.clear()
    looking = asyncio.create_task(sent.get())

    async def asked() -> bool:
        return bool(sent.channel.fetched)

    await until(asked)
    gone = world.envelope(None, channel="push", message_id="m1", kind=Kind.DELETE)
    await world.worker.accept(gone)
    sent.channel.let.set()
    with pytest.raises(NotFound):
        await looking
    assert not await world.database.read(lambda conn: conn.execute(select(files.c.id)).all())


@pytest.mark.parametrize("place", [-1, 2, 1000])
async def test_there_is_no_such_place(sent: Sent, place: int) -> None:
    with pytest.raises(NotFound):
        await sent.get(place)


async def test_only_in_its_own_conversation(world: World, sent: Sent) -> None:
    other = await world.say("ciao", channel="push", conversation="luca")
    with pytest.raises(NotFound):
        await sent.files.get(other, sent.message, 0)


async def test_a_channel_of_our_own_keeps_its_files_here(world: World) -> None:
    file_id = await add(world)
    sent = Sent(world)
    await sent.arrive(
        Attachment("image", file_id=file_id),
        Attachment("file", url="https://x.example/a"),
        channel="pull",
    )
    assert bytes((await sent.get()).content) == PNG
    with pytest.raises(NotFound):
        await sent.get(1)


async def _count(world: World, count: int) -> bool:
    return len(world.push.sent) == count
