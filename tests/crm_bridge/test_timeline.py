"""Interactions are stored once, under whom they happened with."""

from __future__ import annotations

from typing import Any

import pytest

from crm_bridge.cases.models import Case
from crm_bridge.timeline.models import Interaction
from crm_bridge.timeline.schemas import TimelineEntry
from runtime.clock import from_iso
from tests.crm_bridge.world import GATEWAY, World, ref


def item(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "key": name,
        "conversation": ref(),
        "direction": "in",
        "role": "customer",
        "at": "2026-05-28T10:00:00Z",
        **fields,
    }


async def store(world: World, *items: dict[str, Any], **options: Any) -> dict[str, Any]:
    answer = await world.call(
        "POST", "/v1/interactions", {"interactions": list(items)}, token=GATEWAY, **options
    )
    assert answer.status_code == 200, answer.text
    stored: dict[str, Any] = answer.json()
    return stored


async def test_everything_that_was_said_is_kept(world: World) -> None:
    said = item(
        "m1", kind="comment", text="Che bel filato 🧶", language="it", intent="product_question",
        confidence=0.875, public=True, sender_name="Giulia", sender_email="g@example.com",
        data={"external_id": "42", "nested": {"list": [1, 2.5, None, True]}},
        at="2026-05-28T12:00:00+02:00",
    )  # fmt: skip
    assert await store(world, said) == {"stored": 1, "duplicates": 0}
    (row,) = await world.rows(Interaction)
    assert (row.kind, row.text, row.language) == ("comment", "Che bel filato 🧶", "it")
    assert (row.intent, row.confidence, row.public) == ("product_question", 0.875, True)
    assert row.data == {"external_id": "42", "nested": {"list": [1, 2.5, None, True]}}
    assert row.at == from_iso("2026-05-28T10:00:00Z")


TONE = {
    "polarity": "negative",
    "score": 0.9,
    "anger": 0.8,
    "urgency": 0.1,
    "angry": True,
    "urgent": False,
}


async def test_the_tone_of_a_message_is_kept_beside_its_data(world: World) -> None:
    await store(world, item("m1", text="uffa", tone=TONE, data={"external_id": "42"}))
    (row,) = await world.rows(Interaction)
    assert row.data == {"external_id": "42", "tone": TONE}
    assert row.tone == TONE


def test_an_agent_sees_what_is_worth_a_word_of_the_tone() -> None:
    row = Interaction(
        at=0.0, channel="api", role="customer", kind="message", text="uffa", data={"tone": TONE}
    )
    tone = TimelineEntry.model_validate(row).tone
    assert tone is not None
    assert tone.model_dump() == {"polarity": "negative", "angry": True, "urgent": False}
    row.data = {}
    assert TimelineEntry.model_validate(row).tone is None


@pytest.mark.parametrize("wrong", [{"polarity": "furious"}, {"anger": 2}, {"text": "uffa"}])
async def test_a_tone_holds_nothing_but_the_tone(world: World, wrong: dict[str, Any]) -> None:
    body = {"interactions": [item("m1", tone={**TONE, **wrong})]}
    answer = await world.call("POST", "/v1/interactions", body, token=GATEWAY)
    assert answer.status_code == 422


async def test_a_key_is_stored_once_in_one_batch_and_over_several(world: World) -> None:
    assert await store(world, item("m1"), item("m2"), item("m1")) == {"stored": 2, "duplicates": 1}
    assert await store(world, item("m2"), item("m3")) == {"stored": 1, "duplicates": 1}
    assert sorted(row.key for row in await world.rows(Interaction)) == ["m1", "m2", "m3"]


async def test_a_batch_may_hold_many_conversations_in_any_order(world: World) -> None:
    batch = [
        item(f"m{n}", conversation=ref(f"c{n % 3}", f"h{n % 5}"), at=f"2026-05-{28 - n:02}")
        for n in range(20)
    ]
    assert await store(world, *batch) == {"stored": 20, "duplicates": 0}
    assert len({row.person_id for row in await world.rows(Interaction)}) == 5


async def test_two_hundred_at_once_and_no_more(world: World) -> None:
    assert (await store(world, *(item(f"m{n}") for n in range(200))))["stored"] == 200
    body = {"interactions": [item(f"n{n}") for n in range(201)]}
    answer = await world.call("POST", "/v1/interactions", body, token=GATEWAY)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "interactions"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("direction", "sideways"),
        ("role", "robot"),
        ("kind", "Message!"),
        ("at", "yesterday"),
        ("at", "1812-12-24T00:00:00Z"),
        ("at", "9999-12-31T23:59:59-14:00"),
        ("confidence", 1.5),
        ("key", ""),
        ("key", "k" * 201),
        ("text", "x" * 20_001),
        ("data", []),
        ("conversation", {**ref(), "handle": ""}),
        ("unheard_of", 1),
    ],
)
async def test_what_cannot_be_right_is_refused_and_named(
    world: World, field: str, value: Any
) -> None:
    body = {"interactions": [item("good"), item("m1", **{field: value})]}
    answer = await world.call("POST", "/v1/interactions", body, token=GATEWAY)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"].startswith(f"interactions.1.{field}")
    assert not await world.rows(Interaction)


async def test_two_conversations_that_were_one(world: World) -> None:
    one, other = ref("c1", "h1"), ref("c2", "h2")
    await store(world, item("m1", conversation=one), item("m2", conversation=other))
    case = {"conversation": other, "topic": "delivery_problem", "summary": "Il pacco."}
    assert (await world.call("POST", "/v1/cases", case)).status_code == 201
    for _ in range(2):
        answer = await world.call(
            "POST",
            "/v1/interactions/merges",
            {"from": "c2", "into": "c1"},
            token=GATEWAY,
            key="merge:c2",
        )
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"interactions": 1, "cases": 1}
    rows = {row.key: row for row in await world.rows(Interaction)}
    assert {row.conversation for row in rows.values()} == {"c1"}
    assert {row.conversation for row in await world.rows(Case)} == {"c1"}
    # Two people spoke there, and stay two.
    assert rows["m1"].person_id != rows["m2"].person_id
