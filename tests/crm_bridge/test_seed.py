"""The demo company: stored once, whole, and only in the demo."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm_bridge import seed
from crm_bridge.cases.models import Case
from crm_bridge.demo.company import generate
from crm_bridge.orders.models import Order
from crm_bridge.people.models import Identity, Person
from crm_bridge.storage import Base
from crm_bridge.timeline.models import Interaction
from runtime.migrations import SCRIPTS, upgrade
from tests.crm_bridge.world import GATEWAY, World, ref

TODAY = datetime(2026, 5, 28, tzinfo=UTC).date()


async def count(world: World, table: type[Base]) -> int:
    return await world.run(
        lambda s: s.execute(select(func.count()).select_from(table)).scalar_one()
    )


async def test_the_company_is_stored_whole_and_once(world: World) -> None:
    company = generate(TODAY)
    assert await world.run(lambda s: seed.seed(s, company))
    counts = [await count(world, table) for table in (Person, Order, Case, Interaction)]
    assert counts == [60, 200, len(company.cases), 600]
    assert not await world.run(lambda s: seed.seed(s, company))
    assert await count(world, Person) == 60


async def test_two_that_seed_at_once_store_one_company(world: World) -> None:
    company = generate(TODAY)
    done = await asyncio.gather(*(world.run(lambda s: seed.seed(s, company)) for _ in range(2)))
    assert sorted(done) == [False, True]
    assert await count(world, Interaction) == 600


async def test_a_database_with_one_person_is_left_alone(world: World) -> None:
    await world.person()
    assert not await world.run(lambda s: seed.seed(s, generate(TODAY)))
    assert await count(world, Person) == 1


async def test_the_heroes_of_the_demo_can_be_met(world: World) -> None:
    company = generate(TODAY)
    await world.run(lambda s: seed.seed(s, company))
    await world.verify(ref(), "LA-20398")
    giulia = (await world.call("POST", "/v1/brief/bot", ref())).json()
    assert (giulia["first_name"], giulia["tier"]) == ("Giulia", "gold")
    assert giulia["orders"][0]["number"] == "LA-20398"
    assert giulia["open_case"] is False

    await world.verify(ref("c2", "h2"), "LA-20372")
    paolo = (await world.call("POST", "/v1/brief/agent", ref("c2", "h2"), token=GATEWAY)).json()
    assert paolo["person"]["last_name"] == "Bianchetti"
    assert "open" in {case["status"] for case in paolo["cases"]}
    assert paolo["timeline"]


async def test_what_came_after_the_heroes_orders_can_be_asked(world: World) -> None:
    await world.run(lambda s: seed.seed(s, generate(TODAY)))
    await world.verify(ref(), "LA-20379")
    giulia = {"conversation": "c1"}
    order = (await world.call("GET", "/v1/orders/LA-20379", params=giulia)).json()
    assert (order["refund"]["status"], order["refund"]["amount"]) == ("due", 24.1)
    assert order["ships_to"] == "Via dell'Arcolaio 8, 13900 Biella, Italia"
    [back] = (await world.call("GET", "/v1/returns", params=giulia)).json()["returns"]
    assert (back["reference"], back["status"], back["label_cost"]) == ("R-9KXH2", "received", 4.9)
    points = (await world.call("GET", "/v1/loyalty", params=giulia)).json()
    assert (points["tier"], points["points"] > 500) == ("gold", True)

    await world.verify(ref("c2", "h2"), "LA-20345")
    emma = {"conversation": "c2"}
    order = (await world.call("GET", "/v1/orders/LA-20345", params=emma)).json()
    assert (order["refund"]["status"], order["refund"]["amount"]) == ("sent", 17.5)

    await world.verify(ref("c3", "h3"), "LA-20372")
    body = {"conversation": ref("c3", "h3"), "kind": "return", "reason": "damaged"}
    paolo = await world.call("POST", "/v1/orders/LA-20372/returns", body)
    assert (paolo.status_code, paolo.json()["amount"]) == (201, 116.1)


async def test_every_state_of_a_code_can_be_seen(world: World) -> None:
    await world.run(lambda s: seed.seed(s, generate(TODAY)))
    today = {"language": "it"}
    world.clock.advance(datetime(2026, 5, 28, 12, tzinfo=UTC).timestamp() - world.clock.now())
    found = {
        code: (await world.call("GET", f"/v1/promotions/{code}", params=today)).json()["state"]
        for code in ("BENVENUTO10", "WELCOME10", "LETTERA5", "ESTATE15", "NEVE12", "RUGIADA20")
    }
    assert list(found.values()) == [
        *("valid", "valid", "valid", "expired", "not_started", "used_up"),
    ]  # fmt: skip


async def test_handles_verified_in_the_past_are_recognised(world: World) -> None:
    company = generate(TODAY)
    await world.run(lambda s: seed.seed(s, company))
    identities = await world.rows(Identity)
    verified = next(one for one in identities if one.verified_at is not None)
    conversation = {
        "id": "c1", "channel": verified.channel, "account": verified.account,
        "handle": verified.handle,
    }  # fmt: skip
    assert await world.level(conversation) == "recognised"


def test_only_the_demo_is_seeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASCOLTO_HOME", str(tmp_path))
    monkeypatch.delenv("ASCOLTO_DATABASE_URL", raising=False)
    monkeypatch.setenv("ASCOLTO_DEMO", "0")
    assert seed.main() == 0
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("ASCOLTO_DEMO", "1")
    upgrade(f"sqlite:///{tmp_path / 'bridge.sqlite3'}", "bridge", SCRIPTS["bridge"])
    assert seed.main() == 0
    assert seed.main() == 0
    said = capsys.readouterr().out.splitlines()
    assert ["nothing is seeded" in line for line in said] == [True, False, True]
