"""Order numbers, e-mail addresses and codes, as customers write them."""

from __future__ import annotations

import time

import pytest

from bot.nlu.patterns import find, only_values, without_values

ORDERS = """
LA-20417
la-20417
LA20417
LA 20417
la 20417
L.A. 20417
LA–20417
LA_20417
#20417
# 20417
20417
20417.
n. 20417
n° 20417
nr. 20417
numero 20417
ordine 20417
ordine n. 20417
ordine n 20417
ordine numero 20417
ordine: 20417
ORDINE N° 20417
order 20417
order no 20417
order no. 20417
order number 20417
order number is 20417
order #20417
il mio ordine è il 20417, quando arriva?
dov'è LA-20417?
where is my order (LA-20417)?
ciao, LA20417 grazie
LA-20417, giulia@example.com
""".strip().splitlines()


@pytest.mark.parametrize("text", ORDERS)
def test_every_spelling_of_an_order_number_is_found(text: str) -> None:
    assert [item.value for item in find(text) if item.entity == "order_number"] == ["LA-20417"]


@pytest.mark.parametrize(
    "text",
    [
        "13900 Biella",
        "il CAP è 13900",
        "ho pagato 20417 euro",
        "€20417",
        "204170",
        "2041",
        "LA-204",
        "LA-204171",
        "BRT12345678",
        "1Z20417999",
        "+39 015 20417",
        "15.20417",
        "chiamami al 3331234567",
        "alla 20417ma volta",
        "a20417@example.com",
        "vale la pena",
    ],
)
def test_other_numbers_are_no_order(text: str) -> None:
    assert [item for item in find(text) if item.entity == "order_number"] == []


@pytest.mark.parametrize(
    "text", ["482913", "482 913", "482-913", "il codice è 482913", "code: 482 913.", "ecco 482913!"]
)
def test_a_code_has_six_digits_maybe_with_a_gap(text: str) -> None:
    assert [(item.entity, item.value) for item in find(text)] == [("code", "482913")]


@pytest.mark.parametrize(
    "text", ["4829137", "48291", "333 123 4567", "12 482 913", "482913 111", "#482913", "€482913"]
)
def test_other_digits_are_no_code(text: str) -> None:
    assert [item for item in find(text) if item.entity == "code"] == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("giulia.ferraris@example.com", "giulia.ferraris@example.com"),
        ("Giulia.Ferraris@Example.COM", "giulia.ferraris@example.com"),
        ("la mia mail è emma+lana@example.org.", "emma+lana@example.org"),
        ("scrivetemi a tom_ash@mail.example.net, grazie", "tom_ash@mail.example.net"),
    ],
)
def test_addresses_are_found_in_lower_case(text: str, address: str) -> None:
    assert [item.value for item in find(text) if item.entity == "email"] == [address]


@pytest.mark.parametrize("text", ["a@b", "@giulia", "giulia@", "chi@.com", "10@ 20"])
def test_not_everything_with_an_at_is_an_address(text: str) -> None:
    assert find(text) == []


def test_places_are_those_of_the_written_text() -> None:
    text = "Ciao! Ordine LA-20417, mail ada@example.com, codice 482 913"
    assert [(text[item.start : item.end], item.entity) for item in find(text)] == [
        ("LA-20417", "order_number"),
        ("ada@example.com", "email"),
        ("482 913", "code"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "LA-20417",
        "20417",
        "il numero è LA-20417",
        "ordine 20417 grazie",
        "my order is LA-20417",
        "ecco il codice: 482 913",
        "the code is 482913",
        "sì, LA-20417",
        "giulia@example.com",
        "la mia email è giulia@example.com",
        "LA-20417 e giulia@example.com",
    ],
)
def test_a_message_that_only_gives_a_value(text: str) -> None:
    assert only_values(text)


@pytest.mark.parametrize(
    "text",
    [
        "ciao",
        "dov'è il mio ordine LA-20417",
        "LA-20417?",
        "LA-20417 non è arrivato",
        "where is LA-20417",
        "cancel LA-20417",
        "LA-20417 or 99",
        "",
    ],
)
def test_a_message_that_says_more(text: str) -> None:
    assert not only_values(text)


def test_values_leave_the_rest_of_the_text_in_place() -> None:
    assert without_values("dov'è il mio ordine LA-20417 ?") == "dov'è il mio ordine ?"
    assert without_values("ordine 20417") == "ordine"


@pytest.mark.parametrize(
    "piece", ["a@", "1", "12345 ", "LA-", "n. ", "ordine ", ".a", "-", "a.a@a."]
)
def test_hostile_lengths_take_no_time(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    started = time.thread_time()
    find(text)
    assert time.thread_time() - started < 2


def test_the_postcode_of_an_address_is_no_order() -> None:
    text = "ho sbagliato indirizzo nell'ordine LA-20400, è via dei Mulini 8, 13900 Biella"
    assert [f.value for f in find(text)] == ["LA-20400"]
    assert find("spedite l'ordine in corso Torino 15, 10100 Torino") == []
