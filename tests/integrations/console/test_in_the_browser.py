"""The desk in Chromium: a whole case by keyboard, and nothing lost when something fails."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver.common.keys import Keys
from sqlalchemy import Connection

from . import factory
from .conftest import PASSWORD
from .gateways import Gateway
from .pages import SEND, DeskPage
from .simulators import BridgeSimulator


def test_a_whole_case_without_a_mouse(desk: DeskPage, gateway: Gateway) -> None:
    browser = desk.browser
    browser.driver.get(f"{gateway.url}/console")
    browser.until(lambda: browser.focus() == "agent", "the name's box")
    browser.press("Marta", Keys.TAB, PASSWORD, Keys.ENTER)
    browser.until(lambda: browser.find("#list a.row"), "the list")

    browser.press("j")
    browser.until(lambda: "Giulia" in browser.focus(), "Giulia's row")
    browser.press("j", "k", Keys.ENTER)
    browser.until(lambda: desk.showing("giulia"), "Giulia's conversation")
    browser.see("Ha chiesto di parlare con una persona", "#card")

    browser.press("c")
    browser.until(lambda: browser.focus() == "reply-text", "the reply box")
    browser.press("Ciao Giulia, sono Marta.", SEND)
    browser.until(lambda: "Ciao Giulia, sono Marta." in desk.messages(".agent"), "the reply")
    desk.emptied("#reply-text")

    browser.press(Keys.ESCAPE, "n")
    browser.until(lambda: browser.focus() == "note-text", "the note's box")
    browser.press("Avvisare i tecnici", SEND)
    browser.until(lambda: "Avvisare i tecnici" in desk.messages(".note"), "the note")

    browser.press(Keys.ESCAPE, "e")
    browser.until(lambda: browser.focus() == "word", "the word's box")
    browser.press("rispedito il codice", SEND)
    browser.see("Risolta, in valutazione", "#marks")
    browser.see("rispedito il codice", "#card")
    assert desk.told_customer("giulia") == ["Ciao Giulia, sono Marta."]
    assert "tecnici" not in str(gateway.customer_sees("giulia"))


def test_what_they_wanted_is_found_by_typing_and_corrected_later(
    desk: DeskPage, gateway: Gateway
) -> None:
    browser = desk.browser
    desk.log_in()
    desk.open("giulia")
    desk.claim()
    browser.press(Keys.ESCAPE, "e")
    browser.until(lambda: browser.focus() == "word", "the word's box")
    browser.press(Keys.TAB)
    browser.until(lambda: browser.focus() == "wanted", "the wish's box")
    browser.press("pacco rit")
    browser.see("pacco in ritardo", "#wanted-list")
    browser.press(Keys.ARROW_DOWN, Keys.ENTER)
    assert desk.value("#wanted") == "pacco in ritardo"
    # Escape shuts the list before it shuts the question.
    browser.press(Keys.ARROW_DOWN, Keys.ESCAPE)
    desk.gone("#wanted-list")
    assert browser.find("#ask") is not None
    browser.press(SEND)
    browser.see("Voleva: pacco in ritardo", "#card")

    desk.click("#card .wish button")
    browser.until(lambda: desk.value("#wanted") == "pacco in ritardo", "what was said before")
    browser.press(Keys.CONTROL + "a" + Keys.NULL, "tinta su misura")
    browser.see("Qualcos'altro: «tinta su misura»", "#wanted-list")
    browser.press(SEND)
    browser.see("Voleva: tinta su misura", "#card")
    assert "tinta" not in str(gateway.customer_sees("giulia"))


def test_customers_words_appear_and_are_announced_as_they_come(
    desk: DeskPage, gateway: Gateway
) -> None:
    desk.log_in("en")
    desk.open("giulia")
    desk.claim()
    gateway.customer_says("giulia", "Grazie Marta!")
    desk.browser.until(lambda: "Grazie Marta!" in desk.messages(".customer"), "the message")
    announced = "return document.querySelector('#announcer').textContent"
    heard = "Giulia Ferraris: Grazie Marta!"
    desk.browser.until(lambda: heard in desk.browser.run(announced), "the words, aloud")
    desk.browser.see("Unanswered", f"#list a[data-id={gateway.ids['giulia']}]")

    gateway.customer_says("emma", "Anybody there?")
    row = f"#list a[data-id={gateway.ids['emma']}]"
    desk.browser.see("Anybody there?", row)
    desk.browser.until(lambda: desk.browser.find(f"{row}.unread"), "the mark of the unread")
    title = "(2) Giulia Ferraris"
    desk.browser.until(
        lambda: desk.browser.driver.title.startswith(title), "the count in the title"
    )


def test_a_note_and_a_reply_are_two_boxes_that_look_different(
    desk: DeskPage, gateway: Gateway
) -> None:
    desk.log_in("en")
    desk.open("giulia")
    desk.claim()
    colour = "return getComputedStyle(document.querySelector('#composer')).backgroundColor"
    reply = desk.browser.measure(colour)
    assert desk.browser.text("#reply-audience") == "To the customer: Giulia Ferraris will read this"
    desk.write("#reply-text", "for Giulia")
    desk.click("#note-tab")
    assert desk.browser.measure(colour) != reply
    assert "Only the team sees this" in desk.browser.text("#note-form label")
    assert desk.browser.find("#reply-form") is None
    desk.write("#note-text", "for us", SEND)
    desk.browser.until(lambda: "for us" in desk.messages(".note"), "the note")
    assert "Only the team sees this" in desk.browser.text("#messages .note .by")
    assert desk.told_customer("giulia") == []
    assert desk.value("#reply-text") == "for Giulia"


def test_single_keys_are_letters_while_writing_and_can_be_turned_off(
    desk: DeskPage, gateway: Gateway
) -> None:
    browser = desk.browser
    desk.log_in()
    desk.open("giulia")
    desk.write("#search", "cjkrneb?/")
    assert desk.value("#search") == "cjkrneb?/"
    browser.press(Keys.ESCAPE)
    desk.click("#note-tab")
    desk.write("#note-text", "cjkrneb?/")
    assert desk.value("#note-text") == "cjkrneb?/"
    assert browser.find("dialog[open]") is None

    browser.press(Keys.ESCAPE, "?")
    browser.see("Tasti rapidi", "#help")
    desk.click("#shortcuts")
    browser.press(Keys.ESCAPE)
    browser.until(lambda: browser.find("dialog[open]") is None, "the list of keys is gone")
    browser.press("c", "e", "b", "/")
    assert browser.find("dialog[open]") is None
    assert browser.focus() != "search"
    browser.see("In attesa di una persona", "#marks")


def test_a_colleagues_conversation_is_taken_over_only_on_purpose(
    desk: DeskPage, gateway: Gateway
) -> None:
    desk.log_in("en")
    desk.open("tom")
    assert desk.browser.find("#reply-form") is None
    assert desk.browser.find("#resolve") is None
    desk.click("#claim")
    desk.browser.see("Take over from Luca?", "#ask")
    desk.click("#ask-cancel")
    desk.browser.see("With Luca", "#marks")
    desk.click("#claim")
    desk.click("#ask-do")
    desk.browser.see("With you", "#marks")


def test_what_did_not_arrive_can_be_said_again(desk: DeskPage, gateway: Gateway) -> None:
    giulia = gateway.ids["giulia"]
    at = gateway.container.clock.now()

    def fill(conn: Connection) -> None:
        factory.told(conn, giulia, "Ecco il tuo ordine.", at=at, state="unknown", error="timeout")
        factory.told(conn, giulia, "Troppo tardi.", at=at, state="refused")

    gateway.write(fill)
    desk.log_in("en")
    desk.open("giulia")
    desk.claim()
    desk.browser.see("Not known whether it arrived (timeout)", "#messages")
    desk.browser.see("Stopped: a person took over", "#messages")
    desk.click("#messages .bot:not(.stopped) .under button")
    assert desk.value("#reply-text") == "Ecco il tuo ordine."
    desk.click("#messages .stopped .under button")
    assert desk.value("#reply-text") == "Ecco il tuo ordine.\n\nTroppo tardi."


def test_earlier_messages_come_without_losing_ones_place(desk: DeskPage, gateway: Gateway) -> None:
    anna = gateway.ids["anna"]
    at = gateway.container.clock.now()

    def fill(conn: Connection) -> None:
        for number in range(150):
            factory.told(conn, anna, f"message {number}", at=at + number / 1000)

    gateway.write(fill)
    desk.log_in()
    desk.open("anna")
    place = (
        "const log = document.querySelector('#log');"
        "return log.scrollHeight - log.scrollTop - log.clientHeight"
    )
    desk.browser.until(lambda: desk.browser.run(place) < 5, "the newest message in view")
    desk.browser.run("document.querySelector('#log').scrollTop = 0")
    desk.browser.until(lambda: desk.browser.run(place) > 1000, "the oldest shown in view")
    before = desk.browser.run(place)
    desk.click("#earlier")
    desk.browser.see("Inizio della conversazione", "#edge")
    assert len(desk.messages()) == 152
    assert abs(desk.browser.measure(place) - before) < 60

    gateway.customer_says("anna", "Ci siete?")
    desk.browser.until(lambda: desk.browser.find("#below"), "the word that there is more")
    desk.click("#below")
    desk.browser.until(lambda: desk.browser.run(place) < 5, "the newest message in view")


def test_demo_mails_show_their_codes_and_say_when_they_can_not_be_read(
    desk: DeskPage, gateway: Gateway, bridge: BridgeSimulator
) -> None:
    mail = {"id": "1", "to": "giulia@example.com", "at": "2026-11-21T10:00:00.000Z"}
    bridge.mails = [{**mail, "subject": "Il tuo codice", "text": "Il codice è 482 913. LA-20398"}]
    try:
        desk.log_in()
        desk.browser.driver.get(f"{gateway.url}/console/mails")
        desk.browser.see("482 913", ".mail .code")
        bridge.away = True
        desk.browser.see("Il CRM non risponde", "#away")
        assert desk.browser.text(".mail h2") == "Il tuo codice"
        bridge.away = False
        desk.browser.until(lambda: desk.browser.find("#away") is None, "the mails again")
    finally:
        bridge.away, bridge.mails = False, []


def test_tabs_share_one_connection_and_outlive_each_other(desk: DeskPage, gateway: Gateway) -> None:
    driver = desk.browser.driver
    desk.log_in()
    desk.open("giulia")
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    desk.visit("emma")
    gateway.customer_says("emma", "Are you there?")
    desk.browser.until(lambda: "Are you there?" in desk.messages(".customer"), "in the second tab")
    held = "return navigator.locks.query().then(({held}) => held.length)"
    desk.browser.until(lambda: desk.browser.run(held) == 1, "one connection")

    second = driver.current_window_handle
    driver.switch_to.window(first)
    driver.close()
    driver.switch_to.window(second)
    gateway.customer_says("emma", "Hello?")
    desk.browser.until(lambda: "Hello?" in desk.messages(".customer"), "without the first tab")


def test_a_file_goes_with_the_reply_and_can_be_downloaded(
    desk: DeskPage, gateway: Gateway, tmp_path: Path
) -> None:
    browser = desk.browser
    (tmp_path / "guida.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "a.exe").write_bytes(b"MZ\x90\0")
    (tmp_path / "b.txt").write_bytes(b"<b>ciao")
    desk.log_in()
    desk.open("giulia")
    desk.claim()
    box = browser.driver.find_element("id", "reply-files")
    box.send_keys(str(tmp_path / "guida.pdf"))
    browser.see("guida.pdf", "#reply-chosen")
    box.send_keys(str(tmp_path / "a.exe"))
    browser.see("immagini, PDF", "#reply-error")
    box.send_keys(str(tmp_path / "b.txt"))
    browser.see("b.txt", "#reply-chosen")
    desk.click("#reply-chosen li:last-child button")
    browser.until(lambda: "b.txt" not in browser.text("#reply-chosen"), "one file less")
    desk.write("#reply-text", "", SEND)
    browser.see("guida.pdf", "#messages .message.agent .files")
    desk.gone("#reply-chosen li")
    link = browser.driver.find_element("css selector", ".message.agent .files a")
    assert "/console/files/" in str(link.get_attribute("href"))
    browser.complaints()
