"""The list: who is needed first stands first, however many conversations there are."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from integrations.console import listing, queries
from integrations.container import Container
from integrations.conversations.tables import conversations
from tests.backends import BACKENDS, fresh, open_database
from tests.integrations.world import create_tables

from . import factory, scenes
from .programs import Program

Write = Callable[[Callable[[Connection], Any]], Any]


def names(page: dict[str, Any]) -> dict[str, list[str]]:
    return {
        section["name"]: [c["name"] for c in section["conversations"]]
        for section in page["sections"]
    }


@pytest.mark.parametrize("backend", BACKENDS)
async def test_who_waits_stands_first_then_ones_own_then_the_newest(
    backend: str, tmp_path: Path
) -> None:
    with fresh(backend, tmp_path) as (url, schema):
        database = open_database(url, schema)
        await create_tables(database)
        await database.write(lambda conn: scenes.morning(conn, 1_780_000_000.0))

        def read(**given: Any) -> Any:
            return database.read(lambda conn: listing.page(conn, **{"agent": "Luca", **given}))

        everything = await read(view="all")
        assert names(everything) == {
            "waiting": ["Giulia Ferraris", "Emma Whitfield", "Paolo Bianchetti"],
            "people": ["Tom Ashworth"],
            "recent": ["Anna Rosso"],
        }
        assert everything["counts"] == {"waiting": 3, "mine": 1}
        assert names(await read(view="waiting")).keys() == {"waiting"}
        assert names(await read(view="mine")) == {"people": ["Tom Ashworth"]}
        assert names(await read(view="mine", agent="Marta")) == {"people": []}
        assert names(await read(view="all", search="fErR")) == {"found": ["Giulia Ferraris"]}
        await database.close()


async def test_urgent_comes_before_high_and_longer_before_shorter(
    marta: Program, write: Write, parts: Container
) -> None:
    now = parts.clock.now()
    plan = [("normal", 900), ("urgent", 10), ("high", 60), ("normal", 1000), ("high", 600)]

    def seed(conn: Connection) -> None:
        for priority, waited in plan:
            name = f"{priority} {waited}"
            conversation = factory.conversation(conn, at=now - waited, sender_name=name)
            factory.handoff(conn, conversation, at=now - waited, priority=priority)

    await write(seed)
    page = await marta.get("/conversations", view="waiting")
    assert names(page)["waiting"] == [
        "urgent 10",
        "high 600",
        "high 60",
        "normal 1000",
        "normal 900",
    ]
    [first, *_] = page["sections"][0]["conversations"]
    assert first["handoff"]["reasons"] == [factory.REASON]
    assert first["handoff"]["first_answer_due_at"] is not None


async def test_a_message_left_waits_until_somebody_claims_it(
    marta: Program, write: Write, parts: Container
) -> None:
    now = parts.clock.now()

    def seed(conn: Connection) -> str:
        conversation = factory.conversation(conn, at=now, sender_name="Paolo")
        factory.handoff(conn, conversation, at=now, state="message")
        return conversation

    conversation = await write(seed)
    page = await marta.get("/conversations")
    assert names(page) == {"waiting": ["Paolo"], "people": [], "recent": []}
    await marta.do(f"/conversations/{conversation}/claim")
    page = await marta.get("/conversations")
    assert names(page) == {"waiting": [], "people": ["Paolo"], "recent": []}


async def test_a_row_shows_the_last_words_and_whether_they_are_answered(
    marta: Program, write: Write, parts: Container
) -> None:
    now = parts.clock.now()

    def seed(conn: Connection) -> None:
        tom = factory.conversation(conn, at=now, sender_name="Tom")
        factory.said(conn, tom, "Hello", at=now)
        factory.told(conn, tom, "Hi Tom", at=now, role="agent", author="Marta")
        factory.said(conn, tom, "x" * 500, at=now + 1)
        factory.said(conn, tom, "👍", at=now + 2, kind="reaction")
        emma = factory.conversation(conn, at=now - 5, sender_name="Emma")
        factory.said(conn, emma, None, at=now - 5, attachments=[{"kind": "image"}])
        factory.told(conn, emma, "Thank you", at=now - 4)
        factory.conversation(conn, at=now - 9, sender_name="Silent")

    await write(seed)
    page = await marta.get("/conversations")
    tom, emma, silent = page["sections"][2]["conversations"]
    assert tom["preview"] == {"text": "x" * 160, "attachment": False, "unanswered": True}
    assert emma["preview"] == {"text": None, "attachment": True, "unanswered": False}
    assert silent["preview"] == {"text": None, "attachment": False, "unanswered": False}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("giulia", ["Giulia Ferraris"]),
        ("EMMA.KNITS", ["Emma Whitfield"]),
        ("anna", ["Anna Rosso"]),
        ("%", []),
        ("_", []),
        ("nobody", []),
        ("' OR 1=1 --", []),
    ],
)
async def test_search_looks_at_name_handle_and_address(
    marta: Program, write: Write, parts: Container, text: str, found: list[str]
) -> None:
    await write(lambda conn: scenes.morning(conn, parts.clock.now()))
    assert names(await marta.get("/conversations", q=text)) == {"found": found}


async def test_search_finds_a_conversation_by_its_id(
    marta: Program, write: Write, parts: Container
) -> None:
    ids = await write(lambda conn: scenes.morning(conn, parts.clock.now()))
    page = await marta.get("/conversations", q=f" {ids['tom']} ")
    assert names(page) == {"found": ["Tom Ashworth"]}


async def test_older_conversations_come_page_by_page_each_once(
    marta: Program, write: Write, parts: Container
) -> None:
    now = parts.clock.now()

    def seed(conn: Connection) -> None:
        for number in range(125):
            # Several share a moment: the id decides between them.
            factory.conversation(conn, at=now - number // 7, sender_name=f"n{number}")

    await write(seed)
    seen: list[str] = []
    after: dict[str, str] = {}
    for _ in range(4):
        page = await marta.get("/conversations", **after)
        section = page["sections"][-1]
        assert section["name"] == "recent"
        seen += [c["name"] for c in section["conversations"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert len(seen) == 125
    assert len(set(seen)) == 125
    times = [int(name[1:]) // 7 for name in seen]
    assert times == sorted(times)


async def test_a_made_up_page_is_refused(marta: Program) -> None:
    for cursor in ("x", "!!!", "MTIz", "bm90fGE"):
        answer = await marta.http.get("/console/api/conversations", params={"after": cursor})
        assert answer.status_code == 422, cursor


async def test_ten_thousand_conversations_cost_what_one_page_costs(
    parts: Container, write: Write
) -> None:
    """Each query walks an index; none sorts or reads the whole table."""
    await write(ten_thousand)
    plans: dict[str, list[str]] = {}

    def explain(conn: Connection) -> None:
        def before(_c: Any, cursor: Any, statement: str, given: Any, *_: Any) -> None:
            if statement.startswith("SELECT"):
                rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
                plans[statement] = [row[3] for row in rows]

        event.listen(conn, "before_cursor_execute", before)
        page = listing.page(conn, agent="Marta", view="all")
        cursor = listing.page(conn, agent="Marta", view="all", after=page["next"])["next"]
        listing.page(conn, agent="Marta", view="all", after=cursor)
        event.remove(conn, "before_cursor_execute", before)

    await parts.database.read(explain)
    assert len(plans) > 5
    for statement, plan in plans.items():
        for step in plan:
            whole = step.startswith(("SCAN conversations", "SCAN handoffs", "SCAN inbound"))
            assert not whole or "INDEX" in step, (statement, plan)
        if "NOT IN" in statement:
            # Only conversations of the same moment may be put in order by hand.
            sorts = [step for step in plan if "TEMP B-TREE" in step]
            assert sorts in ([], ["USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"]), plan


async def test_a_page_reads_no_more_rows_than_it_shows(parts: Container, write: Write) -> None:
    await write(ten_thousand)
    rows = await parts.database.read(queries.recent)
    assert len(rows) == queries.PAGE
    found = await parts.database.read(lambda conn: queries.found(conn, "customer 99"))
    assert [row.sender_name for row in found][:2] == ["Customer 99", "Customer 990"]


def ten_thousand(conn: Connection) -> None:
    now = 1_780_000_000.0
    names = (f"Customer {number}" for number in itertools.count())
    conn.execute(
        insert(conversations),
        [
            {
                "id": f"c{number:06}",
                "channel": "api",
                "account": "default",
                "address": f"a{number}",
                "handle": f"a{number}",
                "sender_name": next(names),
                "owner": "queued" if number % 500 == 0 else "bot",
                "state": {},
                "created_at": now - number,
                "last_activity_at": now - number,
            }
            for number in range(10_000)
        ],
    )
