"""What the benchmark's customers say: half small talk, half order status, hardly a text twice.

Questions about orders go round six subjects, so that the policy never sees the same question again
(bot/care/signals.py looks back over six messages): the bot stays the owner of every conversation.
What the model at hand doesn't understand is left out beforehand (bench/rehearsal.py): this measures
speed, and what the bot understands is measured elsewhere.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from bench import phrases

SMALL_TALK, ORDER = "small talk", "order status"


@dataclass(frozen=True)
class Utterance:
    """A text, what it is an example of, and the order number that the answer must name."""

    text: str
    intent: str
    order: str | None

    @property
    def kind(self) -> str:
        """Its half of the mix."""
        return ORDER if self.order else SMALL_TALK

    def is_answered_by(self, reply: str) -> bool:
        """Whether a reply is of the expected kind: the order itself, not a request for a code."""
        if self.order is None:
            return bool(reply.strip())
        asks_for_code = any(word in reply for word in ("6 cifre", "6-digit", "6 digits"))
        return self.order in reply and not asks_for_code


@dataclass(frozen=True)
class Repertoire:
    """What may be said in one language: questions with `{n}` by subject, small talk by intent."""

    questions: tuple[tuple[str, ...], ...]
    small_talk: dict[str, tuple[str, ...]]


class Speaker:
    """A customer who can go on for ever about their own orders. The same seed says the same."""

    def __init__(self, repertoire: Repertoire, orders: Sequence[str], seed: int) -> None:
        self._orders = orders
        self._random = random.Random(seed)
        self._questions = [self._shuffled(texts) for texts in repertoire.questions]
        self._small_talk = [
            (intent, self._shuffled(texts)) for intent, texts in repertoire.small_talk.items()
        ]
        self._said = self._random.randrange(1000)

    def order_status(self) -> Utterance:
        """A question about one of their orders, on another subject than the ones before."""
        self._said += 1
        round_, subject = divmod(self._said, len(self._questions))
        texts = self._questions[subject]
        number = self._random.choice(self._orders)
        text = texts[round_ % len(texts)].format(n=self._random.choice(spellings(number)))
        return Utterance(text, "order_status", number)

    def small_talk(self) -> Utterance:
        """A greeting, thanks, a farewell, or whether this is a bot."""
        intent, texts = self._random.choice(self._small_talk)
        return Utterance(self._random.choice(texts), intent, None)

    def mixed(self) -> Iterator[Utterance]:
        """Small talk and order status in turn, for ever."""
        while True:
            yield self.small_talk()
            yield self.order_status()

    def _shuffled(self, texts: Sequence[str]) -> list[str]:
        return self._random.sample(texts, len(texts))


def spellings(number: str) -> tuple[str, ...]:
    """How customers write LA-20398."""
    digits = number[-5:]
    return (number, f"LA {digits}", f"la{digits}", f"LA{digits}", f"#{digits}", f"la-{digits}")


def everything(language: str, seed: int = 1827) -> Repertoire:
    """All that could be said, before anybody asked whether the model understands it."""
    r = random.Random(seed)

    def filled(text: str) -> str:
        name = f"{r.choice(phrases.NAMES[language])} {r.choice(phrases.INITIALS)}."
        day = f"{r.randint(1, 28)} " + r.choice(phrases.MONTHS[language])
        return text.replace("{name}", name).replace("{day}", day)

    questions = tuple(
        tuple(
            filled(f"{opening}{question}{aside}")
            for opening, question, aside in product(
                phrases.OPENINGS[language], asked, phrases.ASIDES[language]
            )
        )
        for asked in phrases.ORDERS[language]
    )
    small_talk = {
        intent: tuple(
            dict.fromkeys(filled(text + end) for text in texts for end in phrases.ENDS * 4)
        )
        for intent, texts in phrases.SMALL_TALK[language].items()
    }
    return Repertoire(questions, small_talk)
