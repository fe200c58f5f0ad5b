"""Every route refuses by default: no token, the wrong scope, no grant."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter

from crm_bridge.access import SCOPES, GuardedRoute, scopes
from tests.crm_bridge.world import ACTIONS, GATEWAY, World, ref

TOKENS = {"gateway": GATEWAY, "actions": ACTIONS}
OPEN = {"/healthz", "/readyz"}
PERSONAL = ("/v1/orders", "/v1/orders/LA-20398", "/v1/returns", "/v1/loyalty")
CHANGES = ("cancellation", "address", "returns", "invoice")


def operations(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path with examples filled in, operation) of everything the app serves."""
    found = []
    for path, methods in world.app.openapi()["paths"].items():
        for method, operation in methods.items():
            filled = path.replace("{number}", "LA-20398").replace("{reference}", "C-7K2MP")
            filled = filled.replace("{person_id}", "p_1").replace("{join_id}", "j_1")
            filled = filled.replace("{code}", "BENVENUTO10").replace("{slug}", "tarme")
            assert "{" not in filled, f"say how to fill {path} in"
            found.append((method.upper(), filled, operation))
    return found


async def test_no_route_is_hidden_from_the_description(world: World) -> None:
    documented = {path for _, path, _ in operations(world)}
    assert {"/v1/interactions", "/v1/orders/LA-20398", "/v1/mails"} <= documented
    assert (await world.http.get("/docs")).status_code == 404


async def test_every_route_refuses_who_brings_no_known_token(world: World) -> None:
    bad = ["", "Bearer", "Bearer ", "Bearer nobody", f"Basic {GATEWAY}", f"Bearer {GATEWAY}x"]
    for method, path, _ in operations(world):
        if path in OPEN:
            continue
        for header in bad:
            answer = await world.http.request(
                method, path, headers={"Authorization": header}, content=b"{not json"
            )
            assert answer.status_code == 401, (method, path, header)
            assert answer.json()["error"]["code"] == "unauthenticated"


async def test_every_route_refuses_a_token_without_its_scopes(world: World) -> None:
    refused = 0
    for method, path, operation in operations(world):
        if path in OPEN:
            continue
        needed = set(operation["x-required-scopes"])
        assert needed, (method, path)
        for name, token in TOKENS.items():
            answer = await world.http.request(
                method, path, headers={"Authorization": f"Bearer {token}"}, content=b"{not json"
            )
            if needed <= SCOPES[name]:
                assert answer.status_code not in (401,), (method, path, name)
                continue
            refused += 1
            assert answer.status_code == 403, (method, path, name)
            assert answer.json()["error"]["code"] == "scope_required"
    assert refused >= 8


async def test_each_scope_is_held_by_the_services_that_the_contract_names(world: World) -> None:
    assert SCOPES["actions"] == {
        "brief:read",
        "orders:read",
        "orders:write",
        "verification:write",
        "cases:write",
        "consents:write",
        "knowledge:read",
        "loyalty:read",
        "promotions:read",
        "knowledge:write",
    }
    assert "orders:read" not in SCOPES["gateway"]
    assert "verification:write" not in SCOPES["gateway"]


@pytest.mark.parametrize("path", PERSONAL)
async def test_personal_routes_refuse_without_a_live_grant(world: World, path: str) -> None:
    await world.customer_with_order()
    await world.say(ref())
    answer = await world.call("GET", path, params={"conversation": "c1"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "grant_required"


async def test_the_only_routes_with_orders_scope_are_the_personal_ones(world: World) -> None:
    personal = {
        path
        for _, path, operation in operations(world)
        if {"orders:read", "loyalty:read"} & set(operation.get("x-required-scopes", []))
    }
    assert personal == {*PERSONAL, *(f"/v1/orders/LA-20398/{change}" for change in CHANGES)}


async def test_an_empty_token_in_the_settings_opens_nothing(world: World) -> None:
    world.app.state.bridge.access._tokens["actions"] = ""
    for header in ("Bearer ", "Bearer", ""):
        answer = await world.http.get("/v1/orders", headers={"Authorization": header})
        assert answer.status_code == 401


def test_a_route_without_scopes_cannot_be_defined() -> None:
    router = APIRouter(route_class=GuardedRoute)
    with pytest.raises(ValueError, match="names no scope"):
        router.get("/open-to-all")(lambda: None)
    with pytest.raises(ValueError, match="not a scope"):
        scopes("everything:write")
