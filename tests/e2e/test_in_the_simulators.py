"""A newcomer's first hour: the whole of Ascolto on the simulators' page, in a browser.

With ASCOLTO_SCREENSHOTS set to a folder it also takes the pictures of the README.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from ops.system import System
from tests.care import Mailbox, until
from tests.e2e.always_open import always_open
from tests.e2e.simulators_page import SimulatorsPage
from tests.integrations.channels.webchat.chat_gateways import ChatGateway
from tests.integrations.channels.webchat.chat_pages import ChatPage
from tests.integrations.console.browsing import Browser
from tests.simulators.page import Simulators
from tests.simulators.page.together import CUSTOMERS

SCREENSHOTS = os.environ.get("ASCOLTO_SCREENSHOTS", "")
ORDER, EMAIL = "LA-20391", "emma.whitfield@example.org"


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulators]:
    with Simulators.running() as running:
        yield running


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, simulators: Simulators, homes: list[Path]
) -> Iterator[System]:
    """At the desk around the clock, and in English, whatever the day."""
    policy = always_open(tmp_path_factory.mktemp("policy"), "en")
    settings = {**simulators.settings(), "ASCOLTO_POLICY_DIR": str(policy)}
    with System(tmp_path_factory.mktemp("simulators"), settings) as running:
        homes.append(running.home)
        yield running


@pytest.fixture
def page(browser: Browser, system: System, simulators: Simulators) -> SimulatorsPage:
    browser.complaints()
    browser.size(1280, 860)
    for name, language in CUSTOMERS.items():
        simulators.customers[name] = simulators.telegram.newcomer(name, language)
    return SimulatorsPage(browser, simulators.page_url)


def picture(browser: Browser, name: str) -> None:
    if SCREENSHOTS:
        browser.still()
        assert browser.driver.save_screenshot(str(Path(SCREENSHOTS) / f"{name}.png"))


def test_a_case_from_the_first_word_to_the_bots_return(
    page: SimulatorsPage, system: System, browser: Browser
) -> None:
    page.be("Emma")
    page.answered("hello")
    mailbox = Mailbox(system)
    mails = len(mailbox.to(EMAIL))
    page.answered(f"where is my order {ORDER}?")
    page.answered(mailbox.code(EMAIL, more_than=mails))
    until(lambda: ORDER in page.heard()[-1], "the order is told")
    page.say("I'd like to speak to a human please")
    page.card("Emma")
    page.told("I've called a person")
    page.work_as("Marta")
    page.press("ascolto_claim")
    page.card("With Marta")
    told = len(page.chat())

    # Without an exclamation mark it stays among the team, and a question asks whether it should.
    page.post("customs in Coventry, again")
    page.in_thread("Send this to the customer?")
    page.press("ascolto_keep", "#thread")
    page.post("!Hello Emma, Marta here: customs let it go this morning.")
    page.told("customs let it go this morning")
    until(
        lambda: "✔" in page.in_thread("customs let it go this morning"), "the mark that it arrived"
    )
    picture(browser, "handoff")

    page.press("ascolto_reply")
    page.fill_in("You'll have it on Tuesday.")
    page.told("You'll have it on Tuesday.")
    page.press("ascolto_return")
    page.fill_in("the parcel arrives on Tuesday")
    page.told("It's me again, the bot")
    assert not any("again" in text and "Coventry" in text for text in page.chat()[told:])
    assert ORDER in page.card(ORDER)
    assert browser.complaints() == []


def test_pictures_corrections_faults_and_the_shortcut(
    page: SimulatorsPage, browser: Browser
) -> None:
    page.be("Giulia")
    page.fail_next("telegram", "429")
    page.answered("buongiorno!")
    page.say("vorrei parlare con una persona per favore")
    page.card("Giulia")
    page.work_as("Luca")
    page.press("ascolto_claim")
    page.card("With Luca")
    page.say("il pacco va al civico 12")
    page.in_thread("civico 12")
    page.correct_last("il pacco va al civico 14 <script>alert(1)</script>")
    page.in_thread("civico 14 <script>alert(1)</script>")
    page.send_picture()
    until(lambda: browser.find("#thread .post img"), "the picture in the thread")
    page.fail_next("slack", "500")
    page.say("ci sei?")
    page.in_thread("ci sei?")
    page.post("Ho avvisato il corriere.")
    page.tool("Ho avvisato il corriere.", "shortcut")
    page.told("Ho avvisato il corriere.")
    page.press("ascolto_resolve")
    page.fill_in("corriere avvisato")
    page.card("Resolved by Luca")
    assert not any("corriere avvisato" in text for text in page.chat())
    assert browser.complaints() == []


def answered(chat: ChatPage, before: int) -> bool:
    """Whether what was said and an answer stand below the first `before` texts."""
    return len(chat.texts()) > before + 1


def test_the_web_chat_beside_it(system: System, browser: Browser) -> None:
    """The README's first picture."""
    browser.size(760, 880)
    chat = ChatPage(browser, cast("ChatGateway", None))
    chat.visit(url=f"{system.gateway_url}/chat?language=en")
    for question in ("hello", "how do I wash a merino jumper?", "where is my order LA-20400?"):
        before = len(chat.texts())
        chat.say(question)
        until(partial(answered, chat, before), f"an answer to {question!r}")
    picture(browser, "chat")
