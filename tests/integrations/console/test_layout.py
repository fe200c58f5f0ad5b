"""For every eye and hand: small and zoomed pages, names for every control, hostile text."""

from __future__ import annotations

import re

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from sqlalchemy import Connection

from . import factory
from .browsing import Browser
from .gateways import Gateway
from .pages import DeskPage

HOSTILE = (
    "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>",
    "<!channel> <@U123> {{7*7}} ${window.pwned = 3} javascript:alert(1)",
    "</p></li></ol><h1>Il tuo capo</h1><form action='https://evil.example'>",
    "\u202egnp.exe \u202d\u2066 rovesciato \u202e",
    "مرحبا، أين طلبي LA-20398؟",
    "🧶" * 10_000,
    "parola" * 2_000,
    "riga\n" * 400,
    "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a" * 40,
    "⟦card⟧ ⟦password⟧ ⟦script⟧",
)


def no_sideways(browser: Browser) -> None:
    """The page is no wider than the window."""
    width = "return [document.documentElement.scrollWidth, window.innerWidth]"
    page, window = browser.measure(width)
    assert page <= window


def test_hostile_text_is_only_text(desk: DeskPage, gateway: Gateway) -> None:
    name = "<img src=x onerror='window.pwned = 4'>\u202eailuiG"
    for text in HOSTILE:
        gateway.customer_says("giulia", text, sender={"name": name})

    def elsewhere(conn: Connection) -> None:
        giulia, at = gateway.ids["giulia"], gateway.container.clock.now()
        links = ("javascript:window.pwned = 5", "data:text/html,<script>", "https://ok.example/a")
        files = [{"kind": "file", "name": "<b>x</b>", "url": url} for url in links]
        factory.said(conn, giulia, "allegati", at=at, attachments=files)
        factory.noted(conn, giulia, HOSTILE[0], at=at, author="<b>Eva</b>")
        factory.told(
            conn, giulia, HOSTILE[0], at=at, buttons=[{"title": HOSTILE[0], "payload": "p"}]
        )

    gateway.write(elsewhere)
    desk.log_in()
    desk.visit("giulia")
    shown = desk.messages()
    for text in HOSTILE[:-1]:
        assert text.strip() in [each.strip() for each in shown]
    assert "numero di carta rimosso password rimossa ⟦script⟧" in shown
    browser = desk.browser
    assert browser.run("return window.pwned ?? null") is None
    strange = (
        "#list img, #list script, #messages :is(img, script, form, h1, b:not(.by b)), #card img"
    )
    assert browser.run("return document.querySelectorAll(arguments[0]).length", strange) == 0
    links = (
        "return [...document.querySelectorAll('.files a')].map((a) => [a.href, a.rel, a.target])"
    )
    assert browser.run(links) == [
        ["https://ok.example/a", "noopener noreferrer nofollow", "_blank"]
    ]
    # One text's direction doesn't turn what stands around it.
    isolated = (
        "return [...document.querySelectorAll('.text, .name, .said, #conversation-title')]"
        ".every((node) => getComputedStyle(node).unicodeBidi === 'isolate' && node.dir === 'auto')"
    )
    assert browser.run(isolated)
    assert len(browser.run("return [...document.querySelectorAll('.text.long')]")) >= 3
    for width, height in ((1360, 860), (700, 900), (320, 640)):
        browser.size(width, height)
        no_sideways(browser)
    desk.browser.size(1360, 860)
    desk.claim()
    assert browser.find("#reply-text").is_enabled()


@pytest.mark.parametrize("language", ["it", "en"])
def test_narrow_and_zoomed_pages_need_no_sideways_scrolling(
    desk: DeskPage, gateway: Gateway, language: str
) -> None:
    """320 pixels wide is 400 % of an ordinary window; 680 × 430 is 200 %."""
    browser = desk.browser
    browser.driver.get(f"{gateway.url}/console/login?language={language}")
    browser.size(320, 640)
    no_sideways(browser)
    desk.log_in(language)
    for width, height in ((320, 640), (680, 430), (1000, 700)):
        browser.size(width, height)
        browser.driver.get(f"{gateway.url}/console/mails")
        no_sideways(browser)
        browser.driver.get(f"{gateway.url}/console")
        browser.until(lambda: browser.find("#list a.row"), "the list")
        no_sideways(browser)
        desk.visit("giulia")
        no_sideways(browser)
        desk.click("#show-card")
        browser.until(lambda: browser.find("#card"), "the card")
        no_sideways(browser)
        desk.click("#show-card")
        desk.click("#note-tab")
        element = browser.find("#note-text")
        assert element is not None
        browser.run("arguments[0].scrollIntoView({block: 'end'})", element)
        assert browser.measure("return arguments[0].getBoundingClientRect().height", element) > 40


def test_the_list_leads_to_a_conversation_and_back_on_a_narrow_page(
    desk: DeskPage, gateway: Gateway
) -> None:
    desk.log_in()
    desk.browser.size(390, 800)
    desk.open("giulia")
    desk.gone("#list")
    desk.click("#back")
    desk.browser.until(lambda: desk.browser.find("#list a.row"), "the list")
    desk.gone("#conversation")
    desk.browser.driver.back()
    desk.browser.until(lambda: desk.showing("giulia"), "the conversation")


def test_every_control_has_a_name_and_shows_its_focus(desk: DeskPage, gateway: Gateway) -> None:
    browser = desk.browser
    nameless = """
        const named = (node) => (node.ariaLabel || node.innerText || node.title || "").trim()
            || [...(node.labels ?? [])].some((label) => label.innerText.trim());
        return [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea")]
            .filter((node) => node.checkVisibility() && !named(node)).map((node) => node.outerHTML)
    """
    assert browser.run(nameless) == []
    desk.log_in()
    desk.open("giulia")
    desk.claim()
    assert browser.run(nameless) == []
    browser.driver.get(f"{gateway.url}/console/c/{gateway.ids['giulia']}")
    browser.until(lambda: browser.find("#reply-text"), "the reply box")
    browser.run("document.activeElement.blur()")
    reached = set()
    focused = """
        const node = document.activeElement, style = getComputedStyle(node);
        return [node.id, node.tagName, style.outlineStyle, parseFloat(style.outlineWidth)]
    """
    for _ in range(45):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        name, tag, outline, width = browser.measure(focused)
        assert tag == "BODY" or (outline == "solid" and width >= 2), (name, tag)
        reached.add(name)
    assert {"search", "log", "card", "return", "resolve", "reply-tab", "reply-text"} <= reached


@pytest.mark.parametrize("language", ["it", "en"])
def test_nothing_stays_untranslated(desk: DeskPage, gateway: Gateway, language: str) -> None:
    desk.log_in(language)
    texts = []
    for name in ("giulia", "emma", "tom", "anna", "paolo"):
        desk.open(name)
        texts.append(desk.browser.text("body"))
    keys = re.compile(
        r"\b(app|list|owner|card|state|message|composer|actions|role|intent|order_status|parcel)"
        r"\.[a-z_]+\b"
    )
    assert [found for text in texts for found in keys.findall(text)] == []
    assert desk.browser.run("return document.documentElement.lang") == language
    expected = "Perché una persona" if language == "it" else "Why a person"
    assert expected in texts[0]
    assert ("Why a person" in texts[0]) == (language == "en")


def test_changing_the_language_stays_in_the_conversation(desk: DeskPage, gateway: Gateway) -> None:
    desk.log_in("it")
    desk.open("giulia")
    desk.click(".languages button[value=en]")
    desk.browser.see("Waiting for a person", "#marks")
    assert desk.showing("giulia")
