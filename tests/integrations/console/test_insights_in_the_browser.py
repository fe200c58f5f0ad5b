"""The page of insight in Chromium: nothing, one conversation, many; and down to the words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from sqlalchemy import Connection

from integrations.insights import repository
from runtime.settings import Settings
from tests.integrations.insights.planting import HOUR_S, Talk, season

from .browsing import Browser
from .gateways import Gateway, running
from .test_layout import no_sideways

PASSWORD = "telaio-di-prova"
AXE = (Path(__file__).parents[2] / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
HERE = "/console/insights"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
Scene = Callable[[Connection, float], dict[str, str]]


def nothing(conn: Connection, now: float) -> dict[str, str]:
    return {}


def one(conn: Connection, now: float) -> dict[str, str]:
    talk = Talk(conn, now - HOUR_S, sender_name="Giulia Ferraris")
    return {"giulia": talk.says("Sono Giulia, quella del pacco", rejected=True).id}


def many(conn: Connection, now: float) -> dict[str, str]:
    season(conn, now - HOUR_S, days=9, a_day=14)
    return one(conn, now)


@pytest.fixture
def opened(
    request: pytest.FixtureRequest, new_settings: Callable[..., Settings], browser: Browser
) -> Iterator[Gateway]:
    """A designer's page of a gateway in the state that the test asks for."""
    scene: Scene = request.param
    with running(new_settings(designer_password=PASSWORD), scene) as gateway:
        browser.size(1280, 800)
        browser.driver.get(f"{gateway.url}/console/login?language=it&to={HERE}")
        browser.driver.find_element(By.ID, "agent").send_keys("Dora")
        browser.driver.find_element(By.ID, "password").send_keys(PASSWORD, Keys.ENTER)
        ready(browser)
        yield gateway
        complaints = browser.complaints()
        browser.forget(gateway.url)
        assert complaints == []


def ready(browser: Browser) -> None:
    browser.until(lambda: browser.find("#main[aria-busy=false]"), "the page")


def counted(browser: Browser, gateway: Gateway, days: int) -> None:
    """Wait until every planted day is counted, and look again."""
    browser.until(lambda: len(gateway.read(repository.counted_days)) >= days, "days counted")
    browser.driver.refresh()
    ready(browser)


@pytest.mark.parametrize("opened", [nothing], indirect=True)
def test_an_empty_page_says_what_to_do(opened: Gateway, browser: Browser) -> None:
    browser.see("Qui ancora non c'è niente da contare", "#empty")
    browser.see("make chat", "#empty")
    assert browser.find("#numbers") is None


@pytest.mark.parametrize("opened", [one], indirect=True)
def test_one_conversation_is_a_page_already(opened: Gateway, browser: Browser) -> None:
    browser.see("100%", "#rate-rejection .big")
    browser.see("1 su 1 messaggi", "#rate-rejection")
    browser.see("nessun periodo di confronto", "#rate-rejection")
    assert browser.find("#chart .dot") is not None
    browser.see("Nessun passaggio a una persona", "#reasons")
    browser.find("#rate-rejection button").click()
    browser.see("quella del pacco", "#cases-list")
    assert "Giulia" not in browser.text("#cases-list")
    browser.find("#cases-list a").click()
    browser.until(lambda: "/console/insights/c/" in browser.driver.current_url, "the conversation")
    ready(browser)
    browser.see("quella del pacco", ".entry.customer.meant")
    browser.see("Non compreso", ".made")
    assert "Giulia" not in browser.run("return document.documentElement.innerHTML")
    assert browser.find("#to-desk") is None
    browser.find("#back").click()
    browser.see("100%", "#rate-rejection .big")


@pytest.mark.parametrize("opened", [many], indirect=True)
def test_filters_live_in_the_address(opened: Gateway, browser: Browser) -> None:
    counted(browser, opened, 9)
    before = browser.text("#rate-understanding")
    Select(browser.find("#channel")).select_by_value("telegram")
    browser.until(lambda: browser.text("#rate-understanding") != before, "other numbers")
    assert "channel=telegram" in browser.driver.current_url
    shown = browser.text("#rate-understanding")
    browser.find("[data-days='7']").click()
    browser.until(lambda: "days=7" in browser.driver.current_url, "the address")
    browser.driver.back()
    browser.until(lambda: browser.text("#rate-understanding") == shown, "the numbers of before")
    browser.driver.refresh()
    ready(browser)
    assert browser.text("#rate-understanding") == shown
    Select(browser.find("#language")).select_by_value("")
    assert browser.find("[data-days='28'][aria-pressed=true]") is not None


@pytest.mark.parametrize("opened", [many], indirect=True)
def test_the_chart_has_words_and_a_table(opened: Gateway, browser: Browser) -> None:
    counted(browser, opened, 9)
    title = "return document.querySelector('#chart svg title').textContent"
    described = "return document.querySelector('#chart svg desc').textContent"
    assert browser.run(title) == "Comprensione"
    assert "giorno per giorno" in browser.run(described)
    browser.find("[data-line=messages]").click()
    browser.until(lambda: browser.run(title) == "Messaggi letti", "the other line")
    browser.find("#as-table").click()
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, "#chart tbody tr")) == 28
    browser.find("#as-table").click()
    assert browser.find("#chart svg") is not None


@pytest.mark.parametrize("opened", [many], indirect=True)
def test_every_number_explains_itself(opened: Gateway, browser: Browser) -> None:
    browser.find("#rate-understanding .what summary").click()
    browser.see("né rifiutato né trovato ambigui", "#rate-understanding .what")
    browser.press(Keys.ESCAPE)
    browser.until(
        lambda: browser.find("#rate-understanding .what p") is None, "the explanation gone"
    )


@pytest.mark.parametrize("opened", [one], indirect=True)
def test_on_a_narrow_page_every_explanation_can_be_read(opened: Gateway, browser: Browser) -> None:
    inside = """
        const {left, right} = arguments[0].getBoundingClientRect();
        return left >= 0 && right <= document.documentElement.clientWidth;
    """
    for width in (390, 320):
        browser.size(width, 800)
        for summary in browser.driver.find_elements(By.CSS_SELECTOR, ".what summary"):
            browser.run("arguments[0].click()", summary)
            told = browser.until(lambda: browser.find(".what[open] p"), "the explanation")
            assert browser.measure(inside, told)
            no_sideways(browser)
            browser.run("arguments[0].click()", summary)


@pytest.mark.parametrize("opened", [one], indirect=True)
def test_a_period_without_anything_says_so(opened: Gateway, browser: Browser) -> None:
    browser.driver.get(f"{opened.url}{HERE}?from=2026-01-01&to=2026-01-02")
    ready(browser)
    browser.see("Niente in questo periodo", "#empty")
    browser.find("#reset").click()
    browser.see("100%", "#rate-rejection .big")


@pytest.mark.parametrize("opened", [many], indirect=True)
def test_for_every_eye_and_width(opened: Gateway, browser: Browser) -> None:
    counted(browser, opened, 9)
    for width, height in ((1280, 800), (700, 900), (390, 844), (320, 640)):
        browser.size(width, height)
        no_sideways(browser)
    browser.size(1280, 800)
    for scheme in ("light", "dark"):
        browser.prefer(scheme)
        assert violations(browser) == []
    browser.prefer("light")
    browser.find("#flows .opens").click()
    browser.see("Verifica", "#cases-title")
    browser.until(lambda: browser.find("#cases-list a"), "the conversations")
    assert violations(browser) == []
    browser.find("#cases-list a").click()
    browser.until(lambda: "/console/insights/c/" in browser.driver.current_url, "the conversation")
    ready(browser)
    assert violations(browser) == []
    browser.size(390, 844)
    no_sideways(browser)


def violations(browser: Browser) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    browser.still()
    browser.run(AXE + "; window.axe = axe; return null")
    found = browser.driver.execute_async_script(
        "const done = arguments[1]; axe.run(document, {runOnly: arguments[0]})"
        ".then((r) => done(r.violations.map((v) =>"
        " `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).slice(0, 3).join(' | ')}`)))",
        RULES,
    )
    return [str(each) for each in found]
