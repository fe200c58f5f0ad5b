"""A tiny bot, trained once; a real server around it for each test; a fake action server."""

from __future__ import annotations

import json
import os
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psycopg2
import pytest
from aiohttp import web

from bot import logs

logs.configure("WARNING")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ["RASA_MAX_CACHE_SIZE"] = "0"
os.environ["TQDM_DISABLE"] = "1"

TINY = Path(__file__).parent / "tiny"
ROOT = Path(__file__).parent.parent.parent
TOKEN = "care-token"

Body = dict[str, Any]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of tests/bot/tiny under the project's own config.yml."""
    import rasa.model_training

    folder = tmp_path_factory.mktemp("model")
    os.environ["RASA_CACHE_DIRECTORY"] = str(folder / "cache")
    result = rasa.model_training.train(
        domain=str(TINY / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(TINY / name) for name in ("nlu.yml", "rules.yml", "stories.yml")],
        output=str(folder),
        force_training=True,
        fixed_model_name="tiny",
    )
    assert result.model
    return Path(result.model)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A database of its own on the test server; skipped without one, unless it is required."""
    url = os.environ.get(
        "ASCOLTO_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres"
    )
    name = f"ascolto_bot_{uuid.uuid4().hex[:12]}"
    try:
        server = psycopg2.connect(url, connect_timeout=3)
    except psycopg2.OperationalError:
        if os.environ.get("ASCOLTO_TEST_REQUIRE_SERVICES") == "1":
            raise
        pytest.skip("no PostgreSQL at ASCOLTO_TEST_DATABASE_URL")
    server.autocommit = True
    server.cursor().execute(f"CREATE DATABASE {name}")
    yield url.rsplit("/", 1)[0] + f"/{name}"
    server.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database, SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    return str(request.getfixturevalue("postgresql"))


class Actions:
    """Stands in for the action server; `behave` decides what the next calls do."""

    def __init__(self) -> None:
        self.calls: list[Body] = []
        self.behave: Callable[[Body], Body | int | None] = lambda _: None
        self.url = ""
        self._held: Callable[[web.Request], Any] | None = None

    def hold(self, instead: Callable[[web.Request], Any]) -> None:
        """Have the next call handled by `instead`, which may go on with `webhook`."""
        self._held = instead

    async def answer(self, request: web.Request) -> web.Response:
        """What is asked of the server."""
        held, self._held = self._held, None
        return await (held or self.webhook)(request)

    async def webhook(self, request: web.Request) -> web.Response:
        """Note a call and answer it."""
        body = await request.json()
        self.calls.append(body)
        answer = self.behave(body)
        if isinstance(answer, int):
            if answer == 400:
                rejection = {"action_name": body["next_action"], "error": "declined"}
                return web.json_response(rejection, status=400)
            return web.Response(status=answer)
        return web.json_response(answer or self._usual(body))

    @staticmethod
    def _usual(body: Body) -> Body:
        if body["next_action"] == "validate_order_form":
            slots = body["tracker"]["slots"]
            events = [
                {"event": "slot", "name": "code", "value": None}
                for _ in [0]
                if slots.get("code") not in (None, "482913")
            ]
            return {"events": events, "responses": []}
        reports: list[Body] = [
            {"signal": {"name": "problem", "data": {"topic": "other"}}},
            {
                "action": {
                    "name": body["next_action"],
                    "ok": True,
                    "effect": {"it": "Caso aperto", "en": "Case opened"},
                }
            },
            {"handoff": {"reason": "complaint", "collected": {"order_number": "LA-20398"}}},
        ]
        responses: list[Body] = [{"custom": {"ascolto": report}} for report in reports]
        return {
            "events": [{"event": "slot", "name": "topic", "value": "complaint"}],
            "responses": [{"text": "Mi dispiace molto."}, *responses],
        }


@pytest.fixture
async def actions() -> AsyncIterator[Actions]:
    """A running fake action server."""
    fake = Actions()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/webhook", fake.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    fake.url = f"http://127.0.0.1:{port}/webhook"
    yield fake
    await runner.cleanup()


class Bot:
    """A running server with the tiny bot, and a client that holds the token."""

    def __init__(self, base: str, session: aiohttp.ClientSession, agent: Any, channel: Any) -> None:
        self._base = base
        self._session = session
        self.agent = agent
        self.channel = channel
        self.conversation = f"c-{uuid.uuid4().hex[:8]}"
        self._turns = 0

    async def post(self, path: str, body: Any, token: str = TOKEN) -> tuple[int, Any]:
        """Status and JSON answer."""
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        async with self._session.post(self._base + path, data=data, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def ready(self, token: str = TOKEN) -> tuple[int, Any]:
        """Status and JSON answer of /ready."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.get(self._base + "/ready", headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    def turn(
        self,
        *messages: str | Body,
        turn_id: str | None = None,
        language: str = "it",
        **context: Any,
    ) -> Body:
        """Body of /turn; strings are texts, objects with an intent payloads."""
        self._turns += 1
        turn_id = turn_id or f"t{self._turns}"
        listed = []
        for number, message in enumerate(messages):
            one: Body = {"id": f"{turn_id}m{number}", "language": language}
            if isinstance(message, str):
                one["text"] = message
            else:
                one["payload"] = message
            listed.append(one)
        return {
            "turn_id": turn_id,
            "conversation": self.conversation,
            "messages": listed,
            "context": {"channel": "api", "handle": "giulia", **context},
        }

    async def say(self, *messages: str | Body, **options: Any) -> Body:
        """Send a turn that must succeed; returns its answer."""
        status, answer = await self.post("/turn", self.turn(*messages, **options))
        assert status == 200, answer
        return dict(answer)

    async def tracker(self) -> Any:
        """The tracker as the store rebuilds it."""
        return await self.agent.tracker_store.retrieve(self.conversation)


@asynccontextmanager
async def running(
    model: Path, database_url: str, actions_url: str, patch: pytest.MonkeyPatch
) -> AsyncIterator[Bot]:
    """Serve a model with the repository's endpoints.yml, as `bot.serve` does."""
    from rasa.core.agent import load_agent
    from rasa.core.run import configure_app, create_http_input_channels
    from rasa.core.utils import AvailableEndpoints
    from sanic import Sanic

    patch.setenv("ASCOLTO_CARE_TOKEN", TOKEN)
    patch.setenv("ASCOLTO_ACTIONS_URL", actions_url)
    patch.setattr("bot.settings.database_url", lambda: database_url)
    Sanic.test_mode = True
    channels = create_http_input_channels(None, str(ROOT / "credentials.yml"))
    app = configure_app(channels, enable_api=False)
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    app.ctx.agent = await load_agent(str(model), endpoints=endpoints)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    base = f"http://127.0.0.1:{listening.getsockname()[1]}/webhooks/care"
    try:
        async with aiohttp.ClientSession() as session:
            yield Bot(base, session, app.ctx.agent, channels[0])
    finally:
        server.close()
        await server.wait_closed()
        await channels[0].close()


@pytest.fixture
async def bot(
    tiny_model: Path, database_url: str, actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bot]:
    """The tiny bot, served, on either database."""
    async with running(tiny_model, database_url, actions.url, monkeypatch) as served:
        yield served
