"""For every eye, hand and page: axe, keyboard, zoom, phones, hostile pages with strict policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from runtime.settings import Settings
from tests.integrations.console.browsing import Browser

from .chat_gateways import ChatGateway, running, shop
from .chat_pages import ChatPage

AXE = (Path(__file__).parents[3] / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
POLICY = (
    "default-src 'none'; script-src {gateway}; style-src 'self' 'nonce-shop'; "
    "connect-src {gateway} {socket}; img-src {gateway}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# All that a page can do to what stands on it, and then some.
HOSTILE = """<!doctype html><html lang="it"><head><title>Bottega</title><style nonce="shop">
  html { font-size: 40px; transform: rotate(1deg); }
  body { filter: blur(0.5px); line-height: 5; letter-spacing: 1em; direction: rtl; }
  * { all: unset !important; color: lime !important; font: 60px fantasy !important;
      display: block !important; position: static !important; opacity: 0.1 !important;
      background: magenta !important; width: 2000px !important; pointer-events: none !important; }
  ascolto-chat { display: none !important; visibility: hidden !important; z-index: -1 !important;
      transform: scale(0) !important; }
  .panel, .launcher, .log, button, textarea { border: 30px solid red !important; }
</style></head><body><h1>Bottega</h1><p>Lane.</p>{script}</body></html>"""
PLAIN = """<!doctype html><html lang="en"><head><title>Shop</title><meta name="viewport"
  content="width=device-width"></head><body><main><h1>Shop</h1><p>Wool.</p></main>{script}</body></html>"""


def axe(chat: ChatPage) -> list[str]:
    """What axe finds, a line each."""
    driver = chat.browser.driver
    chat.browser.still()
    chat.browser.run(AXE + "; window.axe = axe; return null")
    found: dict[str, Any] = driver.execute_async_script(
        "const done = arguments[1];"
        "axe.run(document, {runOnly: arguments[0], resultTypes: ['violations']})"
        ".then(done, (error) => done({violations: [{id: String(error), nodes: []}]}))",
        RULES,
    )
    return [
        f"{each['id']}: {[node['target'] for node in each['nodes']]} "
        f"{[node.get('failureSummary') for node in each['nodes']]}"
        for each in found["violations"]
    ]


def a_conversation(chat: ChatPage, gateway: ChatGateway) -> None:
    """With everything that a log can show."""
    chat.say("avete https://www.lanificioaurora.example/lana?")
    chat.see("Hai scritto", ".row.bot .text")
    chat.say("voglio parlare con una persona")
    chat.click(".row.last .choices button")
    chat.see("aspettiamo insieme")
    gateway.agent("Ciao, sono Marta.")
    chat.see("sono Marta", ".row.agent .text")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1100, 860), (320, 640)])
def test_axe_finds_nothing(
    chat: ChatPage, gateway: ChatGateway, scheme: str, width: int, height: int
) -> None:
    chat.browser.size(width, height)
    chat.browser.prefer(scheme)
    try:
        chat.visit()
        assert axe(chat) == []
        a_conversation(chat, gateway)
        chat.click(".forget")
        chat.browser.until(lambda: chat.texts(".sure"), "the question")
        assert axe(chat) == []
    finally:
        chat.browser.prefer("light")


# 640 by 430 is what a window of 1280 by 860 has at 200%; 320 by 256 at 400%.
@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 430), (320, 256)])
def test_small_and_zoomed_windows_show_all_without_sideways_scrolling(
    chat: ChatPage, gateway: ChatGateway, width: int, height: int
) -> None:
    chat.browser.size(width, height)
    chat.visit()
    a_conversation(chat, gateway)
    page, window = chat.browser.measure(
        "return [document.documentElement.scrollWidth, window.innerWidth]"
    )
    assert page <= window
    # The box and its buttons are in view, whole, and something of the log is.
    outside = chat.measure(
        "return [...root.querySelectorAll('.head button, textarea, .round')].filter((node) => {"
        "const {left, right, top, bottom} = node.getBoundingClientRect();"
        "return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;"
        "}).map((node) => node.className)"
    )
    assert outside == []
    assert chat.measure("return root.querySelector('.log').clientHeight") > 60
    targets = chat.measure(
        "return [...root.querySelectorAll('button, a.paper')].filter((n) => n.checkVisibility())"
        ".map((n) => n.getBoundingClientRect()).filter((r) => r.height < 24 || r.width < 24).length"
    )
    assert targets == 0


def test_larger_letters_of_the_browser_are_kept(chat: ChatPage) -> None:
    chat.visit()
    size = "return parseFloat(getComputedStyle(root.querySelector('.chat')).fontSize)"
    assert chat.measure(size) == 15


def test_less_motion_for_who_wants_less(chat: ChatPage) -> None:
    chat.browser.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]},
    )
    try:
        chat.visit()
        chat.say("ciao")
        chat.see("Hai scritto: ciao", ".row.bot .text")
        assert chat.run("return root.getAnimations().length") == 0
    finally:
        chat.browser.prefer("light")


@pytest.fixture
def embedded(
    browser: Browser, new_settings: Callable[..., Settings]
) -> Iterator[Callable[[str, str], ChatPage]]:
    """Open a shop's page (html, attributes of the script tag) that embeds a gateway's widget."""
    with shop() as (site, add), running(new_settings(webchat_origins=site)) as gateway:

        def visit(html: str, attributes: str = "") -> ChatPage:
            script = f'<script src="{gateway.url}/chat/widget.js" defer {attributes}></script>'
            socket = gateway.url.replace("http", "ws")
            policy = POLICY.format(gateway=gateway.url, socket=socket)
            add(html.replace("{script}", script), policy)
            browser.size(1100, 860)
            page = ChatPage(browser, gateway)
            page.visit(url=site)
            return page

        yield visit
        complaints = browser.complaints()
        browser.forget(site)
    assert complaints == []


def test_by_keyboard_alone(embedded: Callable[..., ChatPage]) -> None:
    chat = embedded(PLAIN, 'data-language="it"')
    browser = chat.browser
    browser.press(Keys.TAB)
    chat.focused("Apri la chat")
    browser.press(Keys.ENTER)
    chat.focused("Scrivi un messaggio")
    browser.press("voglio parlare con una persona", Keys.ENTER)
    chat.see("Ho chiamato una persona", ".row .text")
    seen = []
    for _ in range(6):
        browser.press(Keys.SHIFT, Keys.TAB, Keys.NULL)
        seen.append(chat.focus())
        if seen[-1] == "Torno al bot":
            break
    assert seen[-1] == "Torno al bot"
    ring = (
        "const {outlineStyle, outlineWidth} = getComputedStyle(root.activeElement);"
        "return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2"
    )
    assert chat.measure(ring), "one sees where one is"
    browser.press(Keys.SPACE)
    chat.see("andiamo avanti insieme", ".row .text")
    # A used button gives the focus to the log, not to nothing.
    chat.focused("Messaggi")
    browser.press(Keys.ESCAPE)
    chat.focused("Apri la chat")
    assert chat.find(".panel").is_displayed() is False


def test_a_phone_wide_widget_keeps_the_focus_to_itself(embedded: Callable[..., ChatPage]) -> None:
    chat = embedded(PLAIN, 'data-language="it"')
    chat.browser.size(320, 640)
    chat.click(".launcher")
    chat.browser.until(lambda: chat.find(".panel[aria-modal=true]"), "the panel over the page")
    for _ in range(12):
        chat.browser.press(Keys.TAB)
        assert chat.run("return root.activeElement?.closest('.panel') !== null")
    assert axe(chat) == []


def test_a_hostile_page_with_a_strict_policy(embedded: Callable[..., ChatPage]) -> None:
    chat = embedded(HOSTILE)
    launcher = chat.measure(
        "const {width, height, right, bottom} = "
        "root.querySelector('.launcher').getBoundingClientRect();"
        "const seen = document.scrollingElement;"
        "return [width, height, seen.clientWidth - right, seen.clientHeight - bottom]"
    )
    assert launcher == [60, 60, 20, 20]
    chat.click(".launcher")
    chat.say("mi leggete?")
    chat.see("Hai scritto: mi leggete?", ".row.bot .text")
    look = chat.measure(
        "const panel = root.querySelector('.panel');"
        "const {width, right} = panel.getBoundingClientRect();"
        "const text = getComputedStyle(root.querySelector('.bot .text'));"
        "const seen = document.scrollingElement.clientWidth;"
        "return [width, seen - right, text.fontSize, text.letterSpacing, text.direction,"
        "text.color, getComputedStyle(panel).opacity, getComputedStyle(panel).borderTopWidth]"
    )
    assert look == [400, 20, "15px", "normal", "ltr", "rgb(42, 36, 32)", "1", "1px"]
    # What lies on top there is ours.
    on_top = chat.browser.measure(
        "return document.elementFromPoint(innerWidth - 100, innerHeight - 200).localName"
    )
    assert on_top == "ascolto-chat"


def test_themes_words_and_sides(embedded: Callable[..., ChatPage]) -> None:
    chat = embedded(
        PLAIN,
        'data-language="en" data-accent="#ffe08a" data-side="left" data-theme="light"'
        ' data-title="Wool &amp; Co" data-greeting="Hey there!" data-starters="One|Two"'
        " data-open",
    )
    chat.see("Hey there!", ".greeting")
    chat.see("Wool & Co", "h2")
    assert chat.texts(".starters button") == ["One", "Two"]
    left = "return getComputedStyle(root.querySelector('.panel')).left"
    assert chat.measure(left) == "20px"
    head = "const {backgroundColor, color} = getComputedStyle(root.querySelector('.head'));"
    assert chat.measure(head + "return [backgroundColor, color]") == [
        "rgb(255, 224, 138)",
        "rgb(20, 13, 10)",
    ]
    assert axe(chat) == []


def test_unread_messages_are_counted_until_they_are_seen(
    embedded: Callable[..., ChatPage],
) -> None:
    chat = embedded(PLAIN, 'data-language="en"')
    chat.click(".launcher")
    chat.say("hello")
    chat.see("hello", ".row.bot .text")
    chat.browser.press(Keys.ESCAPE)
    chat.gateway.agent("This is Marta.")
    chat.see("2", ".badge")
    chat.focused("Open the chat, 2 unread messages")
    heard = "return root.querySelector('.unseen[role=status]').textContent"
    chat.browser.until(lambda: chat.run(heard) == "Marta: This is Marta.", "the words, aloud")
    # Also on the shop's next page.
    chat.browser.driver.refresh()
    chat.see("2", ".badge")
    chat.click(".launcher")
    chat.see("This is Marta.", ".row.agent .text")
    chat.browser.press(Keys.ESCAPE)
    chat.focused("Open the chat")
    chat.browser.driver.refresh()
    chat.browser.until(lambda: len(chat.run("return root.querySelectorAll('.row')")) > 2, "the log")
    assert chat.texts(".badge") == []


def test_a_page_that_is_not_named_is_told_so(browser: Browser, gateway: ChatGateway) -> None:
    with shop() as (site, add):
        script = f'<script src="{gateway.url}/chat/widget.js" defer></script>'
        add(PLAIN.replace("{script}", script), "")
        chat = ChatPage(browser, gateway)
        chat.visit(url=site)
        chat.click(".launcher")
        chat.see("non è abilitata", ".banner")
        browser.forget(site)
