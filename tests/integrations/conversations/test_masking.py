"""What is removed from customers' texts before anything stores them, and what is not."""

import re
import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from integrations.conversations.card_numbers import luhn
from integrations.conversations.masking import CARD, IBAN, PASSWORD, mask

# Numbers that the card schemes publish for tests.
CARDS = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "5555 5555 5555 4444",
    "2223003122003222",
    "3714 496353 98431",
    "6011 1111 1111 1117",
    "3530111333300000",
    "3056 9309 0259 04",
    "6304000000000000",
]
IBANS = [
    "IT60X0542811101000000123456",
    "IT60 X054 2811 1010 0000 0123 456",
    "it60 x054 2811 1010 0000 0123 456",
    "GB29 NWBK 6016 1331 9268 19",
    "GB29NWBK60161331926819",
    "DE89 3704 0044 0532 0130 00",
    "FR14 2004 1010 0505 0001 3M02 606",
    "ES91 2100 0418 4502 0005 1332",
    "ES91-2100-0418-4502-0005-1332",
]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize(
    "sentence",
    ["{}", "la mia carta è {}, grazie", "card:{}.", "({})", "pagato con {} 12/27 123", "{}\n12/27"],
)
def test_card_numbers_go(card: str, sentence: str) -> None:
    masked = mask(sentence.format(card))
    assert masked.found == ("card",)
    assert masked.text == sentence.format(CARD)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111 1227 123",
        "12 4111111111111111",
        "4111  1111  1111  1111",
        "4111.1111.1111.1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111–1111–1111–1111",
        "4111\n1111\n1111\n1111",
        "carta4111111111111111",
        "LA-20417 4111111111111111",
        "ho pagato la spedizione con 4111111111111111",
        "tracking 12345, carta 4111111111111111",
        "４１１１ １１１１ １１１１ １１１１",
    ],
)
def test_a_card_of_a_known_scheme_goes_however_it_is_written(text: str) -> None:
    masked = mask(text)
    assert masked.found == ("card",)
    assert not re.search(r"\d{4}\D{0,2}\d{4}\D{0,2}\d{4}", masked.text)


@pytest.mark.parametrize("iban", IBANS)
@pytest.mark.parametrize(
    "sentence", ["{}", "il mio iban è {} grazie", "IBAN:{}.", "({}), intestato a me", "iban{}"]
)
def test_ibans_go(iban: str, sentence: str) -> None:
    masked = mask(sentence.format(iban))
    assert masked.found == ("iban",)
    assert masked.text == sentence.format(IBAN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la mia password è xyz", "la mia password è ⟦password⟧"),
        ("my password is xyz", "my password is ⟦password⟧"),
        ("pwd: xyz", "pwd: ⟦password⟧"),
        ("pass: xyz", "pass: ⟦password⟧"),
        ("pass:xyz", "pass:⟦password⟧"),
        ("Password = S3greta!", "Password = ⟦password⟧"),
        ("PASSWORD:\nxyz", "PASSWORD:\n⟦password⟧"),
        ("la mia password e' gatto", "la mia password e' ⟦password⟧"),
        ("la mia password e Gatto12 e non entro", "la mia password e ⟦password⟧ e non entro"),
        ("password Abc123 non funziona", "password ⟦password⟧ non funziona"),
        ("la password è questa: xyz", "la password è questa: ⟦password⟧"),
        ("la password del mio account è xyz.", "la password del mio account è ⟦password⟧."),
        ("my password for the shop is sunflower and", "my password for the shop is ⟦password⟧ and"),
        ("my password's hunter2", "my password's ⟦password⟧"),
        ('password: "il mio gatto blu" grazie', "password: ⟦password⟧ grazie"),
        ("user mario, psw: gatto", "user mario, psw: ⟦password⟧"),
        ("la parola chiave è gatto", "la parola chiave è ⟦password⟧"),
        ("my password is 123456", "my password is ⟦password⟧"),
        ("il pin è 12345", "il pin è ⟦password⟧"),
        ("pin 1234", "pin ⟦password⟧"),
        ("PIN: 1234", "PIN: ⟦password⟧"),
        ("my pin is 1234.", "my pin is ⟦password⟧."),
        ("il pin della mia carta è 1234", "il pin della mia carta è ⟦password⟧"),
        ("the pin code of my card: 1234", "the pin code of my card: ⟦password⟧"),
        ("il mio PIN è il 4821", "il mio PIN è il ⟦password⟧"),
        ("la pass è gatto", "la pass è ⟦password⟧"),
        ("user: anna / pass: gatto1", "user: anna / pass: ⟦password⟧"),
        ("cvv: 123", "cvv: ⟦password⟧"),
        ("CVC 1234", "CVC ⟦password⟧"),
        ("cvv2=123", "cvv2=⟦password⟧"),
        ("codice di sicurezza 123", "codice di sicurezza ⟦password⟧"),
        ("the security code is 123", "the security code is ⟦password⟧"),
    ],
)
def test_passwords_go(text: str, expected: str) -> None:
    masked = mask(text)
    assert masked.text == expected
    assert masked.found == ("password",)


def test_everything_at_once() -> None:
    masked = mask("carta 4111 1111 1111 1111 cvv 123 iban IT60X0542811101000000123456, pwd: x")
    assert masked.text == f"carta {CARD} cvv {PASSWORD} iban {IBAN}, pwd: {PASSWORD}"
    assert masked.found == ("card", "iban", "password")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dov'è il mio ordine LA-20417?",
        "ordine 20417 e ordine 20418",
        "#20417 #20418 #20419",
        "LA-20417 3471234567",
        "il 2026-11-21 347 1234567",
        "chiamami al +39 333 1234567",
        "chiamami al +39 333 1234567 o al +39 011 5550123",
        "call me on +44 7911 123456",
        "+49 1512 34567890",
        "0039 333 1234567",
        "00447911123456",
        "011 5550123 / 333 1234567",
        "tracking 1Z999AA10123456784",
        "tracking JJD014600003012345678",
        "tracking 4111111111111111",
        "il numero di spedizione è 4111 1111 1111 1111",
        "tracking number: 4111111111111111",
        "codice spedizione 771234567890120",
        "il pacco 123456789012347 è fermo",
        "RR123456789IT",
        "il codice è 123456",
        "il codice di verifica è 123 456",
        "the code is 123-456",
        "codice di sicurezza 123456",
        "my passcode is 123 456",
        "the one-time password is 123456",
        "1.234.567.890.123,00 €",
        "€ 1234567890120",
        "1234567890123456",
        "4111111111111112",
        "https://track.example/?id=123456789012347",
        "https://shop.example/it60x0542811101000000123457/x",
        "IT60X0542811101000000123457",
        "IT60 is not an iban",
        "it is 12 degrees here and it was 20 yesterday in the hills",
        "la password non funziona",
        "la password è sbagliata",
        "la mia password è scaduta",
        "problema con la password: non riesco a entrare",
        "ho dimenticato la password",
        "ho perso password e username",
        "my password is wrong",
        "my password is not working",
        "I have a password issue",
        "password reset",
        "Password dimenticata: come faccio?",
        "la password che mi avete dato è sbagliata",
        "my pass is not valid",
        "password for order LA-20417",
        "password LA-20417",
        "reset password link https://shop.example/reset?token=abc",
        "come cambio la password?",
        "pin per l'ordine 20417",
        "vorrei 3 pin e 2 gomitoli",
        "passo domani, opinione 1234",
        "taglia 40, colore 5, quantità 12, lotto 123",
        "⟦card⟧ ⟦iban⟧ ⟦password⟧",
        "🧶" * 100,
        "\x00\u202e ciao",
    ],
)
def test_everything_else_stays(text: str) -> None:
    masked = mask(text)
    assert masked.text == text
    assert masked.found == ()


def _check_digit(digits: list[int]) -> int:
    return next(d for d in range(10) if luhn([*digits, d]))


@st.composite
def luhn_numbers(draw: st.DrawFn) -> str:
    """A number of 13 to 19 digits with the right check digit and separators anywhere."""
    first = draw(st.integers(1, 9))
    rest = draw(st.lists(st.integers(0, 9), min_size=11, max_size=17))
    digits = [first, *rest]
    digits.append(_check_digit(digits))
    gaps = draw(st.lists(st.sampled_from(["", "", " ", "-"]), min_size=18, max_size=18))
    return str(digits[0]) + "".join(
        gap + str(digit) for gap, digit in zip(gaps, digits[1:], strict=False)
    )


@given(luhn_numbers(), st.sampled_from(["{}", "ecco: {} grazie", "it's {}.", "({})", "{}, ok?"]))
def test_every_number_with_a_right_check_digit_goes(number: str, sentence: str) -> None:
    # What looks like a date or an order number is one.
    assume(not re.search(r"20\d\d-[01]\d-[0-3]\d", number))
    masked = mask(sentence.format(number))
    assert masked.found == ("card",)
    assert masked.text == sentence.format(CARD)


_BBAN = {
    "IT": r"[A-Z][0-9]{10}[0-9A-Z]{12}",
    "GB": r"[A-Z]{4}[0-9]{14}",
    "DE": r"[0-9]{18}",
    "FR": r"[0-9]{10}[0-9A-Z]{11}[0-9]{2}",
    "ES": r"[0-9]{20}",
}


@st.composite
def ibans(draw: st.DrawFn) -> str:
    """A right IBAN of one of five countries, in one piece or in groups of four, any case."""
    country = draw(st.sampled_from(sorted(_BBAN)))
    account = draw(st.from_regex(_BBAN[country], fullmatch=True))
    number = int("".join(str(int(c, 36)) for c in account + country + "00"))
    iban = f"{country}{98 - number % 97:02d}{account}"
    if draw(st.booleans()):
        iban = " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))
    return iban.lower() if draw(st.booleans()) else iban


@given(ibans(), st.sampled_from(["{}", "iban: {} grazie", "to {}.", "({})"]))
def test_every_right_iban_goes(iban: str, sentence: str) -> None:
    masked = mask(sentence.format(iban))
    assert masked.found == ("iban",)
    assert masked.text == sentence.format(IBAN)


_PIECES = st.sampled_from(
    [
        "4111", "1111", "5500", "9", "0", "4111111111111111", "IT60X0542811101000000123456", "IT60",
        "DE89370400440532013000", " ", "-", "  ", "\n", ".", ",", "+", "#", "LA-20417",
        "2026-11-21", "password", " è ", ": ", "pin ", "cvv", "=", '"', "«", "abc",
        "⟦card⟧", "⟦", "⟧", "pass", "e'", "carta", "tracking ", "https://", "x@example.com", "à",
    ]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=25).map("".join)))
@example("4111111111111111IT60X0542811101000000123456")
@example("pin: 1234 4539578763621486 pin: 1")
@example("4111111111111111password: 4111111111111111")
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text).text
    twice = mask(once)
    assert twice.text == once
    assert twice.found == ()


@given(st.text())
def test_any_text_is_accepted(text: str) -> None:
    masked = mask(text)
    assert masked.found or masked.text == text


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "piece",
    [
        "4", "4-4 ", "1.", " ", "1   ", "9 9", "IT12 ", "IT60X0542811101000000123456 ",
        "IT1212345678901234567890123 ", "4111 1111 1111 1111 ", "4539578763621486 9  ", "password ",
        "password: ", "password a b c d e ", 'password: "', "pass:", "pin del ", "cvv: ", "www.",
        "https://", "LA-20417", "2026-11-21", "a1111111111111117", "è", "⟦card⟧",
    ],
)  # fmt: skip
def test_hostile_text_takes_time_in_proportion(piece: str) -> None:
    """A quadratic step would take 400 times as long on 20 times the text; 100 leaves room for a
    busy machine's caches."""
    short, long = (piece * (length // len(piece)) for length in (5_000, 100_000))
    assert _seconds(long) < max(100 * _seconds(short), 1.0)


def test_a_megabyte_of_lone_digits_takes_seconds() -> None:
    """The slowest text there is: every digit could begin a card number."""
    assert _seconds("4-4 " * (MEGABYTE // 4)) < 20


def _seconds(text: str) -> float:
    """Of this thread's own work: what else the machine does doesn't count."""
    started = time.thread_time()
    mask(text)
    return time.thread_time() - started
