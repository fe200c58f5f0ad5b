"""Letters about returns and exchanges: in the customer's language, with what to do, once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from crm_bridge import housekeeping
from crm_bridge.mails.models import Mail
from crm_bridge.orders.models import OrderItem
from crm_bridge.returns import service
from crm_bridge.returns.models import Return
from runtime.errors import Temporary
from tests.crm_bridge.after_sales import DAY, NUMBER, arrived
from tests.crm_bridge.returning import ONE, announce
from tests.crm_bridge.world import World


def lines(text: str) -> str:
    return " ".join(text.split())


async def mailed(world: World, **fields: Any) -> tuple[dict[str, Any], str, str]:
    made = (await announce(world, **fields)).json()
    await world.deliver()
    message = world.outbox.sent[-1]
    assert str(message["To"]) == "giulia.ferraris@example.com"
    assert message["Content-Language"] == fields.get("language", "it")
    return made, str(message["Subject"]), lines(message.get_content())


async def test_instructions_in_italian(world: World) -> None:
    await arrived(world)
    made, subject, text = await mailed(world, items=ONE)
    assert subject == f"Il tuo reso {made['reference']}"
    for words in (
        "Ciao Giulia,", f"il reso {made['reference']} per l'ordine {NUMBER}", "1 × Merino Oropa",
        "via della Filatura 12 13845 Valdora (BI), Italia", "Costa 4,90 €", "rimborso di 10,05 €",
        f"mostra il codice {made['reference']}", "7 giorni lavorativi", "con il cartellino",
    ):  # fmt: skip
        assert words in text, words
    [mail] = [row for row in await world.rows(Mail) if row.return_reference]
    assert (mail.state, mail.return_reference) == ("sent", made["reference"])


async def test_instructions_in_english_from_abroad(world: World) -> None:
    await arrived(world, country="GB")
    fields = {"kind": "exchange", "reason": "size", "language": "en", "wanted": "size L\r\nplease"}
    made, subject, text = await mailed(world, **fields)
    assert subject == f"Your exchange {made['reference']}"
    for words in (
        "Hello Giulia,", "2 × Merino Oropa", "Use the carrier you like", "The postage is yours",
        "returned goods, no commercial value added", 'You asked for "size L please" instead',
        "The exchange leaves the day after",
    ):  # fmt: skip
        assert words in text, words
    assert "refund" not in text


@pytest.mark.parametrize(
    ("country", "language", "words"),
    [
        ("IT", "it", "La spedizione la paghiamo noi."),
        ("IT", "en", "We pay the postage."),
        ("DE", "it", "le spese te le rimborsiamo"),
        ("DE", "en", "we refund what you paid"),
    ],
)
async def test_our_mistakes_cost_the_customer_nothing(
    world: World, country: str, language: str, words: str
) -> None:
    await arrived(world, country=country)
    _, _, text = await mailed(world, reason="wrong_item", language=language)
    assert words in text
    assert "4,90" not in text
    assert "4.90" not in text


async def test_without_an_address_nothing_is_mailed_and_it_says_so(world: World) -> None:
    conversation = await arrived(world)
    await world.run(lambda s: s.execute(update(service.people.Person).values(email=None)))
    made = (await announce(world, conversation=conversation)).json()
    assert made["mailed"] is False
    assert [row for row in await world.rows(Mail) if row.return_reference] == []


async def test_without_a_mail_server_it_says_so_too(world: World) -> None:
    await arrived(world)
    world.app.state.bridge.mail_problem = "no mail is configured"
    assert (await announce(world)).json()["mailed"] is False


async def test_a_letter_is_tried_for_a_day(world: World) -> None:
    await arrived(world)
    world.outbox.failures = [Temporary("away", code="smtp_away")] * 500
    await announce(world)
    for _ in range(25):
        await world.deliver()
        [mail] = [row for row in await world.rows(Mail) if row.return_reference]
        assert mail.state == "pending"
        world.clock.advance(3400)
    world.clock.advance(2 * 3600)
    await world.deliver()
    [mail] = [row for row in await world.rows(Mail) if row.return_reference]
    assert (mail.state, mail.problem) == ("failed", "expired")


async def test_letters_are_forgotten_with_the_codes(world: World) -> None:
    await arrived(world)
    await announce(world)
    await world.deliver()
    world.clock.advance(31 * DAY)
    await housekeeping.forget(world.app.state.bridge)
    assert await world.rows(Mail) == []
    assert len(await world.rows(Return)) == 1


async def test_what_customers_and_shops_write_adds_no_header_and_no_line(world: World) -> None:
    await arrived(world, first_name="Giulia\r\nBcc: all@example.com", email="giulia@example.com")
    name = "Lana\r\n\r\nPagate qui"
    await world.run(lambda s: s.execute(update(OrderItem).values(name=name)))
    await announce(world, kind="exchange", wanted="L\n\nPagate qui", reason="size")
    await world.deliver()
    message = world.outbox.sent[-1]
    assert message["Bcc"] is None
    assert "\nPagate" not in message.get_content()
