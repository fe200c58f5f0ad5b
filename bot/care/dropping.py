"""A message that drops what a form asks and goes on: "lascia stare, quanto costa la spedizione?"

While a form is open such a message is heard in two: the form hears that it is dropped, and what
follows is answered by itself, so that nothing is asked again. How customers say that they drop it
stands in data/dropping.yml; anything less plain stays whole and is the form's to judge.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from rasa.shared.core.trackers import DialogueStateTracker

from bot.care.not_ready import NotReady
from bot.care.requests import IncomingMessage, Payload
from bot.nlu.deciding import AMBIGUOUS, INFORM, REJECTED
from bot.nlu.wishes import MOST_CHARACTERS

PATH = Path(__file__).parents[2] / "data" / "dropping.yml"
# Of the messages of tests/nlu that are read with more confidence one in a hundred is read wrongly.
SURE = 0.7
_PARTS = ("phrases", "before", "after", "joints", "asks")
_MOST_BEFORE = 4
_PROBLEMS = frozenset(
    {"order_problem", "parcel_late", "parcel_missing", "item_damaged", "wrong_item"}
)
# Courtesies, and words that only mean something to the form.
_SOCIAL = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "correct", "repeat", INFORM})
# These leave any form by themselves, and whoever takes over gets what was gathered in it.
_LEADING_OUT = frozenset({"talk_to_human", "legal_safety"})
# Said without a question mark, these are hardly a wish: "it's just arrived" reads like a problem.
_DOUBTFUL = frozenset({REJECTED, AMBIGUOUS, "out_of_scope", *_PROBLEMS})
_END = re.compile(r"(?<=[.!?;\n…])\s+(?=\w)")
# Punctuation and emoji; quotes and brackets hold words together rather than apart.
_MARK = r"[^\w\s'’`´\"“”«»()\[\]]"


class Dropped(NamedTuple):
    """A message that begins by dropping what was asked: the words that do so, and the rest."""

    words: str
    rest: str


def prepare(path: Path = PATH) -> None:
    """Read the file, before anybody writes. Raises NotReady."""
    try:
        _phrases(path)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise NotReady(f"{path.name} cannot be read: {error}") from error


def led(text: str) -> Dropped | None:
    """The two parts of a message that begins by dropping what was asked; None for any other."""
    found = _pattern().match(text) if len(text) <= MOST_CHARACTERS else None
    if found is None or not re.search(r"\w", found["rest"]):
        return None
    return Dropped(found["drops"].strip(), found["rest"].strip())


def in_form(message: IncomingMessage, text: str, tracker: DialogueStateTracker) -> Dropped | None:
    """As `led`, for what was typed while a form is open."""
    if not tracker.active_loop_name or message.part or message.payload is not None:
        return None
    return led(text)


async def wish(
    rest: str, read: Callable[[str], Awaitable[dict[str, Any]]], whole: str, form: frozenset[str]
) -> str | None:
    """What of the rest is to be answered by itself; None where it holds no wish.

    `read` is what the model makes of a text, `whole` the intent of the whole message; `form` are
    the intents that the form hears itself.
    """
    if whole in _LEADING_OUT:
        return None
    # "Never mind, what a waste of time. I want my money back" ends with what is wanted.
    ways = dict.fromkeys((rest, _END.split(rest)[-1].strip()))
    read_as = {words: (await read(words))["intent"] for words in ways}
    if read_as[rest]["name"] in form:
        return None
    wishes = {words: intent for words, intent in read_as.items() if intent["name"] not in _SOCIAL}
    for words, intent in wishes.items():
        if intent["name"] not in _DOUBTFUL and intent["confidence"] >= SURE:
            return words
    return next((words for words in wishes if "?" in words or _asks().match(words)), None)


def halves(
    message: IncomingMessage, words: str, rest: str
) -> tuple[IncomingMessage, IncomingMessage]:
    """Two messages: a tap on "never mind" in the form's eyes, and what is to be answered."""
    given_up = Payload(INFORM, {"choice": "give_up"})
    return (
        replace(message, text=words, payload=given_up, part=1),
        replace(message, id=f"{message.id}/2", text=rest, part=2),
    )


def heard_by(tracker: DialogueStateTracker) -> frozenset[str]:
    """Intents that the open form hears itself: "lascia stare, un disastro: …" begins a story."""
    if tracker.active_loop_name == "delivery_problem_form":
        return _PROBLEMS
    if tracker.active_loop_name == "order_status_form" and not tracker.get_slot("matter"):
        return frozenset({"order_status"})
    return frozenset()


def _phrases(path: Path = PATH) -> dict[str, str]:
    """What the file lists in all languages, by part, as patterns. Raises NotReady."""
    content = yaml.safe_load(path.read_text("utf-8"))
    languages = list(content.values()) if isinstance(content, dict) else []
    if not languages or not all(isinstance(listed, dict) for listed in languages):
        raise NotReady(f"{path.name}: must hold a group for each language")
    found = {}
    for part in _PARTS:
        said = [words for listed in languages for words in listed.get(part) or []]
        if not said or not all(isinstance(words, str) and words.strip() for words in said):
            raise NotReady(f"{path.name}: {part} must list words (a plain no needs quotes)")
        found[part] = _any_of(said)
    return found


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    known, between = _phrases(), rf"(?:\s|{_MARK})+"
    return re.compile(
        rf"\W*(?P<drops>(?:{known['before']}{between}){{0,{_MOST_BEFORE}}}{known['phrases']}"
        rf"(?:\s+{known['after']})?)"
        rf"(?:\s*{_MARK}+\s*(?:{known['joints']}\s+)?|\s*\n\s*|\s+{known['joints']}\s+)"
        r"(?P<rest>.+)",
        re.IGNORECASE | re.DOTALL,
    )


@lru_cache(maxsize=1)
def _asks() -> re.Pattern[str]:
    return re.compile(rf"\W*{_phrases()['asks']}", re.IGNORECASE)


def _any_of(said: Iterable[str]) -> str:
    # The longest first: "non ce l'ho qui" isn't "non ce l'ho" with a word too many.
    return f"(?:{'|'.join(_loose(words) for words in sorted(said, key=len, reverse=True))})(?!\\w)"


def _loose(words: str) -> str:
    """A phrase as a pattern: any white space, apostrophes and accents that may be missing."""
    pattern = re.escape(words.strip()).replace(r"\ ", r"\s+").replace("'", r"\s?['’`´]?\s?")
    for accented, plain in zip("àèéìòù", "aeeiou", strict=True):
        pattern = pattern.replace(accented, f"(?:{accented}|{plain}['’`´]?)")
    return pattern
