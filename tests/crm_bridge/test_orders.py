"""What may be done with an order, and undoing one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from crm_bridge.orders import allowed, refunds
from crm_bridge.orders.models import Order, OrderChange, Refund, Shipment
from tests.crm_bridge.world import World, ref

DAY = 86_400.0
_FRIDAY_NOON = datetime(2030, 11, 22, 12, tzinfo=UTC).timestamp()
NUMBER = "LA-20398"


async def verified(world: World, status: str, number: str = NUMBER) -> dict[str, str]:
    """A verified customer with an order of that status; the conversation."""
    person = await world.person()
    await world.order(number, person, status=status)
    await world.verify(ref(), number)
    return ref()


async def cancel(
    world: World, conversation: dict[str, str], number: str = NUMBER, **options: Any
) -> Any:
    path = f"/v1/orders/{number}/cancellation"
    return await world.call("POST", path, {"conversation": conversation}, **options)


@pytest.mark.parametrize("status", ["placed", "paid"])
async def test_an_order_that_nobody_packs_yet_is_undone(world: World, status: str) -> None:
    conversation = await verified(world, status)
    answer = await cancel(world, conversation)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "cancelled"
    assert answer.json()["allowed"] == {
        "cancel": False, "change_address": False, "return_until": None,
    }  # fmt: skip
    [change] = await world.rows(OrderChange)
    assert (change.order_number, change.status_before, change.status, change.by) == (
        NUMBER, status, "cancelled", "actions",
    )  # fmt: skip


@pytest.mark.parametrize("status", ["packed", "shipped", "delivered", "returned"])
async def test_later_it_is_too_late(world: World, status: str) -> None:
    conversation = await verified(world, status)
    answer = await cancel(world, conversation)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "too_late"
    [order] = await world.rows(Order)
    assert order.status == status
    assert await world.rows(OrderChange) == []


async def test_twice_is_once(world: World) -> None:
    conversation = await verified(world, "paid")
    answers = [await cancel(world, conversation, key="t1:m1:cancel:1") for _ in range(2)]
    answers.append(await cancel(world, conversation))
    assert [answer.json()["status"] for answer in answers] == ["cancelled"] * 3
    assert len(await world.rows(OrderChange)) == 1


async def test_what_was_paid_goes_back_the_next_working_day(world: World) -> None:
    conversation = await verified(world, "paid")
    world.clock.advance(_FRIDAY_NOON - world.clock.now())
    await world.verify(conversation)
    answers = [await cancel(world, conversation) for _ in range(2)]
    for answer in answers:
        refund = answer.json()["refund"]
        assert refund.pop("at").startswith("2030-11-22T12:00:00")
        assert refund == {"amount": 64.9, "status": "due", "expected_by": "2030-11-25"}
    assert len(await world.rows(Refund)) == 1


async def test_what_was_never_paid_owes_nothing(world: World) -> None:
    conversation = await verified(world, "placed")
    assert (await cancel(world, conversation)).json()["refund"] is None
    assert await world.rows(Refund) == []


@pytest.mark.parametrize(
    ("sent", "status", "amount", "day"),
    [
        ((None, None), "due", 2.0, "2030-11-26"),
        ((_FRIDAY_NOON, None), "due", 2.0, "2030-11-26"),
        ((None, _FRIDAY_NOON), "due", 1.0, "2030-11-25"),
        # A bank takes five working days at most.
        ((_FRIDAY_NOON, _FRIDAY_NOON - 3 * DAY), "sent", 1.0, "2030-11-29"),
    ],
)
def test_of_several_refunds_the_one_that_is_waited_for_is_shown(
    sent: tuple[float | None, float | None], status: str, amount: float, day: str
) -> None:
    owed = [
        Refund(amount_cents=100, due_at=1.0, expected_by="2030-11-25", sent_at=sent[0]),
        Refund(amount_cents=200, due_at=2.0, expected_by="2030-11-26", sent_at=sent[1]),
    ]
    shown = refunds.shown(Order(refunds=owed))
    assert shown is not None
    assert (shown.status, shown.amount, shown.expected_by) == (status, amount, day)


async def test_at_the_same_moment_is_once(world: World) -> None:
    conversation = await verified(world, "paid")
    answers = await asyncio.gather(*(cancel(world, conversation) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await world.rows(OrderChange)) == 1
    assert len(await world.rows(Refund)) == 1
    assert {answer.json()["refund"]["amount"] for answer in answers} == {64.9}


async def test_nobody_undoes_anothers_order(world: World) -> None:
    conversation = await verified(world, "paid")
    other = await world.person("Emma")
    await world.order("LA-20391", other, status="paid")
    for number in ("LA-20391", "LA-99999"):
        answer = await cancel(world, conversation, number)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "grant_required")
    stranger = await cancel(world, ref("c9", "stranger"))
    assert (stranger.status_code, stranger.json()["error"]["code"]) == (403, "grant_required")
    assert await world.rows(OrderChange) == []


@pytest.mark.parametrize(
    ("days", "returnable"), [(0.0, True), (29.9, True), (30.1, False), (400.0, False)]
)
def test_thirty_days_from_delivery_it_can_be_sent_back(days: float, returnable: bool) -> None:
    now = 1_800_000_000.0
    delivered = now - days * DAY
    order = Order(status="delivered", shipment=Shipment(delivered_at=delivered))
    until = allowed.of(order, now).return_until
    assert until == (delivered + 30 * DAY if returnable else None)


def test_what_never_arrived_cant_be_sent_back() -> None:
    for status, shipment in (("paid", None), ("delivered", Shipment(delivered_at=None))):
        assert allowed.of(Order(status=status, shipment=shipment), 1e9).return_until is None
