"""Two wishes in one message: where it falls apart into two that are clear by themselves.

"Quando arriva il rimborso, e mi serve anche la fattura" reads as one of the two to a classifier;
cut at the right joint it reads as both. A cut counts only when each part is understood by itself,
better than most messages are, and the two wish for different things.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

# Places where a second wish may begin, the clearest kind first. Each leaves the joint word out.
_JOINTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[.!?;\n…]+\s+(?:(?:e|and|poi|then|inoltre|also|plus)\b,?\s*)?",
        r",?\s+(?:e|and|ma|but)\s+(?:poi|inoltre|anche|intanto|soprattutto|also|then)\b,?\s*",
        r",\s*(?:e|and|ma|but|poi|then|inoltre|anche|also|plus|oltre a questo)\b,?\s*",
        r"\s+(?:inoltre|plus|oltretutto|also)\b,?\s*",
        r"\s+(?:e|and|ed)\s+",
        r",\s+",
    )
)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_WORDS_OF_A_WISH = 2
# How much clearer than the whole message each part must be.
CLEARER = 1.2
# Each try costs two looks of the encoder.
MOST_TRIES = 4
# A longer message is a story; its sentences are not wishes.
MOST_CHARACTERS = 320


class Reading(NamedTuple):
    """What a part of a message means: its intent and how sure that is (0 to 1); None when it is
    not understood by itself."""

    intent: str | None
    sureness: float


class Wishes(NamedTuple):
    """A message in two parts, in the order they were written."""

    first: str
    second: str
    intents: tuple[str, str]


def cuts(text: str) -> list[tuple[str, str]]:
    """Ways to cut a message in two, the likeliest first, `MOST_TRIES` at most."""
    found: dict[tuple[str, str], None] = {}
    for joint in _JOINTS:
        for match in joint.finditer(text):
            first, second = text[: match.start()].strip(), text[match.end() :].strip()
            if text[match.start()] in "?!":
                # The mark belongs to the question before it.
                first += text[match.start()]
            if min(len(_WORD.findall(first)), len(_WORD.findall(second))) >= _WORDS_OF_A_WISH:
                found[first, second] = None
    return list(found)[:MOST_TRIES]


def find(
    text: str,
    read: Callable[[str], Reading],
    least: float,
    alike: Collection[Collection[str]] = (),
) -> Wishes | None:
    """The two wishes of a message, None when it has but one.

    `read` judges a part; `least` is how sure both must be; intents of one group of `alike` are one
    wish.
    """
    if len(text) > MOST_CHARACTERS:
        return None
    best, surest = None, least
    for first, second in cuts(text):
        one, other = read(first), read(second)
        sure = min(one.sureness, other.sureness)
        if one.intent is None or other.intent is None or sure < surest:
            continue
        intents = (one.intent, other.intent)
        if one.intent == other.intent or any(set(intents) <= set(group) for group in alike):
            continue
        best, surest = Wishes(first, second, intents), sure
    return best
