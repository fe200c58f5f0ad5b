"""Where the money is: what was sent, what waits, what is overdue, and what is no refund at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from actions.dates import spoken, today
from tests.actions.conftest import CONVERSATION, Outcome
from tests.actions.fake_bridge import FakeBridge
from tests.actions.matter import wish

NUMBER = "LA-20342"
ANNOUNCED = {"reference": "R-AB2CD", "kind": "return", "status": "announced"}
EXCHANGE = {"reference": "R-EX2CH", "kind": "exchange", "status": "announced"}


def day(offset: int) -> str:
    """Days from today on the shop's calendar, which is ahead of UTC's around midnight."""
    return (today() + timedelta(days=offset)).isoformat()


def order_of_vera(bridge: FakeBridge, **changes: Any) -> None:
    bridge.grant(CONVERSATION, "vera")
    [order] = [one for one in bridge.people["vera"] if one["number"] == NUMBER]
    order.update(changes)


async def ask(language: str = "it") -> Outcome:
    return await wish("dov'è il rimborso", "refund_status", NUMBER, language=language)


@pytest.mark.parametrize("language", ["it", "en"])
async def test_an_exchange_is_no_refund(bridge: FakeBridge, language: str) -> None:
    order_of_vera(bridge, refund=None, returns=[EXCHANGE])
    outcome = await ask(language)
    assert outcome.responses == ["utter_refund_is_exchange"]
    assert "R-EX2CH" in outcome.text
    assert "R-EX2CH" in outcome.slots["case_draft"]["summary"]
    assert outcome.slots["open_question"] == "offer_case"


@pytest.mark.parametrize("language", ["it", "en"])
async def test_one_that_is_overdue_is_looked_into(bridge: FakeBridge, language: str) -> None:
    due = {"status": "due", "amount": 4200, "expected_by": day(-1)}
    order_of_vera(bridge, refund=due, returns=[])
    outcome = await ask(language)
    assert outcome.responses == ["utter_refund_late"]
    assert outcome.slots["case_draft"]["order_number"] == NUMBER
    assert outcome.slots["open_question"] == "offer_case"


async def test_one_that_is_due_today_still_has_the_day(bridge: FakeBridge) -> None:
    due = {"status": "due", "amount": 4200, "expected_by": day(0)}
    order_of_vera(bridge, refund=due, returns=[])
    outcome = await ask()
    assert outcome.responses == ["utter_refund_due"]
    assert spoken(today(), "it") in outcome.text


async def test_the_refund_of_one_return_does_not_hide_the_next(bridge: FakeBridge) -> None:
    sent = {"status": "sent", "amount": 4200, "at": day(-3)}
    order_of_vera(bridge, refund=sent, returns=[ANNOUNCED])
    outcome = await ask()
    assert outcome.responses == ["utter_refund_waits", "utter_refund_sent"]
    assert outcome.slots["open_question"] == "did_it_help"
