"""The bridge in a test: the real application on a real database, with a clock that obeys."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_bridge.app import create_app
from crm_bridge.orders.models import Order, OrderItem, Shipment
from crm_bridge.people.models import Identity, Person
from crm_bridge.storage import Base, in_session, new_id
from runtime.clock import FakeClock
from runtime.database import Database
from runtime.settings import Settings
from tests.crm_bridge.help_articles import small_library

T = TypeVar("T")

GATEWAY = "gateway-token-of-the-tests"
ACTIONS = "actions-token-of-the-tests"
SIGNING_KEY = "signing-key-of-the-tests"
_DIGITS = re.compile(r"^    (\d{3} \d{3})$", re.MULTILINE)


def ref(conversation: str = "c1", handle: str = "handle-1", channel: str = "api") -> dict[str, str]:
    """A ConversationRef."""
    return {"id": conversation, "channel": channel, "account": "default", "handle": handle}


class Outbox:
    """A transport that keeps what it is given, or fails as it is told."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.failures: list[Exception] = []
        self.arrived = threading.Event()

    def send(self, message: EmailMessage) -> None:
        """Keep the mail, or raise the next failure."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        self.arrived.set()

    def code(self, number: int = -1) -> str:
        """The code in one of the mails, the newest by default."""
        found = _DIGITS.search(self.sent[number].get_content())
        assert found is not None
        return found[1]


class World:
    """One bridge, its database and whatever a test wants to know of them."""

    def __init__(
        self,
        database: Database,
        home: Path,
        *,
        settings: dict[str, Any] | None = None,
        **app_options: Any,
    ) -> None:
        self.database = database
        self.clock = FakeClock()
        self.outbox = Outbox()
        values: dict[str, Any] = {
            "home": home,
            "demo": True,
            "bridge_token_gateway": SecretStr(GATEWAY),
            "bridge_token_actions": SecretStr(ACTIONS),
            "signing_key": SecretStr(SIGNING_KEY),
            **(settings or {}),
        }
        self.settings = Settings(**values)
        options = {"library": small_library(), "transport": self.outbox, **app_options}
        self.app: FastAPI = create_app(self.settings, database, self.clock, **options)
        self._keys = itertools.count()
        self.http: httpx2.AsyncClient
        self.loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[World]:
        """Open the client; background work runs only when a test asks for it."""
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://bridge") as self.http:
            yield self

    def on_its_loop(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something from another thread than the one that serves."""
        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = ACTIONS,
        key: str | None = None,
        **options: Any,
    ) -> httpx2.Response:
        """One request with a token; a fresh idempotency key for changes unless one is given."""
        headers = {"Authorization": f"Bearer {token}"}
        if method != "GET":
            headers["Idempotency-Key"] = key or f"test:{next(self._keys)}"
        if body is not None:
            options["json"] = body
        return await self.http.request(method, path, headers=headers, **options)

    async def run(self, work: Callable[[Session], T]) -> T:
        """Run something on the database."""
        return await self.database.write(in_session(work))

    async def rows(self, table: type[Base]) -> list[Any]:
        """Every row of a table."""
        return await self.run(lambda s: list(s.execute(select(table)).scalars().all()))

    async def person(self, first_name: str = "Giulia", **fields: Any) -> str:
        """Store a customer; returns the id."""
        values = {
            "id": new_id("p"),
            "kind": "customer",
            "first_name": first_name,
            "last_name": "Ferraris",
            "email": f"{first_name.lower()}.ferraris@example.com",
            "phone": "+39 015 555 0142",
            "language": "it",
            "city": "Biella",
            "country": "IT",
            "tier": "gold",
            "created_at": self.clock.now() - 86400,
            **fields,
        }
        await self.run(lambda s: s.add(Person(**values)))
        return str(values["id"])

    async def order(self, number: str, person: str, *, days_ago: float = 4, **fields: Any) -> str:
        """Store a shipped order of two lines; returns its number."""
        placed = self.clock.now() - days_ago * 86400
        values = {
            "number": number,
            "person_id": person,
            "placed_at": placed,
            "status": "shipped",
            "currency": "EUR",
            "shipping_cents": 500,
            "total_cents": 6490,
            **fields,
        }

        def add(session: Session) -> None:
            session.add(Order(**values))
            session.flush()
            for position, name in enumerate(("Merino Oropa", "Bessa Panna")):
                session.add(
                    OrderItem(
                        order_number=number,
                        position=position,
                        sku=f"S{position}",
                        name=name,
                        quantity=2,
                        price_cents=1495,
                    )
                )
            session.add(
                Shipment(
                    order_number=number,
                    carrier="Alpe Corrieri",
                    tracking=f"AC{number}",
                    status="in_transit",
                    shipped_at=placed + 86400,
                    estimated_delivery="2026-06-01",
                    delivered_at=None,
                    last_event="Partito",
                )
            )

        await self.run(add)
        return number

    async def customer_with_order(self, number: str = "LA-20398", **fields: Any) -> str:
        """A customer and one order; returns the person's id."""
        person = await self.person(**fields)
        await self.order(number, person)
        return person

    async def challenge(
        self, conversation: dict[str, str], number: str = "LA-20398", **options: Any
    ) -> str:
        """Ask for a code, a little later than the one before; returns the challenge's id."""
        self.clock.advance(0.01)
        answer = await self.call(
            "POST",
            "/v1/verification/challenges",
            {"conversation": conversation, "order_number": number, "language": "it"},
            **options,
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["challenge_id"])

    async def answer(
        self, conversation: dict[str, str], challenge: str, code: str, **options: Any
    ) -> dict[str, Any]:
        """Answer a challenge; returns the verdict."""
        answer = await self.call(
            "POST",
            "/v1/verification/answers",
            {"conversation": conversation, "challenge_id": challenge, "code": code},
            **options,
        )
        assert answer.status_code == 200, (answer.status_code, answer.text)
        verdict: dict[str, Any] = answer.json()
        return verdict

    async def deliver(self) -> int:
        """Let the background sender do its work; returns how many mails there are by now."""
        while await self.app.state.mail_sender.send_due():
            pass
        return len(self.outbox.sent)

    async def verify(self, conversation: dict[str, str], number: str = "LA-20398") -> None:
        """Go through the whole verification."""
        challenge = await self.challenge(conversation, number)
        await self.deliver()
        verdict = await self.answer(conversation, challenge, self.outbox.code())
        assert verdict["verified"], verdict

    async def say(self, conversation: dict[str, str], text: str = "Ciao", **fields: Any) -> None:
        """Store one customer's message."""
        item = {
            "key": f"m{next(self._keys)}",
            "conversation": conversation,
            "direction": "in",
            "role": "customer",
            "text": text,
            "language": "it",
            "at": "2026-05-28T10:00:00Z",
            **fields,
        }
        answer = await self.call(
            "POST", "/v1/interactions", {"interactions": [item]}, token=GATEWAY
        )
        assert answer.status_code == 200, (answer.status_code, answer.text)

    async def level(self, conversation: dict[str, str]) -> str:
        """The level the bot's brief names."""
        answer = await self.call("POST", "/v1/brief/bot", conversation)
        return str(answer.json()["level"])

    async def handle_owner(self, handle: str) -> str:
        """Whose a handle is."""
        query = select(Identity.person_id).where(Identity.handle == handle)
        return await self.run(lambda s: s.execute(query).scalar_one())
