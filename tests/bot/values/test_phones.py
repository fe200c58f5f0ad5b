"""Telephone numbers, as E.164."""

from __future__ import annotations

import pytest

from tests.bot.values.reading import table, values_of


@table(
    """
    340 1234567 → +393401234567
    3401234567 → +393401234567
    340-123-4567 → +393401234567
    340.123.4567 → +393401234567
    340/1234567 → +393401234567
    340 12 34 567 → +393401234567
    chiamatemi al 340 1234567 dopo le 18 → +393401234567
    +39 340 1234567 → +393401234567
    +39 0347 1234567 → +393471234567
    0039 340 1234567 → +393401234567
    393401234567 → +393401234567
    il mio numero è 34012 34567 → +393401234567
    015 8123456 → +390158123456
    (02) 1234 5678 → +390212345678
    +39 02 12345678 → +390212345678
    tel. 015 20417 → +3901520417
    ＋39 ３４０ 1234567 → +393401234567
    340\u00a01234567 → +393401234567
    333 1234567, 340 7654321 → +393331234567, +393407654321
    07700 900123 → +447700900123
    +44 7700 900123 → +447700900123
    +44 (0)7700 900123 → +447700900123
    +353 20 912 3456 → +353209123456
    +1 555 0123 → +15550123
    sono Ada, 3401234567. Grazie → +393401234567
    """
)
def test_a_telephone_is_found_however_it_is_grouped(text: str, values: list[str]) -> None:
    assert values_of("phone", text) == values


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(0113) 496 0123", "+441134960123"),
        ("my number is 07700 900123", "+447700900123"),
        ("call me on 020 7946 0018", "+442079460018"),
        ("0800 123 1234?", None),
        ("or my Italian mobile, 340 123 4567", "+393401234567"),
    ],
)
def test_in_english_a_number_is_british_where_it_can_be(text: str, number: str | None) -> None:
    found = values_of("phone", text, "en")
    assert found == ([number] if number else found)
    assert not any(each.startswith("+390") for each in found)


@table(
    """
    482913
    il codice è 482 913
    LA-20417
    ordine 3401234567
    tracking 3401234567
    numero di spedizione 340 1234567
    P.IVA 01234567890
    4111 1111 1111 1111
    4111111111111111
    3782 822463 10005
    IT60 X054 2811 1010 0000 0123 456
    IT60X0542811101000000123456
    GB29 NWBK 6016 1331 9268 19
    1Z20417999
    BRT12345678
    03/11/2026
    3.11.2026 15
    2026-11-18
    01 02 03 04
    1.234.567,89 €
    € 3401234567
    12345678
    20417
    13900 Biella
    a340123456@example.com
    30 giorni, 20 matasse
    1111111111111111111111
    """
)
def test_other_digits_are_no_telephone(text: str, values: list[str]) -> None:
    assert values_of("phone", text) == values
    assert values_of("phone", text, "en") == values


def test_what_was_called_an_order_stays_one() -> None:
    text = "my order number is 20417, call me on 07700 900123"
    assert values_of("order_number", text, "en") == ["LA-20417"]
    assert values_of("phone", text, "en") == ["+447700900123"]


def test_half_a_telephone_is_no_order() -> None:
    assert values_of("order_number", "the number is 07700 900123", "en") == []
