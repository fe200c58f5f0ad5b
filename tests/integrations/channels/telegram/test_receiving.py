"""Polling and being called, with a simulated Telegram on the other side."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from integrations.channels.contract import (
    Button,
    Envelope,
    IncomingRequest,
    Kind,
    Polls,
    Runs,
    Types,
)
from integrations.channels.telegram import polling
from integrations.channels.telegram.adapter import TelegramChannel
from integrations.channels.telegram.config import TelegramConfig
from integrations.channels.telegram.factory import telegram_channels
from integrations.channels.telegram.polling import PollingTelegramChannel
from runtime.errors import Temporary, TooMany, Unauthenticated
from runtime.settings import Settings
from tests.integrations.channels.telegram.conftest import SECRET, to
from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.customers import mention


def texts(envelopes: list[Envelope]) -> list[str | None]:
    return [envelope.text for envelope in envelopes]


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "ALBUM_PAUSE_S", 0.0)


async def test_a_batch_is_confirmed_by_asking_for_the_next(
    channel: PollingTelegramChannel, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.text("uno")
    anna.text("due")
    assert texts(await channel.poll()) == ["uno", "due"]
    # Not confirmed: whoever polls after a crash gets them again, under the same keys.
    other = PollingTelegramChannel(TelegramConfig(TOKEN, telegram.url), poll_s=0)
    async with other.running():
        again = await other.poll()
    assert texts(again) == ["uno", "due"]
    assert telegram.updates.count() == 2
    assert await channel.poll() == []
    assert telegram.updates.count() == 0


async def test_a_poll_that_fails_loses_nothing(
    channel: PollingTelegramChannel, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.text("uno")
    assert texts(await channel.poll()) == ["uno"]
    anna.text("due")
    for kind in ("500", "502", "429", "drop_after"):
        telegram.fail(kind, "getUpdates", seconds=3)
        with pytest.raises((Temporary, TooMany)):
            await channel.poll()
    assert texts(await channel.poll()) == ["due"]


async def test_two_pollers_are_told(
    channel: PollingTelegramChannel, telegram: TelegramSimulator
) -> None:
    await channel.poll()
    telegram.polled.clear()
    waiting = PollingTelegramChannel(TelegramConfig(TOKEN, telegram.url), poll_s=30)
    async with waiting.running():
        first = asyncio.create_task(waiting.poll())
        await asyncio.to_thread(telegram.polled.wait, 10)
        await channel.poll()
        with pytest.raises(Temporary, match="other getUpdates"):
            await first


async def test_a_webhook_from_before_is_removed(
    called: TelegramChannel, telegram: TelegramSimulator
) -> None:
    await until_webhook(telegram)
    telegram.person("Anna").text("ciao")
    channel = PollingTelegramChannel(TelegramConfig(TOKEN, telegram.url), poll_s=0)
    async with channel.running():
        assert texts(await channel.poll()) == ["ciao"]
    assert telegram.state.webhook is None


async def test_an_album_is_one_message_however_it_trickles_in(telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    parts = anna.album(2, caption="Due difetti")
    late = [1]

    async def pause(_seconds: float) -> None:
        # While the channel waits, one more part comes.
        if late:
            late.pop()
            anna.photo(media_group_id=parts[0]["media_group_id"])

    channel = PollingTelegramChannel(TelegramConfig(TOKEN, telegram.url), poll_s=0, sleep=pause)
    async with channel.running():
        [album] = await channel.poll()
        assert album.text == "Due difetti"
        assert len(album.attachments) == 3
        anna.photo(media_group_id=parts[0]["media_group_id"])
        [straggler] = await channel.poll()
    assert len(straggler.attachments) == 1
    assert straggler.context == album.context


async def test_who_slept_over_an_album_asks_no_more(telegram: TelegramSimulator) -> None:
    """Another process may poll by now; what was missed comes again to whoever starts over."""
    anna = telegram.person("Anna")
    parts = anna.album(2)
    clock = [0.0]

    async def sleep(_seconds: float) -> None:
        anna.photo(media_group_id=parts[0]["media_group_id"])
        clock[0] += 60

    channel = PollingTelegramChannel(
        TelegramConfig(TOKEN, telegram.url), poll_s=0, sleep=sleep, monotonic=lambda: clock[0]
    )
    async with channel.running():
        [album] = await channel.poll()
        assert len(album.attachments) == 2
        assert telegram.polls.begun == 1
        channel.start_over()
    other = PollingTelegramChannel(TelegramConfig(TOKEN, telegram.url), poll_s=0)
    async with other.running():
        [album] = await other.poll()
        assert len(album.attachments) == 3
        assert await other.poll() == []
    async with channel.running():
        assert await channel.poll() == []


async def test_an_album_that_a_full_batch_cuts_opens_the_next(
    channel: PollingTelegramChannel, telegram: TelegramSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "BATCH", 5)
    anna = telegram.person("Anna")
    for n in range(3):
        anna.text(str(n))
    anna.album(4)
    assert texts(await channel.poll()) == ["0", "1", "2"]
    [album] = await channel.poll()
    assert len(album.attachments) == 4


async def test_strange_updates_hold_up_nothing(
    channel: PollingTelegramChannel, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    telegram.updates.add_raw({"update_id": 700000002, "message": {"text": ["no"]}})
    telegram.updates.add_raw({"update_id": 700000003, "kind_of_the_future": {}})
    anna.text("ciao")
    assert texts(await channel.poll()) == ["ciao"]
    assert await channel.poll() == []
    assert telegram.updates.count() == 0


async def test_groups_know_the_bot_by_the_name_it_has(
    channel: PollingTelegramChannel, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    group = telegram.group("Maglia e tè")
    anna.text("tra noi", chat=group)
    anna.text(mention("siete aperti?"), chat=group)
    [heard] = await channel.poll()
    assert (heard.kind, heard.text, heard.public) == (Kind.MENTION, "siete aperti?", True)
    sent = await channel.send(to(group.id, "Sì"))
    anna.text("grazie!", chat=group, reply_to=int(str(sent.external_id)))
    assert texts(await channel.poll()) == ["grazie!"]


async def test_a_tapped_button_stops_spinning(
    channel: PollingTelegramChannel, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.start()
    await channel.send(to(anna.private.id, "Va bene?", buttons=(Button("Sì", "sealed"),)))
    query = anna.tap("Sì")
    _start, tap = await channel.poll()
    assert (tap.kind, tap.button, tap.text) == (Kind.POSTBACK, "sealed", "Sì")
    async with asyncio.timeout(60):
        while not telegram.state.queries[query]["answered"]:  # noqa: ASYNC110 — another thread's
            await asyncio.sleep(0.01)


# -- webhook -----------------------------------------------------------------------------------


async def until_webhook(telegram: TelegramSimulator) -> None:
    async with asyncio.timeout(60):
        while telegram.state.webhook is None:  # noqa: ASYNC110 — another thread's
            await asyncio.sleep(0.01)


def request(secret: str | None) -> IncomingRequest:
    headers = {} if secret is None else {"x-telegram-bot-api-secret-token": secret}
    return IncomingRequest(headers=headers, body=b"{}")


async def test_the_webhook_is_registered_with_its_secret(
    called: TelegramChannel, telegram: TelegramSimulator
) -> None:
    await until_webhook(telegram)
    assert telegram.state.webhook == {
        "url": "https://care.example/channels/telegram/webhook",
        "secret": SECRET,
        "max_connections": 40,
    }
    assert telegram.updates.allowed is not None
    assert "callback_query" in telegram.updates.allowed


async def test_it_is_registered_once_telegram_is_there_again(
    telegram: TelegramSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.channels.telegram.adapter.FIRST_PAUSE_S", 0.0)
    telegram.fail("500", "getMe")
    telegram.fail("500", "setWebhook", times=2)
    config = TelegramConfig(TOKEN, telegram.url, SECRET, "https://care.example/hook")
    async with TelegramChannel(config).running():
        await until_webhook(telegram)


async def test_only_telegram_is_let_in(
    called: TelegramChannel, telegram: TelegramSimulator
) -> None:
    await until_webhook(telegram)
    assert called.verify(request(SECRET)) == TOKEN.split(":")[0]
    for wrong in (None, "", SECRET[:-1], f"{SECRET} ", "è", SECRET.upper()):
        with pytest.raises(Unauthenticated):
            called.verify(request(wrong))


async def test_without_a_secret_nobody_is_let_in(channel: PollingTelegramChannel) -> None:
    for guess in (None, "", "anything"):
        with pytest.raises(Unauthenticated):
            channel.verify(request(guess))


async def test_telegram_calls_again_while_the_bots_name_is_unknown() -> None:
    config = TelegramConfig(TOKEN, "http://127.0.0.1:9", SECRET, "https://care.example/hook")
    with pytest.raises(Temporary):
        TelegramChannel(config).verify(request(SECRET))


async def test_what_a_webhook_brings_is_read(
    called: TelegramChannel, telegram: TelegramSimulator
) -> None:
    await until_webhook(telegram)
    telegram.person("Anna").text("ciao")
    [update] = telegram.updates.history
    [heard] = called.parse(update, account="7000000001", now=1.0)
    assert heard.text == "ciao"
    future: dict[str, Any] = {"update_id": 1, "kind_of_the_future": {}}
    assert called.parse(future, account="7000000001", now=1.0) == []


# -- settings ----------------------------------------------------------------------------------


def test_the_settings_decide() -> None:
    assert telegram_channels(Settings()) == {}
    polls = telegram_channels(Settings(telegram_bot_token=TOKEN))["telegram"]
    assert isinstance(polls, PollingTelegramChannel)
    assert isinstance(polls, Polls)
    assert isinstance(polls, Types)
    assert isinstance(polls, Runs)
    # A secret alone isn't enough: Telegram must be able to reach us.
    half = Settings(telegram_bot_token=TOKEN, telegram_webhook_secret=SECRET)
    assert isinstance(telegram_channels(half)["telegram"], Polls)
    whole = Settings(
        telegram_bot_token=TOKEN,
        telegram_webhook_secret=SECRET,
        public_url="https://care.example/",
    )
    called = telegram_channels(whole)["telegram"]
    assert isinstance(called, TelegramChannel)
    assert not isinstance(called, Polls)
    assert called._config.webhook_url == "https://care.example/channels/telegram/webhook"


@pytest.mark.parametrize(
    "wrong", [{"telegram_bot_token": "abc"}, {"telegram_webhook_secret": "too short"}]
)
def test_wrong_settings_are_named_without_their_value(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="TELEGRAM_") as refused:
        telegram_channels(Settings(**{"telegram_bot_token": TOKEN, **wrong}))
    assert not any(value in str(refused.value) for value in wrong.values())


def test_they_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_BOT_USERNAME", "@LanificioAuroraBot")
    monkeypatch.setenv("ASCOLTO_TELEGRAM_API_URL", "http://127.0.0.1:8095/")
    channel = telegram_channels(Settings())["telegram"]
    assert isinstance(channel, TelegramChannel)
    assert channel._config.username == "LanificioAuroraBot"
    assert channel._config.base_url == "http://127.0.0.1:8095/bot"
