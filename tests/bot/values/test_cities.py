"""Cities by their Italian names, and where things come from or go."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlu.values import cities
from tests.bot.values.reading import table, values_of


@table(
    """
    quanto ci vuole da Milano in macchina → Milano from
    da Roma a Firenze → Roma from, Firenze to
    il negozio di Biella → Biella at
    il pacco è fermo a Bari → Bari at
    spedite a Lecce? → Lecce to
    il pacco non deve andare a Como ma a Lecco → Como to, Lecco to
    consegnato a Monza. io sto a Lecce. → Monza at, Lecce at
    quanti giorni per Lampedusa? → Lampedusa to
    tempi x Palermo → Palermo to
    tra Bologna e Ancona → Bologna, Ancona
    roma → Roma
    MILANO → Milano
    reggio calabria → Reggio Calabria
    sono dalle parti di Novi Ligure → Novi Ligure at
    a Prato c'è un lanificio → Prato at
    zürich e malmo → Zurigo, Malmö
    hello from London → Londra from
    how long from London to York by train → Londra from, York to
    will it get to Dublin by then → Dublino to
    I live in Reading → Reading at
    the lady from Nice → Nizza from
    a plumber in Bath → Bath at
    deliver to New York → New York to
    tracking frozen since Milan → Milano
    in Florence → Firenze at
    is there a shop in Munich → Monaco di Baviera at
    newcastle upon tyne → Newcastle
    """
)
def test_a_city_is_found(text: str, values: list[str]) -> None:
    assert values_of("city", text) == values


@table(
    """
    come stai
    il pacco è fermo da giorni
    una crema per le mani
    un prato verde
    cento euro
    il colore lilla
    una riga storta
    a bordeaux preferisco il verde
    nice yarn
    that's nice, thanks
    I was reading the label
    a bath mat
    my name is Florence
    di foggia antica
    sono in via Roma 3
    piazza Torino 5
    corso Milano
    London Road 12
    il Milan ha vinto
    Torino di Sangro
    il modello Biella
    roma@example.com
    mia zia Ginevra
    bluefaced Leicester wool
    """
)
def test_words_and_names_that_cities_share_are_none(text: str, values: list[str]) -> None:
    assert values_of("city", text) == values


def test_a_city_of_two_words_is_one() -> None:
    assert values_of("city", "abito a San Marino") == ["San Marino at"]
    assert values_of("city", "York, not New York") == ["York", "New York"]


def test_a_list_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    path = tmp_path / "cities.yml"
    path.write_text("plain: Roma", "utf-8")
    with pytest.raises(cities.BadLookup, match="needs plain, careful, other"):
        cities.load(path)
    path.write_text("plain: Roma\ncareful: Como\nother: {Milano: [Milan]}\ncareful_other: []")
    with pytest.raises(cities.BadLookup, match="Milano stands in neither"):
        cities.load(path)
