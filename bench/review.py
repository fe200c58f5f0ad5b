"""Measure the review inbox with 50,000 messages: grouping, and the page.

    python -m bench.review [--messages N] [--database URL] [--workbench URL]

Messages are variations of tests/nlu's evaluation messages, as customers write them (greetings,
typing errors, order numbers, names), some 40% of them the same words as another. Without
`--workbench` the encoder runs in this process behind the workbench's interface.

group seconds    from the last message's arrival to the last group's figures, encoding included;
                 CPU seconds of it, and of these the encoder's, say what a busy machine hides.
page p50, p95    milliseconds of the service's answer for pages of all orders and filters, and of a
                 group's messages.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sqlalchemy import Connection, create_engine, text

from bench.measures import Figure, percentile
from bench.phrases import NAMES
from bench.stand import Plan
from bench.targets import REVIEW_GROUPS, REVIEW_PAGE
from integrations.conversations.ids import new_id
from integrations.conversations.tables import metadata
from integrations.jobs.lease import JobLease
from integrations.review import storing
from integrations.review.inbox import Filters
from integrations.review.job import ReviewJob
from integrations.review.reasons import NEXT
from integrations.review.redacting import clean
from integrations.review.service import Review
from integrations.review.vocabulary import Vocabularies
from integrations.review.workbench import Encoded, Encodes, Workbench
from runtime.clock import SystemClock
from runtime.database import Database
from understanding import vectors
from understanding.sameness import digest

ROOT = Path(__file__).resolve().parents[1]
SETS = ("evaluation", "fresh", "again")
OPENINGS = {
    "it": ("", "", "ciao, ", "buongiorno, ", "scusate, ", "salve sono {name}, ", "senta, "),
    "en": ("", "", "hi, ", "hello, ", "sorry, ", "hi I'm {name}, ", "good morning, "),
}
ENDINGS = {
    "it": ("", "", " grazie", " per favore", "!", " ordine {order}", " è urgente", " aiuto"),
    "en": ("", "", " thanks", " please", "!", " order {order}", " it's urgent", " help"),
}
DAY_S = 86_400.0
AT_ONCE = 500
MESSAGES = 50_000


class InProcess:
    """The encoder behind the workbench's interface; `cpu_s` is what it took of the processor."""

    def __init__(self) -> None:
        self.cpu_s = 0.0

    async def vectors(self, texts: Sequence[str]) -> Encoded:
        """Vectors as they come over the wire: float16."""
        matrix = await asyncio.to_thread(self._encode, list(texts))
        return Encoded(matrix.astype(np.float16).astype(np.float32), vectors.version())

    def _encode(self, texts: list[str]) -> Any:
        begun = time.thread_time()
        matrix = vectors.encode(texts)
        self.cpu_s += time.thread_time() - begun
        return matrix


def sentences() -> list[tuple[str, str, str]]:
    """(text, language, intent) of the project's own test messages."""
    found = []
    for name, language in itertools.product(SETS, ("it", "en")):
        content = yaml.safe_load((ROOT / "tests" / "nlu" / f"{name}.{language}.yml").read_text())
        rows = content.get("messages", ()) if isinstance(content, dict) else content
        found += [
            (row["text"], language, row["intent"])
            for row in rows
            if isinstance(row, dict) and row.get("text") and row.get("intent")
        ]
    return found


def written(r: random.Random, base: str, language: str) -> str:
    """A sentence as one more customer would write it; many write just that."""
    if r.random() < 0.4:
        return base
    opening = r.choice(OPENINGS[language]).format(name=r.choice(NAMES[language]))
    ending = r.choice(ENDINGS[language]).format(order=f"LA-{r.randrange(10_000, 99_999)}")
    said = opening + base + ending
    if r.random() < 0.35 and len(said) > 6:
        # Two letters the wrong way round.
        at = r.randrange(1, len(said) - 2)
        said = said[:at] + said[at + 1] + said[at] + said[at + 2 :]
    return said


def rows(r: random.Random, count: int, now: float) -> list[dict[str, Any]]:
    """Review messages as the collector writes them."""
    known = sentences()
    # Some questions are asked far more often than others.
    weights = [1 / (1 + rank) ** 0.6 for rank in range(len(known))]
    r.shuffle(known)
    intents = sorted({intent for _, _, intent in known})
    made: list[dict[str, Any]] = []
    for base, language, intent in r.choices(known, weights, k=count):
        redacted = clean(written(r, base, language), language=language)
        read = intent if r.random() < 0.5 else r.choice(intents)
        made.append(
            {
                "id": new_id("r"),
                "inbound_id": new_id("m"),
                "conversation_id": new_id("c"),
                "channel": r.choice(("telegram", "webchat", "api")),
                "language": language,
                "at": now - r.random() ** 2 * 80 * DAY_S,
                "text": redacted.text,
                "spans": redacted.spans,
                "entities": [],
                "digest": digest(redacted.text),
                "intent": "nlu_fallback" if r.random() < 0.4 else read,
                "confidence": round(r.random(), 4),
                "ranking": [{"intent": read, "confidence": 0.3}],
                "model": "bench",
                "reasons": r.randrange(1, 64),
                "label": intent if r.random() < 0.1 else None,
                "label_words": None,
                "next": r.choice(NEXT),
            }
        )
    return made


async def measure(database: Database, encoder: Encodes, count: int) -> dict[str, Any]:
    """Plant, group, look."""
    clock = SystemClock()
    r = random.Random(20)
    await database.write(metadata.create_all)
    begun = time.monotonic()
    planted = rows(r, count, clock.now())
    redacted_s = time.monotonic() - begun
    begun = time.monotonic()
    for start in range(0, count, AT_ONCE):
        some = planted[start : start + AT_ONCE]
        await database.write(lambda conn, some=some: _plant(conn, some))
    stored_s = time.monotonic() - begun
    lease = JobLease(database, clock, "review")
    job = ReviewJob(database, clock, encoder, lease, default_language="it")
    begun, used = time.monotonic(), time.process_time()
    await job.tick()
    group_s, cpu_s = time.monotonic() - begun, time.process_time() - used
    vocabularies = Vocabularies(ROOT, ROOT / "policy", ROOT / "data" / "knowledge")
    review = Review(database, clock, Workbench("http://127.0.0.1:9", ""), vocabularies)
    pages, groups, busy = await _pages(review)
    page = await review.groups(Filters(), state="open", sort="frequency", after=None, limit=5)
    return {
        "messages": count,
        "texts": len({row["digest"] for row in planted}),
        "groups": page["totals"]["open"],
        "largest": [group["size"] for group in page["groups"]],
        "redact_seconds": round(redacted_s, 1),
        "store_seconds": round(stored_s, 1),
        "group_seconds": round(group_s, 1),
        "group_cpu_seconds": round(cpu_s, 1),
        "of_it_encoding": round(encoder.cpu_s, 1) if isinstance(encoder, InProcess) else None,
        "page_p50_ms": round(percentile(pages, 50), 1),
        "page_p95_ms": round(percentile(pages, 95), 1),
        "page_cpu_p95_ms": round(percentile(busy, 95), 1),
        "group_page_p95_ms": round(percentile(groups, 95), 1),
    }


def _plant(conn: Connection, some: Sequence[dict[str, Any]]) -> None:
    for row in some:
        storing.add(conn, row)


async def _pages(review: Review) -> tuple[list[float], list[float], list[float]]:
    looks = [
        Filters(),
        Filters(language="it"),
        Filters(reason="rejected"),
        Filters(reason="labelled", language="en"),
        Filters(channel="telegram", intent="garment_care"),
        Filters(intent="nlu_fallback"),
        Filters(q="maglione"),
        Filters(q="no such words"),
    ]
    pages: list[float] = []
    busy: list[float] = []
    opened: list[float] = []
    for _, sort, filters in itertools.product(range(4), ("frequency", "newest", "trend"), looks):
        after = None
        for _ in range(3):
            begun, used = time.perf_counter(), time.process_time()
            page = await review.groups(filters, state="open", sort=sort, after=after, limit=50)
            pages.append(1000 * (time.perf_counter() - begun))
            busy.append(1000 * (time.process_time() - used))
            after = page["next"]
            if page["groups"]:
                begun = time.perf_counter()
                await review.group(page["groups"][0]["id"], after=None, limit=50)
                opened.append(1000 * (time.perf_counter() - begun))
            if after is None:
                break
    return pages, opened, busy


async def _run(url: str, schema: str, options: argparse.Namespace) -> dict[str, Any]:
    database = Database(url, schema)
    token = os.environ.get("ASCOLTO_WORKBENCH_TOKEN", "")
    encoder = Workbench(options.workbench, token) if options.workbench else InProcess()
    try:
        return await measure(database, encoder, options.messages)
    finally:
        if isinstance(encoder, Workbench):
            await encoder.close()
        await database.close()


def figures(plan: Plan) -> list[Figure]:
    """The rows of the table, on SQLite with the encoder in this process."""
    count = 5_000 if plan.quick else MESSAGES
    vectors.warm_up()
    folder = plan.scratch / "review"
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'gateway.sqlite3'}", "")

    async def run() -> dict[str, Any]:
        try:
            return await measure(database, InProcess(), count)
        finally:
            await database.close()

    found = asyncio.run(run())
    note = f"{found['messages']:,} messages, {found['texts']:,} texts, {found['groups']:,} groups"
    return [
        REVIEW_GROUPS.figure(found["group_seconds"], note=note),
        REVIEW_PAGE.figure(found["page_p95_ms"], note=f"p50 {found['page_p50_ms']} ms"),
    ]


def main() -> None:
    """Measure on SQLite, and on the PostgreSQL server that is named; one JSON line each."""
    parser = argparse.ArgumentParser(prog="bench.review")
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--database", help="postgresql://…: measured, too")
    parser.add_argument("--workbench", help="a workbench that runs: http://127.0.0.1:5065")
    options = parser.parse_args()
    vectors.warm_up()
    with tempfile.TemporaryDirectory(prefix="ascolto-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'gateway.sqlite3'}"
        print(json.dumps({"database": "SQLite", **asyncio.run(_run(url, "", options))}))
    if options.database:
        url = options.database.replace("postgresql://", "postgresql+psycopg://", 1)
        schema = f"bench_{new_id('r')[:12]}"
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE SCHEMA "{schema}"'))
        try:
            found = asyncio.run(_run(url, schema, options))
            print(json.dumps({"database": "PostgreSQL", **found}))
        finally:
            with engine.connect() as connection:
                connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
            engine.dispose()


if __name__ == "__main__":
    main()
