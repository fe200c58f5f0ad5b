"""Help articles: complete, short enough to send, and of one mind with each other and the shop."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from crm_bridge.demo.catalogue import BY_SKU, zone_of
from crm_bridge.knowledge.articles import Article, load

FOLDER = Path(__file__).parents[2] / "data" / "knowledge"
ARTICLES, MISTAKES = load(FOLDER)
BY_SLUG = {(article.language, article.slug): article for article in ARTICLES}


def text(language: str, slug: str) -> str:
    return "\n\n".join(BY_SLUG[language, slug].paragraphs)


def test_every_article_can_be_read() -> None:
    assert [str(mistake) for mistake in MISTAKES] == []


@pytest.mark.parametrize("language", ["it", "en"])
def test_there_are_enough_of_them(language: str) -> None:
    assert sum(article.language == language for article in ARTICLES) >= 40


@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: f"{a.language}/{a.slug}")
def test_an_article_is_complete(article: Article) -> None:
    assert (FOLDER / article.language / f"{article.slug}.md").exists()
    assert article.title
    assert article.tags
    assert 7 <= len(article.questions) <= 13
    assert len(set(article.questions)) == len(article.questions)
    assert len(article.answer) <= 400
    assert not re.search(r"[*_`|\[\]#]", article.answer), "sent as plain text"
    assert 80 <= sum(len(paragraph.split()) for paragraph in article.paragraphs) <= 225
    assert not re.search(r"https?://", "\n".join(article.paragraphs)), "the bridge makes addresses"


def test_no_question_is_asked_of_two_articles() -> None:
    for language in ("it", "en"):
        asked = [q.lower() for a in ARTICLES if a.language == language for q in a.questions]
        assert len(asked) == len(set(asked))


# What both languages must say alike: (Italian article, pattern), (English article, pattern).
FACTS = {
    "days to return": (
        ("resi-30-giorni", r"Hai (\d+) giorni dalla consegna"),
        ("returns-30-days", r"have (\d+) days from delivery"),
    ),
    "days to exchange": (
        ("cambio-taglia-colore", r"entro (\d+) giorni dalla consegna"),
        ("exchange-size-or-colour", r"within (\d+) days of delivery"),
    ),
    "days to report a fault": (
        ("gomitolo-difettoso", r"entro (\d+) giorni dalla consegna"),
        ("damaged-skein", r"within (\d+) days of delivery"),
    ),
    "working days to refund": (
        ("tempi-rimborso", r"entro (\d+) giorni lavorativi"),
        ("refund-times", r"within (\d+) working days"),
    ),
    "free of postage in Italy from": (
        ("spedizioni-italia", r"gratuita da (\d+) €"),
        ("shipping-costs-and-times", r"Italy €5\.90 \(free from €(\d+)\)"),
    ),
    "free of postage in the EU from": (
        ("spedizioni-estero", r"gratis da (\d+) €"),
        ("shipping-costs-and-times", r"€9\.90 \(free from €(\d+)\)"),
    ),
    "British VAT included up to": (
        ("spedizioni-estero", r"fino a (\d+) sterline"),
        ("customs-uk-us-switzerland", r"up to £(\d+)"),
    ),
    "days late before a search": (
        ("pacco-in-ritardo", r"più di (\d+) giorni lavorativi"),
        ("late-or-lost-parcel", r"more than (\d+) working days"),
    ),
    "knots in 100 grams": (
        ("nodi-nel-gomitolo", r"Fino a (\d+) nodi"),
        ("knots-in-a-skein", r"Up to (\d+) knots"),
    ),
    "days a lot is set aside": (
        ("bagno-di-colore", r"per (\d+) giorni"),
        ("dye-lots", r"for (\d+) days"),
    ),
    "gift cards are valid for": (
        ("buoni-regalo", r"Valgono (\d+) mesi"),
        ("gift-cards", r"valid for (\d+) months"),
    ),
    "points are valid for": (
        ("club-aurora", r"valgono (\d+) mesi"),
        ("club-aurora", r"last (\d+) months"),
    ),
    "gold from": (("club-aurora", r"con (\d+) € Oro"), ("club-aurora", r"€(\d+) and you're Gold")),
    "opening hours": (
        ("negozio-orari", r"(10:00–13:00)"),
        ("visit-the-shop", r"(10:00–13:00)"),
    ),
    "tour price": (("visita-lanificio", r"Costa (\d+) €"), ("mill-tours", r"€(\d+) a person")),
    "balls of Bessa in a sweater": (
        ("quanta-lana-maglione", r"(\d+) gomitoli di Bessa, 7"),
        ("how-much-yarn-for-a-sweater", r"(\d+) balls of Bessa, 7"),
    ),
    "chest of an M": (
        ("taglie-cardigan", r"M (\d+–\d+)"),
        ("cardigan-sizes", r"M (\d+–\d+)"),
    ),
    "colours of the shade card": (
        ("campionario", r"(\d+) ciuffi"),
        ("sample-card", r"(\d+) tufts"),
    ),
    "days a collection is kept": (
        ("ritiro-in-negozio", r"teniamo (\d+) giorni"),
        ("click-and-collect", r"keep it for (\d+) days"),
    ),
    "mending costs": (
        ("rammendo", r"(\d+) € per un buco"),
        ("mending", r"€(\d+) for a small hole"),
    ),
    "gift wrapping costs": (
        ("confezione-regalo", r"Costa (\d),50 €"),
        ("gift-wrapping", r"€(\d)\.50 a parcel"),
    ),
    "days to report a mistake of ours": (
        ("articolo-sbagliato-mancante", r"entro (\d+) giorni dalla consegna"),
        ("wrong-or-missing-item", r"within (\d+) days of delivery"),
    ),
    "chest of an M in a sweater": (
        ("taglie-maglioni-accessori", r"M (\d+–\d+)"),
        ("cardigan-sizes", r"M (\d+–\d+)"),
    ),
    "hours a new password's link is good for": (
        ("account-e-password", r"vale (\d+) ore"),
        ("account-and-password", r"good for (\d+) hours"),
    ),
    "working days to answer a complaint": (
        ("parlare-con-una-persona", r"entro (\d+) giorni lavorativi"),
        ("talk-to-a-person", r"within (\d+) working days"),
    ),
    "first trade order from": (("rivenditori", r"da (\d+) €"), ("wholesale", r"from €(\d+) net")),
}


@pytest.mark.parametrize("fact", FACTS)
def test_the_two_languages_agree(fact: str) -> None:
    values = []
    for language, (slug, pattern) in zip(("it", "en"), FACTS[fact], strict=True):
        found = re.search(pattern, text(language, slug))
        assert found, f"{language}/{slug} no longer says it like this"
        values.append(found[1])
    assert values[0] == values[1]


def test_every_return_window_in_every_article_is_thirty_days() -> None:
    patterns = {"it": r"(\d+) giorni dalla consegna", "en": r"(\d+) days (?:of|from) delivery"}
    for article in ARTICLES:
        days = re.findall(patterns[article.language], "\n".join(article.paragraphs))
        assert set(days) <= {"30"}, article.slug


@pytest.mark.parametrize(
    ("country", "slug", "says"),
    [
        ("IT", "spedizioni-italia", "5,90 €"),
        ("DE", "spedizioni-estero", "9,90 €"),
        ("GB", "spedizioni-estero", "14,90 €"),
        ("US", "spedizioni-estero", "19,90 €"),
    ],
)
def test_orders_pay_the_postage_the_articles_name(country: str, slug: str, says: str) -> None:
    assert f"{zone_of(country).postage} €".replace(".", ",") == says
    assert says in text("it", slug)
    assert says.removesuffix(" €").replace(",", ".") in text("en", "shipping-costs-and-times")


@pytest.mark.parametrize(
    ("sku", "slug", "price"),
    [
        ("SAP-LAN", "lavare-merino", "9,50 €"),
        ("SAC-LAV", "tarme", "6,50 €"),
        ("CAM-064", "campionario", "12,00 €"),
    ],
)
def test_products_cost_what_the_articles_say(sku: str, slug: str, price: str) -> None:
    assert price in text("it", slug)
    assert BY_SKU[sku].price == Decimal(price.removesuffix(" €").replace(",", "."))
