"""Codes for the checkout: what they are good for today."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from crm_bridge.calendar import day_of
from crm_bridge.promotions.models import Promotion
from tests.crm_bridge.after_sales import error
from tests.crm_bridge.world import GATEWAY, World


def code(**fields: Any) -> Promotion:
    values = {
        "code": "BENVENUTO10", "percent": 10, "amount_cents": None, "minimum_cents": 4000,
        "first_order_only": True, "valid_from": None, "valid_until": None, "uses": 0,
        "most_uses": None, "note_it": "Vale 60 giorni.", "note_en": "Good for 60 days.",
    }  # fmt: skip
    return Promotion(**{**values, **fields})


async def ask(world: World, written: str, language: str = "it", **options: Any) -> Any:
    path = f"/v1/promotions/{quote(written, safe='')}"
    return await world.call("GET", path, params={"language": language}, **options)


async def test_a_code_says_what_it_is_good_for(world: World) -> None:
    await world.run(lambda s: s.add(code()))
    answer = await ask(world, "BENVENUTO10")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "code": "BENVENUTO10", "state": "valid", "discount": "10%", "minimum": 40.0,
        "first_order_only": True, "valid_until": None, "note": "Vale 60 giorni.",
    }  # fmt: skip
    assert (await ask(world, "BENVENUTO10", "en")).json()["note"] == "Good for 60 days."


@pytest.mark.parametrize("written", ["benvenuto10", " Benvenuto 10 ", "BENVENUTO\u00a010"])
async def test_capitals_and_spaces_do_not_matter(world: World, written: str) -> None:
    await world.run(lambda s: s.add(code()))
    assert (await ask(world, written)).json()["code"] == "BENVENUTO10"


@pytest.mark.parametrize(
    ("cents", "it", "en"), [(500, "5 €", "€5"), (750, "7,50 €", "€7.50"), (1000, "10 €", "€10")]
)
async def test_amounts_are_told_in_each_language(
    world: World, cents: int, it: str, en: str
) -> None:
    await world.run(lambda s: s.add(code(percent=None, amount_cents=cents, minimum_cents=None)))
    found = [(await ask(world, "BENVENUTO10", language)).json() for language in ("it", "en")]
    assert [one["discount"] for one in found] == [it, en]
    assert found[0]["minimum"] is None


@pytest.mark.parametrize(
    ("since", "until", "used", "most", "state"),
    [
        (0, 0, 0, None, "valid"),
        (-9, -1, 5, 5, "expired"),
        (1, 9, 0, None, "not_started"),
        (-9, 9, 5, 5, "used_up"),
        (-9, 9, 4, 5, "valid"),
    ],
)
async def test_a_code_has_its_days(
    world: World, since: int, until: int, used: int, most: int | None, state: str
) -> None:
    first, last = (day_of(world.clock.now() + days * 86_400).isoformat() for days in (since, until))
    made = code(valid_from=first, valid_until=last, uses=used, most_uses=most)
    await world.run(lambda s: s.add(made))
    found = (await ask(world, "BENVENUTO10")).json()
    assert (found["state"], found["valid_until"]) == (state, last)


@pytest.mark.parametrize("written", ["NIENTE", "%", "   ", "BENVENUTO", "' OR 1=1 --"])
async def test_an_unknown_code_is_not_found(world: World, written: str) -> None:
    await world.run(lambda s: s.add(code()))
    assert error(await ask(world, written)) == (404, "not_found")


async def test_only_the_bot_asks_and_in_a_language_we_speak(world: World) -> None:
    assert error(await ask(world, "X", token=GATEWAY)) == (403, "scope_required")
    assert (await ask(world, "X", "fr")).status_code == 422
    assert (await ask(world, "x" * 129)).status_code == 422
    assert (await ask(world, "a\0b")).status_code == 422
