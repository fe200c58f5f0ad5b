"""A gateway on a port of its own, with a scripted bot, an agent, and a shop's page elsewhere."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection, select

from integrations.console.headers import UPLOAD_PATH
from integrations.container import Container, build
from integrations.conversations.tables import conversations, inbound, outbound
from integrations.gateway import create_app
from runtime.settings import Settings
from tests.integrations.console.simulators import serving
from tests.integrations.scripted import ScriptedBot, ScriptedBridge

T = TypeVar("T")
ROOT = Path(__file__).parents[4]


@dataclass
class ChatGateway:
    """The real application on a port; the bot echoes unless a test scripts it."""

    url: str
    container: Container
    bot: ScriptedBot
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def read(self, query: Callable[[Connection], T]) -> T:
        """Look into the database, from whatever loop is running."""
        return self._elsewhere(lambda: self.container.database.read(query))

    def write(self, query: Callable[[Connection], T]) -> T:
        """Change the database behind the gateway's back; it announces nothing."""
        return self._elsewhere(lambda: self.container.database.write(query))

    @staticmethod
    def _elsewhere(begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(begin())).result()

    def conversation_id(self) -> str:
        """The web chat's newest conversation."""

        def query(conn: Connection) -> str:
            newest = (
                select(conversations.c.id)
                .where(conversations.c.channel == "webchat")
                .order_by(conversations.c.created_at.desc())
            )
            return str(conn.execute(newest).scalars().first())

        return self.read(query)

    def said(self) -> list[tuple[str, str | None]]:
        """Everything that customers of the web chat said: (message_id, text), in order."""

        def query(conn: Connection) -> list[tuple[str, str | None]]:
            rows = conn.execute(
                select(inbound.c.external_id, inbound.c.text)
                .where(inbound.c.channel == "webchat")
                .order_by(inbound.c.received_at, inbound.c.seq)
            )
            return [(row.external_id, row.text) for row in rows]

        return self.read(query)

    def agent(self, text: str, name: str = "Marta", *, file: bytes | None = None) -> None:
        """A person takes the conversation, if she hasn't, and writes; perhaps with a file."""
        with self.at_the_desk(name) as desk:
            place = f"/console/api/conversations/{self.conversation_id()}"
            desk.post(f"{place}/claim", json={}).raise_for_status()
            said: dict[str, Any] = {"text": text, "key": f"key-{next(self.numbers):08}"}
            if file is not None:
                kept = desk.post(UPLOAD_PATH, params={"name": "schema"}, content=file)
                said["attachments"] = [kept.json()["id"]]
            desk.post(f"{place}/reply", json=said).raise_for_status()

    def newest_of_an_agent(self) -> str:
        """The id of what an agent said last."""
        query = (
            select(outbound.c.id).where(outbound.c.role == "agent").order_by(outbound.c.n.desc())
        )
        return str(self.read(lambda conn: conn.execute(query).scalars().first()))

    def correct(self, message_id: str, text: str, name: str = "Marta") -> None:
        """The agent has it read differently from now on."""
        desk, conversation = self.container.desk, self.conversation_id()
        self._elsewhere(lambda: desk.correct(conversation, name, message_id, text))
        # Said in another thread: whoever waits here is told as by another process.
        self.container.bus.publish("resync")

    @contextmanager
    def at_the_desk(self, name: str = "Marta") -> Iterator[httpx2.Client]:
        """A program logged in at the console."""
        password = self.container.settings.operator_password.get_secret_value()
        with httpx2.Client(base_url=self.url, timeout=60) as desk:
            body = {"agent": name, "password": password, "language": "it"}
            csrf = desk.post("/console/api/session", json=body).json()["csrf"]
            desk.headers["X-CSRF-Token"] = csrf
            yield desk


def settings(home: Path, **values: Any) -> Settings:
    """Settings of a gateway whose bridge is away."""
    given: dict[str, Any] = {
        "home": home,
        "policy_dir": ROOT / "policy",
        "bridge_url": "http://127.0.0.1:9",
        "rasa_urls": "http://127.0.0.1:9",
        "operator_password": "operator-password",
        "api_channel_key": "an-api-channel-key",
        "care_token": "a-care-token",
        "bridge_token_gateway": "a-bridge-token",
        "signing_key": "a-signing-key-for-tests",
        "pseudonym_key": "a-pseudonym-key-for-tests",
        **values,
    }
    return Settings(**given)


def assembled(known: Settings) -> tuple[FastAPI, Container, ScriptedBot]:
    """The application, not running yet, with a scripted bot behind it."""
    container = build(known)
    bot = ScriptedBot()
    dialogue: Any = container.worker._steps._dialogue
    dialogue._care, dialogue._bridge = bot, ScriptedBridge()
    return create_app(known, container), container, bot


@contextmanager
def running(known: Settings) -> Iterator[ChatGateway]:
    """Start, stop at the end."""
    app, container, bot = assembled(known)
    with serving(app) as url:
        try:
            yield ChatGateway(url, container, bot)
        finally:
            container.stopping.set()
            container.bus.publish("resync")


@contextmanager
def shop() -> Iterator[tuple[str, Callable[[str, str], None]]]:
    """Another site: its address, and how its page (html, content security policy) is set."""
    site = FastAPI()
    page = {"html": "", "policy": ""}

    @site.get("/")
    async def home() -> HTMLResponse:
        headers = {"Content-Security-Policy": page["policy"]} if page["policy"] else {}
        return HTMLResponse(page["html"], headers=headers)

    @site.get("/favicon.ico")
    async def icon() -> Response:
        return Response(status_code=204)

    def put(html: str, policy: str) -> None:
        page.update(html=html, policy=policy)

    with serving(site) as url:
        yield url, put


def texts(entries: Iterable[dict[str, Any]]) -> list[str]:
    """What entries say."""
    return [str(entry.get("text")) for entry in entries]
