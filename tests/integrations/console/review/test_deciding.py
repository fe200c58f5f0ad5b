"""Would it change anything? Article questions, out of scope, splits, taking back."""

from __future__ import annotations

import pytest

from .inbox import Inbox
from .pages import ReviewPage
from .test_fixing import READ


def test_what_an_example_fixes_and_breaks_is_named(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("consegnato ma non ricevuto", reading=READ)
    inbox.workbench.known = [
        ("dov'è il mio pacco", "it", "order_status"),
        ("quando sarà consegnato", "it", "order_status"),
    ]
    inbox.workbench.evaluation = [
        ("consegnato ma mai ricevuto", "it", "parcel_missing"),
        ("ricevuto ma non consegnato", "it", "order_status"),
        ("dov'è il pacco", "it", "order_status"),
        ("ma consegnato quando", "it", "order_status"),
    ]
    page.log_in("en")
    page.open(group)
    page.browser.press("t")
    page.browser.see("First choose what they wanted", "#outcome")
    page.browser.press("i")
    page.browser.press("parcel missing", "\n")
    page.browser.press("t")
    page.browser.see("This message will be read right.", "#outcome")
    [fixed] = page.all(".changes.fixes li")
    assert "consegnato ma mai ricevuto" in fixed.text
    assert "expected It never came" in fixed.text
    page.browser.see("5f3c9a", "#outcome")
    page.choose("order_status")
    page.browser.see("The choice has changed", "#outcome")


def test_nothing_changes_is_said_in_plain_words(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il mio pacco", reading=READ)
    inbox.workbench.known = [("dov'è il mio pacco", "it", "order_status")]
    inbox.workbench.evaluation = [("dov'è il pacco", "it", "order_status")]
    page.log_in()
    page.open(group)
    page.choose("order_status")
    page.click("#try")
    page.browser.see("Questo messaggio è già letto così.", "#outcome")
    page.browser.see("Non cambia altro", "#outcome")


def test_without_the_workbench_it_says_what_to_do(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il mio pacco", reading=READ)
    inbox.workbench.away = True
    page.log_in()
    page.open(group)
    page.choose("order_status")
    page.click("#try")
    page.browser.see("Il banco di prova è spento", "#outcome")
    page.click("#accept")
    page.settled()


def test_a_question_for_an_article(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("quanto ci mettete a spedire in Sardegna?", reading=READ)
    page.log_in()
    page.open(group)
    page.browser.press("q")
    box = page.wait("#which-article")
    slug = page.browser.run("return arguments[0].options[1].value", box)
    page.browser.run("arguments[0].selectedIndex = 1", box)
    page.click("#article-form .primary")
    page.settled()
    [proposal] = inbox.proposals()
    assert (proposal["kind"], proposal["article"]) == ("article_question", slug)
    assert proposal["text"] == "quanto ci mettete a spedire in Sardegna?"


def test_an_article_that_is_to_be_written(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("fate corsi di maglia?", reading=READ)
    page.log_in()
    page.open(group)
    page.click("#article")
    page.click("#article-form .primary")
    page.settled()
    [proposal] = inbox.proposals()
    assert (proposal["kind"], proposal["article"]) == ("article_question", None)
    page.click("[data-view=queue]")
    page.browser.see("articolo da scrivere", "#queue")


@pytest.mark.parametrize(
    ("key", "kind"), [("o", "out_of_scope"), ("n", "not_useful")], ids=["o", "n"]
)
def test_one_key_settles_the_group(page: ReviewPage, inbox: Inbox, key: str, kind: str) -> None:
    group = inbox.group("che tempo fa?", "piove da voi?", reading=READ)
    page.log_in()
    page.open(group)
    page.browser.press(key)
    page.settled()
    assert {p["kind"] for p in inbox.proposals()} == {kind}
    assert "open" not in inbox.states(group).values()


def test_what_was_accepted_is_taken_back_as_it_was(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", "consegnato a chi?", reading=READ)
    page.log_in()
    page.open(group)
    page.choose("order_status")
    page.pick("consegnato a chi?")
    page.example(1).send_keys("!")
    page.click("#accept")
    page.settled()
    page.browser.press("u")
    page.browser.see("Annullato", "#notices")
    assert set(inbox.states(group).values()) == {"open"}
    assert {p["state"] for p in inbox.proposals()} == {"withdrawn"}
    assert page.chosen() == "order_status"
    values = [box.get_property("value") for box in page.all("#examples textarea")]
    assert values == ["dov'è il pacco", "consegnato a chi?!"]


def test_the_queue_names_the_author_and_lets_withdraw(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in("en")
    page.open(group)
    page.choose("order_status")
    page.click("#accept")
    page.settled()
    page.click("[data-view=queue]")
    page.browser.see("Where's my order", "#queue")
    page.browser.see("Anna Neri", "#queue")
    page.browser.see("dov'è il pacco", "#queue")
    page.click("#queue button[aria-label^=Withdraw]")
    page.browser.see("No proposal here.", "#queue")
    assert set(inbox.states(group).values()) == {"open"}
    page.click("[data-view=open]")
    page.browser.see("dov'è il pacco", "#list")


def test_a_group_of_two_matters_is_split(page: ReviewPage, inbox: Inbox) -> None:
    texts = ["consegnato a chi?", "chi ha firmato?", "lo posso lavare?"]
    group = inbox.group(*texts, reading=READ)
    page.log_in()
    page.open(group)
    page.click("#pick-none")
    page.browser.press("s")
    page.browser.see("Scegli i messaggi da separare", "#notices")
    page.pick("lo posso lavare?")
    page.browser.see("Separa 1", "#split")
    page.click("#split")
    page.browser.see("Separato 1 messaggio", "#notices")
    assert sorted(page.texts("#messages label.text")) == sorted(texts[:2])
    page.browser.press("\n")
    page.browser.until(lambda: page.texts("#messages label.text") == texts[2:], "the new group")
    page.browser.see("Da rivedere 2", "#views")


def test_what_a_published_model_knows_cant_be_taken_back(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in("en")
    page.open(group)
    page.choose("order_status")
    page.click("#accept")
    page.settled()
    inbox.published()
    page.browser.press("u")
    page.browser.see("It can't be withdrawn any more", "#notices")
    assert set(inbox.states(group).values()) == {"proposed"}


def test_personal_data_typed_into_an_example_is_refused(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in("en")
    page.open(group)
    page.choose("order_status")
    page.example().send_keys(" di giulia.ferraris@posta.it")
    page.click("#accept")
    page.browser.see("Something personal is in the text (e-mail)", "#notices")
    assert inbox.proposals() == []
    assert page.example().get_property("value").endswith("giulia.ferraris@posta.it")


def test_what_nobody_saw_is_not_settled(page: ReviewPage, inbox: Inbox) -> None:
    group = inbox.group("dov'è il pacco", reading=READ)
    page.log_in()
    page.open(group)
    page.choose("order_status")
    page.look_away()
    inbox.joins(group, "posso lavarlo?", reading=READ)
    page.click("#accept")
    page.settled()
    assert inbox.states(group) == {"dov'è il pacco": "proposed", "posso lavarlo?": "open"}
