"""How a matter begins: who may, with what was said, and what is told at once."""

from __future__ import annotations

import pytest

from tests.actions.conftest import CONVERSATION, perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.matter import SHOW, returning, wish


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
