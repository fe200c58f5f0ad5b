"""Briefs: within the level, allow-listed, and in a fixed number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_bridge.orders.models import Order
from crm_bridge.people.models import Consent, Identity, Person
from crm_bridge.storage import insert_new
from crm_bridge.timeline.models import Interaction
from tests.crm_bridge.statements import Statements
from tests.crm_bridge.world import GATEWAY, World, ref


async def brief(world: World, who: str, conversation: dict[str, str]) -> dict[str, Any]:
    answer = await world.call("POST", f"/v1/brief/{who}", conversation, token=GATEWAY)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def open_case(world: World, conversation: dict[str, str]) -> str:
    answer = await world.call(
        "POST",
        "/v1/cases",
        {
            "conversation": conversation, "topic": "delivery_problem", "language": "it",
            "summary": "La sciarpa da 89 euro", "order_number": "LA-20398",
        },
    )  # fmt: skip
    return str(answer.json()["reference"])


async def test_of_the_unknown_the_bot_learns_the_level_alone(world: World) -> None:
    await world.customer_with_order()
    unknown = {
        "level": "unknown", "first_name": None, "language": None, "open_case": False,
        "tier": None, "cases": [], "orders": [],
    }  # fmt: skip
    assert await brief(world, "bot", ref("never", "seen")) == unknown
    await world.say(ref(), sender_name="Giulia")
    await open_case(world, ref())
    assert await brief(world, "bot", ref()) == unknown


async def test_of_the_recognised_the_bot_learns_who_and_that_a_case_is_open(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    reference = await open_case(world, ref())
    world.clock.advance(3600)
    found = await brief(world, "bot", ref())
    assert found == {
        "level": "recognised", "first_name": "Giulia", "language": "it", "open_case": True,
        "tier": "gold", "cases": [], "orders": [],
    }  # fmt: skip
    for secret in (reference, "LA-20398", "89", "sciarpa", "example.com", "Ferraris"):
        assert secret not in str(found)


async def test_of_the_verified_the_bot_learns_open_cases_and_newest_orders(world: World) -> None:
    giulia = await world.customer_with_order()
    for n in range(6):
        await world.order(f"LA-2010{n}", giulia, days_ago=100 - n)
    await world.verify(ref())
    reference = await open_case(world, ref())
    found = await brief(world, "bot", ref())
    assert found["level"] == "verified"
    assert [case["reference"] for case in found["cases"]] == [reference]
    assert [order["number"] for order in found["orders"]] == [
        "LA-20398", "LA-20105", "LA-20104", "LA-20103", "LA-20102",
    ]  # fmt: skip
    assert found["orders"][0]["shipment_status"] == "in_transit"


async def test_resolved_cases_are_not_open(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    reference = await open_case(world, ref())
    await world.call("PATCH", f"/v1/cases/{reference}", {"status": "resolved"}, token=GATEWAY)
    found = await brief(world, "bot", ref())
    assert (found["open_case"], found["cases"]) == (False, [])


async def test_an_agent_sees_the_relationship_and_no_address(world: World) -> None:
    giulia = await world.customer_with_order()
    await world.order("LA-20100", giulia, status="cancelled", total_cents=99_900)
    await world.run(
        lambda s: s.add_all(
            Consent(person_id=giulia, purpose=purpose, granted=granted, at=at, source="site")
            for purpose, granted, at in (
                ("newsletter", True, 1.0), ("newsletter", False, 2.0), ("profiling", True, 1.0),
            )
        )
    )  # fmt: skip
    telegram = ref("tg", "555010199", "telegram")
    for n in range(12):
        await world.say(telegram, f"riga {n}", at=f"2026-05-{10 + n}T10:00:00Z", intent="greet")
    await world.verify(telegram)
    await world.verify(ref())
    reference = await open_case(world, ref())

    found = await brief(world, "agent", ref())
    assert found["person"]["first_name"] == "Giulia"
    assert found["person"]["email"] == "g•••s@example.com"
    assert (found["level"], found["tier"], found["language"]) == ("verified", "gold", "it")
    assert found["lifetime_value"] == 64.9
    assert [order["number"] for order in found["orders"]] == ["LA-20398", "LA-20100"]
    assert found["orders"][0]["items"][0] == {
        "position": 0, "name": "Merino Oropa", "quantity": 2, "price": 14.95,
    }  # fmt: skip
    assert [case["reference"] for case in found["cases"]] == [reference]
    assert [line["text"] for line in found["timeline"]] == [f"riga {n}" for n in range(11, 1, -1)]
    assert found["preferred_channel"] == "telegram"
    assert {c["purpose"]: c["granted"] for c in found["consents"]} == {
        "newsletter": False, "profiling": True,
    }  # fmt: skip
    assert {identity["handle"] for identity in found["identities"]} == {"••• 99", "handle-1"}
    assert "giulia.ferraris" not in str(found)
    assert "0142" not in str(found)


async def test_an_agent_sees_nobody_where_nobody_is_known(world: World) -> None:
    found = await brief(world, "agent", ref("never", "seen"))
    assert (found["person"], found["level"], found["orders"]) == (None, "unknown", [])


def crowd(session: Session, size: int, start: int) -> None:
    """Other customers with an order, a handle and a line each."""
    ids = [f"p_crowd_{n}" for n in range(start, start + size)]
    insert_new(session, Person, [{"id": i, "kind": "customer", "created_at": 1.0} for i in ids])
    insert_new(
        session,
        Identity,
        [
            {
                "id": f"i_{i}", "channel": "api", "account": "default", "handle": i,
                "person_id": i, "first_seen_at": 1.0, "last_seen_at": 1.0,
            }
            for i in ids
        ],
    )  # fmt: skip
    insert_new(
        session,
        Order,
        [
            {
                "number": f"X-{i}", "person_id": i, "placed_at": 1.0, "status": "paid",
                "currency": "EUR", "shipping_cents": 0, "total_cents": 1,
            }
            for i in ids
        ],
    )  # fmt: skip
    insert_new(
        session,
        Interaction,
        [
            {
                "key": f"k_{i}", "person_id": i, "identity_id": f"i_{i}", "conversation": i,
                "channel": "api", "direction": "in", "role": "customer", "kind": "message",
                "text": "x", "public": False, "at": 1.0, "data": {},
            }
            for i in ids
        ],
    )  # fmt: skip


@pytest.mark.parametrize(("who", "most"), [("bot", 5), ("agent", 10)])
async def test_a_brief_takes_few_queries_however_much_there_is(
    world: World, who: str, most: int
) -> None:
    giulia = await world.customer_with_order()
    await world.verify(ref())
    counts = []
    for step in range(2):
        with Statements() as statements:
            await brief(world, who, ref())
        counts.append(len(statements.texts))
        for n in range(4):
            await world.order(f"LA-2{step}0{n}0", giulia)
            await world.say(ref(f"c{step}{n}"), f"riga {n}")
            await open_case(world, ref())
        await world.run(lambda s, step=step: crowd(s, 300, 300 * step))
    assert counts[0] == counts[1] <= most


@pytest.mark.parametrize("who", ["bot", "agent"])
async def test_every_query_of_a_brief_uses_an_index(world: World, who: str) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    queries: list[tuple[str, Any]] = []
    with Statements() as statements:
        statements.keep_parameters(queries)
        await brief(world, who, ref())

    def plans(session: Session) -> list[str]:
        connection = session.connection()
        explain = "EXPLAIN QUERY PLAN"
        if not world.database.is_sqlite:
            # PostgreSQL reads small tables whole if it may; without, only where it must.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            explain = "EXPLAIN"
        return [
            str(row[-1])
            for text, parameters in queries
            if text.startswith("SELECT")
            for row in connection.exec_driver_sql(f"{explain} {text}", parameters)
        ]

    found = await world.run(plans)
    assert len(found) >= 5
    # The newest orders are picked by index first, and what belongs to those few is joined to them.
    found = [plan for plan in found if plan != "SCAN anon_1"]
    assert [plan for plan in found if plan.startswith("SCAN") or "Seq Scan" in plan] == []
