"""Amounts of money, in figures and words."""

from __future__ import annotations

from tests.bot.values.reading import table, values_of


@table(
    """
    sono 49,90€ in tutto → 49.90 EUR
    € 49.90 → 49.90 EUR
    il totale è di 50 euro → 50.00 EUR
    trenta euro per un berretto? → 30.00 EUR
    £12.50 → 12.50 GBP
    1.299,00 € → 1299.00 EUR
    1,299.00 EUR → 1299.00 EUR
    1 299,00 € → 1299.00 EUR
    49.90\u00a0€ → 49.90 EUR
    ４９,90 € → 49.90 EUR
    49€90 → 49.90 EUR
    49,-€ → 49.00 EUR
    eur 20 → 20.00 EUR
    venti euro e cinquanta centesimi → 20.50 EUR
    20 euro e 50. Possibile? → 20.50 EUR
    50 cent → 0.50 EUR
    50p → 0.50 GBP
    twenty-five quid → 25.00 GBP
    A hundred and thirty euros. Honestly. → 130.00 EUR
    an order for two hundred euros of alpaca → 200.00 EUR
    ten pounds cheaper elsewhere → 10.00 GBP
    centoventicinque euro! → 125.00 EUR
    cambio 90 dollari → 90.00 USD
    80 franchi → 80.00 CHF
    sui 30-40 euro → 40.00 EUR
    mi avete addebitato 58 € → 58.00 EUR paid
    ho pagato 129 euro → 129.00 EUR paid
    you took £200 off me → 200.00 GBP paid
    mi avete rimborsato solo 40 euro → 40.00 EUR refund
    why have I only had €40 back when I paid €58 → 40.00 EUR refund, 58.00 EUR paid
    """
)
def test_an_amount_has_a_number_and_a_currency(text: str, values: list[str]) -> None:
    assert values_of("amount", text) == values


@table(
    """
    sconto del 50%
    50 g di lana
    due gomitoli da 100 grammi
    servono 400 metri
    I'd need two pounds of wool
    40 pounds of fleece
    un euro... anzi niente euro → 1.00 EUR
    i miei euro
    spedite fuori dall'Europa?
    12.50
    ho 340 punti
    per cento
    fifty per cent off
    50 euro e 20 punti → 50.00 EUR
    3 euro e 2 gomitoli → 3.00 EUR
    ordine LA-20417
    taglia 44
    $
    €
    mezzo euro
    a few quid
    pochi dollari
    """
)
def test_other_numbers_are_no_amount(text: str, values: list[str]) -> None:
    assert values_of("amount", text, roles=False) == values
