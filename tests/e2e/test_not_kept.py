"""What customers write by mistake and nobody may keep: cards, IBANs, passwords."""

from __future__ import annotations

import re
from pathlib import Path

from ops.system import System
from tests.care import Agent, Bridge, customer, until
from tests.e2e.demo_orders import Buyers
from tests.e2e.gateway_records import bridge_queue

CARDS = ["4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005", "6011000990139424"]
IBANS = [
    "IT60 X054 2811 1010 0000 0123 456",
    "GB82WEST12345698765432",
    "de89 3704 0044 0532 0130 00",
]
PASSWORD = "Gomitolo!2024"


def test_cards_ibans_and_passwords_are_masked_before_anything_is_stored(
    care_system: System, marta: Agent, bridge: Bridge, buyers: Buyers
) -> None:
    """In no database, log, mail or file: as written, and without blanks."""
    number = buyers.next("it").number
    with customer(care_system) as someone:
        someone.say(f"ciao, la mia carta è {CARDS[0]}, l'IBAN {IBANS[0]}")
        shown = someone.messages()[0]["text"]
        assert "⟦card⟧" in shown
        assert "⟦iban⟧" in shown
        someone.say(f"nel pacco {number} manca un gomitolo, ho pagato con {CARDS[1]} e {IBANS[1]}")
        someone.send(f"la carta scade: {CARDS[2]}", kind="edit", message_id="1")
        someone.send(f"la mia password è {PASSWORD}", sender={"name": f"Anna {CARDS[3]}"})
        someone.send("voglio una persona")
        someone.handled(someone.sent[-1])
        someone.send(f"ho pagato con {IBANS[2]}")
        someone.handled(someone.sent[-1])
        conversation_id = marta.find(someone.name)
        marta.claim(conversation_id)
        marta.return_to_bot(conversation_id)
        someone.say("e adesso?")
        assert "⟦" in bridge.cases(conversation_id)[0]["summary"]
        until(lambda: bridge_queue(care_system) == 0, "the bridge has learnt everything")
        forbidden = [*CARDS, *IBANS, PASSWORD]
        forbidden += [re.sub(r"\W", "", secret) for secret in forbidden]
        assert kept(care_system.home, forbidden) == []
        # The search finds what is there.
        assert kept(care_system.home, [number])


def kept(home: Path, words: list[str]) -> list[tuple[str, str]]:
    """Which of these stand in which files, in any of the usual encodings."""
    needles = [(word, word.lower().encode()) for word in words]
    needles += [(word, word.lower().encode("utf-16-le")) for word in words]
    found = []
    for file in sorted(home.rglob("*")):
        if file.is_file():
            content = file.read_bytes().lower()
            found += [(file.name, word) for word, needle in needles if needle in content]
    return found
