"""Order numbers that are put right."""

from __future__ import annotations

from tests.bot.values.reading import table, values_of


@table(
    """
    no, non il 20398, il 20391 → LA-20398 not, LA-20391
    LA-20391, non LA-20398 → LA-20391, LA-20398 not
    non LA-20398 ma LA-20391 → LA-20398 not, LA-20391
    non è il 20398, è il 20391 → LA-20398 not, LA-20391
    non l'ordine 20398, il 20391 → LA-20398 not, LA-20391
    20391, non 20398 → LA-20391, LA-20398 not
    LA-20391 invece di LA-20398 → LA-20391, LA-20398 not
    il 20391 anziché il 20398 → LA-20391, LA-20398 not
    non parlo del 20398 ma del 20391 → LA-20398 not, LA-20391
    non è LA-20398 → LA-20398 not
    not LA-20398, LA-20391 → LA-20398 not, LA-20391
    not the 20398, the 20391 → LA-20398 not, LA-20391
    it's not order 20398 it's 20391 → LA-20398 not, LA-20391
    it isn't LA-20398, it's LA-20391 → LA-20398 not, LA-20391
    I meant 20391, not 20398 → LA-20391, LA-20398 not
    LA-20391 rather than LA-20398 → LA-20391, LA-20398 not
    LA-20391 instead of 20398 → LA-20391, LA-20398 not
    """
)
def test_what_is_taken_back_is_not_meant(text: str, values: list[str]) -> None:
    assert values_of("order_number", text) == values


@table(
    """
    non ho ricevuto LA-20398 → LA-20398
    non è arrivato LA-20398 → LA-20398
    isn't it LA-20398? → LA-20398
    LA-20398 non è arrivato → LA-20398
    non trovo l'ordine LA-20398 → LA-20398
    ho due ordini, LA-20391 e LA-20398 → LA-20391, LA-20398
    I have not got LA-20398 → LA-20398
    non abito a 20100 Milano ma a 13900 Biella
    non il 20398
    not 13900
    """
)
def test_a_no_elsewhere_takes_nothing_back(text: str, values: list[str]) -> None:
    assert values_of("order_number", text) == values
