"""Copies of invoices: numbered once, mailed to the address on file alone."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from crm_bridge.invoices.models import Invoice
from crm_bridge.mails.invoice_letter import vat_cents
from crm_bridge.mails.models import Mail
from crm_bridge.orders.models import Order
from crm_bridge.people.models import Person
from tests.crm_bridge.after_sales import NUMBER, error, verified
from tests.crm_bridge.world import GATEWAY, World, ref


async def send(world: World, number: str = NUMBER, **options: Any) -> Any:
    body = {
        "conversation": options.pop("conversation", ref()),
        "language": options.pop("language", "it"),
    }
    return await world.call("POST", f"/v1/orders/{number}/invoice", body, **options)


@pytest.mark.parametrize("status", ["paid", "packed", "shipped", "delivered", "returned"])
async def test_a_copy_goes_to_the_address_on_file(world: World, status: str) -> None:
    await verified(world, status)
    answer = await send(world)
    assert answer.status_code == 200, answer.text
    year = datetime.fromtimestamp(world.clock.now(), UTC).year
    assert answer.json() == {"number": f"{year}/000001", "sent_to": "g•••s@example.com"}
    await world.deliver()
    assert str(world.outbox.sent[-1]["To"]) == "giulia.ferraris@example.com"


@pytest.mark.parametrize("status", ["placed", "cancelled"])
async def test_what_was_never_paid_has_no_invoice(world: World, status: str) -> None:
    await verified(world, status)
    assert error(await send(world)) == (409, "not_invoiced")
    assert await world.rows(Invoice) == []


async def test_numbers_are_given_once_and_without_gaps(world: World) -> None:
    await verified(world)
    [order] = await world.rows(Order)
    for n in range(3):
        await world.order(f"LA-2030{n}", order.person_id, status="paid")
    numbers = [f"LA-2030{n}" for n in range(3)] + [NUMBER] * 3
    answers = await asyncio.gather(*(send(world, number) for number in numbers))
    assert {answer.status_code for answer in answers} == {200}
    found = sorted(row.serial for row in await world.rows(Invoice))
    assert found == [1, 2, 3, 4]
    assert len({answer.json()["number"] for answer in answers}) == 4
    again = await send(world)
    assert again.json()["number"] == answers[-1].json()["number"]


async def test_a_copy_on_its_way_is_not_sent_twice(world: World) -> None:
    await verified(world)
    for key in ("t1:invoice:1", "t1:invoice:1", "t2:invoice:1"):
        await send(world, key=key)
    letters = [row for row in await world.rows(Mail) if row.invoice_number]
    assert len(letters) == 1
    await world.deliver()
    await send(world)
    assert len([row for row in await world.rows(Mail) if row.invoice_number]) == 2


async def test_each_year_counts_from_one(world: World) -> None:
    await verified(world)
    [order] = await world.rows(Order)
    old = Invoice(number="2025/000400", order_number=NUMBER, year=2025, serial=400, issued_at=1.7e9)
    await world.run(lambda s: s.add(old))
    await world.order("LA-20300", order.person_id, status="paid")
    assert (await send(world)).json()["number"] == "2025/000400"
    assert (await send(world, "LA-20300")).json()["number"].endswith("/000001")


async def test_nobody_gets_anothers_invoice(world: World) -> None:
    await verified(world)
    await world.order("LA-20391", await world.person("Emma"), status="paid")
    for number in ("LA-20391", "LA-99999"):
        assert error(await send(world, number)) == (403, "grant_required")
    assert error(await send(world, conversation=ref("c9", "x"))) == (403, "grant_required")
    assert (await send(world, token=GATEWAY)).status_code == 403
    assert await world.rows(Invoice) == []


async def test_without_an_address_on_file_there_is_nowhere_to_send_it(world: World) -> None:
    await verified(world)
    await world.run(lambda s: s.execute(update(Person).values(email=None)))
    assert error(await send(world)) == (409, "no_email")
    assert await world.rows(Invoice) == []


@pytest.mark.parametrize("language", ["fr", "", None])
async def test_nonsense_is_refused(world: World, language: Any) -> None:
    await verified(world)
    assert error(await send(world, language=language)) == (422, "invalid")


async def test_the_copy_in_italian(world: World) -> None:
    await verified(world)
    address = "Via dell'Arcolaio 8\n13900 Biella\nItalia"
    change = update(Order).values(ships_to=address, total_cents=6480)
    await world.run(lambda s: s.execute(change))
    number = (await send(world)).json()["number"]
    await world.deliver()
    message = world.outbox.sent[-1]
    assert str(message["Subject"]) == f"Copia della fattura {number}"
    text = message.get_content()
    for words in (
        r"Ciao Giulia,", rf"fattura {number} del \d+º? \w+ 20\d\d", rf"ordine {NUMBER} del ",
        r"2 × Merino Oropa +29,90 €", r"Spedizione +5,00 €", r"Totale +64,80 €",
        r"di cui IVA 22% +11,69 €", r"imponibile +53,11 €", r"Lanificio Aurora\s+via della Filat",
        r"Partita IVA IT00000000000", r"Giulia Ferraris\s+Via dell'Arcolaio 8",
    ):  # fmt: skip
        assert re.search(words, text), (words, text)
    assert "Sconti" not in text


async def test_the_copy_in_english(world: World) -> None:
    await verified(world)
    number = (await send(world, language="en")).json()["number"]
    await world.deliver()
    text = world.outbox.sent[-1].get_content()
    for words in (
        rf"copy of invoice {number}", r"Shipping +€5\.00", r"Discounts and rounding +€0\.10",
        r"Total +€64\.90", r"VAT 22% included +€11\.70", r"net amount +€53\.20", r"VAT number IT",
    ):  # fmt: skip
        assert re.search(words, text), (words, text)


@pytest.mark.parametrize(("total", "vat"), [(12200, 2200), (6490, 1170), (0, 0), (1, 0)])
def test_the_vat_in_a_total(total: int, vat: int) -> None:
    assert vat_cents(total) == vat
