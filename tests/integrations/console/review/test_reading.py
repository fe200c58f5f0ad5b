"""Finding one's way: the list with its filters, a group's messages and the dialogue around them."""

from __future__ import annotations

import re

import pytest

from .conftest import AGENTS
from .inbox import Inbox
from .pages import ReviewPage
from .test_fixing import READ


def test_a_row_tells_what_there_is_to_know(page: ReviewPage, inbox: Inbox) -> None:
    texts = ["dov'è il pacco", "consegnato a chi?", "la cassetta è vuota"]
    inbox.group(
        *texts,
        reading={**READ, "intent": "order_status"},
        label="parcel_missing",
        next="handed_over",
        reason=["low_confidence"],
    )
    page.log_in()
    row = page.wait("#list a.row")
    shown = row.text
    for part in (
        "3",
        "italiano",
        "poco sicuro",
        "operatore: Non è arrivato",
        "letto come Dov'è il mio ordine 41%",
        "poi è subentrata una persona",
        "· prima",
    ):
        assert part in shown
    assert len(page.all("#list a.row svg.sparkline polyline")) == 1
    weeks = page.browser.run(
        "return document.querySelector('.sparkline polyline').getAttribute('points').split(' ')"
    )
    assert len(weeks) == 8


def test_filters_narrow_the_list_and_are_kept(page: ReviewPage, inbox: Inbox) -> None:
    inbox.group("dov'è il pacco", reading=READ, reason=["repeated"])
    inbox.group("where is my parcel", language="en", channel="telegram", reading=READ)
    page.log_in()
    page.browser.until(lambda: len(page.all("#list a.row")) == 2, "both")
    page.click("#filters summary")

    def only(text: str) -> None:
        page.browser.until(
            lambda: [text in row.text for row in page.all("#list a.row")] == [True], text
        )

    def filtered(name: str, value: str) -> None:
        script = """
            const box = document.getElementById(`filter-${arguments[0]}`);
            box.value = arguments[1];
            box.dispatchEvent(new Event("change"));
        """
        page.browser.run(script, name, value)

    filtered("language", "en")
    only("where is my parcel")
    page.browser.driver.refresh()
    only("where is my parcel")
    page.click("#filters summary")
    page.click("#filter-reset")
    page.browser.until(lambda: len(page.all("#list a.row")) == 2, "both")
    filtered("reason", "repeated")
    only("dov'è il pacco")
    filtered("channel", "telegram")
    page.browser.see("Nessun gruppo corrisponde.", "#list")
    page.click("#filter-reset")
    page.click("#search")
    page.browser.press("PARCEL")
    only("where is my parcel")


def test_many_groups_come_a_page_at_a_time(page: ReviewPage, inbox: Inbox) -> None:
    for number in range(55):
        inbox.group(f"domanda numero {number}", reading=READ)
    page.log_in()
    page.browser.until(lambda: len(page.all("#list a.row")) == 50, "the first page")
    page.click("#list .more")
    page.browser.until(lambda: len(page.all("#list a.row")) == 55, "all")
    page.gone("#list .more")


def test_the_list_is_fresh_and_keeps_its_place(page: ReviewPage, inbox: Inbox) -> None:
    first = inbox.group("dov'è il pacco", reading=READ)
    page.log_in()
    page.browser.press("j")
    page.browser.until(lambda: page.focused("dataset.id") == first, "the row")
    inbox.group("è arrivato rotto", "è arrivato rotto!", reading=READ)
    page.browser.run("document.dispatchEvent(new Event('visibilitychange'))")
    page.browser.until(lambda: len(page.all("#list a.row")) == 2, "the new one")
    assert page.focused("dataset.id") == first


def test_messages_that_join_the_open_group_are_told(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in()
    page.open(group)
    page.example().send_keys(" adesso")
    inbox.joins(group, "e il mio pacco?", reading=READ)
    page.browser.run("document.dispatchEvent(new Event('visibilitychange'))")
    page.browser.see("Sono arrivati altri messaggi", "#notices")
    page.browser.see("e il mio pacco?", "#messages")
    assert page.example().get_property("value") == "dov'è il pacco adesso"


def test_what_a_colleague_decided_is_told(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", "consegnato a chi?", reading=READ)
    page.log_in("en")
    page.open(group)
    inbox.colleague_settles(group, "consegnato a chi?", intent="parcel_missing", agent="Luca Verdi")
    page.browser.run("document.dispatchEvent(new Event('visibilitychange'))")
    page.browser.see("Luca Verdi changed this group", "#notices")
    page.browser.see("Proposed", "#messages")


def test_stand_ins_say_what_they_stand_for(page: ReviewPage, inbox: Inbox) -> None:
    text = "🧶 sono Maria Rossi, ordine LA-10000"
    spans = [
        {"start": text.index("Maria"), "end": text.index(","), "kind": "name"},
        {"start": text.index("LA"), "end": len(text), "kind": "order_number"},
    ]
    group = inbox.group({"text": text, "spans": spans}, reading=READ)
    page.log_in()
    page.open(group)
    marks = page.all("#messages .stand-in")
    assert [(m.text, m.get_attribute("data-kind")) for m in marks] == [
        ("Maria Rossi", "nome"),
        ("LA-10000", "numero d'ordine"),
    ]


def test_the_dialogue_around_a_message(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("pacco fantasma", reading=READ, dialogue=["Ciao!", "Non ho capito."])
    page.log_in()
    page.open(group)
    page.click(".unfold")
    page.browser.until(lambda: len(page.all(".around .entry")) == 3, "the dialogue")
    assert [e.text for e in page.all(".around .entry .text")] == [
        "Ciao!",
        "pacco fantasma",
        "Non ho capito.",
    ]
    assert [e.text for e in page.all(".around .entry .by b")] == ["Bot", "Cliente", "Bot"]
    page.click(".unfold")
    page.gone(".around")


def test_designers_begin_here_and_agents_are_sent_away(page: ReviewPage, inbox: Inbox) -> None:
    page.log_in()
    assert page.browser.driver.current_url == f"{inbox.url}/console/review"
    assert page.texts(".bar nav a")[0] == "Revisione"
    page.browser.forget(inbox.url)
    page.browser.log_in(inbox.url, "Marta", AGENTS, to="/console/review")
    assert page.browser.driver.current_url == f"{inbox.url}/console"
    assert "Revisione" not in page.texts(".bar nav a")


@pytest.mark.parametrize("language", ["it", "en"])
def test_nothing_stays_untranslated(page: ReviewPage, inbox: Inbox, language: str) -> None:
    group = inbox.group(
        "dov'è il pacco",
        "consegnato a chi?",
        reading=READ,
        label="parcel_missing",
        reason=["rejected", "repeated", "corrected"],
        next="low_rating",
    )
    page.log_in(language)
    page.open(group)
    page.click("#filters summary")
    page.choose("parcel_missing")
    page.browser.press("t")
    page.wait("#outcome .hint:last-child")
    shown = page.browser.text("body")
    page.browser.press("?")
    shown += page.browser.text("#help")
    page.browser.press("\ue00c")
    page.browser.press("a")
    page.settled()
    page.click("[data-view=queue]")
    page.wait(".proposal")
    shown += page.browser.text("body")
    keys = re.compile(r"\b(app|list|role|speaks|review|error|keys|channel)\.[a-z_.]+\b")
    assert keys.findall(shown) == []
    own = {"it": ("Che cosa voleva?", "voto basso"), "en": ("What did they want?", "low rating")}
    other = own["en" if language == "it" else "it"]
    assert all(part in shown for part in own[language])
    assert not any(part in shown for part in other)


def test_changing_the_language_stays_in_the_group(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in("it")
    page.open(group)
    page.choose("order_status")
    page.click(".languages button[value=en]")
    page.browser.see("What did they want?", "#decide")
    assert page.showing(group)
    assert page.chosen() == "order_status"
