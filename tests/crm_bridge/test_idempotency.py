"""A changing call happens once, however often and however concurrently it is sent."""

from __future__ import annotations

import asyncio

from crm_bridge import housekeeping
from crm_bridge.cases.models import Case
from crm_bridge.idempotency.models import StoredAnswer
from crm_bridge.idempotency.service import KEPT_S
from crm_bridge.verification.models import Challenge
from tests.crm_bridge.world import GATEWAY, World, ref

CASE = {"conversation": ref(), "topic": "other", "summary": "Manca un gomitolo", "language": "it"}


async def test_the_same_key_and_body_give_the_same_answer_and_one_effect(world: World) -> None:
    first = await world.call("POST", "/v1/cases", CASE, key="t1:open_case:1")
    world.clock.advance(60)
    again = await world.call("POST", "/v1/cases", CASE, key="t1:open_case:1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await world.rows(Case)) == 1


async def test_key_order_and_spaces_in_the_json_do_not_make_another_body(world: World) -> None:
    await world.call("POST", "/v1/cases", CASE, key="k")
    shuffled = dict(reversed(CASE.items()))
    again = await world.call("POST", "/v1/cases", shuffled, key="k")
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_the_same_key_with_another_body_or_route_is_a_conflict(world: World) -> None:
    await world.call("POST", "/v1/cases", CASE, key="k")
    other_body = await world.call("POST", "/v1/cases", {**CASE, "summary": "altro"}, key="k")
    other_route = await world.call(
        "POST",
        "/v1/verification/challenges",
        {"conversation": ref(), "order_number": "LA-20398", "language": "it"},
        key="k",
    )
    for answer in (other_body, other_route):
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "idempotency_key_reused"
    assert not await world.rows(Challenge)


async def test_two_services_may_use_the_same_key(world: World) -> None:
    for token in (GATEWAY, None):
        options = {"token": token} if token else {}
        answer = await world.call("POST", "/v1/cases", CASE, key="k", **options)
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer.headers
    assert len(await world.rows(Case)) == 2


async def test_a_call_that_needs_a_key_refuses_without_one(world: World) -> None:
    headers = {"Authorization": f"Bearer {GATEWAY}"}
    answer = await world.http.post("/v1/cases", json=CASE, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "Idempotency-Key"


async def test_keys_that_cannot_be_keys_are_named(world: World) -> None:
    for key in ("", "with space", "x" * 201, "ключ".encode().decode("latin-1")):
        headers = {
            b"Authorization": f"Bearer {GATEWAY}".encode(),
            b"Idempotency-Key": key.encode("latin-1"),
        }
        answer = await world.http.post("/v1/cases", json=CASE, headers=headers)
        assert answer.status_code == 422, key
        assert answer.json()["error"]["field"] == "Idempotency-Key"


async def test_a_call_that_failed_may_be_sent_again_with_its_key(world: World) -> None:
    opened = (await world.call("POST", "/v1/cases", CASE)).json()["reference"]
    missing = await world.call(
        "PATCH", "/v1/cases/C-22222", {"status": "waiting"}, token=GATEWAY, key="k"
    )
    assert missing.status_code == 404
    found = await world.call(
        "PATCH", f"/v1/cases/{opened}", {"status": "waiting"}, token=GATEWAY, key="k"
    )
    assert found.status_code == 200


async def test_concurrent_duplicates_have_one_effect_and_one_answer(world: World) -> None:
    answers = await asyncio.gather(
        *(world.call("POST", "/v1/cases", CASE, key="t9:open_case:1") for _ in range(12))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 11
    assert len(await world.rows(Case)) == 1


async def test_stored_answers_are_forgotten_long_after_anybody_repeats_them(world: World) -> None:
    await world.call("POST", "/v1/cases", CASE, key="k")
    world.clock.advance(KEPT_S - 1)
    await housekeeping.forget(world.app.state.bridge)
    assert len(await world.rows(StoredAnswer)) == 1
    world.clock.advance(2)
    await housekeeping.forget(world.app.state.bridge)
    assert not await world.rows(StoredAnswer)


async def test_the_stored_hash_needs_the_key_to_be_guessed(world: World) -> None:
    world.app.state.bridge.secret = "another key"
    await world.call("POST", "/v1/cases", CASE, key="k1")
    world.app.state.bridge.secret = "one key"
    await world.call("POST", "/v1/cases", CASE, key="k2")
    first, second = await world.rows(StoredAnswer)
    assert first.request_hash != second.request_hash
