"""Announcing returns, for tests."""

from __future__ import annotations

from typing import Any

from tests.crm_bridge.after_sales import NUMBER
from tests.crm_bridge.world import ACTIONS, World, ref

ONE = [{"position": 0, "quantity": 1}]


def asked(**fields: Any) -> dict[str, Any]:
    return {
        "conversation": ref(),
        "kind": "return",
        "reason": "changed_mind",
        "language": "it",
        **fields,
    }


async def announce(
    world: World, number: str = NUMBER, *, key: str | None = None, token: str = ACTIONS,
    **fields: Any,
) -> Any:  # fmt: skip
    path = f"/v1/orders/{number}/returns"
    return await world.call("POST", path, asked(**fields), key=key, token=token)


async def listed(world: World, conversation: str = "c1") -> list[dict[str, Any]]:
    answer = await world.call("GET", "/v1/returns", params={"conversation": conversation})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["returns"]
    return found
