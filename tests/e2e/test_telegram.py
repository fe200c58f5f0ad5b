"""Care conversations on a simulated Telegram: everything else is real, processes included."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations.console.headers import UPLOAD_PATH
from ops.system import System
from tests.care import Agent, Mailbox, agent, until
from tests.e2e.demo_orders import Buyers
from tests.e2e.gateway_records import rows
from tests.e2e.story_words import ENGLISH, ITALIAN, PRIVACY, Words
from tests.e2e.test_nothing_lost import SMALL_TALK
from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.customers import PDF, PNG, Person, mention

ORDER = {"it": "dov'è il mio ordine {number}?", "en": "where is my order {number}?"}
CORRECTED = {
    "it": "mi sono trasferita, il pacco va consegnato alla portineria al civico 14",
    "en": "I have moved, the parcel has to go to number 14",
}


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramSimulator]:
    with TelegramSimulator() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, telegram: TelegramSimulator, homes: list[Path]
) -> Iterator[System]:
    settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "ASCOLTO_TELEGRAM_API_URL": telegram.url}
    with System(tmp_path_factory.mktemp("telegram"), settings) as running:
        homes.append(running.home)
        yield running


@pytest.fixture(scope="module")
def buyers(system: System) -> Buyers:
    return Buyers(system)


def says(person: Person, text: str) -> str:
    """Write, and wait for the next thing that the person is told."""
    before = len(person.received())
    person.text(text)
    until(lambda: len(person.received()) > before, f"an answer to {text!r}")
    return person.heard()[-1]


def told(person: Person, text: str, chat: Any = None) -> None:
    until(lambda: any(text in t for t in person.heard(chat)), f"{text!r} in the chat")


@pytest.mark.parametrize("words", [ITALIAN, ENGLISH], ids=["it", "en"])
def test_the_whole_story(
    words: Words, system: System, telegram: TelegramSimulator, buyers: Buyers
) -> None:
    anna = telegram.newcomer("Anna", words.language)
    buyer = buyers.next(words.language)
    mailbox = Mailbox(system)
    with agent(system, "Marta", words.language) as marta:
        first = says(anna, words.greeting)
        assert words.says_it_is_a_bot in first
        assert PRIVACY in first
        says(anna, ORDER[words.language].format(number=buyer.number))
        shown = says(anna, mailbox.code(buyer.email))
        assert buyer.number in shown

        anna.photo(content=PNG)
        says(anna, words.wants_person)
        until(lambda: len(anna.buttons()) >= 3, "the choices while waiting")
        conversation = marta.find(str(anna.private.id))
        marta.claim(conversation)
        written, corrected = anna.text(words.to_agent), CORRECTED[words.language]
        anna.edit(written["message_id"], corrected)
        until(lambda: corrected in str(marta.open(conversation)), "the edit at the desk")
        the_agent_sees_the_photo(marta, conversation)
        marta.note(conversation, words.note)
        marta.reply(conversation, words.agent_says)
        told(anna, words.agent_says)
        the_agent_sends_a_file(marta, conversation, anna)
        marta.return_to_bot(conversation, words.promise)
        told(anna, words.bot_is_back)
        says(anna, words.asks_for_order)
        told(anna, words.promise)
    everything = anna.heard()
    assert not any(words.note in text for text in everything)
    assert sum(PRIVACY in text for text in everything) == 1
    assert sum(words.agent_says in text for text in everything) == 1


def the_agent_sees_the_photo(marta: Agent, conversation: str) -> None:
    """Fetched from Telegram when it is looked at; the desk never sees an address with the token."""
    page = marta.open(conversation)
    assert TOKEN not in str(page)
    [photo] = [m for m in page["messages"] if m.get("attachments")]
    answer = marta.http.get(
        f"{str(marta.http.base_url).removesuffix('/api/')}/conversations/{conversation}"
        f"/attachments/{photo['id']}/0"
    )
    assert answer.status_code == 200, answer.text
    assert answer.content == PNG


def the_agent_sends_a_file(marta: Agent, conversation: str, anna: Person) -> None:
    root = str(marta.http.base_url).removesuffix("/console/api/")
    answer = marta.http.post(
        f"{root}{UPLOAD_PATH}",
        params={"name": "etichetta.pdf"},
        content=PDF,
        headers={"Content-Type": "application/pdf"},
    )
    assert answer.status_code == 200, answer.text
    marta._do(
        conversation,
        "reply",
        {"text": "PDF", "key": uuid.uuid4().hex, "attachments": [answer.json()["id"]]},
    )
    until(lambda: any("document" in m for m in anna.received()), "the file")
    [sent] = [m for m in anna.received() if "document" in m]
    assert sent["caption"] == "PDF"
    assert sent["document"]["file_name"] == "etichetta.pdf"


def test_a_group_is_answered_when_it_asks(system: System, telegram: TelegramSimulator) -> None:
    bea = telegram.newcomer("Bea")
    group = telegram.group(f"Maglia e tè {uuid.uuid4().hex[:6]}")
    bea.text("che bel colore!", chat=group)
    bea.text(mention("come si lava un maglione di lana merino?"), chat=group)
    told(bea, "/it/aiuto/", group)
    assert len(bea.received(group)) <= 2
    bigger = group.migrate(telegram.state, bea)
    bea.text(mention("e quanto costa la spedizione in Svizzera?"), chat=bigger)
    told(bea, "/it/aiuto/", bigger)


def test_killed_in_the_middle(system: System, telegram: TelegramSimulator) -> None:
    """The gateway dies again and again while people write: each is answered, in order, once."""
    people = [telegram.newcomer(f"Carla{n}") for n in range(4)]
    questions = SMALL_TALK[:5]
    for place, question in enumerate(questions):
        for person in people:
            person.text(question)
        if place % 2 == 0:
            system.restart("gateway")
    asked = {str(p.private.id): p for p in people}

    def answered() -> bool:
        return telegram.updates.count() == 0 and all(
            handled(system, address) == len(questions) for address in asked
        )

    until(answered, "every message is handled", 120)
    for person in people:
        order = inbound_texts(system, str(person.private.id))
        assert order == questions
        until(lambda p=person: settled(system, str(p.private.id)), "every reply is settled")
        # Each reply is there once, or is known to be of unknown outcome.
        sent, unknown = replies(system, str(person.private.id))
        assert len(sent) <= len(person.received()) <= len(sent) + len(unknown)


def handled(system: System, address: str) -> int:
    return len(_rows(system, "i.disposition IN ('answered', 'relayed')", address))


def inbound_texts(system: System, address: str) -> list[str]:
    return [row.text for row in _rows(system, "i.text IS NOT NULL", address)]


def settled(system: System, address: str) -> bool:
    return not [r for r in _outbound(system, address) if r.state in ("pending", "sending")]


def replies(system: System, address: str) -> tuple[list[Any], list[Any]]:
    rows = _outbound(system, address)
    return (
        [r for r in rows if r.state == "sent"],
        [r for r in rows if r.state not in ("sent", "refused")],
    )


def _rows(system: System, which: str, address: str) -> list[Any]:
    return list(
        rows(
            system,
            "gateway",
            "SELECT i.text, i.seq FROM inbound i JOIN conversations c ON c.id = i.conversation_id "
            f"WHERE c.channel = 'telegram' AND c.address = '{address}' AND {which} ORDER BY i.seq",
        )
    )


def _outbound(system: System, address: str) -> list[Any]:
    return list(
        rows(
            system,
            "gateway",
            "SELECT o.text, o.state FROM outbound o JOIN conversations c "
            f"ON c.id = o.conversation_id WHERE c.address = '{address}' ORDER BY o.n",
        )
    )


def test_the_token_stays_out_of_logs_and_databases(system: System) -> None:
    secret = TOKEN.split(":")[1].encode()
    for file in [*system.home.glob("logs/*.log"), *system.home.glob("*.sqlite3*")]:
        assert secret not in file.read_bytes(), file.name
