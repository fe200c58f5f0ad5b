"""Days, counted from Wednesday 18 November 2026."""

from __future__ import annotations

from datetime import date

from bot.nlu.values.reading import read
from tests.bot.values.reading import table, values_of


@table(
    """
    ieri → 2026-11-17
    oggi → 2026-11-18
    ieri sera → 2026-11-17
    l'altro ieri → 2026-11-16
    l’altro ieri → 2026-11-16
    dopodomani → 2026-11-20
    tre giorni fa → 2026-11-15
    arrivato 3 settimane fa → 2026-10-28
    una settimana fa → 2026-11-11
    un mese fa → 2026-10-18
    fra tre giorni → 2026-11-21
    tra 2 settimane → 2026-12-02
    lunedì scorso → 2026-11-16
    LUNEDÌ SCORSO → 2026-11-16
    lunedi scorso → 2026-11-16
    scorso lunedì → 2026-11-16
    lunedì prossimo → 2026-11-23
    lunedì della settimana scorsa → 2026-11-09
    yesterday → 2026-11-17
    the day before yesterday → 2026-11-16
    tomorrow → 2026-11-19
    two weeks ago → 2026-11-04
    paid a fortnight back → 2026-11-04
    in three days' time → 2026-11-21
    last Tuesday → 2026-11-17
    next Monday → 2026-11-23
    Monday last → 2026-11-16
    Tuesday last week → 2026-11-10
    """
)
def test_a_day_is_named_by_its_distance(text: str, values: list[str]) -> None:
    assert values_of("date", text) == values


@table(
    """
    il 3 novembre → 2026-11-03
    3 novembre 2025 → 2025-11-03
    il 1° marzo 2026 → 2026-03-01
    il primo dicembre → 2026-12-01
    20 ottobre '25 → 2025-10-20
    ordinato il 3/11 → 2026-11-03
    3/11 → 2026-11-03
    03/11/2025 → 2025-11-03
    3.11.2025 → 2025-11-03
    3-11-2025 → 2025-11-03
    2026-11-03 → 2026-11-03
    11/22/2025 → 2025-11-22
    November 3rd → 2026-11-03
    the 3rd of November 2025 → 2025-11-03
    Nov 3 → 2026-11-03
    3 Nov → 2026-11-03
    giovedì 3 dicembre → 2026-12-03
    lunedì 16 → 2026-11-16
    doveva arrivare il 3 e niente → 2026-11-03
    l'ordine del 3 → 2026-11-03
    ordered on the 3rd → 2026-11-03
    my order of the 3rd → 2026-11-03
    ordine del 3 marzo, novità? → 2026-03-03
    entro il 30 → 2026-11-30 to
    29 febbraio 2028 → 2028-02-29
    """
)
def test_a_day_is_named_by_its_number(text: str, values: list[str]) -> None:
    assert values_of("date", text) == values


@table(
    """
    ho comprato due matasse lunedì → 2026-11-16
    arriverà lunedì? → 2026-11-23
    doveva arrivare lunedì → 2026-11-16
    siete aperti sabato? → 2026-11-21
    passo da voi venerdì → 2026-11-20
    I ordered on Friday → 2026-11-13
    will it come on Friday? → 2026-11-20
    it should have come on Monday → 2026-11-16
    was supposed to arrive Tuesday → 2026-11-17
    if I order on Friday → 2026-11-20
    my order from Tuesday → 2026-11-17
    il 25 dicembre arriva? → 2026-12-25
    mi serve per il 21 → 2026-11-21
    mercoledì → 2026-11-11
    è mercoledì e non c'è → 2026-11-18
    you accepted my return by mail on Monday → 2026-11-16
    """
)
def test_the_words_around_say_which_one(text: str, values: list[str]) -> None:
    assert values_of("date", text) == values


@table(
    """
    sarò via dal 3 al 10 → 2026-12-03 from, 2026-12-10 to
    dal 3 al 10 novembre → 2026-11-03 from, 2026-11-10 to
    dal 28 al 2 novembre → 2026-10-28 from, 2026-11-02 to
    from the 3rd to the 10th of October → 2026-10-03 from, 2026-10-10 to
    between the 3rd and the 5th of October → 2026-10-03 from, 2026-10-05 to
    sono via da lunedì a venerdì → 2026-11-23 from, 2026-11-27 to
    I'm away from Monday to Thursday → 2026-11-23 from, 2026-11-26 to
    nothing since the 3rd → 2026-11-03 from
    il tracking è fermo da ieri → 2026-11-17 from
    da lunedì che dice "in consegna" → 2026-11-16 from
    arriverà entro sabato? → 2026-11-21 to
    will it come by Friday? → 2026-11-20 to
    """
)
def test_a_span_has_a_beginning_and_an_end(text: str, values: list[str]) -> None:
    assert values_of("date", text) == values


@table(
    """
    sono 10 giorni che aspetto
    2/3 giorni
    1/2 kg
    24/7
    31/4
    31/02/2026
    aprite il sabato?
    do you deliver on Saturdays
    ogni lunedì
    orari da lunedì a venerdì
    open from Monday to Friday?
    black friday
    la settimana scorsa
    last week
    i ferri del 4
    ferri dal 3 al 4
    for the 3rd time
    on the 3rd floor
    3 set di punte
    I may 3
    via Roma 3/11
    il 5 non risponde
    taglia 44
    in 3 days
    999 years ago
    day 29
    11/10 would knit again
    """
)
def test_durations_habits_and_other_numbers_are_no_day(text: str, values: list[str]) -> None:
    assert values_of("date", text) == values


def test_a_year_ends_and_the_day_is_still_right() -> None:
    days = [item.value for item in read("ieri, il 30 dicembre, fra due giorni", date(2027, 1, 1))]
    assert days == ["2026-12-31", "2026-12-30", "2027-01-03"]


def test_a_shorter_month_ends_with_its_last_day() -> None:
    assert [item.value for item in read("un mese fa", date(2026, 3, 31))] == ["2026-02-28"]
