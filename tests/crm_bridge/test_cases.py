"""Cases: opened without a grant, changed by agents, found by conversation and person."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from crm_bridge.cases import service
from crm_bridge.cases.models import Case, CaseChange
from crm_bridge.cases.references import ALPHABET, new_reference
from crm_bridge.cases.schemas import CaseOpening
from tests.crm_bridge.statements import Statements
from tests.crm_bridge.world import ACTIONS, GATEWAY, World, ref


def opening(conversation: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "conversation": conversation or ref(),
        "topic": "delivery_problem",
        "summary": "Il pacco non è arrivato.",
        "language": "it",
        **fields,
    }


async def open_case(world: World, **fields: Any) -> dict[str, Any]:
    answer = await world.call("POST", "/v1/cases", opening(**fields))
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    return case


async def listed(world: World, conversation: str) -> list[str]:
    answer = await world.call(
        "GET", "/v1/cases", params={"conversation": conversation}, token=GATEWAY
    )
    return [case["reference"] for case in answer.json()["cases"]]


async def test_anybody_may_open_a_case_and_nothing_is_read_from_the_order(world: World) -> None:
    await world.customer_with_order()
    with Statements() as statements:
        case = await open_case(world, order_number="la 20398")
    assert re.fullmatch(f"C-[{ALPHABET}]{{5}}", case["reference"])
    assert (case["status"], case["order_number"]) == ("open", "LA-20398")
    assert not [text for text in statements.texts if "orders" in text]
    assert "Giulia" not in str(case)


async def test_a_reference_that_is_taken_is_not_given_twice(world: World) -> None:
    names = iter(["C-22222", "C-22222", "C-22222", "C-33333"])
    body = CaseOpening.model_validate(opening())

    def two(session: Any) -> list[str]:
        return [
            service.open_case(session, body, 1.8e9, lambda: next(names)).reference for _ in range(2)
        ]

    assert await world.run(two) == ["C-22222", "C-33333"]


def test_references_use_only_letters_that_cannot_be_misread() -> None:
    assert not set("01ILOU") & set(ALPHABET)
    assert len({new_reference() for _ in range(200)}) > 190


async def test_an_agent_changes_a_case_and_every_change_is_remembered(world: World) -> None:
    reference = (await open_case(world))["reference"]
    path = f"/v1/cases/{reference.lower()}"
    world.clock.advance(60)
    await world.call("PATCH", path, {"promise": "Un nuovo gomitolo"}, token=GATEWAY)
    await world.call("PATCH", path, {"status": "waiting", "promise": "Entro lunedì"}, token=GATEWAY)
    answer = await world.call(
        "PATCH", path, {"status": "resolved", "outcome": "Spedito di nuovo"}, token=GATEWAY
    )
    case = answer.json()
    assert (case["status"], case["promise"]) == ("resolved", "Entro lunedì")
    assert case["closed_at"] == case["updated_at"] != case["opened_at"]
    changes = sorted(await world.rows(CaseChange), key=lambda change: change.id)
    assert [change.promise for change in changes] == ["Un nuovo gomitolo", "Entro lunedì", None]
    assert {change.by for change in changes} == {"gateway"}

    again = await world.call("PATCH", path, {"status": "open"}, token=GATEWAY)
    assert again.json()["closed_at"] is None


async def test_only_the_gateway_changes_and_lists_cases(world: World) -> None:
    reference = (await open_case(world))["reference"]
    change = await world.call(
        "PATCH", f"/v1/cases/{reference}", {"status": "resolved"}, token=ACTIONS
    )
    listing = await world.call("GET", "/v1/cases", params={"conversation": "c1"}, token=ACTIONS)
    assert (change.status_code, listing.status_code) == (403, 403)


async def test_an_empty_change_is_refused(world: World) -> None:
    reference = (await open_case(world))["reference"]
    answer = await world.call("PATCH", f"/v1/cases/{reference}", {}, token=GATEWAY)
    assert answer.status_code == 422


async def test_changes_at_the_same_time_are_all_remembered(world: World) -> None:
    reference = (await open_case(world))["reference"]
    await asyncio.gather(
        *(
            world.call("PATCH", f"/v1/cases/{reference}", {"promise": f"p{n}"}, token=GATEWAY)
            for n in range(6)
        )
    )
    changes = await world.rows(CaseChange)
    (case,) = await world.rows(Case)
    assert {change.promise for change in changes} == {f"p{n}" for n in range(6)}
    assert case.promise == max(changes, key=lambda change: change.id).promise


async def test_a_conversation_lists_its_cases_and_those_of_its_person(world: World) -> None:
    await world.customer_with_order()
    await world.say(ref("old", "telegram-giulia", "telegram"))
    await world.verify(ref("old", "telegram-giulia", "telegram"))
    old = await open_case(world, conversation=ref("old", "telegram-giulia", "telegram"))
    world.clock.advance(60)
    here = await open_case(world, conversation=ref("new", "web-giulia"))
    await open_case(world, conversation=ref("c9", "somebody-else"))
    assert await listed(world, "new") == [here["reference"]]

    await world.say(ref("new", "web-giulia"))
    await world.verify(ref("new", "web-giulia"))
    assert await listed(world, "new") == [here["reference"], old["reference"]]
    assert await listed(world, "nowhere") == []
