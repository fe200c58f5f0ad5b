"""A misread message is fixed: with the mouse, with the keyboard alone, by two at once."""

from __future__ import annotations

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from ..browsing import chord
from .conftest import DESIGNERS
from .inbox import Inbox
from .pages import ACCEPT, MARK, ReviewPage

READ = {
    "intent": "nlu_fallback",
    "confidence": 0.41,
    "ranking": [
        {"intent": "order_status", "confidence": 0.41},
        {"intent": "parcel_late", "confidence": 0.2},
    ],
}
GHOST = "pacco fantasma 👻, per LA-10000 dice consegnato"
DELIVERED = "risulta consegnato ma qui non c'è nulla"


def misread(inbox: Inbox, **values: object) -> str:
    return inbox.group(GHOST, DELIVERED, reading=READ, **values)


def test_a_misread_message_is_fixed_with_the_mouse(page: ReviewPage, inbox: Inbox) -> None:
    group = misread(inbox, label="parcel_missing")
    inbox.workbench.known = [("dov'è il mio pacco", "it", "order_status")]
    inbox.workbench.evaluation = [("per loro dice consegnato", "it", "parcel_missing")]
    page.log_in()
    page.browser.see("pacco fantasma", "#list")
    page.open(group)
    page.browser.see("L'operatore indica: Non è arrivato", "#messages")

    page.choose("parcel_missing")
    box = page.example()
    page.browser.run("arguments[0].scrollIntoView()", box)
    # From the order number's first character to behind its last.
    page.select("LA-10000")
    page.click(".example .mark")
    page.click("[role=menuitem][data-entity=order_number]")
    page.browser.see("numero d'ordine", ".entities")
    page.click("#try")
    page.browser.see("per loro dice consegnato", ".changes.fixes")
    page.click("#accept")
    page.settled()

    [proposal] = inbox.proposals()
    assert (proposal["kind"], proposal["intent"]) == ("intent", "parcel_missing")
    assert (proposal["text"], proposal["author"]) == (GHOST, "Anna Neri")
    [entity] = proposal["entities"]
    # Places count characters, however a browser stores an emoji.
    assert GHOST[entity["start"] : entity["end"]] == "LA-10000"
    assert entity["entity"] == "order_number"
    assert "open" not in inbox.states(group).values()
    page.browser.see("Da rivedere 0", "#views")
    page.browser.see("Proposte 1", "#views")


def test_the_same_with_the_keyboard_alone(page: ReviewPage, inbox: Inbox) -> None:
    group = misread(inbox)
    following = inbox.group("posso lavarlo a 30 gradi?", reading=READ)
    browser = page.browser
    browser.driver.get(f"{inbox.url}/console/review")
    browser.until(lambda: browser.focus() == "agent", "the name's box")
    browser.press("Anna Neri", Keys.TAB, DESIGNERS, Keys.ENTER)
    page.wait("#list a.row")

    browser.press("j")
    browser.until(lambda: "pacco fantasma" in browser.focus(), "the first row")
    browser.press(Keys.ARROW_DOWN, "k", Keys.ENTER)
    browser.until(lambda: page.showing(group), "the group")
    browser.press("i")
    assert page.focused() == "intent"
    browser.press("non è arr", Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ENTER)
    browser.until(lambda: page.chosen() == "parcel_missing", "the intent")

    browser.press("e")
    assert page.focused("tagName") == "TEXTAREA"
    browser.press(chord(Keys.CONTROL, Keys.HOME)[0], *[Keys.ARROW_RIGHT] * GHOST.index("LA"))
    browser.press(Keys.SHIFT, *[Keys.ARROW_RIGHT] * len("LA-10000"), Keys.NULL)
    browser.press(MARK)
    browser.until(lambda: page.focused("role") == "menuitem", "the menu")
    browser.press("n", "n")
    assert page.focused("dataset.entity") == "order_number"
    browser.press(Keys.ENTER)
    browser.see("LA-10000", ".entities")
    assert page.focused("tagName") == "TEXTAREA"
    browser.press(Keys.ESCAPE, "t")
    page.wait("#outcome .itself")
    browser.press("a")
    browser.until(lambda: browser.focus() == "next-group", "the way on")
    browser.press(Keys.ENTER)
    browser.until(lambda: page.showing(following), "the next group")

    [proposal] = inbox.proposals()
    assert proposal["intent"] == "parcel_missing"
    [entity] = proposal["entities"]
    assert proposal["text"][entity["start"] : entity["end"]] == "LA-10000"


def test_several_examples_at_once_and_the_rest_left_open(page: ReviewPage, inbox: Inbox) -> None:
    texts = ["dov'è il pacco", "Dov'è il pacco?", "consegnato a chi?", "la cassetta è vuota"]
    group = inbox.group(*texts, reading=READ)
    page.log_in("en")
    page.open(group)
    page.pick("consegnato a chi?")
    page.browser.see("Examples (2)", "#examples-title")
    page.choose("order_status")
    page.click("#whole")
    page.click("#accept")
    page.settled()
    assert {p["text"] for p in inbox.proposals()} == {"dov'è il pacco", "consegnato a chi?"}
    states = inbox.states(group)
    assert [states[text] for text in texts] == ["proposed", "open", "proposed", "open"]


def test_five_that_differ(page: ReviewPage, inbox: Inbox) -> None:
    same = ["non arriva", "Non arriva!", "non arriva…", "NON ARRIVA"]
    others = ["consegnato a chi?", "la cassetta è vuota", "pacco sparito", "chi ha firmato?"]
    group = inbox.group(*same, *others, reading=READ)
    page.log_in()
    page.open(group)
    page.browser.press("v")
    page.browser.see("5 di 8 scelti", "#picked")
    chosen = {page.browser.run("return arguments[0].value", box) for box in page.all("textarea")}
    assert chosen == {"non arriva", *others}


def test_the_text_is_edited_and_entities_follow(page: ReviewPage, inbox: Inbox) -> None:
    text = "ordine LA-10000 mai visto"
    start = text.index("LA")
    entity = {"start": start, "end": start + 8, "entity": "order_number", "value": "LA-10000"}
    group = inbox.group({"text": text, "entities": [entity]}, reading=READ)
    page.log_in()
    page.open(group)
    page.choose("order_status")
    box = page.example()
    box.send_keys(
        *chord(Keys.CONTROL, Keys.HOME), "🧶 il mio ", *chord(Keys.CONTROL, Keys.END), ", e adesso?"
    )
    page.select("mai visto")
    page.click(".example .mark")
    page.click("[role=menuitem][data-entity=product]")
    page.browser.until(lambda: len(page.all(".entities li")) == 2, "both entities")
    page.click(".entities li[data-entity=product] button")
    page.browser.until(lambda: len(page.all(".entities li")) == 1, "one entity")
    page.example().send_keys(ACCEPT)
    page.settled()
    [proposal] = inbox.proposals()
    assert proposal["text"] == "🧶 il mio ordine LA-10000 mai visto, e adesso?"
    [kept] = proposal["entities"]
    assert proposal["text"][kept["start"] : kept["end"]] == kept["value"] == "LA-10000"


def test_a_colleague_was_faster_and_nothing_chosen_is_lost(page: ReviewPage, inbox: Inbox) -> None:
    group = misread(inbox)
    page.log_in("en")
    page.open(group)
    page.choose("parcel_late")
    page.pick(DELIVERED)
    page.example(1).send_keys(" davvero")
    page.look_away()
    inbox.colleague_settles(group, GHOST, intent="parcel_missing", agent="Luca Verdi")
    page.click("#accept")
    page.browser.see("Luca Verdi changed this group", "#notices")
    page.browser.see("Proposed", "#messages")
    assert page.chosen() == "parcel_late"
    page.browser.see("Examples (1)", "#examples-title")
    assert page.example().get_property("value") == f"{DELIVERED} davvero"
    page.click("#accept")
    page.settled()
    texts = {p["text"]: (p["intent"], p["author"]) for p in inbox.proposals()}
    assert texts == {
        GHOST: ("parcel_missing", "Luca Verdi"),
        f"{DELIVERED} davvero": ("parcel_late", "Anna Neri"),
    }


def test_a_selection_with_the_mouse_can_be_marked(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("LA-10000", reading=READ)
    page.log_in()
    page.open(group)
    box = page.example()
    across = box.size["width"] // 2 - 8
    drag = ActionChains(page.browser.driver).move_to_element_with_offset(box, -across, 0)
    drag.click_and_hold().move_by_offset(across, 0).release().perform()
    page.browser.see("Segna «LA-10000»", ".example .mark")
    page.click(".example .mark")
    page.click("[role=menuitem][data-entity=order_number]")
    page.browser.see("LA-10000", ".entities")
