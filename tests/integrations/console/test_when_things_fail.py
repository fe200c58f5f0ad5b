"""In Chromium: what an agent wrote is neither lost nor sent twice when something fails."""

from __future__ import annotations

from selenium.webdriver.common.keys import Keys
from sqlalchemy import Connection, select, update

from integrations.conversations.tables import conversations, handoffs

from .conftest import PASSWORD
from .gateways import Gateway
from .pages import SEND, DeskPage


def test_a_reply_survives_an_outage_and_is_sent_once(desk: DeskPage, gateway: Gateway) -> None:
    desk.log_in()
    desk.open("giulia")
    desk.claim()
    with desk.offline():
        desk.write("#reply-text", "Le rispondo subito", SEND)
        desk.browser.see("Il tuo testo è conservato.", "#reply-error")
        assert desk.value("#reply-text") == "Le rispondo subito"
    desk.click("#reply-error button")
    desk.browser.until(lambda: "Le rispondo subito" in desk.messages(".agent"), "the reply")
    assert desk.told_customer("giulia") == ["Le rispondo subito"]
    desk.emptied("#reply-text")


def test_an_answer_that_was_lost_does_not_send_twice(desk: DeskPage, gateway: Gateway) -> None:
    """The gateway did it, the page never heard: trying again says the same thing once."""
    desk.log_in()
    desk.open("giulia")
    desk.claim()
    desk.browser.run(
        "const real = window.fetch; let lost = false;"
        "window.fetch = async (...given) => {"
        "  const answer = await real(...given);"
        "  const first = !lost && String(given[0]).endsWith('/reply');"
        "  if (first) { lost = true; throw new TypeError(); }"
        "  return answer;"
        "}"
    )
    desk.write("#reply-text", "Arrivo!", SEND)
    desk.browser.see("Il gateway non si raggiunge", "#reply-error")
    desk.click("#reply-error button")
    desk.emptied("#reply-text")
    assert desk.told_customer("giulia") == ["Arrivo!"]


def test_pressing_twice_sends_once(desk: DeskPage, gateway: Gateway) -> None:
    desk.log_in()
    desk.open("giulia")
    desk.claim()
    desk.write("#reply-text", "Una volta sola")
    desk.browser.run(
        "const form = document.querySelector('#reply-form');"
        "form.requestSubmit();"
        "form.requestSubmit();"
    )
    desk.emptied("#reply-text")
    assert desk.told_customer("giulia") == ["Una volta sola"]


def test_drafts_survive_other_conversations_reloads_and_a_session_that_ends(
    desk: DeskPage, gateway: Gateway
) -> None:
    desk.log_in()
    desk.open("giulia")
    desk.claim()
    desk.write("#reply-text", "Sto scriv")
    desk.click("#note-tab")
    desk.write("#note-text", "nota a metà")
    desk.open("emma")
    assert desk.value("#reply-text") == desk.value("#note-text") == ""
    desk.visit("giulia")
    assert desk.value("#reply-text") == "Sto scriv"
    assert desk.value("#note-text") == "nota a metà"

    desk.browser.driver.delete_all_cookies()
    desk.write("#reply-text", "endo", SEND)
    desk.browser.see("La sessione è scaduta", "#reply-error")
    desk.click("#reply-error button")
    desk.browser.see("quello che stavi scrivendo c'è ancora", "#notice")
    desk.write("#password", PASSWORD, Keys.ENTER)
    desk.browser.until(lambda: desk.showing("giulia"), "Giulia's conversation again")
    assert desk.value("#reply-text") == "Sto scrivendo"
    assert desk.told_customer("giulia") == []

    desk.click("#log-out button")
    desk.browser.until(lambda: desk.browser.find("#password"), "the log-in")
    kept = "return Object.keys(sessionStorage).filter((name) => name.includes('draft'))"
    assert desk.browser.run(kept) == []


def test_given_back_with_a_word_that_survives_a_failure(desk: DeskPage, gateway: Gateway) -> None:
    desk.log_in("en")
    desk.open("giulia")
    desk.claim()
    desk.click("#return")
    with desk.offline():
        desk.write("#word", "the parcel leaves on Tuesday")
        desk.click("#ask-do")
        desk.browser.see("The gateway can't be reached", "#ask-error")
        assert desk.value("#word") == "the parcel leaves on Tuesday"
    desk.click("#ask-do")
    desk.browser.see("With the bot", "#marks")
    desk.browser.see("Agreed: the parcel leaves on Tuesday", "#card")


def test_words_for_a_conversation_that_a_colleague_took_stay_in_sight(
    desk: DeskPage, gateway: Gateway
) -> None:
    """Luca takes it without the page hearing of it; who was slower learns it by sending."""
    desk.log_in()
    desk.browser.run(DEAF)
    desk.open("giulia")
    desk.claim()
    desk.write("#reply-text", "Controllo subito con il magazzino")
    desk.browser.run("window.deaf = true")
    desk.browser.until(lambda: desk.browser.run("return window.asked === 0"), "what was asked for")
    gateway.write(lambda conn: taken_by(conn, gateway.ids["giulia"], "Luca"))
    desk.write("#reply-text", "", SEND)
    desk.browser.see("Un collega ha preso questa conversazione", "#reply-error")
    assert desk.value("#reply-text") == "Controllo subito con il magazzino"
    assert desk.told_customer("giulia") == []
    # And how things stand now.
    desk.browser.see("Luca", "#marks")


# A page whose questions wait, once it is deaf, until something that it sent was answered.
DEAF = """
    const real = window.fetch;
    const waiting = [];
    window.deaf = false;
    window.asked = 0;
    window.fetch = async (...given) => {
        const asks = given[1].method === "GET";
        if (asks && window.deaf) await new Promise((done) => waiting.push(done));
        window.asked += asks;
        try {
            return await real(...given);
        } finally {
            window.asked -= asks;
            if (!asks && String(given[0]).endsWith("/reply")) {
                window.deaf = false;
                waiting.forEach((done) => done());
            }
        }
    };
"""


def taken_by(conn: Connection, conversation_id: str, agent: str) -> None:
    here = conversations.c.id == conversation_id
    handoff_id = conn.execute(select(conversations.c.handoff_id).where(here)).scalar_one()
    conn.execute(update(conversations).where(here).values(version=conversations.c.version + 1))
    conn.execute(update(handoffs).where(handoffs.c.id == handoff_id).values(claimed_by=agent))
