"""Articles of the catalogue, however customers call them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.nlu.values import catalogue
from bot.nlu.values.slips import distance
from tests.bot.values.reading import table, values_of


@table(
    """
    il cardigan Betulla → CAR-BET
    cardigan betulla → CAR-BET
    il Betulla in taglia M quando torna? → CAR-BET
    cardigan castgno → CAR-CAS
    maglione fagio → MAG-FAG
    gilet acero → GIL-ACE
    la sciarpa larice è arrivata → SCI-LAR
    berretto pino → BER-PIN
    guanti abete e calze sorbo → GUA-ABE, CAL-SOR
    lo scialle Salice → SCL-SAL
    la Bessa color ginepro → BES-GIN
    Bessa ginepro → BES-GIN
    avete la bessa? → BES
    brughera felce → BRU-FEL
    Mucron → MUC
    rugada → RGD
    nuvola → NUV
    *Nuvola → NUV
    avete la nuvola in alba → NUV-ALB
    il filato Nuvola nel colore alba → NUV-ALB
    quanti metri fa un gomitolo di Passo? → PAS
    due gomitoli di passo rosso → PAS
    il Passo è con nylon? → PAS
    posso sostituire il Mucrone con la Bessa? → MUC, BES
    kit calzini → KIT-CAL
    il kit scialle nuvola → KIT-SCI
    sapone alla lanolina → SAP-LAN
    il pettine per la lana → PET-LAN
    marcapuntti → MRC-LAN
    ferri circolari del 4 → FER-C40
    set di punte intercambiabili → FER-SET
    il campionario si paga? → CAM-064
    buono regalo da 50 € → BUO
    BES-GIN c'è? → BES-GIN
    mucrone castagna → MUC-CAS
    """
)
def test_an_article_is_found(text: str, values: list[str]) -> None:
    assert values_of("product", text) == values


@table(
    """
    is nuvola too warm for summer → NUV
    which Castagno do I need → CAR-CAS
    the skein's labelled Cervo → CER
    Bessa in juniper → BES-GIN
    got a restock date for passo in teal → PAS
    tell me about Passo → PAS
    the Betulla cardigan → CAR-BET
    faggio jumper → MAG-FAG
    abete mitens → GUA-ABE
    Rugiada Wisteria → RGD-GLI
    stitch markers? → MRC-LAN
    dpns → FER-DP2
    a gift card → BUO
    the shade card → CAM-064
    wool soap → SAP-LAN
    shawl kit → KIT-SCI
    """
)
def test_an_article_is_found_in_english(text: str, values: list[str]) -> None:
    assert values_of("product", text, "en") == values


@table(
    """
    la vostra alpaca è una nuvola
    passo venerdì a ritirare
    Passo domani
    passo alla L?
    il gomitolo lo posso rendere?
    che filato posso usare?
    ferri in legno di castagno
    mio marito Pino
    la messa è finita
    qualità bassa
    a maggio torna il maglione?
    un viaggio in Alaska
    chi vince il campionato?
    dove sta il mio ordine
    ho preso un cervo per un cane
    latte e caffè
    un cardigan verde
    la sciarpa è bucata
    kit
    CAM-999
    """
)
def test_other_words_are_no_article(text: str, values: list[str]) -> None:
    assert values_of("product", text) == values


def test_capitals_mean_nothing_to_who_shouts() -> None:
    assert values_of("product", "LA VOSTRA LANA È UNA NUVOLA") == []
    assert values_of("product", "DOV'È IL CARDIGAN BETULLA") == ["CAR-BET"]


def test_every_article_of_the_list_is_found_by_its_full_names() -> None:
    for line in catalogue.PATH.read_text("utf-8").split("  - {")[1:]:
        identity = re.search(r"id: ([\w-]+)", line)
        italian = re.search(r"\bit: ([^,]+),", line)
        english = re.search(r"\ben: ([^,]+)[,}]", line)
        assert identity
        for found, language in ((italian, "it"), (english, "en")):
            if found:
                assert values_of("product", found[1], language) == [identity[1]], found[1]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("- a", "must hold"),
        ("yarns: [{name: Bessa}]", "without id"),
        ("yarns: [{id: BES, name: Bessa, word: sometimes}]", "BES: word must be"),
        ("others: [{id: SAP}]", "SAP has neither"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "products.yml"
    path.write_text(content, "utf-8")
    with pytest.raises(catalogue.BadLookup, match=problem):
        catalogue.load(path)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("bessa", "bessa", 0), ("besa", "bessa", 1), ("ebssa", "bessa", 1), ("abc", "", 3)],
)
def test_a_swap_is_one_slip(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == distance(other, one) == slips
