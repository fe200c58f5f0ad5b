"""What the gateway and the designers' commands may ask: bodies checked, mistakes named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOST_TEXTS = 500
MOST_EXAMPLES = 50
# As much of a text as the encoder and the n-grams read; more is refused, not cut, so that places
# of entities are those of the text that was sent.
MOST_CHARACTERS = 20_000
LANGUAGES = ("it", "en")


class Invalid(Exception):
    """A field of the request cannot be used."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


@dataclass(frozen=True)
class Message:
    """A text and the language it was written in, None when nobody said."""

    text: str
    language: str | None


@dataclass(frozen=True)
class Example:
    """A text with the intent that it should be read as."""

    text: str
    language: str | None
    intent: str


@dataclass(frozen=True)
class Trial:
    """Examples to try, and messages beside the evaluation's to compare readings of."""

    examples: tuple[Example, ...]
    also: tuple[Example, ...]


def texts(body: Any) -> list[str]:
    """The body of /v1/vectors."""
    return [_text(item, f"texts[{n}]") for n, item in enumerate(_list(body, "texts", MOST_TEXTS))]


def messages(body: Any) -> list[Message]:
    """The body of /v1/read."""
    return [
        Message(_text(_of(item, "text", where), f"{where}.text"), _language(item, where))
        for item, where in _items(body, "messages", MOST_TEXTS)
    ]


def trial(body: Any, intents: tuple[str, ...]) -> Trial:
    """The body of /v1/try; examples may have these intents only, expectations any name."""
    examples = []
    for item, where in _items(body, "examples", MOST_EXAMPLES):
        intent = _text(_of(item, "intent", where), f"{where}.intent")
        if intent not in intents:
            raise Invalid(f"{where}.intent", "is no intent of the current model")
        text = _text(_of(item, "text", where), f"{where}.text")
        examples.append(Example(text, _language(item, where), intent))
    also = []
    if isinstance(body, dict) and body.get("also") is not None:
        for item, where in _items(body, "also", MOST_TEXTS):
            expected = _text(_of(item, "expected", where), f"{where}.expected")
            text = _text(_of(item, "text", where), f"{where}.text")
            also.append(Example(text, _language(item, where), expected))
    return Trial(tuple(examples), tuple(also))


def _list(body: Any, name: str, most: int) -> list[Any]:
    if not isinstance(body, dict):
        raise Invalid("body", "must be a JSON object")
    found = body.get(name)
    if not isinstance(found, list):
        raise Invalid(name, "must be a list")
    if len(found) > most:
        raise Invalid(name, f"has more than {most} entries")
    return found


def _items(body: Any, name: str, most: int) -> list[tuple[dict[str, Any], str]]:
    items = []
    for number, item in enumerate(_list(body, name, most)):
        where = f"{name}[{number}]"
        if not isinstance(item, dict):
            raise Invalid(where, "must be an object")
        items.append((item, where))
    return items


def _of(item: dict[str, Any], name: str, where: str) -> Any:
    if name not in item:
        raise Invalid(f"{where}.{name}", "is missing")
    return item[name]


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Invalid(where, "must be a text that isn't empty")
    if len(value) > MOST_CHARACTERS:
        raise Invalid(where, f"has more than {MOST_CHARACTERS} characters")
    # A lone half of a pair of surrogates can't be written in UTF-8, nor encoded.
    return value.encode("utf-8", "replace").decode("utf-8")


def _language(item: dict[str, Any], where: str) -> str | None:
    language = item.get("language")
    if language is not None and not (isinstance(language, str) and len(language) <= 35):
        raise Invalid(f"{where}.language", "must be a language's code")
    return language if language in LANGUAGES else None
