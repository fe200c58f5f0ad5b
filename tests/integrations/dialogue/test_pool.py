"""Where a conversation goes: to a ready process of its model, and never into an outage for one
that is about to stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from integrations.dialogue.client import CareClient
from integrations.models.routing import Canary, Routing
from runtime.errors import Temporary

TALKS = [f"c{number}" for number in range(60)]


class Rasa:
    """A process's care channel: what it serves, and which turns it took."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.draining = self.starting = False
        self.took: list[str] = []
        self.url = ""
        self.runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/webhooks/care/state", self.state)
        app.router.add_get("/webhooks/care/ready", self.state)
        app.router.add_post("/webhooks/care/turn", self.turn)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        port = int(self.url.rsplit(":", 1)[1]) if self.url else 0
        await web.TCPSite(self.runner, "127.0.0.1", port, reuse_address=True).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()
            self.runner = None

    async def state(self, _request: web.Request) -> web.Response:
        told = {"model_sha": self.model, "draining": self.draining, "in_flight": 0}
        return web.json_response({"ready": not self.draining, **told})

    async def turn(self, request: web.Request) -> web.Response:
        body = await request.json()
        code = "draining" if self.draining else "starting" if self.starting else ""
        if code:
            return web.json_response({"error": {"code": code, "message": ""}}, status=503)
        self.took.append(body["conversation"])
        return web.json_response({"turn_id": body["turn_id"], "model_sha": self.model})


class Bots:
    """Two processes and a spare one, behind a client."""

    def __init__(self) -> None:
        self.one, self.two, self.spare = Rasa("old"), Rasa("old"), Rasa("new")
        self.routing: Routing | None = None
        self.client: CareClient

    async def begin(self) -> None:
        for rasa in (self.one, self.two, self.spare):
            await rasa.start()
        self.client = CareClient(
            (self.one.url, self.two.url),
            "token",
            in_flight=6,
            spare=self.spare.url,
            routing=lambda: self.routing,
        )

    async def end(self) -> None:
        await self.client.close()
        for rasa in (self.one, self.two, self.spare):
            await rasa.stop()

    async def say(self, conversation: str) -> str:
        request = {"conversation": conversation, "turn_id": f"t-{conversation}"}
        answer: dict[str, Any] = await self.client.turn(request)
        return str(answer["model_sha"])

    async def all(self) -> dict[str, str]:
        return {name: await self.say(name) for name in TALKS}


@pytest.fixture
async def bots() -> AsyncIterator[Bots]:
    found = Bots()
    await found.begin()
    await found.client.pool.look()
    yield found
    await found.end()


async def test_with_nothing_published_the_regular_ones_share_all_conversations(
    bots: Bots,
) -> None:
    await bots.all()
    assert bots.spare.took == []
    assert len(bots.one.took) + len(bots.two.took) == len(TALKS)
    assert min(len(bots.one.took), len(bots.two.took)) > 10
    kept = set(bots.one.took)
    await bots.all()
    assert set(bots.one.took) == kept


async def test_nobody_meets_a_model_before_it_is_routed_and_everybody_after(bots: Bots) -> None:
    bots.routing = Routing("old")
    assert set((await bots.all()).values()) == {"old"}
    bots.routing = Routing("new", "old")
    assert set((await bots.all()).values()) == {"new"}


async def test_a_canary_has_its_share_and_falls_back_to_the_live_model(bots: Bots) -> None:
    bots.routing = Routing("old", canary=Canary("new", 0.3, 0.0))
    models = await bots.all()
    assert models == {name: bots.routing.wanted(name) for name in TALKS}
    assert 0 < sum(model == "new" for model in models.values()) < 40
    await bots.spare.stop()
    assert set((await bots.all()).values()) == {"old"}


async def test_who_drains_is_left_to_finish(bots: Bots) -> None:
    bots.one.draining = True
    # The pool hasn't asked since: the refusal itself tells.
    await bots.all()
    assert bots.one.took == []
    assert len(bots.two.took) == len(TALKS)
    bots.one.draining = False
    await bots.client.pool.look()
    await bots.all()
    assert bots.one.took


async def test_who_has_only_begun_is_passed_over(bots: Bots) -> None:
    bots.two.starting = True
    await bots.all()
    assert len(bots.one.took) == len(TALKS)


async def test_with_none_for_a_moment_a_turn_waits_instead_of_failing(bots: Bots) -> None:
    bots.one.draining = bots.two.draining = True
    await bots.spare.stop()
    await bots.client.pool.look()
    turn = asyncio.create_task(bots.say("c1"))
    done, _ = await asyncio.wait({turn}, timeout=0.3)
    assert not done
    await bots.spare.start()
    await bots.client.pool.look()
    assert await turn == "new"


async def test_an_outage_is_still_told_at_once(bots: Bots) -> None:
    for rasa in (bots.one, bots.two, bots.spare):
        await rasa.stop()
    await bots.client.pool.look()
    with pytest.raises(Temporary):
        await bots.say("c1")


async def test_one_that_came_back_is_found_before_it_is_asked(bots: Bots) -> None:
    for rasa in (bots.one, bots.two, bots.spare):
        await rasa.stop()
    await bots.client.pool.look()
    await bots.one.start()
    assert await bots.say("c1") == "old"


async def test_health_names_the_spare_only_while_it_runs(bots: Bots) -> None:
    assert set(await bots.client.ready()) == {bots.one.url, bots.two.url, bots.spare.url}
    await bots.spare.stop()
    await bots.client.pool.look()
    bots.one.draining = True
    assert await bots.client.ready() == {bots.one.url: "draining", bots.two.url: "ready"}
