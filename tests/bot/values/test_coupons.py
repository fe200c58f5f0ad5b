"""Codes of discounts, in capital letters."""

from __future__ import annotations

from tests.bot.values.reading import table, values_of


@table(
    """
    BENVENUTO10 non va → BENVENUTO10
    AURORA15 scaduto? → AURORA15
    LANA20 non mi scala niente → LANA20
    AURORA2026 vale? → AURORA2026
    il codice NATALE vale anche per i ferri? → NATALE
    codice sconto: benvenuto10 → BENVENUTO10
    codice "PRIMAVERA" rifiutato → PRIMAVERA
    ho il coupon lana_20 → LANA_20
    il codice promo LANA-20 → LANA-20
    lo sconto BENVENUTO10, l'ho messo → BENVENUTO10
    CODICE SCONTO LANA20 NON FUNZIONA → LANA20
    prima BENVENUTO10 poi LANA20 → BENVENUTO10, LANA20
    code WELCOME10 not accepted → WELCOME10
    is there another code now that WELCOME10 is finished → WELCOME10
    the welcome10 code says expired → WELCOME10
    promo code: Summer25 → SUMMER25
    the SPRING code → SPRING
    I used voucher GIFT-1234 → GIFT-1234
    WOOL10! → WOOL10
    can I use (WOOL10)? → WOOL10
    """
)
def test_a_code_is_found(text: str, values: list[str]) -> None:
    assert values_of("coupon", text) == values


@table(
    """
    il codice sconto non funziona
    IL CODICE SCONTO NON FUNZIONA
    benvenuto 10% mai ricevuto
    ho un codice
    il codice 482913
    codice fiscale RSSMRA80A01L219X
    codice SDI M5UXCR1
    codice univoco ABC1234
    il codice di spedizione AB12345
    tracking BRT12345678
    RR123456789IT
    1Z20417999
    LA-20417
    LA20417
    il codice LA-20417
    BES-GIN
    codice CAM-064
    COVID19
    EN14682
    iPhone15
    taglia XL e M42
    la 4XL
    codice QR
    codice IBAN
    order code ABC12345
    welcome10@example.com
    """
)
def test_other_codes_and_capitals_are_none(text: str, values: list[str]) -> None:
    assert values_of("coupon", text) == values
