"""Every door wants its key: the bridge's routes, the bot's channel, what the public reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psutil
import pytest

from ops.system import System
from tests import asking
from tests.care import Agent, customer


def bridge_operations(system: System) -> Iterator[tuple[str, str, set[str]]]:
    """Method, path and needed scopes of all that the bridge serves."""
    described = asking.get(f"{system.bridge_url}/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield (
                method.upper(),
                re.sub(r"\{.*?\}", "LA-20398", path),
                set(operation.get("x-required-scopes", ())),
            )


def test_every_route_of_the_bridge_wants_a_token(care_system: System) -> None:
    guarded = 0
    for method, path, needed in bridge_operations(care_system):
        if path in ("/healthz", "/readyz"):
            continue
        assert needed, path
        url = f"{care_system.bridge_url}{path}"
        for token in ("", "Bearer", "Bearer 1234567890123456"):
            header = {"Authorization": token} if token else {}
            answer = asking.request(method, url, headers=header, json={})
            assert answer.status_code == 401, (method, path)
            guarded += 1
    assert guarded >= 40


def test_every_route_of_the_bridge_wants_its_own_scope(care_system: System) -> None:
    """What the actions may do the gateway may not, and the other way round."""
    orders = {"orders:read", "verification:write"}
    desk = {"interactions:write", "agent:read", "cases:read", "people:read", "people:write"}
    refused = 0
    for method, path, needed in bridge_operations(care_system):
        for name, lacking in (("GATEWAY", orders), ("ACTIONS", desk)):
            if needed & lacking:
                token = care_system.secret(f"BRIDGE_TOKEN_{name}")
                answer = asking.request(
                    method,
                    f"{care_system.bridge_url}{path}",
                    headers={"Authorization": f"Bearer {token}"},
                    json={},
                )
                assert answer.status_code == 403, (name, method, path)
                assert answer.json()["error"]["code"] == "scope_required"
                refused += 1
    assert refused >= 10


def test_orders_want_a_grant(care_system: System, marta: Agent) -> None:
    """The right scope isn't enough; an order that doesn't exist is refused in the same words."""
    with customer(care_system) as someone:
        someone.say("ciao")
        known = marta.find(someone.name)
    headers = {"Authorization": f"Bearer {care_system.secret('BRIDGE_TOKEN_ACTIONS')}"}
    answers = set()
    for path in ("/v1/orders/LA-20398", "/v1/orders/LA-99999", "/v1/orders"):
        for conversation in (known, "c0", "' OR 1=1 --", ""):
            answer = asking.get(
                f"{care_system.bridge_url}{path}",
                params={"conversation": conversation},
                headers=headers,
            )
            assert answer.status_code in (403, 422), (path, conversation)
            if answer.status_code == 403:
                answers.add(answer.text)
    assert len(answers) == 1
    assert "grant_required" in answers.pop()


def test_the_bots_channel_wants_its_token(care_system: System) -> None:
    [url] = care_system.rasa_urls
    other = care_system.secret("BRIDGE_TOKEN_GATEWAY")
    calls = {"turn": "POST", "events": "POST", "void-turn": "POST", "erase": "POST", "ready": "GET"}
    for call, method in calls.items():
        for header in (
            {},
            {"Authorization": "Bearer nobody"},
            {"Authorization": f"Bearer {other}"},
        ):
            answer = asking.request(
                method, f"{url}/webhooks/care/{call}", headers=header, content=b"{}"
            )
            assert answer.status_code == 401, call


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/rest/webhook",
        "/webhooks/callback/webhook",
        "/webhooks/socketio",
        "/socket.io/",
        "/conversations/x/tracker",
        "/conversations/x/messages",
        "/conversations/x/execute",
        "/model",
        "/model/parse",
        "/model/train",
        "/status",
        "/version",
        "/domain",
    ],
)
def test_rasa_has_no_other_door(care_system: System, path: str) -> None:
    [url] = care_system.rasa_urls
    for method in ("GET", "POST", "PUT", "DELETE"):
        assert asking.request(method, f"{url}{path}").status_code in (404, 405), method


def test_the_public_doors_want_a_key(care_system: System) -> None:
    url = care_system.gateway_url
    described = asking.get(f"{url}/openapi.json").json()["paths"]
    for path, methods in described.items():
        for method in methods:
            if path in ("/healthz", "/readyz"):
                continue
            filled = path.replace("{conversation}", "giulia").replace("{name}", "telegram")
            # A channel that isn't configured has no door at all.
            refusals = {404} if path == "/channels/{name}/webhook" else {401}
            for header in ({}, {"Authorization": "Bearer nobody"}):
                answer = asking.request(method.upper(), f"{url}{filled}", headers=header, json={})
                assert answer.status_code in refusals, (method, path)
    for path in ("conversations", "conversations/c0", "mails", "events", "session"):
        assert asking.get(f"{url}/console/api/{path}").status_code == 401, path
    for action in ("claim", "reply", "note", "return", "resolve", "brief"):
        answer = asking.post(f"{url}/console/api/conversations/c0/{action}", json={})
        assert answer.status_code == 401, action


def test_only_loopback_is_listened_on(care_system: System) -> None:
    listening = {}
    for name in care_system.names:
        leader = psutil.Process(care_system.pid(name))
        for process in (leader, *leader.children(recursive=True)):
            for connection in process.net_connections(kind="inet"):
                if connection.status == psutil.CONN_LISTEN:
                    listening.setdefault(name, set()).add(connection.laddr.ip)
    assert set(listening) == {"rasa", "actions", "bridge", "gateway"}, "Valkey has a socket file"
    assert set().union(*listening.values()) <= {"127.0.0.1", "::1"}
