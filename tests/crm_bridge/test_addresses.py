"""Sending an order elsewhere, as long as nobody packs it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from crm_bridge.orders.models import Order, OrderChange
from crm_bridge.people import masking
from tests.crm_bridge.after_sales import NUMBER, error, verified
from tests.crm_bridge.world import GATEWAY, World, ref

HOME = "Via dell'Arcolaio 8\n13900 Biella\nItalia"
WORK = "c/o Studio Ramella\nVia del Fuso 3\n13900 Biella"


async def living(world: World, status: str = "paid") -> None:
    await verified(world, status)
    await world.run(lambda s: s.execute(update(Order).values(ships_to=HOME)))


async def change(world: World, address: Any = WORK, number: str = NUMBER, **options: Any) -> Any:
    conversation = options.pop("conversation", ref())
    body = {"conversation": conversation, "address": address}
    return await world.call("PUT", f"/v1/orders/{number}/address", body, **options)


@pytest.mark.parametrize("status", ["placed", "paid"])
async def test_an_order_nobody_packs_yet_goes_elsewhere(world: World, status: str) -> None:
    await living(world, status)
    answer = await change(world)
    assert answer.status_code == 200, answer.text
    assert answer.json()["ships_to"] == "c/o Studio Ramella, Via del Fuso 3, 13900 Biella"
    assert answer.json()["allowed"]["change_address"] is True
    [made] = await world.rows(OrderChange)
    assert (made.by, made.address_before, made.status_before, made.status) == (
        "actions", HOME, status, status,
    )  # fmt: skip
    [order] = await world.rows(Order)
    assert order.ships_to == WORK


@pytest.mark.parametrize("status", ["packed", "shipped", "delivered", "cancelled"])
async def test_later_it_is_too_late(world: World, status: str) -> None:
    await living(world, status)
    assert error(await change(world)) == (409, "too_late")
    [order] = await world.rows(Order)
    assert order.ships_to == HOME
    assert await world.rows(OrderChange) == []


async def test_twice_is_once(world: World) -> None:
    await living(world)
    answers = [await change(world, key="t1:m1:address:1") for _ in range(2)]
    answers.append(await change(world, "  " + WORK.replace("\n", " \r\n\n")))
    answers += await asyncio.gather(*(change(world) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await world.rows(OrderChange)) == 1


async def test_an_order_without_an_address_gets_one(world: World) -> None:
    await verified(world)
    assert (await change(world)).status_code == 200
    [made] = await world.rows(OrderChange)
    assert made.address_before == ""


async def test_nobody_sends_anothers_order_elsewhere(world: World) -> None:
    await living(world)
    await world.order("LA-20391", await world.person("Emma"), status="paid")
    for number in ("LA-20391", "LA-99999"):
        assert error(await change(world, number=number)) == (403, "grant_required")
    stranger = await change(world, conversation=ref("c9", "stranger"))
    assert error(stranger) == (403, "grant_required")
    assert (await change(world, token=GATEWAY)).status_code == 403
    assert await world.rows(OrderChange) == []


@pytest.mark.parametrize(
    "address",
    ["", "Biella", " " * 20, "a\n\n\n     b", "x" * 301, "1\n2\n3\n4\n5\n6 Via Roma", "12345 67890",
     "Via\0 Roma 12", "Via Roma 12\x07 Biella", None, ["Via Roma 12"]],
)  # fmt: skip
async def test_what_cannot_be_an_address_is_refused(world: World, address: Any) -> None:
    await living(world)
    assert error(await change(world, address)) == (422, "invalid")
    assert await world.rows(OrderChange) == []


async def test_an_agents_card_shows_the_town_and_no_street(world: World) -> None:
    await living(world)
    card = (await world.call("POST", "/v1/brief/agent", ref(), token=GATEWAY)).json()
    assert card["orders"][0]["ships_to"] == "•••, 13900 Biella, Italia"
    assert "Arcolaio" not in str(card)


def test_an_address_in_one_line_is_masked_whole() -> None:
    assert masking.address("Via Roma 12 Biella") == "•••"
    assert masking.address(None) is None
