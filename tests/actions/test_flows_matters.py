"""Each matter against a bridge: begun with what was said, done once, honest about what can't be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.actions.conftest import CONVERSATION, Outcome, perform
from tests.actions.fake_bridge import FakeBridge

STATUS = "action_order_status"
SHOW = "action_show_order"
FINISH = "action_finish_request"
OWNERS = {"LA-20381": "carla", "LA-20384": "bruno", "LA-20400": "tom", "LA-20399": "nora"}


async def wish(text: str, intent: str, number: str | None = None, **options: Any) -> Outcome:
    """The first message about a matter."""
    entities = {"order_number": number} if number else {}
    return await perform(
        STATUS, text, intent, entities=entities | options.pop("tap", {}), **options
    )


async def finish(request: dict[str, Any], **options: Any) -> Outcome:
    """Everything is said and confirmed."""
    return await perform(FINISH, "sì", "affirm", slots={"request": request}, **options)


def returning(**data: Any) -> dict[str, Any]:
    lines = [
        {"position": 0, "name": "Mucrone Granito (lana aran, 100 g)", "quantity": 6},
        {"position": 1, "name": "Ferri circolari in bambù 4 mm", "quantity": 1},
        {"position": 2, "name": "Cardigan Betulla, taglia M", "quantity": 1},
    ]
    known = {
        "items": [2],
        "quantity": None,
        "reason": "size",
        "details": "è grande",
        "confirm": True,
    }
    return {
        "matter": data.pop("matter", "return_item"),
        "order": {"number": "LA-20381", "items": lines},
        "data": {**known, **data},
    }


@pytest.fixture
def carla(bridge: FakeBridge) -> FakeBridge:
    """A verified customer whose order came six days ago."""
    bridge.grant(CONVERSATION, "carla")
    return bridge


# Begun


@pytest.mark.parametrize(
    "intent",
    ["return_item", "exchange_item", "refund_status", "change_address", "invoice_request"],
)
async def test_a_stranger_is_verified_first_and_nothing_is_lost(
    bridge: FakeBridge, intent: str
) -> None:
    outcome = await wish("il cardigan è troppo grande, ve lo rimando", intent, "LA-20381")
    assert outcome.slots["order_access"] == "needed"
    assert outcome.slots["matter"] == intent
    assert outcome.slots["wish"] == "il cardigan è troppo grande, ve lo rimando"
    assert outcome.responses == []


async def test_what_was_said_before_the_code_is_known_after_it(carla: FakeBridge) -> None:
    slots = {
        "matter": "return_item",
        "wish": "voglio rendere 2 gomitoli, mi sono avanzati",
        "order_number": "LA-20381",
    }
    outcome = await perform(SHOW, "482913", "inform", slots=slots)
    assert outcome.slots["order_access"] == "form"
    data = outcome.slots["request"]["data"]
    assert (data["items"], data["quantity"], data["reason"]) == ([0], 2, "changed_mind")


async def test_a_verified_customers_only_fitting_order_is_taken(carla: FakeBridge) -> None:
    outcome = await wish("vorrei fare un reso", "return_item")
    assert outcome.slots["request"]["order"]["number"] == "LA-20381"
    assert outcome.slots["request"]["data"].get("items") is None


async def test_of_several_orders_the_words_choose(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "bruno")
    outcome = await wish("vorrei rendere i gomitoli", "return_item")
    assert outcome.slots["request"]["order"]["number"] == "LA-20383"
    outcome = await wish("vorrei fare un reso", "return_item")
    assert outcome.responses == ["utter_choose_order"]
    assert len(outcome.buttons) == 2


async def test_a_return_that_becomes_an_exchange_keeps_the_pieces(carla: FakeBridge) -> None:
    before = returning(confirm=None)
    outcome = await wish(
        "vorrei un cambio con la L",
        "exchange_item",
        slots={"request": before, "order_number": "LA-20381"},
        form="request_form",
    )
    data = outcome.slots["request"]["data"]
    assert (data["items"], data["reason"], data["wanted"]) == ([2], "size", "la L")


@pytest.mark.parametrize(
    ("number", "person", "intent", "response"),
    [
        ("LA-20310", "bruno", "return_item", "utter_return_too_late"),
        ("LA-20310", "bruno", "exchange_item", "utter_return_too_late"),
        ("LA-20398", "giulia", "return_item", "utter_return_not_there_yet"),
        ("LA-20341", "ugo", "return_item", "utter_return_known"),
        ("LA-20397", "piet", "change_address", "utter_address_too_late"),
        ("LA-20372", "paolo", "change_address", "utter_address_over"),
        ("LA-20341", "ugo", "refund_status", "utter_refund_sent"),
        ("LA-20342", "vera", "refund_status", "utter_refund_due"),
        ("LA-20344", "posted", "refund_status", "utter_refund_waits"),
        ("LA-20372", "paolo", "refund_status", "utter_refund_nothing"),
        ("LA-20372", "paolo", "invoice_request", "utter_invoice_sent"),
        ("LA-20381", "carla", "invoice_request", "utter_invoice_no_address"),
        ("LA-20399", "nora", "invoice_request", "utter_invoice_not_yet"),
    ],
)
async def test_what_can_be_told_is_told_at_once(
    bridge: FakeBridge, number: str, person: str, intent: str, response: str
) -> None:
    bridge.grant(CONVERSATION, person)
    for language in ("it", "en"):
        outcome = await wish(
            "mi serve per favore", intent, number, language=language, message_id=f"m-{language}"
        )
        assert outcome.responses == [response]
        assert outcome.slots["order_access"] == "answered"


@pytest.mark.parametrize(
    ("intent", "response"),
    [
        ("return_item", "utter_return_no_order"),
        ("exchange_item", "utter_exchange_no_order"),
        ("refund_status", "utter_refund_none"),
        ("invoice_request", "utter_invoice_none"),
    ],
)
async def test_where_no_order_fits_it_says_so(
    bridge: FakeBridge, intent: str, response: str
) -> None:
    bridge.grant(CONVERSATION, "nora")
    assert (await wish("mi serve per favore", intent)).responses == [response]


@pytest.mark.parametrize("intent", ["return_item", "refund_status", "loyalty_points"])
async def test_where_others_read_along_nothing_is_done(carla: FakeBridge, intent: str) -> None:
    outcome = await wish("fatemi vedere i miei punti", intent, public=True)
    assert outcome.responses == ["utter_write_privately"]
    assert carla.requests == []


@pytest.mark.parametrize(
    ("text", "intent", "asks"),
    [
        ("come faccio a rendere un maglione?", "return_item", True),
        ("how long do I have to return it", "return_item", True),
        ("si può cambiare la taglia?", "exchange_item", True),
        ("quanto tempo ci vuole per il rimborso", "refund_status", True),
        ("come funzionano i punti", "loyalty_points", True),
        ("fate fattura con partita iva?", "invoice_request", True),
        ("ci sono sconti adesso", "promo_code", True),
        ("voglio rendere il cardigan", "return_item", False),
        ("dov'è il mio rimborso", "refund_status", False),
        ("quanti punti ho", "loyalty_points", False),
        ("my points balance please", "loyalty_points", False),
        ("mi serve la fattura", "invoice_request", False),
        ("il codice non funziona", "promo_code", False),
    ],
)
async def test_a_question_about_how_it_works_gets_an_article(
    bridge: FakeBridge, text: str, intent: str, asks: bool
) -> None:
    language = "en" if text.split(maxsplit=1)[0] in ("how", "my") else "it"
    outcome = await wish(text, intent, language=language)
    assert ("utter_answer_matter" in outcome.responses or bool(
        {"utter_offer_matter", "utter_answer", "utter_no_answer"} & set(outcome.responses)
    )) is asks  # fmt: skip


# Done


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
    assert outcome.responses == ["utter_order_not_shown"]
    assert outcome.slots["open_question"] == "offer_person"
    assert bridge.returned == []


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


@pytest.mark.parametrize(
    ("code", "response"),
    [
        ("LETTERA5", ["utter_promo_valid", "utter_promo_minimum", "utter_promo_until",
                      "utter_promo_note"]),
        ("ESTATE15", ["utter_promo_expired"]),
        ("NEVE12", ["utter_promo_not_started"]),
        ("RUGIADA20", ["utter_promo_used_up"]),
        ("PIPPO99", ["utter_promo_unknown"]),
    ],
)  # fmt: skip
async def test_a_code_is_told_to_anybody(
    bridge: FakeBridge, code: str, response: list[str]
) -> None:
    outcome = await wish(f"il codice {code} non va", "promo_code")
    assert outcome.responses == response
    assert outcome.slots["order_access"] == "answered"


async def test_points_need_a_proof_and_no_order(bridge: FakeBridge) -> None:
    assert (await wish("quanti punti ho?", "loyalty_points")).slots["order_access"] == "needed"
    bridge.grant(CONVERSATION, "giulia")
    assert (await wish("quanti punti ho?", "loyalty_points")).responses == ["utter_points_expiring"]
    bridge.points = {"points": 0, "worth": 0.0, "tier": None, "next_expiry": None, "expiring": 0}
    assert (await wish("quanti punti ho?", "loyalty_points")).responses == ["utter_points_none"]


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
