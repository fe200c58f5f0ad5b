"""Insight speaks of articles and intents by their titles, whatever those titles hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from sqlalchemy import Connection

from runtime.settings import Settings
from tests.integrations.insights.planting import HOUR_S, Talk, gap, given

from .browsing import Browser
from .gateways import Gateway, running
from .test_insights_in_the_browser import PASSWORD, ready
from .test_layout import no_sideways

HOSTILE = "<img src=x onerror='window.pwned = 1'><b>Lana</b> " + "infeltrita" * 12
ARTICLES = {
    "it/lana": ("lana", "Lavare la lana"),
    "en/lana": ("lana", "Washing wool"),
    "it/feltro": ("feltro", HOSTILE),
}


def scene(conn: Connection, now: float) -> dict[str, str]:
    """A question that no article answered, one answered with hostile words, an article gone."""
    gaps = [gap("garment_care", "lana"), given("feltro", "garment_care")]
    talk = Talk(conn, now - HOUR_S).says("come la lavo?", "garment_care", signals=gaps)
    talk.says("e il Club?", "loyalty_points", signals=[gap("loyalty_points", "sparito")])
    talk.says(
        "uffa",
        "complaint",
        signals=[("angry", {"level": 2})],
        rules=["asked-for-a-person", "no-such-rule"],
    )
    return {"talk": talk.id}


@pytest.fixture
def gateway(
    new_settings: Callable[..., Settings], tmp_path: Path, browser: Browser
) -> Iterator[Gateway]:
    """A gateway with three articles of its own."""
    for path, (slug, title) in ARTICLES.items():
        file = tmp_path / "articles" / f"{path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'---\ntitle: "{title}"\nslug: {slug}\n---\n', "utf-8")
    settings = new_settings(designer_password=PASSWORD, knowledge_dir=tmp_path / "articles")
    with running(settings, scene) as gateway:
        yield gateway
        complaints = browser.complaints()
        browser.forget(gateway.url)
        assert complaints == []


def log_in(browser: Browser, gateway: Gateway, language: str) -> None:
    browser.size(1280, 800)
    browser.driver.get(f"{gateway.url}/console/login?language={language}&to=/console/insights")
    browser.driver.find_element(By.ID, "agent").send_keys("Dora")
    browser.driver.find_element(By.ID, "password").send_keys(PASSWORD, Keys.ENTER)
    ready(browser)


@pytest.mark.parametrize(
    ("language", "care", "wool"),
    [("it", "Lavaggio e cura", "Lavare la lana"), ("en", "Washing and care", "Washing wool")],
)
def test_gaps_and_articles_carry_titles_and_beside_them_their_names(
    gateway: Gateway, browser: Browser, language: str, care: str, wool: str
) -> None:
    log_in(browser, gateway, language)
    row = f"{care} {wool}\nlana"
    browser.see(row, "#gaps")
    assert browser.find("#gaps th[title=garment_care]") is not None
    assert browser.find(f"#gaps [lang={language}]") is not None
    browser.see("sparito", "#gaps")
    # What nobody gave a title is told by its name once, not twice.
    assert browser.text("#gaps").count("sparito") == 1
    browser.find("#articles summary").click()
    browser.see(HOSTILE, "#articles")
    browser.see("feltro", "#articles .slug")
    assert browser.run("return window.pwned ?? null") is None
    assert browser.run("return document.querySelector('main :is(img, b:not(.change b))')") is None
    for width in (1280, 390, 320):
        browser.size(width, 800)
        no_sideways(browser)
    browser.size(1280, 800)
    browser.find("#gaps tr:has(th[title=garment_care]) .opens").click()
    browser.see(f"{care} · {wool}", "#cases-title")


def test_a_conversation_names_articles_rules_and_signals_in_words(
    gateway: Gateway, browser: Browser
) -> None:
    log_in(browser, gateway, "it")
    browser.driver.get(f"{gateway.url}/console/insights/c/{gateway.ids['talk']}")
    ready(browser)
    browser.see(f"articolo dato: {HOSTILE}", "#told")
    browser.see("il più vicino: Lavare la lana", "#told")
    browser.see("il più vicino: sparito", "#told")
    browser.see("Inteso come Lavaggio e cura", "#told")
    browser.see("regole: Ha chiesto di parlare con una persona; no-such-rule", "#told")
    browser.see("segnali: rabbia", "#told")
    assert browser.find("#told li[title=angry]") is not None
    assert browser.run("return window.pwned ?? null") is None
    for width in (1280, 390, 320):
        browser.size(width, 800)
        no_sideways(browser)


def test_every_signal_has_its_words() -> None:
    from integrations.console import catalogue
    from integrations.escalation.signals import SIGNALS

    for texts in catalogue.load().values():
        assert {f"insights_signal.{name}" for name in SIGNALS} <= texts.keys()
