"""Files both ways in a case's thread."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.channels.contract import Attachment, Capabilities, FetchedFile
from integrations.files.customers import CustomerFiles
from integrations.files.store import Files
from tests.integrations.desk.slack.scene import Picture, Scene, picture, scene
from tests.integrations.world import World
from tests.simulators.slack import SlackSimulator


async def test_a_customers_file_is_fetched_once_for_everybody(desk: Scene) -> None:
    desk.slack.faults.add("files.getUploadURLExternal", "error")
    fetched: list[str] = []

    async def fetch(account: str, attachment: Attachment) -> FetchedFile:
        fetched.append(attachment.file_id or "")
        return await Picture.fetch(account, attachment)

    desk.world.push.fetch = fetch
    conversation_id, card = await desk.claimed(desk.slack.agent("Marta Rossi"))
    stored = await desk.world.worker.accept(picture("giulia", "ecco", "a3"))
    assert stored.inbound_id is not None
    await desk.quiet()
    # What the console shows is the copy that Slack got.
    files = CustomerFiles(desk.world.database, desk.world.clock, desk.world.channels)
    kept = await files.get(conversation_id, stored.inbound_id, 0)
    [shown] = [m for m in desk.slack.thread(card.ts) if m.files]
    assert desk.slack.space.files[shown.files[0]].content == kept.content
    assert fetched == ["f1"]


async def test_a_file_that_nobody_passes_on_stays_a_name(desk: Scene) -> None:
    async def program(account: str, attachment: Attachment) -> FetchedFile:
        return FetchedFile("maglia.png", "image/png", b"MZ\x90\x00\x03\x00")

    desk.world.push.fetch = program
    _, card = await desk.claimed(desk.slack.agent("Marta Rossi"))
    await desk.world.worker.accept(picture("giulia", "ecco", "a3"))
    await desk.quiet()
    assert not [m for m in desk.slack.thread(card.ts) if m.files]
    [line] = [text for text in desk.texts(card) if "maglia.png" in text]
    assert "nella console" in line


async def test_the_agents_file_reaches_the_desk(world: World, slack: SlackSimulator) -> None:
    kept: list[tuple[str, str, bytes]] = []

    def keep(conn: object, name: str, mime: str, content: bytes) -> str:
        kept.append((name, mime, content))
        return "f1"

    async with scene(world, slack, keep_file=keep) as desk:
        asked: dict[str, object] = {}
        reply = world.desk.reply

        async def replying(*given: Any, attachments: Any = (), **more: Any) -> Any:
            asked["attachments"] = attachments
            return await reply(*given, **more)

        world.desk.reply = replying
        marta = desk.slack.agent("Marta Rossi")
        _, card = await desk.claimed(marta)
        await desk.post(marta, "!Ecco lo schema", card, file=("schema.pdf", b"%PDF-1", "a/pdf"))
        assert await desk.told() == ["Ecco lo schema"]
        assert kept == [("schema.pdf", "a/pdf", b"%PDF-1")]
        assert asked == {"attachments": ["f1"]}


async def test_the_agents_file_reaches_the_customer(
    world: World, slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    carries = Capabilities(attachments=frozenset({"file"}), max_attachment_bytes=1000)
    monkeypatch.setattr(world.push, "capabilities", carries)
    async with scene(world, slack, keep_file=Files.add) as desk:
        marta = desk.slack.agent("Marta Rossi")
        _, card = await desk.claimed(marta)
        pdf = ("schema.pdf", b"%PDF-1.7 lana", "application/pdf")
        await desk.post(marta, "!Ecco lo schema", card, file=pdf)
        sent = world.push.sent[-1]
        assert sent.text == "Ecco lo schema"
        assert [file.content for file in sent.files] == [pdf[1]]
        await desk.post(marta, "e l'etichetta", card, file=pdf)
        assert await desk.told() == ["Ecco lo schema"]
        assert (await desk.noted())[-1] == "e l'etichetta\n📎 schema.pdf"
        await desk.slack.click(marta, desk.ask(marta), "ascolto_send").done()
        await desk.quiet()
        sent = world.push.sent[-1]
        assert (sent.text, [file.name for file in sent.files]) == ("e l'etichetta", ["schema.pdf"])
        ts = await desk.post(marta, "ecco il cartellino", card, file=pdf)
        await desk.slack.edit(marta, ts, "ecco il cartellino giusto").done()
        await desk.quiet()
        await desk.slack.click(marta, desk.ask(marta), "ascolto_send").done()
        await desk.quiet()
        sent = world.push.sent[-1]
        assert (sent.text, len(sent.files)) == ("ecco il cartellino giusto", 1)
        await desk.post(marta, "", card, file=(" schema .pdf", *pdf[1:]))
        await desk.slack.click(marta, desk.ask(marta), "ascolto_keep").done()
        await desk.quiet()
        assert (await desk.noted())[-1] == "📎 schema .pdf"
        told = ["Ecco lo schema", "e l'etichetta", "ecco il cartellino giusto"]
        assert await desk.told() == told
        await desk.post(marta, "!troppo", card, file=("a.pdf", b"%PDF" + b"0" * 2000, "x/pdf"))
        assert await desk.told() == told
        assert any("non si può inviare" in shown.text for shown in slack.shown_to(marta))
