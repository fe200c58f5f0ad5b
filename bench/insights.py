"""Insight with a season behind it: `python -m bench.insights [--messages 200000] [--days 90]`.

Plants messages, turns and handoffs, counts every day, then asks for the page and for conversations
behind its numbers, as a logged-in designer does. Times are wall-clock, in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr
from sqlalchemy import Connection, insert

from bench.databases import fresh_postgresql
from integrations.console import app as console
from integrations.container import Container, build
from integrations.conversations.tables import conversations, handoffs, inbound, turns
from runtime import migrations
from runtime.logging import configure
from runtime.settings import Settings
from runtime.web import install_errors

PASSWORD = "bench"
EACH = 40
BATCH = 2000
A_CONVERSATION = 5
FORM = "order_status_form"
PAGES = {
    "90 days": "insights?days=90",
    "28 days": "insights?days=28",
    "90 days, one channel": "insights?days=90&channel=telegram",
    "conversations of a rule": "insights/cases?measure=handoff&days=90",
    "rejected messages": "insights/cases?measure=message&name=rejected",
}


@contextlib.contextmanager
def database(backend: str, home: Path) -> Iterator[dict[str, Any]]:
    """Settings for an empty database of this kind."""
    if backend == "sqlite":
        migrations.upgrade(f"sqlite:///{home / 'gateway.sqlite3'}", "gateway", _SCRIPTS)
        yield {}
        return
    with fresh_postgresql() as url:
        migrations.upgrade(
            url.replace("postgresql://", "postgresql+psycopg://"), "gateway", _SCRIPTS
        )
        yield {"database_url": url}


_SCRIPTS = "integrations/migrations"


def plant(conn: Connection, first: int, count: int, *, days: int, until: float) -> None:
    """`count` conversations of a few messages each, spread over the days."""
    chance = random.Random(first)
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (conversations, inbound, turns, handoffs)
    }
    for number in range(first, first + count):
        _conversation(rows, number, chance, until - chance.random() * days * 86_400)
    for table, given in rows.items():
        if given:
            conn.execute(insert(table), given)


def _conversation(
    rows: dict[Any, list[dict[str, Any]]], number: int, chance: random.Random, at: float
) -> None:
    channel = chance.choice(("webchat", "telegram", "api"))
    language = chance.choice(("it", "it", "en"))
    place = {"channel": channel, "account": "default"}
    conversation = {
        "id": f"c{number}",
        **place,
        "address": f"a{number}",
        "handle": f"a{number}",
        "language": language,
        "state": {},
        "created_at": at,
        "last_activity_at": at,
    }
    rows[conversations].append(conversation)
    for n in range(A_CONVERSATION):
        moment, name = at + 60 * n, f"{number}-{n}"
        rejected = chance.random() < 0.08
        intent = chance.choice(("order_status", "garment_care", "return_item", "greet"))
        reading = {"intent": intent, "confidence": 0.9, "rejected": rejected, "ranking": []}
        message = {
            "id": f"m{name}",
            "conversation_id": f"c{number}",
            "seq": n + 1,
            **place,
            "dedup_key": name,
            "external_id": name,
            "kind": "message",
            "text": "Buongiorno, dov'è il mio ordine LA-20398? Sono Giulia Ferraris.",
            "public": False,
            "language": language,
            "received_at": moment,
            "turn_id": f"t{name}",
            "disposition": "answered",
            "handled_at": moment,
            "reading": reading,
        }
        rows[inbound].append(message)
        gap = {"intent": intent, "nearest": f"article-{chance.randrange(40)}", "score": 0.2}
        traces = [{"name": "knowledge_gap", "data": gap}] if chance.random() < 0.1 else []
        open_form = number % 3 == 0 and n < chance.randrange(1, A_CONVERSATION)
        turn = {
            "id": f"t{name}",
            "conversation_id": f"c{number}",
            "version": 1,
            "status": "done",
            "inbound_ids": [f"m{name}"],
            "model_sha": "m",
            "signals": traces,
            "actions": [],
            "rules": [],
            "form": FORM if open_form else None,
            "asked": chance.choice(("order_number", "code")) if open_form else None,
            "created_at": moment,
            "finished_at": moment + 0.3,
        }
        rows[turns].append(turn)
    if chance.random() < 0.12:
        rows[handoffs].append(_handoff(number, chance, at + 60 * (A_CONVERSATION - 1) + 0.3))


def _handoff(number: int, chance: random.Random, at: float) -> dict[str, Any]:
    return {
        "id": f"h{number}",
        "conversation_id": f"c{number}",
        "state": "resolved",
        "priority": "normal",
        "rules": [f"rule-{chance.randrange(12)}"],
        "reasons": [],
        "signals": [],
        "collected": {},
        "effects": [],
        "requested_at": at,
        "closed_at": at + 3600,
        "rating": chance.choice((None, 1, 3, 4, 5)),
        "wanted": chance.choice((None, "return_item", "promo_code")),
    }


async def measure(parts: Container, messages: int, days: int) -> dict[str, Any]:
    """Milliseconds by what was asked, p50 and p95; seconds for counting."""
    until = parts.clock.now() - 3600
    total = messages // A_CONVERSATION
    for first in range(0, total, BATCH):
        count = min(BATCH, total - first)
        await parts.database.write(
            lambda conn, first=first, count=count: plant(conn, first, count, days=days, until=until)
        )
    began = time.perf_counter()
    counted = await parts.rollups.catch_up()
    seconds = time.perf_counter() - began
    result: dict[str, Any] = {"counting, s": round(seconds, 2), "days": counted}
    app = FastAPI()
    app.state.container = parts
    install_errors(app)
    console.mount(app)
    transport = ASGITransport(app=app)
    async with AsyncClient(transport=transport, base_url="http://bench.example") as http:
        body = {"password": PASSWORD, "agent": "Bench", "language": "it"}
        (await http.post("/console/api/session", json=body)).raise_for_status()
        for name, path in PAGES.items():
            took = []
            for _ in range(EACH):
                began = time.perf_counter()
                (await http.get(f"/console/api/{path}")).raise_for_status()
                took.append(1000 * (time.perf_counter() - began))
            cuts = statistics.quantiles(took, n=20)
            result[name] = {"p50": round(cuts[9], 1), "p95": round(cuts[18], 1)}
    return result


async def _run(backend: str, messages: int, days: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, database(backend, Path(folder)) as more:
        settings = Settings(
            home=Path(folder),
            designer_password=SecretStr(PASSWORD),
            signing_key=SecretStr("bench-signing-key"),
            pseudonym_key=SecretStr("bench-pseudonym-key"),
            **more,
        )
        configure("bench", settings)
        parts = build(settings)
        try:
            return await measure(parts, messages, days)
        finally:
            await parts.care.close()
            await parts.bridge.close()
            await parts.database.close()


def main() -> None:
    """Measure on both databases and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    given = parser.parse_args()
    for backend in given.database or ("sqlite", "postgresql"):
        print(backend, f"{given.messages} messages, {given.days} days")
        for name, value in asyncio.run(_run(backend, given.messages, given.days)).items():
            print(f"  {name}: {value}")


if __name__ == "__main__":
    main()
