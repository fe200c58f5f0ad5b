"""What the web chat's socket doesn't take: foreign tokens, pages, frames, floods."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from websockets.exceptions import InvalidStatus

from integrations.channels.webchat import config
from runtime.settings import Settings
from tests import asking

from .chat_gateways import ChatGateway, running
from .page_socket import Page, new_id, new_token


@pytest.mark.parametrize("token", ["x", "x.y", "é.é", "a" * 900])
async def test_a_token_that_is_not_ours_opens_nothing(standing: ChatGateway, token: str) -> None:
    async with Page(standing.url, token) as page:
        assert await page.closed() == 4401
        assert page.frames == []


async def test_a_token_altered_or_made_for_something_else_opens_nothing(
    gateway: ChatGateway,
) -> None:
    good = new_token(gateway.url)
    payload = gateway.container.buttons.seal("w0", "Sì", "greet")["payload"]
    for token in (good[:-1] + ("A" if good[-1] != "A" else "B"), payload, "." + good):
        async with Page(gateway.url, token) as page:
            assert await page.closed() == 4401


async def test_an_old_session_is_over_and_a_used_one_is_renewed(
    new_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(new_settings()) as gateway:
        token = new_token(gateway.url)
        real = gateway.container.clock.now
        monkeypatch.setattr(gateway.container.clock, "now", lambda: real() + 20 * 86_400)
        async with Page(gateway.url, token) as page:
            welcome = await page.until(lambda f: f["type"] == "welcome")
        renewed = welcome["token"]
        answer = asking.post(f"{gateway.url}/chat/session", json={"token": token})
        assert answer.json()["resumed"] is True
        monkeypatch.setattr(gateway.container.clock, "now", lambda: real() + 40 * 86_400)
        async with Page(gateway.url, token) as page:
            assert await page.closed() == 4401
        async with Page(gateway.url, renewed) as page:
            await page.until(lambda f: f["type"] == "welcome")
        answer = asking.post(f"{gateway.url}/chat/session", json={"token": token})
        assert answer.json()["resumed"] is False


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:1", "https://shop.example.evil.example"],
)
async def test_other_sites_pages_get_nothing(
    new_settings: Callable[..., Settings], origin: str
) -> None:
    with running(new_settings(webchat_origins="https://shop.example")) as gateway:
        token = new_token(gateway.url)
        with pytest.raises(InvalidStatus) as refused:
            async with Page(gateway.url, token, origin=origin):
                pass
        assert refused.value.response.status_code == 403
        answer = asking.post(f"{gateway.url}/chat/session", headers={"Origin": origin})
        assert answer.status_code == 403
        assert set(answer.json()) == {"error"}


async def test_pages_that_are_named_and_our_own_may_embed_it(
    new_settings: Callable[..., Settings],
) -> None:
    with running(new_settings(webchat_origins="https://shop.example, https://b.example:444")) as g:
        for origin in ("https://shop.example", "https://b.example:444", g.url):
            answer = asking.post(f"{g.url}/chat/session", headers={"Origin": origin})
            assert answer.headers["access-control-allow-origin"] == origin
            async with Page(g.url, answer.json()["token"], origin=origin) as page:
                await page.until(lambda f: f["type"] == "welcome")


BAD_FRAMES = [
    "",
    "{",
    "[]",
    "null",
    "[" * 5_000,
    '{"type": "dance"}',
    '{"type": "message"}',
    '{"type": "message", "id": "short", "text": "ciao"}',
    '{"type": "message", "id": "a-good-name", "text": ["ciao"]}',
    '{"type": "message", "id": "a-good-name", "text": "ciao", "colour": "red"}',
    '{"type": "message", "id": "a\\u0000b-and-more", "text": "ciao"}',
    '{"type": "read", "seq": -1}',
    '{"type": "read", "seq": 1e99}',
    '{"type": "hello", "token": "again"}',
]


@pytest.mark.parametrize("frame", BAD_FRAMES)
async def test_frames_that_no_page_of_ours_sends_end_the_connection(
    standing: ChatGateway, frame: str
) -> None:
    async with Page(standing.url, new_token(standing.url)) as page:
        await page.until(lambda f: f["type"] == "welcome")
        await page.socket.send(frame)
        assert await page.closed() == 4400
        assert page.entries() == []


async def test_frames_too_large_or_not_text_end_the_connection(gateway: ChatGateway) -> None:
    token = new_token(gateway.url)
    async with Page(gateway.url, token) as page:
        await page.send(type="message", id=new_id(), text="a" * config.MAX_FRAME_BYTES)
        assert await page.closed() == 1009
    async with Page(gateway.url, token) as page:
        await page.socket.send(b"\x00\x01")
        assert await page.closed() == 1003


async def test_a_page_that_says_no_hello_is_shown_out(gateway: ChatGateway) -> None:
    async with Page(gateway.url, "") as page:
        await page.say("ciao")
        assert await page.closed() == 4400


STRANGE = [
    "null \x00 byte",
    "\u202eotset oigassem",
    "🧶" * 4_000,
    "half \ud83d surrogate",
    "<script>alert(1)</script> <!channel>",
    "\u0301" * 500,
]


@pytest.mark.parametrize("text", STRANGE)
async def test_strange_text_is_taken_and_answered(standing: ChatGateway, text: str) -> None:
    async with Page(standing.url, new_token(standing.url)) as page:
        said = await page.say(text)
        assert (await page.ack(said))["type"] == "ack"
        await page.entry(lambda e: e["role"] == "bot")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "a" * 4_001}, "too_large"),
        ({"text": " \u200b\n"}, "invalid"),
        ({}, "invalid"),
        ({"attachments": ["f.g"]}, "invalid"),
    ],
)
async def test_a_message_that_can_not_be_taken_is_refused_for_good(
    standing: ChatGateway, message: dict[str, object], code: str
) -> None:
    async with Page(standing.url, new_token(standing.url)) as page:
        name = new_id()
        await page.send(type="message", id=name, **message)
        answer = await page.ack(name)
        assert (answer["type"], answer["code"]) == ("refused", code)
        assert "retry_after" not in answer
        # The connection goes on.
        assert (await page.ack(await page.say("ciao")))["type"] == "ack"


async def test_too_fast_is_told_when_to_go_on_and_loses_nothing(
    gateway: ChatGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Page(gateway.url, new_token(gateway.url)) as page:
        names = [await page.say(f"numero {n}") for n in range(45)]
        answers = [await page.ack(name) for name in names]
        refused = [a["id"] for a in answers if a["type"] == "refused"]
        assert refused
        assert all(a["retry_after"] >= 1 for a in answers if a["type"] == "refused")
        taken = [a["id"] for a in answers if a["type"] == "ack"]
        assert [name for name, _ in gateway.said()] == taken
        real = gateway.container.clock.now
        monkeypatch.setattr(gateway.container.clock, "now", lambda: real() + 60)
        again = await page.say("di nuovo", name=refused[0])
        assert (await page.ack(again, count=2))["type"] == "ack"


async def test_a_flood_of_frames_ends_the_connection(gateway: ChatGateway) -> None:
    async with Page(gateway.url, new_token(gateway.url)) as page:
        for _ in range(config.FRAMES_PER_SOCKET.uses * 2 + 5):
            await page.send(type="ping")
        assert await page.closed() == 4429


async def test_sessions_and_pages_of_one_network_are_counted(
    gateway: ChatGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "SESSIONS_PER_NETWORK", config.Limit(2, 3600))
    new_token(gateway.url)
    token = new_token(gateway.url)
    answer = asking.post(f"{gateway.url}/chat/session")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    # Who has a session goes on.
    assert new_token(gateway.url, token)
    monkeypatch.setattr(config, "SOCKETS_PER_SESSION", 1)
    async with Page(gateway.url, token) as first:
        await first.until(lambda f: f["type"] == "welcome")
        async with Page(gateway.url, token) as second:
            assert await second.closed() == 4429
        assert (await first.ack(await first.say("ciao")))["type"] == "ack"


async def test_logs_hold_no_words_of_customers_and_no_tokens(
    gateway: ChatGateway, caplog: pytest.LogCaptureFixture
) -> None:
    token = new_token(gateway.url)
    async with Page(gateway.url, token) as page:
        await page.say("il mio segreto")
        await page.told("segreto")
        await page.socket.send('{"type": "message", "text": "il mio segreto"}')
        await page.closed()
    assert "segreto" not in caplog.text
    assert token not in caplog.text
