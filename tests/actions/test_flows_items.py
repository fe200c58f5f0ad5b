"""Which pieces, why, what instead: read from the customer's own words, both languages."""

from __future__ import annotations

from typing import Any

import pytest

from actions.flows import items, reasons
from actions.flows.exchanging import wanted_in

ORDER: list[dict[str, Any]] = [
    {"position": 0, "name": "Mucrone Granito (lana aran, 100 g)", "quantity": 6},
    {"position": 1, "name": "Ferri circolari in bambù 4 mm", "quantity": 1},
    {"position": 2, "name": "Cardigan Betulla, taglia M", "quantity": 1},
]
ENGLISH: list[dict[str, Any]] = [
    {"position": 0, "name": "Betulla cardigan, size M", "quantity": 1},
    {"position": 1, "name": "Brughiera Fern (wool tweed, 50 g)", "quantity": 6},
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("il cardigan", {2: None}),
        ("solo i ferri", {1: None}),
        ("i ferri da 4 mm", {1: None}),
        ("i gomitoli", {0: None}),
        ("2 gomitoli su 6", {0: 2}),
        ("due matasse", {0: 2}),
        ("un gomitolo", {0: 1}),
        ("tutti i gomitoli", {0: 6}),
        ("2 gomitoli e i ferri", {0: 2, 1: None}),
        ("cardigan, ferri", {2: None, 1: None}),
        ("tutto tranne il cardigan", {0: 6, 1: 1}),
        ("il maglione", {}),
        ("tutto", {}),
        ("la taglia è sbagliata", {}),
        ("boh", {}),
    ],
)
def test_an_answer_names_lines_and_pieces(text: str, found: items.Lines) -> None:
    assert items.lines_in(text, ORDER) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the cardigan", {0: None}),
        ("two skeins", {1: 2}),
        ("one of the balls of yarn", {1: 1}),
        ("everything except the yarn", {0: 1}),
        ("the cardigan and three skeins", {0: None, 1: 3}),
        ("the socks", {}),
    ],
)
def test_an_english_answer_as_well(text: str, found: items.Lines) -> None:
    assert items.lines_in(text, ENGLISH) == found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("vorrei rendere 3 gomitoli", 3),
        ("mi sono avanzate due matasse", 2),
        ("ne rendo 4", 4),
        ("vorrei rendere tutto l'ordine", 6),
        ("ho comprato i gomitoli 10 giorni fa", None),
        ("un filato troppo ruvido", None),
        ("gomitoli dell'ordine LA-20372", None),
        ("9 gomitoli", None),
    ],
)
def test_a_first_message_counts_pieces_only_where_it_clearly_does(
    text: str, count: int | None
) -> None:
    assert items.counted(text, ORDER[0]) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [("3", 3), ("tre", 3), ("anzi tre", 3), ("tutti", 6), ("solo uno", 1), ("2 su 6", 2),
     ("both", 6), ("7", None), ("0", None), ("un po'", None), ("non so", None)],
)  # fmt: skip
def test_an_answer_to_how_many(text: str, count: int | None) -> None:
    assert items.pieces(text, 6) == count


def test_the_place_in_the_list_is_an_answer_too() -> None:
    assert items.chosen("il secondo", ORDER) == ORDER[1]
    assert items.chosen("3", ORDER) == ORDER[2]
    assert items.chosen("il quinto", ORDER) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Mucrone Granito (lana aran, 100 g)", "Mucrone Granito"),
        ("Ferri circolari in bambù 4 mm", "Ferri circolari"),
        ("Cardigan Betulla, taglia XL", "Cardigan Betulla"),
        ("Double-pointed needles 2.5 mm", "Double-pointed"),
        ("Sovrascrittissimissimamente", "Sovrascrittissimissi"),
    ],
)
def test_a_button_shows_whole_words(name: str, title: str) -> None:
    assert items.title(name) == title


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("è troppo grande", "size"),
        ("mi sta stretto", "size"),
        ("la taglia è sbagliata", "size"),
        ("it doesn't fit me", "size"),
        ("è enorme", "size"),
        ("mi avete mandato la taglia sbagliata", "wrong_item"),
        ("you sent me the wrong size", "wrong_item"),
        ("è diverso da quello che ho ordinato", "wrong_item"),
        ("non è il colore giusto, è sbagliato", "wrong_item"),
        ("è bucato", "damaged"),
        ("non mi piace e poi è bucato", "damaged"),
        ("it came torn", "damaged"),
        ("non mi convince", "not_as_expected"),
        ("il colore è più scuro", "not_as_expected"),
        ("it itches", "not_as_expected"),
        ("ho cambiato idea", "changed_mind"),
        ("mi sono avanzati, mai aperti", "changed_mind"),
        ("I bought too many and haven't opened it", "changed_mind"),
        ("non l'ho mai aperto", None),
        ("vorrei rendere il cardigan", None),
        ("vorrei un cambio", None),
        ("", None),
    ],
)
def test_why_it_goes_back(text: str, reason: str | None) -> None:
    assert reasons.reason_of(text) == reason


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("vorrei cambiarlo con una taglia L", "una taglia L"),
        ("con la L", "la L"),
        ("cambiare la M con la L, grazie", "la L"),
        ("mi serve una taglia più grande", "una taglia più grande"),
        ("lo vorrei blu", "blu"),
        ("for a size L please", "a size L please"),
        ("a size bigger", "a size bigger"),
        ("I'd like the navy one", "navy one"),
        ("vorrei un colore diverso", None),
        ("vorrei cambiare taglia", None),
        ("can I exchange it", None),
    ],
)
def test_what_is_wanted_instead(text: str, wanted: str | None) -> None:
    assert wanted_in(text) == wanted
