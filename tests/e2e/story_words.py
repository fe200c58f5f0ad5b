"""What is said and expected in one customer's whole story, in each language."""

from __future__ import annotations

from dataclasses import dataclass

PRIVACY = "https://www.lanificioaurora.example/privacy"


@dataclass(frozen=True)
class Words:
    """What is said and expected in one language."""

    language: str
    greeting: str
    says_it_is_a_bot: str
    asks_for_order: str
    number: str  # how the order's five digits are written
    product_question: str
    article: str
    asks_again: str
    wants_person: str
    level_verified: str
    reason: str
    to_agent: str
    agent_says: str
    note: str
    promise: str
    bot_is_back: str
    wants_person_again: str
    outcome: str
    rating_question: str
    thanks: str
    agent: str


ITALIAN = Words(
    language="it",
    greeting="buongiorno!",
    says_it_is_a_bot="sono il bot",
    asks_for_order="scusate, vorrei sapere a che punto è il mio ordine",
    number="allora dovrebbe essere l' ordine n° {digits}, grazie",
    product_question="come si lava un maglione di lana merino?",
    article="https://www.lanificioaurora.example/it/aiuto/",
    asks_again="e quindi il mio ordine quando arriva?",
    wants_person="vorrei parlare con una persona per favore",
    level_verified="Verificato",
    reason="Ha chiesto di parlare con una persona",
    to_agent="mi sono trasferita, il pacco va consegnato alla portineria",
    agent_says="Ciao, sono Marta: ho avvisato il corriere, lo lascia in portineria.",
    note="cliente gentile, la portineria chiude alle 18",
    promise="il corriere lascia il pacco in portineria, lo ha confermato Marta",
    bot_is_back="Da qui riprendo io, il bot",
    wants_person_again="passami di nuovo una persona",
    outcome="richiamata, tutto a posto",
    rating_question="Com'è andata?",
    thanks="Grazie del voto",
    agent="Marta",
)
ENGLISH = Words(
    language="en",
    greeting="good morning",
    says_it_is_a_bot="I'm the Lanificio Aurora bot",
    asks_for_order="Hello, could you tell me where my order is please?",
    number="I think it's la{digits}",
    product_question="can I put a merino jumper in the washing machine?",
    article="https://www.lanificioaurora.example/en/help/",
    asks_again="so when will my order get here?",
    wants_person="I'd like to speak to a human please",
    level_verified="Verified",
    reason="Asked to speak with a person",
    to_agent="I have moved, the parcel has to go to number 12",
    agent_says="Hello, this is Luca: I've told the courier, it goes to number 12.",
    note="the neighbour at 14 takes parcels too",
    promise="the courier delivers to number 12, Luca has confirmed it",
    bot_is_back="It's me again, the bot",
    wants_person_again="let me talk to a person again",
    outcome="called back, all settled",
    rating_question="How did we do?",
    thanks="Thank you for the mark",
    agent="Luca",
)
