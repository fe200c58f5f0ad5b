"""Handles, contacts, joins and taking joins back."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crm_bridge.cases.models import Case
from crm_bridge.people import masking
from crm_bridge.people.models import Identity, Join, Person
from crm_bridge.timeline.models import Interaction
from tests.crm_bridge.world import ACTIONS, GATEWAY, World, ref


async def undo(world: World, join: str, **options: Any) -> Any:
    options.setdefault("token", GATEWAY)
    return await world.call("POST", f"/v1/joins/{join}/undo", params={"by": "marta"}, **options)


async def owners(world: World) -> dict[str, str]:
    """Whose each interaction is, by its text."""
    return {row.text: row.person_id for row in await world.rows(Interaction)}


async def test_who_writes_for_the_first_time_becomes_a_contact(world: World) -> None:
    await world.say(ref(), sender_name="Giulia su Telegram", language="en")
    (person,) = await world.rows(Person)
    (identity,) = await world.rows(Identity)
    assert (person.kind, person.language, person.first_name) == ("contact", "en", None)
    assert identity.display_name == "Giulia su Telegram"
    assert await world.level(ref()) == "unknown"


async def test_a_handle_seen_by_many_at_once_is_one_contact(world: World) -> None:
    await asyncio.gather(*(world.say(ref(), f"ciao {n}") for n in range(10)))
    assert len(await world.rows(Person)) == 1
    assert len(await world.rows(Identity)) == 1
    assert len(await world.rows(Interaction)) == 10


async def test_the_same_handle_on_another_channel_or_account_is_somebody_else(
    world: World,
) -> None:
    await world.say(ref(channel="api"))
    await world.say(ref(channel="web"))
    await world.say({**ref(), "account": "second-shop"})
    assert len(await world.rows(Person)) == 3


async def test_a_proof_joins_the_contact_with_all_it_said_to_the_person(world: World) -> None:
    giulia = await world.customer_with_order()
    await world.say(ref(), "prima")
    case = {"conversation": ref(), "topic": "other", "summary": "s", "language": "it"}
    await world.call("POST", "/v1/cases", case)
    contact = await world.handle_owner("handle-1")

    await world.verify(ref())
    await world.say(ref(), "dopo")

    assert await owners(world) == {"prima": giulia, "dopo": giulia}
    assert [row.person_id for row in await world.rows(Case)] == [giulia]
    (join,) = await world.rows(Join)
    assert (join.from_person, join.into_person) == (contact, giulia)
    assert (join.moved_interactions, join.moved_cases) == (1, 1)
    found = await world.call("GET", f"/v1/people/{contact}", token=GATEWAY)
    assert found.json()["person"]["id"] == giulia


async def test_a_handle_verified_before_is_recognised_without_a_new_proof(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref("c1"))
    assert await world.level(ref("c2")) == "recognised"
    assert len(await world.rows(Join)) == 1
    await world.verify(ref("c2"))
    assert len(await world.rows(Join)) == 1


async def test_a_join_taken_back_returns_everything_said_through_the_handle(
    world: World,
) -> None:
    giulia = await world.customer_with_order()
    await world.say(ref(handle="other"), "di un altro")
    await world.say(ref(), "prima")
    contact = await world.handle_owner("handle-1")
    await world.verify(ref())
    await world.say(ref(), "dopo")
    other = await world.handle_owner("other")

    listed = await world.call("GET", f"/v1/people/{giulia}/joins", token=GATEWAY)
    (join,) = listed.json()["joins"]
    answer = await undo(world, join["id"])

    assert answer.status_code == 200
    assert answer.json()["undone_by"] == "marta"
    assert await owners(world) == {"di un altro": other, "prima": contact, "dopo": contact}
    assert await world.level(ref()) == "unknown"
    orders = await world.call("GET", "/v1/orders", params={"conversation": "c1"})
    assert orders.status_code == 403
    found = await world.call("GET", f"/v1/people/{contact}", token=GATEWAY)
    assert found.json()["person"]["id"] == contact


async def test_a_join_is_taken_back_once(world: World) -> None:
    await world.customer_with_order()
    await world.verify(ref())
    (join,) = await world.rows(Join)
    answers = await asyncio.gather(*(undo(world, join.id) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert (await undo(world, "j_nothing")).status_code == 404
    assert (await undo(world, join.id, token=ACTIONS)).status_code == 403


async def test_after_a_join_was_taken_back_a_new_proof_joins_again(world: World) -> None:
    giulia = await world.customer_with_order()
    await world.say(ref(), "prima")
    await world.verify(ref())
    (join,) = await world.rows(Join)
    await undo(world, join.id)
    world.clock.advance(1)
    await world.verify(ref())
    assert await owners(world) == {"prima": giulia}


async def test_a_handle_that_proves_another_customer_moves_alone_and_loses_nothing(
    world: World,
) -> None:
    giulia = await world.customer_with_order("LA-20398")
    emma = await world.customer_with_order("LA-20391", first_name="Emma")
    await world.say(ref(), "da Giulia")
    await world.verify(ref(), "LA-20398")
    world.clock.advance(60)
    await world.verify(ref(), "LA-20391")
    await world.say(ref(), "da Emma")
    assert await owners(world) == {"da Giulia": giulia, "da Emma": emma}

    first, second = sorted(await world.rows(Join), key=lambda join: join.at)
    blocked = await undo(world, first.id)
    assert blocked.status_code == 409
    assert blocked.json()["error"]["code"] == "joined_again"
    assert (await undo(world, second.id)).status_code == 200
    assert await owners(world) == {"da Giulia": giulia, "da Emma": giulia}
    assert await world.level(ref()) == "recognised"


async def test_interactions_that_arrive_while_a_proof_joins_are_not_left_behind(
    world: World,
) -> None:
    giulia = await world.customer_with_order()
    await world.say(ref(), "inizio")
    challenge = await world.challenge(ref())
    await world.deliver()
    await asyncio.gather(
        world.answer(ref(), challenge, world.outbox.code()),
        *(world.say(ref(), f"insieme {n}") for n in range(8)),
    )
    assert set((await owners(world)).values()) == {giulia}


async def test_people_are_shown_masked_and_only_if_they_exist(world: World) -> None:
    giulia = await world.customer_with_order()
    answer = await world.call("GET", f"/v1/people/{giulia}", token=GATEWAY)
    assert answer.json()["person"]["email"] == "g•••s@example.com"
    assert answer.json()["person"]["phone"] == "+39 ••• 42"
    assert "ferraris@" not in answer.text
    assert (await world.call("GET", "/v1/people/p_x", token=GATEWAY)).status_code == 404
    assert (await world.call("GET", "/v1/people/p_x/joins", token=GATEWAY)).status_code == 404


def test_masks_keep_enough_to_recognise() -> None:
    assert masking.email("giulia@example.com") == "g•••a@example.com"
    assert masking.email("al@example.com") == "a•••@example.com"
    assert masking.email(None) is None
    assert masking.phone("0155550142") == "••• 42"
    assert masking.phone("112") == "•••"
    assert masking.handle("giulia@example.com") == "g•••a@example.com"
    assert masking.handle("@giulia_knits") == "@giulia_knits"
    assert masking.handle("+39 333 555 0101") == "+39 ••• 01"


@given(name=st.text(min_size=3, max_size=20), domain=st.sampled_from(["example.com"]))
def test_a_masked_address_never_shows_the_whole_name(name: str, domain: str) -> None:
    masked = masking.email(f"{name}@{domain}")
    assert masked is not None
    assert masked.endswith(f"@{domain}")
    assert len(masked.rpartition("@")[0]) <= 5
