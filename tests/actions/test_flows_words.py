"""Addresses, codes, money and the last yes, as customers write them."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.flows import address, confirming, promotions
from actions.flows.telling import money
from actions.turn import Turn


def turn(text: str, intent: str = "inform", **entities: str) -> Turn:
    message = {
        "text": text,
        "intent": {"name": intent},
        "entities": [{"entity": k, "value": v} for k, v in entities.items()],
    }
    return Turn(Tracker("c1", {}, message, [], False, None, {}, "action_listen"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("via dei Mulini 8, 13900 Biella", "via dei Mulini 8, 13900 Biella"),
        ("Ada\nCorso Torino 15/B\n10100 Torino", "Ada, Corso Torino 15/B, 10100 Torino"),
        ("no scusa, è via Roma 3, 28100 Novara, grazie!", "via Roma 3, 28100 Novara"),
        ("Cascina Rossa snc, 13900 Biella", "Cascina Rossa snc, 13900 Biella"),
        ("7 Shuttle Row, Leeds LS6 4KM", "7 Shuttle Row, Leeds LS6 4KM"),
        ("12 Kirkgate\nLeeds\nLS1 6BY\nEngland", "12 Kirkgate, Leeds, LS1 6BY, England"),
        ("Prinsengracht 12, 1016 GV Amsterdam", "Prinsengracht 12, 1016 GV Amsterdam"),
        ("via Roma 3, Novara", None),
        ("via Roma, 28100 Novara", None),
        ("13900", None),
        ("è via Roma 3, 28100 Novara?", None),
        ("🙂", None),
        ("x" * 3000, None),
        ("via Roma 3, 28100 " + "Novara " * 60, None),
    ],
)  # fmt: skip
def test_an_address_is_taken_whole_or_not_at_all(text: str, line: str | None) -> None:
    assert address.address_in(text) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("spedite l'ordine LA-20400 a via Roma 3, 28100 Novara", "via Roma 3, 28100 Novara"),
        ("ho sbagliato, l'indirizzo giusto è via Roma 3, 28100 Novara", "via Roma 3, 28100 Novara"),
        ("change the address of LA-20400 to 7 Mill Row, York YO1 7HU", "7 Mill Row, York YO1 7HU"),
        ("cambiate l'indirizzo dell'ordine 20400", None),
        ("ho fatto 2 ordini, LA-20400 e LA-20398, quale cambiate", None),
    ],
)  # fmt: skip
def test_an_address_in_the_first_message(text: str, line: str | None) -> None:
    assert address.address_in(text, wish=True) == line


@pytest.mark.parametrize(
    ("said", "lacks"),
    [("via Italia 14", "postcode"), ("via Italia, 13900 Biella", "house"), ("13900", "street")],
)
def test_what_is_missing_is_asked_and_completed(said: str, lacks: str) -> None:
    steps, order = address.Address(), {"number": "LA-20400"}
    part = steps.hear("address", turn(said), order, {})
    assert part is not None
    assert part["lacks"] == lacks
    assert steps.question("address", part) == f"utter_ask_change_address_address_{lacks}"
    rest = {"postcode": "13900 Biella", "house": "14", "street": "via Italia 14"}[lacks]
    whole = steps.hear("address", turn(rest), order, part)
    assert whole is not None
    assert whole["address"]
    assert whole["part"] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("il codice BENVENUTO10 non va", "BENVENUTO10"),
        ("estate15 non funziona", "ESTATE15"),
        ("il codice benvenuto 10 non funziona", "BENVENUTO10"),
        ("IL CODICE BENVENUTO10 NON FUNZIONA", "BENVENUTO10"),
        ("IL CODICE NON FUNZIONA", None),
        ("ho uno sconto di 15euro", None),
        ("quando ci sono gli sconti del 2026", None),
        ("my code LETTERA5 isn't accepted", "LETTERA5"),
        ("is GRAZIE valid", "GRAZIE"),
        ("scrivo da info@abc123.example", None),
    ],
)
def test_a_code_in_a_message(text: str, code: str | None) -> None:
    assert promotions.code_in(turn(text, "promo_code")) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("benvenuto10", "BENVENUTO10"), ("«Benvenuto»", "BENVENUTO"), ("è lettera 5", "LETTERA5"),
     ("non lo so", None), ("12345", None), ("?", None), ("quale codice?", None)],
)  # fmt: skip
def test_a_code_as_an_answer(text: str, code: str | None) -> None:
    heard = promotions.Promotion().hear("code", turn(text), {}, {})
    assert (heard or {}).get("code") == code


@pytest.mark.parametrize(
    ("text", "intent", "yes"),
    [
        ("sì", "affirm", True),
        ("sì, tutto giusto", "affirm", True),
        ("ok va bene grazie mille", "thank", True),
        ("👍", "nlu_fallback", True),
        ("confermo il reso, grazie", "return_item", True),
        ("yes that's right", "affirm", True),
        ("non va bene", "complaint", False),
        ("sì ma sono tre", "affirm", False),
        ("sì, 3", "affirm", False),
        ("that's not right", "affirm", False),
        ("it isn't correct", "correct", False),
        ("no", "deny", False),
        ("va bene?", "affirm", False),
        ("il cardigan", "inform", False),
    ],
)
def test_only_a_plain_yes_is_a_yes(text: str, intent: str, yes: bool) -> None:
    assert (confirming.heard(turn(text, intent)) is not None) is yes


@pytest.mark.parametrize(
    ("amount", "currency", "language", "said"),
    [
        (61.5, "EUR", "it", "61,50 €"),
        (61.5, "EUR", "en", "€61.50"),
        (1234.5, "EUR", "it", "1.234,50 €"),
        (1234.5, "GBP", "en", "£1,234.50"),
        (10, "SEK", "en", "SEK 10.00"),
        (10, "SEK", "it", "10,00 SEK"),
        (None, None, "it", "0,00 €"),
    ],
)
def test_money(amount: Any, currency: Any, language: str, said: str) -> None:
    assert money(amount, {"currency": currency}, language) == said
