"""The truth about Telegram: reached, refused, silent, polled by somebody else, called elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from integrations import standing as standing_module
from integrations.channels.telegram.adapter import TelegramChannel
from integrations.channels.telegram.config import TelegramConfig
from integrations.channels.telegram.polling import PollingTelegramChannel
from integrations.standing import Standing
from runtime.errors import AscoltoError
from tests.integrations.world import until
from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.faults import Fault

from .conftest import SECRET, to

URL = "https://care.example/channels/telegram/webhook"


@pytest.fixture(autouse=True)
def _always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing_module, "FRESH_S", -1.0)
    monkeypatch.setattr(standing_module, "PATIENCE_S", 20.0)


async def failing(channel: Any) -> Standing:
    """How things stand, once that is badly."""
    found: list[Standing] = []

    async def bad() -> bool:
        found.append(await channel.standing())
        return found[-1].state == "failing"

    await until(bad, timeout_s=60.0)
    return found[-1]


async def ready(channel: Any) -> Standing:
    found: list[Standing] = []

    async def good() -> bool:
        found.append(await channel.standing())
        return found[-1].state == "ready"

    await until(good, timeout_s=60.0)
    return found[-1]


async def test_a_poller_that_is_answered_is_ready(channel: PollingTelegramChannel) -> None:
    found = await ready(channel)
    assert (found.how, found.problems) == ("polling", ())
    assert found.last_success_at is not None


async def test_a_wrong_token_is_named_and_not_shown(telegram: TelegramSimulator) -> None:
    wrong = "7000000001:another-token-altogether"
    channel = PollingTelegramChannel(TelegramConfig(wrong, telegram.url), poll_s=0)
    async with channel.running():
        found = await failing(channel)
    assert found.problems == ("Telegram refuses TELEGRAM_BOT_TOKEN",)
    assert found.last_success_at is None
    assert "another-token" not in str(found.as_json())


async def test_nobody_there(telegram: TelegramSimulator) -> None:
    channel = PollingTelegramChannel(TelegramConfig(TOKEN, "http://127.0.0.1:9"), poll_s=0)
    async with channel.running():
        assert "no answer from Telegram" in (await failing(channel)).problems[0]


async def test_a_refused_message_says_nothing_about_telegram(
    channel: PollingTelegramChannel, telegram: TelegramSimulator
) -> None:
    with pytest.raises(AscoltoError):
        await channel.send(to(999_999))
    assert (await channel.standing()).state == "ready"


async def test_somebody_else_polls(
    channel: PollingTelegramChannel, telegram: TelegramSimulator
) -> None:
    await ready(channel)
    await channel.poll()
    telegram.state.webhook = {"url": "https://other.example/", "secret": None}
    with pytest.raises(AscoltoError):
        await channel.poll()
    found = await failing(channel)
    assert any("Conflict" in problem for problem in found.problems)
    telegram.state.webhook = None
    await channel.poll()
    assert (await channel.standing()).state == "ready"


async def test_a_registered_webhook_is_ready(called: TelegramChannel) -> None:
    assert (await ready(called)).how == "webhook"


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda t: t.state.webhook.update(url="https://other.example/"), "another address"),
        (lambda t: setattr(t.state, "webhook", None), "another address"),
    ],
)
async def test_another_webhook_is_seen(
    called: TelegramChannel,
    telegram: TelegramSimulator,
    spoil: Callable[[TelegramSimulator], Awaitable[None]],
    problem: str,
) -> None:
    await ready(called)
    spoil(telegram)
    assert problem in (await failing(called)).problems[0]


async def test_calls_that_do_not_reach_us_are_seen(
    called: TelegramChannel, telegram: TelegramSimulator
) -> None:
    await ready(called)
    telegram.person("Anna").text("ciao")
    # Nobody answers at the address that was registered.
    assert "can't reach the webhook" in (await failing(called)).problems[0]
    telegram.updates.clear()
    assert (await ready(called)).problems == ()


async def test_a_webhook_that_telegram_refuses(telegram: TelegramSimulator) -> None:
    config = TelegramConfig(TOKEN, telegram.url, SECRET, "ftp://care.example/hook")
    channel = TelegramChannel(config)
    async with channel.running():

        async def refused() -> bool:
            return "https" in str((await channel.standing()).problems)

        await until(refused, timeout_s=60.0)


async def test_a_short_silence_passes(
    channel: PollingTelegramChannel, telegram: TelegramSimulator
) -> None:
    await ready(channel)
    telegram.state.faults.add(Fault("drop_before", method="getMe"))
    assert (await channel.standing()).state == "failing"
    assert (await channel.standing()).state == "ready"
