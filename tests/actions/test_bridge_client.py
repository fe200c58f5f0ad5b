"""Every way the bridge can answer has its own error, and none takes longer than the budget."""

from __future__ import annotations

import pytest

from actions.bridge_client import BridgeClient
from actions.bridge_errors import (
    BridgeAway,
    BridgeError,
    Conflict,
    GrantRequired,
    NotFound,
    Refused,
    TooMany,
)
from tests.actions.fake_bridge import FakeBridge

CONVERSATION = {"id": "c1", "channel": "api", "account": "default", "handle": "h"}
DRAFT = {"topic": "other", "summary": "…"}


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "unauthenticated", Refused),
        (403, "grant_required", GrantRequired),
        (403, "forbidden", Refused),
        (404, "not_found", NotFound),
        (410, "gone", NotFound),
        (409, "conflict", Conflict),
        (422, "invalid", Refused),
        (429, "too_many", TooMany),
        (500, "internal", BridgeAway),
        (503, "temporary", BridgeAway),
    ],
)
async def test_a_status_is_an_error(
    bridge: FakeBridge, status: int, code: str, error: type[BridgeError]
) -> None:
    bridge.fail("/v1/orders", status, code)
    with pytest.raises(error):
        await BridgeClient().order("LA-20398", "c1")


async def test_too_many_says_when_to_come_back(bridge: FakeBridge) -> None:
    bridge.fail("/v1/verification", 429, "too_many", retry_after="30")
    with pytest.raises(TooMany) as caught:
        await BridgeClient().send_code(CONVERSATION, "LA-20398", "it", "k")
    assert caught.value.retry_after == 30


async def test_a_wrong_token_is_refused(bridge: FakeBridge) -> None:
    with pytest.raises(Refused):
        await BridgeClient(token="wrong").orders("c1")


async def test_nobody_listening_is_away(bridge: FakeBridge) -> None:
    bridge.stop()
    with pytest.raises(BridgeAway):
        await BridgeClient().orders("c1")


async def test_all_calls_share_one_budget(bridge: FakeBridge) -> None:
    bridge.stall("/v1/orders")
    client = BridgeClient(budget=0.2)
    with pytest.raises(BridgeAway):
        await client.orders("c1")
    # The bridge would answer this one: the first call has used up what the action had.
    with pytest.raises(BridgeAway):
        await client.orders("c1")


async def test_a_connection_that_breaks_is_tried_once_more(
    bridge: FakeBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.stop()
    attempts = []

    async def listen_again(_: float) -> None:
        attempts.append(1)
        bridge.start()

    monkeypatch.setattr("actions.bridge_client.asyncio.sleep", listen_again)
    opened = await BridgeClient().open_case(CONVERSATION, DRAFT, "it", "k")
    assert opened["reference"].startswith("C-")
    assert len(attempts) == 1


async def test_the_same_key_acts_once(bridge: FakeBridge) -> None:
    first = await BridgeClient().open_case(CONVERSATION, DRAFT, "it", "k")
    again = await BridgeClient().open_case(CONVERSATION, DRAFT, "it", "k")
    assert first == again
    assert len(bridge.cases) == 1
    with pytest.raises(Conflict):
        await BridgeClient().open_case(CONVERSATION, {**DRAFT, "summary": "!"}, "it", "k")


async def test_a_return_is_announced_once_and_listed(bridge: FakeBridge) -> None:
    bridge.grant("c1", "paolo")
    client = BridgeClient()
    draft = {"kind": "return", "reason": "changed_mind", "items": [{"position": 0, "quantity": 3}]}
    made = await client.announce_return("LA-20372", CONVERSATION, draft, "it", "k")
    assert (made["status"], made["amount"], made["label_cost"]) == ("announced", 29.6, 4.9)
    assert await client.returns("c1") == [made]
    [seen] = (await client.order("LA-20372", "c1"))["returns"]
    assert seen["reference"] == made["reference"]
    with pytest.raises(Conflict) as caught:
        await client.announce_return("LA-20372", CONVERSATION, draft, "it", "k2")
    assert caught.value.code == "already_returned"


async def test_what_never_arrived_is_too_early_to_return(bridge: FakeBridge) -> None:
    bridge.grant("c1", "giulia")
    draft = {"kind": "return", "reason": "other", "items": None, "details": ""}
    with pytest.raises(Conflict) as caught:
        await BridgeClient().announce_return("LA-20398", CONVERSATION, draft, "it", "k")
    assert caught.value.code == "too_late"
    [call] = bridge.calls("POST", "/v1/orders/LA-20398/returns")
    assert set(call["body"]) == {"conversation", "language", "kind", "reason"}


async def test_an_address_is_changed_until_the_order_is_packed(bridge: FakeBridge) -> None:
    bridge.grant("c1", "tom")
    bridge.grant("c2", "piet")
    client = BridgeClient()
    order = await client.change_address("LA-20400", CONVERSATION, "4 Mill Lane\nLeeds", "k")
    assert order["ships_to"] == "4 Mill Lane, Leeds"
    with pytest.raises(Conflict) as caught:
        await client.change_address("LA-20397", {**CONVERSATION, "id": "c2"}, "Elsewhere 1", "k")
    assert caught.value.code == "too_late"


async def test_invoices_points_and_codes(bridge: FakeBridge) -> None:
    bridge.grant("c1", "tom")
    client = BridgeClient()
    sent = await client.send_invoice("LA-20400", CONVERSATION, "en", "k")
    assert (sent["number"][:5], sent["sent_to"]) == ("2026/", "t•••m@example.com")
    assert (await client.loyalty("c1"))["worth"] == 10.0
    assert (await client.promotion(" benvenuto 10 ", "it"))["code"] == "BENVENUTO10"
    with pytest.raises(NotFound):
        await client.promotion("NIENTE", "it")
    with pytest.raises(GrantRequired):
        await client.loyalty("c9")
