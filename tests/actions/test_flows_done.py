"""How a matter ends: done once, honest about what can't be, or in a person's hands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.actions.conftest import CONVERSATION, perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.matter import finish, returning


async def test_a_return_is_announced_once_under_its_key(carla: FakeBridge) -> None:
    first = await finish(returning())
    again = await finish(returning())
    assert first.responses == again.responses == ["utter_return_done"]
    [made] = carla.returned
    assert made["items"] == [{"name": "Cardigan Betulla, taglia M", "quantity": 1}]
    keys = {call["key"] for call in carla.calls("POST", "/v1/orders/LA-20381/returns")}
    assert keys == {"t1:m2:action_finish_request:1"}
    assert first.slots["request"] is first.slots["matter"] is first.slots["wish"] is None
    assert first.signals["problem"] == {"topic": "return_refund"}
    assert made["reference"] in first.report["effect"]["it"]


async def test_pieces_of_several_lines_go_back_as_they_were_said(carla: FakeBridge) -> None:
    await finish(returning(items=[0, 1], quantity={"0": 2, "1": 1}))
    [call] = carla.calls("POST", "/v1/orders/LA-20381/returns")
    assert call["body"]["items"] == [
        {"position": 0, "quantity": 2},
        {"position": 1, "quantity": 1},
    ]


async def test_an_exchange_says_what_is_wanted(carla: FakeBridge) -> None:
    outcome = await finish(returning(matter="exchange_item", wanted="la L"), language="en")
    assert outcome.responses == ["utter_exchange_done"]
    [call] = carla.calls("POST", "/v1/orders/LA-20381/returns")
    assert (call["body"]["kind"], call["body"]["wanted"]) == ("exchange", "la L")


@pytest.mark.parametrize(
    ("code", "response"),
    [
        ("already_returned", "utter_return_known"),
        ("too_late", "utter_return_too_late"),
        ("not_returnable", "utter_return_not_taken"),
    ],
)
async def test_what_the_bridge_refuses_is_offered_to_colleagues(
    carla: FakeBridge, code: str, response: str
) -> None:
    carla.fail("/v1/orders/LA-20381/returns", 409, code)
    outcome = await finish(returning())
    assert outcome.responses == [response]
    assert outcome.slots["open_question"] == "offer_case"
    assert outcome.slots["case_draft"]["topic"] == "return_refund"


async def test_without_an_address_nobody_is_said_to_be_mailed(
    carla: FakeBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.actions import fake_after_sales as after_sales

    announced = after_sales.announced

    def unmailed(*args: Any) -> tuple[int, Any]:
        status, view = announced(*args)
        return status, {**view, "mailed": False}

    monkeypatch.setattr(after_sales, "announced", unmailed)
    outcome = await finish(returning())
    assert outcome.responses == ["utter_return_done_no_mail"]
    assert outcome.slots["open_question"] == "offer_case"


async def test_an_address_is_changed(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "tom")
    request = {
        "matter": "change_address",
        "order": {"number": "LA-20400"},
        "data": {"address": "7 Shuttle Row, Leeds LS6 4KM", "confirm": True},
    }
    outcome = await finish(request, language="en")
    assert outcome.responses == ["utter_address_changed"]
    [order] = bridge.people["tom"]
    assert order["ships_to"] == "7 Shuttle Row, Leeds LS6 4KM"
    order["allowed"]["change_address"] = False
    outcome = await finish(request, message_id="m3")
    assert outcome.responses == ["utter_address_too_late"]
    assert outcome.slots["open_question"] == "offer_case"


@pytest.mark.parametrize("matter", ["return_item", "change_address"])
async def test_the_grant_ran_out_before_the_yes(bridge: FakeBridge, matter: str) -> None:
    request = returning(matter=matter, address="via Roma 3, 28100 Novara")
    outcome = await finish(request)
    assert outcome.responses == []
    assert bridge.returned == []
    assert outcome.slots["request"]["data"]["confirm"] is None
    assert outcome.slots["matter"] == matter
    assert outcome.follows == "order_status_form"


@pytest.mark.parametrize("language", ["it", "en"])
async def test_a_broken_bridge_keeps_what_was_gathered(
    carla: FakeBridge, broken: Callable[[str], None], language: str
) -> None:
    broken("/v1/orders/LA-20381/returns")
    if carla.running:
        broken("/v1/orders/LA-20381/returns")
    outcome = await finish(returning(details="mi sta grande"), language=language)
    assert outcome.responses == ["utter_trouble_request"]
    draft = outcome.slots["case_draft"]
    assert draft["topic"] == "return_refund"
    assert draft["order_number"] == "LA-20381"
    assert "Cardigan Betulla" in draft["summary"]
    assert "mi sta grande" in draft["summary"]


async def test_whoever_takes_over_gets_what_was_gathered(carla: FakeBridge) -> None:
    slots = {"request": returning(quantity=None, confirm=None), "topic": "return_refund"}
    outcome = await perform(
        "action_request_person", "una persona", "talk_to_human", slots=slots, form="request_form"
    )
    assert outcome.handoff is not None
    known = outcome.handoff["collected"]
    assert known["matter"] == "return_item"
    assert known["order_number"] == "LA-20381"
    assert "Cardigan Betulla" in known["request"]
    assert outcome.slots["request"] is None


async def test_a_stranger_who_asks_for_a_person_needn_t_tell_the_wish_again() -> None:
    slots = {"matter": "return_item", "wish": "voglio rendere il cardigan"}
    outcome = await perform(
        "action_request_person", "un umano", "talk_to_human", slots=slots, form="order_status_form"
    )
    assert outcome.handoff is not None
    assert outcome.handoff["collected"]["request"] == "voglio rendere il cardigan"
