"""For every eye and hand: hostile words, small pages, names for every control, failures."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from ..test_layout import no_sideways
from .conftest import DESIGNERS
from .inbox import Inbox
from .pages import ReviewPage
from .test_fixing import READ

HOSTILE = (
    "<img src=x onerror='window.pwned = 1'><script>window.pwned = 2</script>",
    "</textarea></li><h1>Il tuo capo</h1> javascript:alert(1) {{7*7}} ${7*7}",
    "\u202egnp.exe rovesciato \u202e \u2066",
    "مرحبا، أين طلبي LA-10000؟",
    "🧶" * 1_000,
    "parola" * 833,
    "👩‍👩‍👧‍👦 e Z\u0300\u0301\u0302\u0303\u0304",
)
NAMELESS = """
    const named = (node) => (node.ariaLabel || node.innerText || node.title || "").trim()
        || [...(node.labels ?? [])].some((label) => label.innerText.trim());
    return [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea, select")]
        .filter((node) => node.checkVisibility() && !named(node)).map((node) => node.outerHTML)
"""


def test_hostile_words_are_only_words(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group(*HOSTILE, reading=READ, dialogue=[HOSTILE[0], HOSTILE[1]])
    page.log_in()
    page.open(group)
    assert sorted(page.texts("#messages label.text")) == sorted(HOSTILE)
    page.click("#pick-all")
    page.browser.until(lambda: len(page.all("textarea")) == len(HOSTILE), "all as examples")
    page.click(".unfold")
    page.wait(".around .entry")
    values = [box.get_property("value") for box in page.all("textarea")]
    assert sorted(values) == sorted(HOSTILE)
    for width, height in ((1280, 800), (700, 900), (390, 844), (320, 640)):
        page.browser.size(width, height)
        no_sideways(page.browser)
    page.browser.size(1280, 800)
    page.choose("order_status")
    page.click("#accept")
    page.browser.see("più lungo di 2.000 caratteri", "#accept-hint")
    page.pick("parolaparola")
    page.click("#accept")
    page.settled()
    page.click("[data-view=queue]")
    page.wait(".proposal")
    taken = sorted(text.strip() for text in HOSTILE if len(text) <= 2_000)
    assert sorted(p["text"] for p in inbox.proposals()) == taken
    assert page.browser.run("return window.pwned ?? null") is None
    strange = "main :is(img:not(.nothing img), script, h1:not(#list-title), form:not([id]))"
    assert page.browser.run("return document.querySelectorAll(arguments[0]).length", strange) == 0
    isolated = (
        "return [...document.querySelectorAll('main .text, main .title, #group-title')]"
        ".every((node) => node.dir === 'auto')"
    )
    assert page.browser.run(isolated)


def test_where_nothing_waits_nobody_is_told_to_choose(page: ReviewPage, inbox: Inbox) -> None:
    page.log_in()
    page.browser.see("Niente da rivedere", "#list")
    assert page.browser.find("#nothing-title") is None
    page.browser.driver.get(f"{inbox.url}/console/review/gone")
    page.browser.see("Questo gruppo non c'è più", "#nothing")
    [told] = page.browser.complaints()
    assert "404" in told
    inbox.group("dov'è il pacco", reading=READ)
    page.browser.driver.get(f"{inbox.url}/console/review")
    page.browser.see("Scegli un gruppo", "#nothing-title")


@pytest.mark.parametrize("language", ["it", "en"])
def test_narrow_and_zoomed_pages_need_no_sideways_scrolling(
    page: ReviewPage, inbox: Inbox, language: str
) -> None:
    text = "dov'è il pacco LA-10000"
    group = inbox.group(text, "consegnato a chi?", reading=READ, label="parcel_missing")
    page.log_in(language)
    for width, height in ((390, 844), (320, 640), (680, 430), (1000, 700)):
        page.browser.size(width, height)
        page.browser.driver.get(f"{inbox.url}/console/review")
        page.wait("#list a.row")
        page.click("#filters summary")
        no_sideways(page.browser)
        page.visit(group)
        no_sideways(page.browser)
        page.choose("parcel_missing")
        page.click("#try")
        page.wait("#outcome .itself")
        page.browser.press("e")
        page.browser.press(*[Keys.ARROW_LEFT], Keys.NULL)
        page.click(".example .mark")
        page.wait("[role=menuitem]")
        no_sideways(page.browser)
        page.browser.press(Keys.ESCAPE)
        page.gone("[role=menuitem]")


def test_a_message_is_fixed_on_a_phone(page: ReviewPage, inbox: Inbox) -> None:
    texts = ["dov'è il pacco", "consegnato a chi?", "la cassetta è vuota", "chi ha firmato?"]
    group = inbox.group(*texts, reading=READ)
    page.log_in()
    page.browser.size(390, 844)
    page.open(group)
    page.gone("#list")
    page.click("#to-decide a")
    page.choose("order_status")
    page.click("#accept")
    page.settled()
    assert [p["intent"] for p in inbox.proposals()] == ["order_status"]
    page.click("#back")
    page.browser.see("Niente da rivedere", "#list")


def test_every_control_has_a_name_shows_its_focus_and_lets_it_go(
    page: ReviewPage, inbox: Inbox
) -> None:
    group = inbox.group("dov'è il pacco", "consegnato a chi?", reading=READ)
    page.log_in()
    page.click("#filters summary")
    page.open(group)
    assert page.browser.run(NAMELESS) == []
    page.browser.run("document.activeElement.blur()")
    reached = []
    focused = """
        const node = document.activeElement;
        const ring = node.closest(".written") && node.tagName === "TEXTAREA"
            ? node.closest(".written") : node;
        const style = getComputedStyle(ring);
        return [node.id || node.className, node.tagName, style.outlineStyle,
            parseFloat(style.outlineWidth)]
    """
    for _ in range(60):
        ActionChains(page.browser.driver).send_keys(Keys.TAB).perform()
        name, tag, outline, width = page.browser.measure(focused)
        assert tag == "BODY" or (outline in ("solid", "auto") and width >= 1), (name, tag)
        reached.append(name)
    assert {"search", "evidence", "intent", "try", "accept", "article"} <= set(reached)


def test_the_search_for_an_intent_is_a_combobox(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in("en")
    page.open(group)
    page.browser.press("i")
    state = "return [...arguments].map((n) => document.querySelector('#intent').getAttribute(n))"

    def said() -> list[str]:
        names = ("aria-expanded", "aria-activedescendant")
        return list(page.browser.run(state, *names))

    assert said() == ["true", None]
    # In either language, with or without accents, by name too.
    for typed in ("e in ritardo", "it's late", "parcel_la"):
        page.browser.press(typed)
        page.browser.until(lambda: said() == ["true", "intent-0"], "an option")
        active = "return document.querySelector('[role=option][aria-selected=true]').textContent"
        assert "parcel_late" in page.browser.run(active)
        page.browser.press(Keys.ESCAPE)
    page.browser.press("xyzzy")
    page.browser.see("No intent with these words", "#intents")
    page.browser.press(Keys.ESCAPE, Keys.ESCAPE)
    assert said() == ["false", None]
    assert page.focused("className") == "likely"


def test_single_keys_are_letters_while_writing(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in()
    page.open(group)
    page.browser.press("e")
    page.browser.press(" jkietaonqvsu?/")
    assert page.example().get_property("value") == "dov'è il pacco jkietaonqvsu?/"
    assert page.browser.find("dialog[open]") is None
    assert inbox.proposals() == []


def test_a_session_that_ended_leads_back_with_everything(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in()
    page.open(group)
    page.choose("order_status")
    page.example().send_keys(" adesso")
    page.browser.driver.delete_all_cookies()
    page.click("#accept")
    page.browser.see("La sessione è scaduta", "#connection")
    page.click("#connection a")
    page.wait("#password").send_keys(DESIGNERS, Keys.ENTER)
    page.browser.until(lambda: page.showing(group), "the group")
    assert page.chosen() == "order_status"
    assert page.example().get_property("value") == "dov'è il pacco adesso"
    page.click("#accept")
    page.settled()
    assert [p["text"] for p in inbox.proposals()] == ["dov'è il pacco adesso"]


def test_without_a_network_nothing_is_lost(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in()
    page.open(group)
    page.choose("order_status")
    with page.offline():
        page.click("#accept")
        page.browser.see("Il gateway non si raggiunge", "#notices")
        page.browser.see("conservato", "#notices")
        page.click("#try")
        page.browser.see("Riprova", "#outcome")
    assert page.chosen() == "order_status"
    page.click("#accept")
    page.settled()
    assert len(inbox.proposals()) == 1
