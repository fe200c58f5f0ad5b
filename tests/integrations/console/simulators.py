"""A CRM bridge that knows one customer, and can be away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

BRIEF: dict[str, Any] = {
    "person": {
        "id": "p1",
        "kind": "customer",
        "first_name": "Giulia",
        "last_name": "Ferraris",
        "email": "g•••s@example.com",
        "phone": "+39 ••• ••• •214",
        "language": "it",
        "city": "Biella",
        "country": "IT",
        "tier": "gold",
        "created_at": "2021-03-12T09:00:00.000Z",
    },
    "level": "recognised",
    "identities": [],
    "tier": "gold",
    "lifetime_value": 1284.5,
    "orders": [
        {
            "number": "LA-20398",
            "status": "shipped",
            "placed_at": "2026-11-17T09:12:00.000Z",
            "total": 96.5,
            "currency": "EUR",
            "items": [{"name": "Merino Oropa, avorio", "quantity": 6, "price": 14.9}],
            "shipment": {
                "carrier": "BRT",
                "tracking": "BR0012345678",
                "status": "in_transit",
                "shipped_at": "2026-11-19T15:00:00.000Z",
                "estimated_delivery": "2026-11-23",
                "delivered_at": None,
                "last_event": "Partito dal centro di Biella",
            },
        }
    ],
    "cases": [
        {
            "reference": "C-7K2MP",
            "status": "open",
            "topic": "delivery_problem",
            "summary": "Il pacco risulta consegnato ma non è arrivato.",
            "order_number": "LA-20377",
            "language": "it",
            "conversation": "c1",
            "channel": "telegram",
            "promise": "Le scriviamo entro domani alle 12.",
            "outcome": None,
            "opened_at": "2026-11-12T10:00:00.000Z",
            "updated_at": "2026-11-12T11:00:00.000Z",
            "closed_at": None,
        }
    ],
    "timeline": [
        {
            "at": "2026-11-12T10:00:00.000Z",
            "channel": "telegram",
            "role": "customer",
            "kind": "message",
            "text": "Il corriere dice consegnato, ma qui non c'è niente.",
            "intent": "delivery_problem",
        }
    ],
    "consents": [
        {
            "purpose": "newsletter",
            "granted": True,
            "at": "2025-01-01T00:00:00.000Z",
            "source": "account settings",
        }
    ],
    "preferred_channel": "telegram",
    "language": "it",
}


@dataclass
class BridgeSimulator:
    """Answers like the bridge; `away` makes it answer 503."""

    brief: dict[str, Any] = field(default_factory=lambda: dict(BRIEF))
    mails: list[dict[str, Any]] = field(default_factory=list)
    away: bool = False
    url: str = ""

    def app(self) -> ASGIApp:
        """As an application."""
        app = FastAPI()

        @app.post("/v1/brief/agent")
        async def agent_brief() -> JSONResponse:
            return self._answer(self.brief)

        @app.get("/v1/mails")
        async def mails() -> JSONResponse:
            return self._answer({"mails": self.mails})

        @app.post("/v1/interactions")
        async def interactions() -> JSONResponse:
            return self._answer({"stored": 1, "duplicates": 0})

        return app

    def _answer(self, content: dict[str, Any]) -> JSONResponse:
        if self.away:
            return JSONResponse({"error": {"code": "temporarily_unavailable"}}, 503)
        return JSONResponse(content)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """`app` on a port of its own, lifespan included; its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        pause = threading.Event()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            pause.wait(0.01)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(timeout=60)
