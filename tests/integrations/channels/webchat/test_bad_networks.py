"""Whatever the network does to two tabs: every message once, and no page misses or repeats any."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from random import Random
from typing import Protocol

import pytest
from websockets.exceptions import ConnectionClosed

from integrations.channels.webchat import config

from .chat_gateways import ChatGateway
from .page_socket import Page, new_id, new_token


class Serving(Protocol):
    """Somewhere to connect to."""

    url: str


class Tab:
    """A page that keeps its queue and what it shows across connections, as the widget does."""

    def __init__(self, gateway: Serving, token: str, name: str) -> None:
        self.name = name
        self.queue: list[tuple[str, str]] = []
        self.written: list[str] = []
        self.shown: list[int] = []
        self._gateway = gateway
        self._token = token

    def write(self, text: str) -> None:
        self.queue.append((new_id(), text))
        self.written.append(text)

    async def connected(self, network: Random, *, bad: bool) -> None:
        """One connection: sends what waits, until all is through or the network is gone."""
        after = self.shown[-1] if self.shown else 0
        page = Page(self._gateway.url, self._token, after=after)
        async with _open(page):
            with contextlib.suppress(ConnectionClosed):
                while self.queue:
                    name, text = self.queue[0]
                    await page.say(text, name=name)
                    fate = network.random() if bad else 1.0
                    if fate < 0.25:
                        page.socket.transport.abort()
                        break
                    if fate < 0.4:
                        # Sent twice before anything came back.
                        await page.say(text, name=name)
                    await page.ack(name)
                    if bad and network.random() < 0.2:
                        # Acknowledged, but the page dies before it knows.
                        page.socket.transport.abort()
                        break
                    self.queue.pop(0)
                if not bad:
                    await page.told(self.written[-1])
        self.shown += [entry["seq"] for entry in page.entries()]


@contextlib.asynccontextmanager
async def _open(page: Page) -> AsyncIterator[None]:
    async with page:
        yield


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_message_once_through_any_network(
    standing: ChatGateway, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    for name in ("MESSAGES_PER_SESSION", "MESSAGES_PER_NETWORK", "SOCKETS_PER_NETWORK"):
        monkeypatch.setattr(config, name, config.Limit(100_000, 10))
    network = Random(seed)
    token = new_token(standing.url)
    tabs = [Tab(standing, token, "uno"), Tab(standing, token, "due")]
    before = len(standing.said())
    for turn in range(12):
        tab = network.choice(tabs)
        for number in range(network.randint(1, 3)):
            tab.write(f"{tab.name} {turn}.{number}")
        await tab.connected(network, bad=True)
    for tab in tabs:
        if not tab.written:
            tab.write(f"{tab.name} alla fine")
        await tab.connected(network, bad=False)
        assert tab.queue == []
    said = [text for _, text in standing.said()[before:]]
    for tab in tabs:
        assert [text for text in said if str(text).startswith(tab.name)] == tab.written
        assert tab.shown == sorted(set(tab.shown))
    async with Page(standing.url, token) as whole:
        await whole.told(tabs[1].written[-1])
        assert {e["text"] for e in whole.entries() if e["role"] == "customer"} <= set(said)
