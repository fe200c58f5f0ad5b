"""Returns and exchanges: announced by their owner, once, within thirty days."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import update

from crm_bridge.cases.references import ALPHABET
from crm_bridge.mails.models import Mail
from crm_bridge.orders.models import Order, OrderItem, Product, Refund
from crm_bridge.returns import service
from crm_bridge.returns.models import Return, ReturnItem
from crm_bridge.returns.schemas import ReturnAnnouncement
from tests.crm_bridge.after_sales import NUMBER, arrived, deliver, error, verified
from tests.crm_bridge.returning import ONE, announce, asked, listed
from tests.crm_bridge.statements import Statements
from tests.crm_bridge.world import GATEWAY, World, ref


async def test_pieces_of_an_order_that_arrived_are_announced(world: World) -> None:
    await arrived(world)
    answer = await announce(world, items=ONE, details="mi avanza", wanted="")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert re.fullmatch(f"R-[{ALPHABET}]{{5}}", made["reference"])
    assert made == {
        "reference": made["reference"], "kind": "return", "status": "announced",
        "order_number": NUMBER, "items": [{"name": "Merino Oropa", "quantity": 1}],
        "amount": 10.05, "currency": "EUR", "reason": "changed_mind", "free": False,
        "label_cost": 4.9, "send_by": made["send_by"], "announced_at": made["announced_at"],
        "mailed": True,
    }  # fmt: skip
    assert await listed(world) == [made]
    [row] = await world.rows(Return)
    assert (row.announced_by, row.details, row.wanted) == ("actions", "mi avanza", None)


async def test_the_order_shows_what_comes_back(world: World) -> None:
    await arrived(world)
    first = (await announce(world, items=ONE)).json()
    world.clock.advance(60)
    second = (await announce(world, kind="exchange", reason="size")).json()
    order = await world.call("GET", f"/v1/orders/{NUMBER}", params={"conversation": "c1"})
    fields = ("reference", "kind", "status", "announced_at", "amount")
    assert order.json()["returns"] == [{name: r[name] for name in fields} for r in (second, first)]
    assert [line["position"] for line in order.json()["items"]] == [0, 1]
    assert [r["reference"] for r in await listed(world)] == [
        second["reference"],
        first["reference"],
    ]


async def test_without_pieces_all_that_is_left_comes_back(world: World) -> None:
    await arrived(world)
    await announce(world, items=ONE)
    rest = await announce(world)
    assert rest.json()["items"] == [
        {"name": "Merino Oropa", "quantity": 1},
        {"name": "Bessa Panna", "quantity": 2},
    ]
    # Nothing of the order is kept, so the postage of the way out goes back as well.
    assert rest.json()["amount"] == pytest.approx(3 * 14.95 + 5.00 - 4.90)
    assert error(await announce(world)) == (409, "already_returned")


@pytest.mark.parametrize(
    ("country", "kind", "reason", "free", "label", "amount"),
    [
        ("IT", "return", "other", False, 4.9, 10.05),
        ("IT", "return", "damaged", True, None, 14.95),
        ("IT", "return", "wrong_item", True, None, 14.95),
        ("IT", "exchange", "size", True, None, 0.0),
        ("GB", "return", "not_as_expected", False, None, 14.95),
        ("GB", "return", "damaged", True, None, 14.95),
        ("GB", "exchange", "size", False, None, 0.0),
    ],
)
async def test_who_pays_is_what_the_articles_say(
    world: World, country: str, kind: str, reason: str, free: bool, label: float | None,
    amount: float,
) -> None:  # fmt: skip
    await arrived(world, country=country)
    made = (await announce(world, kind=kind, reason=reason, items=ONE)).json()
    assert (made["free"], made["label_cost"], made["amount"]) == (free, label, amount)


async def test_the_second_exchange_of_an_order_costs_its_label(world: World) -> None:
    await arrived(world)
    costs = []
    for _ in range(2):
        made = (await announce(world, kind="exchange", reason="size", items=ONE)).json()
        costs.append((made["free"], made["label_cost"], made["amount"]))
    assert costs == [(True, None, 0.0), (False, 4.9, 0.0)]


@pytest.mark.parametrize("reason", ["changed_mind", "damaged"])
async def test_thirty_days_and_no_longer(world: World, reason: str) -> None:
    await arrived(world, days_ago=29.9)
    assert (await announce(world, items=ONE, reason=reason)).status_code == 201
    await deliver(world, NUMBER, 30.1)
    assert error(await announce(world, items=ONE, reason=reason)) == (409, "too_late")


@pytest.mark.parametrize(
    ("status", "code"),
    [("placed", "too_late"), ("shipped", "too_late"), ("cancelled", "too_late"),
     ("returned", "already_returned")],
)  # fmt: skip
async def test_what_never_arrived_or_came_back_is_not_taken(
    world: World, status: str, code: str
) -> None:
    await verified(world, status)
    assert error(await announce(world)) == (409, code)
    assert await world.rows(Return) == []
    assert [row for row in await world.rows(Mail) if row.challenge_id is None] == []


async def test_the_same_pieces_come_back_once(world: World) -> None:
    await arrived(world)
    two = [{"position": 1, "quantity": 2}]
    assert (await announce(world, items=two)).status_code == 201
    assert error(await announce(world, items=two)) == (409, "already_returned")
    one = [{"position": 1, "quantity": 1}]
    assert error(await announce(world, items=one)) == (409, "already_returned")
    assert len(await world.rows(ReturnItem)) == 1


async def test_what_was_refused_may_be_announced_again(world: World) -> None:
    await arrived(world)
    await announce(world)
    await world.run(lambda s: s.execute(update(Return).values(status="refused")))
    assert (await announce(world, items=ONE)).status_code == 201


async def test_the_same_turn_twice_is_one_return(world: World) -> None:
    await arrived(world)
    answers = [await announce(world, key="t1:m1:return:1") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(await world.rows(Return)) == 1
    assert len([row for row in await world.rows(Mail) if row.return_reference]) == 1
    other = await announce(world, key="t1:m1:return:1", items=ONE)
    assert error(other) == (409, "idempotency_key_reused")


async def test_of_many_at_the_same_moment_one_is_taken(world: World) -> None:
    await arrived(world)
    two = [{"position": 0, "quantity": 2}]
    answers = await asyncio.gather(*(announce(world, items=two) for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409]
    assert {error(a)[1] for a in answers if a.status_code == 409} == {"already_returned"}
    assert len(await world.rows(ReturnItem)) == 1


async def test_nobody_sends_back_anothers_order(world: World) -> None:
    await arrived(world)
    emma = await world.person("Emma")
    await world.order("LA-20391", emma, status="delivered")
    await deliver(world, "LA-20391", 3)
    for number in ("LA-20391", "LA-99999"):
        assert error(await announce(world, number)) == (403, "grant_required")
    assert error(await announce(world, conversation=ref("c9", "stranger"))) == (
        403,
        "grant_required",
    )
    assert (await announce(world, token=GATEWAY)).status_code == 403
    assert await world.rows(Return) == []
    await world.verify(ref("c2", "h2"), "LA-20391")
    await announce(world, "LA-20391", conversation=ref("c2", "h2"))
    assert await listed(world) == []
    assert [r["order_number"] for r in await listed(world, "c2")] == ["LA-20391"]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "gift"},
        {"reason": "bored"},
        {"language": "fr"},
        {"items": [{"position": 7, "quantity": 1}]},
        {"items": [{"position": 0, "quantity": 3}]},
        {"items": [{"position": 0, "quantity": 0}]},
        {"items": [{"position": -1, "quantity": 1}]},
        {"items": [*ONE, *ONE]},
        {"details": "x" * 2001},
        {"wanted": "x" * 501},
        {"details": "\0"},
        {"photo": "…"},
    ],
)
async def test_nonsense_is_refused(world: World, fields: dict[str, Any]) -> None:
    await arrived(world)
    assert error(await announce(world, **fields)) == (422, "invalid")
    assert await world.rows(Return) == []


async def test_gift_cards_are_not_taken_back(world: World) -> None:
    await arrived(world)
    product = Product(sku="S0", name_it="Buono", name_en="Card", kind="voucher", price_cents=1495)
    await world.run(lambda s: s.add(product))
    assert error(await announce(world, items=ONE)) == (409, "not_returnable")
    made = (await announce(world)).json()
    assert [item["name"] for item in made["items"]] == ["Bessa Panna"]
    # Something of the order is kept, so its postage is too.
    assert made["amount"] == pytest.approx(2 * 14.95 - 4.9)
    await world.run(lambda s: s.execute(update(OrderItem).values(sku="S0")))
    assert error(await announce(world)) == (409, "not_returnable")


async def test_a_reference_that_is_taken_is_not_given_twice(world: World) -> None:
    await arrived(world)
    names = iter(["R-AAAAA", "R-AAAAA", "R-BBBBB"])
    request = ReturnAnnouncement.model_validate(asked(items=ONE))
    now = world.clock.now()
    [order] = await world.rows(Order)

    def once(session: Any) -> str:
        made = service.announce(
            session, order.person_id, NUMBER, request, "actions", now, can_mail=False,
            reference=lambda: next(names),
        )  # fmt: skip
        return made.reference

    assert [await world.run(once) for _ in range(2)] == ["R-AAAAA", "R-BBBBB"]


async def test_a_return_that_arrived_is_owed_until_it_was_sent(world: World) -> None:
    await arrived(world)
    made = (await announce(world, items=ONE)).json()
    now = world.clock.now()
    refund = Refund(
        order_number=NUMBER, return_reference=made["reference"], amount_cents=1005, due_at=now,
        expected_by="2026-06-10", sent_at=None,
    )  # fmt: skip
    await world.run(lambda s: s.add(refund))

    async def seen() -> dict[str, Any]:
        order = await world.call("GET", f"/v1/orders/{NUMBER}", params={"conversation": "c1"})
        found: dict[str, Any] = order.json()["refund"]
        return found

    due = await seen()
    assert (due["amount"], due["status"], due["expected_by"]) == (10.05, "due", "2026-06-10")
    await world.run(lambda s: s.execute(update(Refund).values(sent_at=now)))
    sent = await seen()
    assert (sent["status"], sent["at"]) == ("sent", due["at"])


async def test_orders_are_read_in_few_queries_however_much_came_back(world: World) -> None:
    await arrived(world)
    counts = []
    for position in (0, 1):
        for path in (f"/v1/orders/{NUMBER}", "/v1/orders"):
            with Statements() as statements:
                await world.call("GET", path, params={"conversation": "c1"})
            counts.append(len(statements.texts))
        await announce(world, items=[{"position": position, "quantity": 1}])
    assert set(counts) == {3}
