"""A visitor between two gateways: it makes no difference which one holds the socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any

import pytest

from integrations.channels.webchat import config
from tests.integrations.world import until

from .chat_gateways import ChatGateway
from .one_address import Balancer, two_gateways
from .page_socket import Page, new_token
from .test_bad_networks import Tab


@pytest.fixture(scope="module")
def gateways(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[ChatGateway, ChatGateway]]:
    with pytest.MonkeyPatch.context() as patch:
        # All these visitors come from one network.
        for name in ("MESSAGES", "SESSIONS", "SOCKETS"):
            patch.setattr(config, f"{name}_PER_NETWORK", config.Limit(100_000, 10))
        patch.setattr(config, "MESSAGES_PER_SESSION", config.Limit(100_000, 10))
        with two_gateways(tmp_path_factory.mktemp("two")) as both:
            yield both


@pytest.fixture
async def balancer(gateways: tuple[ChatGateway, ChatGateway]) -> AsyncIterator[Balancer]:
    async with Balancer(gateways[0]).serving() as running:
        yield running


@pytest.fixture
def answers_at_b(
    gateways: tuple[ChatGateway, ChatGateway], monkeypatch: pytest.MonkeyPatch
) -> threading.Event:
    """The first gateway has its hands full, and the second's bot answers once this is set."""
    a, b = gateways
    monkeypatch.setattr(a.container.worker, "_slots", 0)
    go, turn = threading.Event(), b.bot.turn

    async def waiting(request: dict[str, Any]) -> dict[str, Any]:
        while not go.is_set():  # noqa: ASYNC110 — it is set in another thread
            await asyncio.sleep(0.01)
        return await turn(request)

    monkeypatch.setattr(b.bot, "turn", waiting)
    return go


def asked(gateway: ChatGateway) -> list[str]:
    """What a gateway's bot was asked."""
    return [m["text"] for turn in tuple(gateway.bot.turns) for m in turn["messages"]]


async def test_what_one_gateway_answers_comes_through_the_others_socket(
    gateways: tuple[ChatGateway, ChatGateway], balancer: Balancer, answers_at_b: threading.Event
) -> None:
    a, b = gateways
    async with Page(balancer.url, await asyncio.to_thread(new_token, balancer.url)) as page:
        await page.ack(await page.say("avete la lana merino, là?"))
        # That somebody is writing travels as well.
        await page.until(lambda f: f["type"] == "typing" and f["role"] == "bot")
        answers_at_b.set()
        reply = await page.told("avete la lana merino, là?")
        assert reply["role"] == "bot"
    assert "avete la lana merino, là?" in asked(b)
    assert "avete la lana merino, là?" not in asked(a)


async def test_changing_gateways_in_the_middle_loses_and_doubles_nothing(
    gateways: tuple[ChatGateway, ChatGateway], balancer: Balancer, answers_at_b: threading.Event
) -> None:
    _, b = gateways
    token = await asyncio.to_thread(new_token, balancer.url)
    async with Page(balancer.url, token) as page:
        said = await page.say("dov'è il mio ordine?")
        await page.ack(said)
        await page.until(lambda f: f["type"] == "typing")
        balancer.to = b
        balancer.cut()
        await page.closed()
        seen, cursor = page.entries(), page.cursor
    answers_at_b.set()
    async with Page(balancer.url, token, after=cursor) as page:
        # The acknowledgement might have been lost: it is said again.
        await page.say("dov'è il mio ordine?", name=said)
        assert (await page.ack(said))["duplicate"] is True
        await page.told("dov'è il mio ordine?")
        everything = seen + page.entries()
    assert [e["message_id"] for e in everything if e["role"] == "customer"] == [said]
    assert len({e["id"] for e in everything}) == len(everything)
    assert asked(b).count("dov'è il mio ordine?") == 1


async def test_typing_and_read_marks_travel_both_ways(
    gateways: tuple[ChatGateway, ChatGateway], balancer: Balancer
) -> None:
    a, b = gateways
    token = await asyncio.to_thread(new_token, balancer.url)
    heard: list[dict[str, Any]] = []
    unsubscribe = b.container.bus.subscribe(
        lambda event, data: heard.append(data) if event == "typing" else None
    )
    async with Page(balancer.url, token) as page:
        await page.say("avete il lino?")
        await page.told("avete il lino?")
        conversation = await asyncio.to_thread(a.conversation_id)
        # The agent is at the other gateway's console.
        await asyncio.to_thread(b.agent, "Sono Marta.")
        hello = await page.told("Sono Marta.")
        await page.send(type="typing")

        async def customer_heard() -> bool:
            return {"id": conversation, "role": "customer"} in heard

        await until(customer_heard, timeout_s=60)
        unsubscribe()
        await asyncio.to_thread(types, b, conversation)
        await page.until(lambda f: f["type"] == "typing" and f["role"] == "agent")
        balancer.to = b
        async with Page(balancer.url, token) as other:
            await other.told("Sono Marta.")
            await page.send(type="read", seq=hello["seq"])
            update = await other.until(
                lambda f: f["type"] == "updates" and hello["id"] in str(f["entries"])
            )
    [entry] = [e for e in update["entries"] if e["id"] == hello["id"]]
    assert entry["state"] == "read"


def types(gateway: ChatGateway, conversation: str) -> None:
    """Marta is writing, in a gateway's console."""
    with gateway.at_the_desk() as desk:
        desk.post(f"/console/api/conversations/{conversation}/typing", json={}).raise_for_status()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_message_once_whichever_gateway_answers(
    gateways: tuple[ChatGateway, ChatGateway], balancer: Balancer, seed: int
) -> None:
    network = Random(seed)
    token = await asyncio.to_thread(new_token, balancer.url)
    tabs = [Tab(balancer, token, f"{seed} uno"), Tab(balancer, token, f"{seed} due")]
    for turn in range(10):
        balancer.to = network.choice(gateways)
        tab = network.choice(tabs)
        for number in range(network.randint(1, 3)):
            tab.write(f"{tab.name} {turn}.{number}")
        await tab.connected(network, bad=True)
        if network.random() < 0.3:
            balancer.cut()
    for tab in tabs:
        balancer.to = network.choice(gateways)
        tab.write(f"{tab.name} alla fine")
        await tab.connected(network, bad=False)
        assert tab.queue == []
    said = [text for _, text in await asyncio.to_thread(gateways[0].said)]
    for tab in tabs:
        assert [text for text in said if str(text).startswith(tab.name)] == tab.written
        assert tab.shown == sorted(set(tab.shown))
    for tab in tabs:
        answered = asked(gateways[0]) + asked(gateways[1])
        assert [answered.count(text) for text in tab.written] == [1] * len(tab.written)
