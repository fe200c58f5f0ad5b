"""The web chat's socket: nothing lost, nothing doubled, whatever the network does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from integrations.channels.webchat import socket
from integrations.conversations.buttons import Buttons
from runtime.settings import Settings
from tests.integrations.console import factory

from .chat_gateways import ChatGateway, running, texts
from .page_socket import Page, new_id, new_token


async def test_say_and_be_answered(gateway: ChatGateway) -> None:
    async with Page(gateway.url, new_token(gateway.url)) as page:
        said = await page.say("avete la lana merino?")
        assert await page.ack(said) == {"type": "ack", "id": said, "duplicate": False}
        reply = await page.told("avete la lana merino?")
        assert reply["role"] == "bot"
        mine = await page.entry(lambda e: e["role"] == "customer")
        assert (mine["message_id"], mine["text"]) == (said, "avete la lana merino?")
        assert "privacy" in reply["text"], "the first words say who is talking"


async def test_a_message_sent_again_is_acknowledged_and_handled_once(gateway: ChatGateway) -> None:
    token = new_token(gateway.url)
    async with Page(gateway.url, token) as page:
        said = await page.say("uno")
        await page.ack(said)
        await page.say("uno", name=said)
        assert (await page.ack(said, count=2))["duplicate"] is True
    # The acknowledgement got lost with the connection: the page says it again on the next.
    async with Page(gateway.url, token) as page:
        await page.say("uno", name=said)
        assert (await page.ack(said))["duplicate"] is True
        await page.told("uno")
        assert [e["message_id"] for e in page.entries() if e["role"] == "customer"] == [said]
    assert gateway.said() == [(said, "uno")]
    assert len(gateway.bot.turns) == 1


async def test_a_message_cut_off_before_its_acknowledgement_is_there(gateway: ChatGateway) -> None:
    token = new_token(gateway.url)
    sent = []
    for number in range(8):
        async with Page(gateway.url, token) as page:
            sent.append(await page.say(f"numero {number}"))
            # Gone at once, as in a lift.
            page.socket.transport.abort()
    async with Page(gateway.url, token) as page:
        for number, said in enumerate(sent):
            await page.say(f"numero {number}", name=said)
            await page.ack(said)
    assert sorted(gateway.said()) == sorted((s, f"numero {n}") for n, s in enumerate(sent))


async def test_resuming_brings_what_was_missed_and_nothing_twice(gateway: ChatGateway) -> None:
    token = new_token(gateway.url)
    async with Page(gateway.url, token) as page:
        await page.say("uno")
        await page.told("uno")
        seen, cursor = page.entries(), page.cursor
    async with Page(gateway.url, token) as other:
        await other.say("due")
        await other.told("due")
    await asyncio.to_thread(gateway.agent, "Sono Marta.")
    async with Page(gateway.url, token, after=cursor) as page:
        agent = await page.told("Sono Marta.")
        missed = page.entries()
    assert agent["author"] == "Marta"
    assert not {e["id"] for e in seen} & {e["id"] for e in missed}
    assert texts(e for e in missed if e["role"] == "customer") == ["due"]
    sequence = [e["seq"] for e in seen + missed]
    assert sequence == sorted(set(sequence))


async def test_two_tabs_see_the_same(gateway: ChatGateway) -> None:
    token = new_token(gateway.url)
    async with Page(gateway.url, token) as one, Page(gateway.url, token) as two:
        # The second tab came before there was a conversation at all.
        await one.say("dalla prima")
        await two.told("dalla prima")
        await two.say("dalla seconda")
        await one.told("dalla seconda")
        same = new_id()
        await asyncio.gather(one.say("insieme", name=same), two.say("insieme", name=same))
        acks = await asyncio.gather(one.ack(same), two.ack(same))
        assert sorted(ack["duplicate"] for ack in acks) == [False, True]
        for page in (one, two):
            await page.told("insieme")
            assert [e["text"] for e in page.entries() if e["role"] == "customer"] == [
                "dalla prima",
                "dalla seconda",
                "insieme",
            ]


async def test_sessions_see_nothing_of_each_other(gateway: ChatGateway) -> None:
    async with (
        Page(gateway.url, new_token(gateway.url)) as giulia,
        Page(gateway.url, new_token(gateway.url)) as tom,
    ):
        await giulia.say("segreto di Giulia")
        await giulia.told("segreto")
        await tom.say("ciao da Tom")
        await tom.told("Tom")
        assert "Giulia" not in str(tom.frames)


async def test_reading_marks_what_we_said_for_the_desk_and_for_the_other_tab(
    gateway: ChatGateway,
) -> None:
    token = new_token(gateway.url)
    async with Page(gateway.url, token) as one, Page(gateway.url, token) as two:
        await one.say("ciao")
        reply = await one.told("ciao")
        await two.told("ciao")
        assert reply["state"] == "sent"
        await one.send(type="read", seq=reply["seq"])
        update = await two.until(
            lambda f: f["type"] == "updates" and any(e["id"] == reply["id"] for e in f["entries"])
        )
        assert next(e for e in update["entries"] if e["id"] == reply["id"])["state"] == "read"
    async with Page(gateway.url, token) as later:
        assert (await later.told("ciao"))["state"] == "read"


async def test_a_button_does_what_it_says_and_only_in_its_conversation(
    gateway: ChatGateway,
) -> None:
    async with Page(gateway.url, new_token(gateway.url)) as page:
        await page.say("voglio parlare con una persona")
        asked = await page.entry(lambda e: bool(e.get("buttons")))
        button = asked["buttons"][0]
        said = await page.say(button["title"], button=button["payload"])
        assert (await page.ack(said))["type"] == "ack"
        await page.told("aspettiamo insieme")
        tapped = await page.entry(lambda e: e.get("message_id") == said)
        assert (tapped["kind"], tapped["text"]) == ("postback", button["title"])
    async with Page(gateway.url, new_token(gateway.url)) as other:
        await other.say(button["title"], button=button["payload"])
        await other.told("non vale più")
        forged = Buttons("another-signing-key").seal("w0", "Sì", "verified")
        await other.say("Sì", button=forged["payload"])
        await other.until(
            lambda f: f["type"] == "entries" and "non vale più" in str(f["entries"]), count=2
        )
    assert gateway.bot.turns == [gateway.bot.turns[0]]


async def test_earlier_messages_come_page_by_page(gateway: ChatGateway) -> None:
    token = new_token(gateway.url)
    async with Page(gateway.url, token) as page:
        await page.say("ciao")
        await page.told("ciao")
    conversation, at = gateway.conversation_id(), gateway.container.clock.now()

    def fill(conn: Connection) -> None:
        for number in range(150):
            factory.told(conn, conversation, f"numero {number}", at=at + number)

    await asyncio.to_thread(gateway.write, fill)
    async with Page(gateway.url, token) as page:
        history = await page.until(lambda f: f["type"] == "history")
        await page.until(lambda f: f["type"] == "entries")
        shown = page.entries()
        while history["earlier"]:
            asked = sum(f["type"] == "earlier" for f in page.frames) + 1
            await page.send(type="earlier", before=shown[0]["seq"])
            history = await page.until(lambda f: f["type"] == "earlier", count=asked)
            shown = history["entries"] + shown
    assert [e["text"] for e in shown[2:]] == [f"numero {number}" for number in range(150)]


async def test_secrets_are_masked_before_anybody_sees_them(gateway: ChatGateway) -> None:
    async with Page(gateway.url, new_token(gateway.url)) as page:
        said = await page.say("la carta è 4111 1111 1111 1111")
        mine = await page.entry(lambda e: e.get("message_id") == said)
        assert mine["text"] == "la carta è ⟦card⟧"
    assert "4111" not in str(gateway.said())


async def test_typing_is_shown_while_the_bot_works_and_while_an_agent_writes(
    gateway: ChatGateway,
) -> None:
    async with Page(gateway.url, new_token(gateway.url)) as page:
        await page.say("ciao")
        await page.told("ciao")
        await page.until(lambda f: f == {"type": "typing", "role": "bot"})
        kinds = [frame["type"] for frame in page.frames]
        assert kinds.index("typing") < kinds.index("entries") + 2
        place = f"/console/api/conversations/{gateway.conversation_id()}/typing"

        def type_at_the_desk() -> int:
            with gateway.at_the_desk() as desk:
                return desk.post(place).status_code

        assert await asyncio.to_thread(type_at_the_desk) == 409
        await asyncio.to_thread(gateway.agent, "Ciao.")
        assert await asyncio.to_thread(type_at_the_desk) == 200
        await page.until(lambda f: f == {"type": "typing", "role": "agent"})
        # The page's own typing is for the desk alone.
        await page.send(type="typing")
        await page.ack(await page.say("ancora"))
        assert {"type": "typing", "role": "customer"} not in page.frames


async def test_stopping_sends_pages_away_to_come_back(gateway: ChatGateway) -> None:
    async with Page(gateway.url, new_token(gateway.url)) as page:
        await page.until(lambda f: f["type"] == "welcome")
        gateway.container.stopping.set()
        await page.send(type="ping")
        gateway.container.bus.publish("resync")
        assert await page.closed() == 1012


async def test_pages_at_two_gateways_see_the_same(
    new_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without Redis nobody tells the other gateway: it looks.
    monkeypatch.setattr(socket, "POLL_S", 0.05)
    known = new_settings()
    with running(known) as here, running(known) as there:
        token = new_token(here.url)
        async with Page(here.url, token) as one, Page(there.url, token) as two:
            said = await one.say("da qui")
            await one.ack(said)
            await two.told("da qui")
            again = await two.say("da qui", name=said)
            assert (await two.ack(again))["duplicate"] is True
            await two.say("da lì")
            await one.told("da lì")
            for page in (one, two):
                mine = [e["text"] for e in page.entries() if e["role"] == "customer"]
                assert mine == ["da qui", "da lì"]
        # What one of them signed, the other knows.
        async with Page(there.url, token, after=two.cursor) as back:
            await back.until(lambda f: f["type"] == "history")
            assert back.entries() == []
