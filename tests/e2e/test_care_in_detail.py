"""What a conversation is made of: numbers however written, two languages, cases, grants."""

from __future__ import annotations

import pytest

from ops.system import System
from tests.care import Agent, Bridge, Customer, Mailbox, customer, until
from tests.e2e.demo_orders import Buyers
from tests.e2e.story_words import ENGLISH, ITALIAN, PRIVACY


@pytest.mark.parametrize(
    ("written_number", "language"),
    [
        ("la 20399", "it"),
        ("LA20399", "en"),
        ("#20399", "it"),
        ("Ordine 20399!!", "it"),
        ("n.20399", "it"),
        ("order no 20399", "en"),
        ("it's l.a. 20399 thanks", "en"),
        ("LA–20399", "it"),
        ("la_20399", "it"),
        ("ℓa 20399 / numero 20399", "it"),
        ("ＬＡ－２０３９９", "en"),
    ],
)
def test_an_order_number_is_understood_however_it_is_written(
    care_system: System, written_number: str, language: str
) -> None:
    with customer(care_system) as someone:
        someone.say(ITALIAN.asks_for_order if language == "it" else ENGLISH.asks_for_order)
        assert "LA-20399" in someone.say(written_number)


def test_a_customer_who_knows_everything_is_done_in_two_messages(
    care_system: System, mailbox: Mailbox, buyers: Buyers
) -> None:
    buyer = buyers.next("it")
    with customer(care_system) as someone:
        someone.say(f"ciao, dov'è il mio ordine {buyer.number}?")
        assert buyer.number in someone.say(f"il codice è {mailbox.code(buyer.email)}")


def test_the_first_message_may_be_anything_and_still_says_it_is_a_bot(care_system: System) -> None:
    for text in ("voglio parlare con una persona", "asdf qwer", "🙂", "LA-20398"):
        with customer(care_system) as someone:
            first = someone.exchange(text)
            assert PRIVACY in first["text"], text
            rest = [m["text"] for m in someone.messages() if m["role"] != "customer"]
            assert sum(PRIVACY in told for told in rest) == 1


def test_two_languages_in_one_conversation(care_system: System) -> None:
    """The answer's language follows the customer."""
    with customer(care_system) as someone:
        assert "/it/aiuto/" in someone.say("come si lava un maglione di lana merino?")
        assert "/en/help/" in someone.say("and how do I return something I bought?")
        assert someone.state()["language"] == "en"
        assert "/it/aiuto/" in someone.say("va bene, e quanto costa la spedizione in Francia?")
        assert someone.state()["language"] == "it"


def test_three_people_at_once(care_system: System, mailbox: Mailbox, buyers: Buyers) -> None:
    """Their words interleave; each sees their own order."""
    bought = [buyers.next(language) for language in ("it", "en", "it")]
    people = [Customer(care_system) for _ in bought]
    for someone, buyer in zip(people, bought, strict=True):
        someone.send({"it": "ciao", "en": "hello"}[buyer.language])
        someone.send({"it": "dov'è il mio ordine?", "en": "where is my order?"}[buyer.language])
        someone.send(buyer.number)
    codes = [mailbox.code(buyer.email) for buyer in bought]
    for someone, code in zip(people, codes, strict=True):
        someone.send(code)
    for someone, buyer in zip(people, bought, strict=True):
        [shown] = until(lambda s=someone: s.replies_to(s.sent[-1]), "the order")
        assert buyer.number in shown["text"]
        others = {other.number for other in bought} - {buyer.number}
        assert not any(number in "\n".join(someone.heard()) for number in others)
        someone.close()


# -- what a person leaves behind -----------------------------------------------------------------


def resolved(someone: Customer, marta: Agent, word: str) -> None:
    """Asks for a person, is answered, and the case is resolved with a word for the file."""
    someone.say("vorrei parlare con una persona")
    conversation_id = marta.find(someone.name)
    marta.claim(conversation_id)
    marta.reply(conversation_id, "Ho controllato, adesso è tutto a posto.")
    marta.resolve(conversation_id, word)


def test_what_was_done_is_not_told_as_a_promise(care_system: System, marta: Agent) -> None:
    """On resolving, the agent writes what was done; on giving back, what was agreed."""
    with customer(care_system) as someone:
        resolved(someone, marta, "rimborsata per tenerla buona")
        someone.say("5")
        someone.say("come si lava la lana merino?")
        someone.say("ciao")
        someone.say("dov'è il mio ordine?")
        assert not any("promesso: «rimborsata" in text for text in someone.heard())


def test_what_is_written_after_a_bad_mark_reaches_a_person(
    care_system: System, marta: Agent, bridge: Bridge
) -> None:
    """The customer was told that a person reads it."""
    with customer(care_system) as someone:
        resolved(someone, marta, "")
        assert "lo legge una persona" in someone.say("1")
        complaint = "non avete risolto niente, la matassa è ancora rotta"
        someone.handled(someone.send(complaint))
        conversation_id = marta.find(someone.name)
        until(
            lambda: (
                someone.state()["owner"] == "queued"
                or any(complaint in case["summary"] for case in bridge.cases(conversation_id))
            ),
            "somebody is to read it",
        )


# -- once verified -------------------------------------------------------------------------------


def test_who_has_just_been_verified_is_known(
    care_system: System, mailbox: Mailbox, buyers: Buyers
) -> None:
    """By name for the bot, by worth for the policy, without waiting for another conversation."""
    buyer = buyers.next("it", tier="gold")
    with customer(care_system) as someone:
        someone.say(f"dov'è il mio ordine {buyer.number}?")
        someone.say(mailbox.code(buyer.email))
        assert buyer.first_name in someone.say("buongiorno")
        someone.say("questo servizio è vergognoso, mi avete proprio deluso")
        reasons = someone.state()["handoff"]["reasons"]
        assert "complaint-of-a-valued-customer" in [reason["code"] for reason in reasons]


def test_the_grant_is_tried_before_another_code_is_asked_for(
    care_system: System, mailbox: Mailbox, buyers: Buyers
) -> None:
    """Verified once, then a wrong number, then one of their own again."""
    buyer, stranger = buyers.next("it"), buyers.next("it")
    with customer(care_system) as someone:
        someone.say(f"dov'è il mio ordine {buyer.number}?")
        shown = someone.say(mailbox.code(buyer.email))
        assert "codice" in someone.say(f"e dov'è l'ordine {stranger.number}?")
        again = someone.say(f"scusa, volevo dire {buyer.number}")
        assert "codice" not in again
        assert shown.split("(")[1].split(")")[0] in again, "the order is shown"


def test_an_order_number_with_a_slip_is_no_wrong_code(care_system: System, buyers: Buyers) -> None:
    """A try isn't spent on it, and the bot says what is wrong."""
    buyer = buyers.next("it")
    with customer(care_system) as someone:
        someone.say(f"dov'è il mio ordine {buyer.number}?")
        someone.say(f"scusa, è {buyer.number}0")
        assert "verification_failed" not in someone.explain(someone.sent[-1])["signals"]
