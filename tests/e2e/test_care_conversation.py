"""One customer's whole story, in each language: bot, proof of identity, a person, and back.

Everything is real: the gateway's API on the customer's side, headless Chromium on the agent's.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ops.system import System
from tests.care import Agent, Bridge, Customer, Mailbox, customer, until
from tests.e2e.demo_orders import Buyer, Buyers
from tests.e2e.desk_page import DeskPage
from tests.e2e.story_words import ENGLISH, ITALIAN, PRIVACY, Words
from tests.integrations.console.browsing import Browser

MONTHS = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
    "en": "January February March April May June July August September October November December",
}


def facts(order: dict[str, Any], language: str) -> list[str]:
    """What a customer who asks for an order must read, as the bridge has it."""
    # Of an article's name what stands before its details: "Nuvola Alba (mohair e seta, 25 g)".
    told = [str(order["number"]), *(item["name"].split(" (")[0] for item in order["items"][:3])]
    parcel = order["shipment"]
    if parcel and order["status"] == "shipped":
        told += [parcel["carrier"], parcel["tracking"], parcel["last_event"].rstrip(". ")]
        told.append(written(date.fromisoformat(parcel["estimated_delivery"]), language))
    return told


def written(day: date, language: str) -> str:
    """The day and the month, as they stand in a sentence."""
    return f"{day.day} {MONTHS[language].split()[day.month - 1]}"


@pytest.mark.parametrize("words", [ITALIAN, ENGLISH], ids=["it", "en"])
def test_the_whole_story(
    words: Words,
    care_system: System,
    mailbox: Mailbox,
    bridge: Bridge,
    buyers: Buyers,
    marta: Agent,
    browser: Browser,
) -> None:
    buyer = buyers.next(words.language, "shipped")
    with customer(care_system) as someone:
        is_greeted(someone, words)
        conversation_id = marta.find(someone.name)
        order = proves_who_they_are(someone, words, buyer, mailbox, bridge, conversation_id)
        is_answered_from_an_article(someone, words)
        sees_the_order_without_its_number(someone, words, order)
        asks_for_a_person(someone, words)

        desk = DeskPage(browser, care_system, words.agent, words.language)
        the_agent_sees_why_and_who(desk, words, buyer, someone)
        they_talk(desk, words, someone)
        the_bot_takes_over_again(desk, words, someone)
        the_bot_remembers(someone, words, order)
        it_ends_with_a_mark(desk, words, someone)


def is_greeted(someone: Customer, words: Words) -> None:
    """The first message says that this is a bot, and links the privacy notice; only the first."""
    first = someone.say(words.greeting)
    assert words.says_it_is_a_bot in first
    assert PRIVACY in first


def proves_who_they_are(
    someone: Customer,
    words: Words,
    buyer: Buyer,
    mailbox: Mailbox,
    bridge: Bridge,
    conversation_id: str,
) -> dict[str, Any]:
    """Number, code, order: in this order, and nothing of the order before the code."""
    asked = someone.say(words.asks_for_order)
    assert "LA-" in asked
    assert PRIVACY not in asked
    mails = len(mailbox.to(buyer.email))
    sent = someone.say(words.number.format(digits=buyer.number[3:]))
    assert buyer.number in sent
    assert not any(known in sent for known in (buyer.email, buyer.first_name, buyer.last_name))
    assert bridge.order(buyer.number, conversation_id) is None, "no grant before the code"
    code = mailbox.code(buyer.email, more_than=mails)
    shown = someone.say(f"{code[:3]} {code[3:]}")
    order = bridge.order(buyer.number, conversation_id)
    assert order is not None, "a grant after it"
    missing = [fact for fact in facts(order, words.language) if fact not in shown]
    assert not missing, shown
    return order


def is_answered_from_an_article(someone: Customer, words: Words) -> None:
    assert words.article in someone.say(words.product_question)


def sees_the_order_without_its_number(
    someone: Customer, words: Words, order: dict[str, Any]
) -> None:
    """Who has proved who they are is never asked for a number or a code again."""
    shown = someone.say(words.asks_again)
    missing = [fact for fact in facts(order, words.language) if fact not in shown]
    assert not missing, shown


def asks_for_a_person(someone: Customer, words: Words) -> None:
    someone.say(words.wants_person)
    state = someone.state()
    assert (state["owner"], state["language"]) == ("queued", words.language)
    assert [reason[words.language] for reason in state["handoff"]["reasons"]] == [words.reason]
    assert state["handoff"]["claimed"] is False
    asked = someone.messages()[-1]
    assert len(asked["buttons"]) == 3, "wait, leave a message, or go on with the bot"
    until(lambda: someone.messages()[-1]["state"] == "sent", "it is out")


def the_agent_sees_why_and_who(
    desk: DeskPage, words: Words, buyer: Buyer, someone: Customer
) -> None:
    """Who waits stands in the list; the card says why and who; the transcript is complete."""
    desk.browser.until(lambda: words.reason in desk.waiting(someone.name).text, "why they wait")
    desk.open(someone.name)
    desk.browser.see(buyer.last_name, "#card")
    card = desk.card()
    assert words.reason in card
    assert words.level_verified in card
    assert buyer.first_name in card
    assert buyer.number in card, "the newest order and what the bot collected"
    assert buyer.email not in card, "addresses are masked"
    transcript = "\n".join(desk.transcript())
    for message in someone.messages():
        first_line = (message["text"] or "").split("\n")[0].strip()
        assert first_line in transcript


def they_talk(desk: DeskPage, words: Words, someone: Customer) -> None:
    """The agent claims, both write, and the agent's note stays at the desk."""
    desk.claim()
    until(lambda: someone.state()["owner"] == "agent", "the conversation is the agent's")
    someone.send(words.to_agent)
    desk.browser.see(words.to_agent, "#messages")
    desk.reply(words.agent_says)
    until(lambda: words.agent_says in someone.heard("agent"), "the customer reads the agent")
    desk.note(words.note)
    relayed = someone.handled(someone.sent[-1])
    assert relayed["disposition"] == "relayed"
    joined = next(text for text in someone.heard("system") if words.agent in text)
    assert joined


def the_bot_takes_over_again(desk: DeskPage, words: Words, someone: Customer) -> None:
    desk.return_to_bot(words.promise)
    until(lambda: someone.state()["owner"] == "bot", "the conversation is the bot's")
    told = someone.heard()
    assert words.bot_is_back in told[-1]
    assert not any(words.note in text or words.promise in text for text in told)


def the_bot_remembers(someone: Customer, words: Words, order: dict[str, Any]) -> None:
    """It says what was promised, shows the order at once and asks for nothing it knows."""
    shown = someone.say(words.asks_for_order)
    assert words.promise in shown
    missing = [fact for fact in facts(order, words.language) if fact not in shown]
    assert not missing, shown
    assert words.promise not in someone.say(words.greeting), "once is enough"


def it_ends_with_a_mark(desk: DeskPage, words: Words, someone: Customer) -> None:
    """Resolved: the customer is asked how it went, and thanked."""
    someone.say(words.wants_person_again)
    desk.open(someone.name)
    desk.claim()
    desk.resolve(words.outcome)
    until(lambda: someone.state()["owner"] == "wrap_up", "the case is resolved")
    question = someone.messages()[-1]
    assert words.rating_question in question["text"]
    assert len(question["buttons"]) == 5
    assert words.thanks in someone.tap(question, question["buttons"][4]["title"])
    assert someone.state()["owner"] == "bot"
    desk.browser.see("5/5", "#card")
    everything = someone.heard()
    assert not any(words.note in text or words.outcome in text for text in everything)
