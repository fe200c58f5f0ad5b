"""Consents: on record as they are said, the newest counts, a withdrawal is never made hard."""

from __future__ import annotations

from typing import Any

import pytest

from crm_bridge.people.models import Consent
from tests.crm_bridge.world import ACTIONS, GATEWAY, World, ref


def change(**fields: Any) -> dict[str, Any]:
    return {
        "conversation": ref(),
        "purpose": "newsletter",
        "granted": False,
        "words": "toglietemi dalla newsletter",
        **fields,
    }


async def kept(world: World) -> list[tuple[str, bool, str]]:
    def read(session: Any) -> list[tuple[str, bool, str]]:
        rows = session.query(Consent).order_by(Consent.id)
        return [(row.purpose, row.granted, row.source) for row in rows]

    return await world.run(read)


async def test_a_strangers_withdrawal_is_recorded_with_their_words(world: World) -> None:
    answer = await world.call("POST", "/v1/consents", change())
    assert answer.status_code == 201
    assert answer.json()["granted"] is False
    # Nobody proved whose handle this is, so no address on file is taken to be theirs.
    assert answer.json()["has_email"] is False
    assert await kept(world) == [("newsletter", False, "api: toglietemi dalla newsletter")]


async def test_earlier_ones_are_kept(world: World) -> None:
    for granted in (True, False):
        await world.call("POST", "/v1/consents", change(granted=granted, words="ok"))
    await world.call("POST", "/v1/consents", change(purpose="messages", words="stop"))
    assert [row[:2] for row in await kept(world)] == [
        ("newsletter", True),
        ("newsletter", False),
        ("messages", False),
    ]


async def test_the_same_turn_twice_is_one_consent(world: World) -> None:
    for _ in range(2):
        await world.call("POST", "/v1/consents", change(), key="t1:m1:action_record:2")
    assert len(await kept(world)) == 1


async def test_only_the_bot_records_them(world: World) -> None:
    answer = await world.call("POST", "/v1/consents", change(), token=GATEWAY)
    assert answer.status_code == 403
    assert await kept(world) == []


@pytest.mark.parametrize(
    "fields", [{"purpose": "everything"}, {"words": ""}, {"granted": "perhaps"}, {"words": "\0"}]
)
async def test_nonsense_is_refused(world: World, fields: dict[str, Any]) -> None:
    answer = await world.call("POST", "/v1/consents", change(**fields), token=ACTIONS)
    assert answer.status_code == 422
    assert await kept(world) == []
