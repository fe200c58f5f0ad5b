"""A conversation as it was: what the customer said, message by message, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from ops.gateway import Gateway


class BadRecording(Exception):
    """A file holds no conversation; the message says what is missing."""


@dataclass(frozen=True)
class Reading:
    """What was understood; `confidence` is None where none was recorded."""

    intent: str
    confidence: float | None = None


@dataclass(frozen=True)
class Message:
    """What a customer did: wrote a text, or tapped a button that means `tapped`."""

    text: str
    tapped: str | None = None
    is_tap: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a message: replies in order, who gave them, and the reading (None: not read)."""

    replies: tuple[str, ...] = ()
    reading: Reading | None = None
    by_person: bool = False
    ended: str = "answered"
    """answered, relayed (to the person who answers), ignored, superseded."""
    model: str | None = None
    buttons: tuple[str, ...] = ()
    """The words on the buttons of the replies, in order."""


@dataclass(frozen=True)
class Exchange:
    """A message and its outcome."""

    message: Message
    outcome: Outcome


@dataclass(frozen=True)
class Recording:
    """A conversation; `exchanges` in order."""

    name: str
    language: str | None
    exchanges: tuple[Exchange, ...] = field(default_factory=tuple)


def fetch(gateway: Gateway, conversation: str) -> Recording:
    """A conversation of the running gateway, redacted there. Raises GatewayProblem."""
    return parse(gateway.get(f"conversations/{quote(conversation, safe='')}"))


def load(file: Path) -> Recording:
    """A conversation from a JSON (or YAML) file: what the gateway gives, or `messages: [texts]`.

    Raises BadRecording.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadRecording(f"{file} can't be read: {error}") from error
    if isinstance(content, list):
        content = {"messages": content}
    if not isinstance(content, dict):
        raise BadRecording(f"{file} holds no conversation: expected an object with `entries`")
    if "messages" in content and "entries" not in content:
        texts = [{"role": "customer", "text": str(text)} for text in content["messages"]]
        content = {**content, "entries": texts}
    return parse({"conversation": file.stem, **content})


def parse(content: Mapping[str, Any]) -> Recording:
    """`GET /designer/v1/conversations/{id}` as messages with what followed each.

    Raises BadRecording.
    """
    entries = content.get("entries")
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        raise BadRecording("the conversation has no list of `entries`")
    exchanges: list[Exchange] = []
    message: Mapping[str, Any] | None = None
    replies: list[Mapping[str, Any]] = []
    for entry in entries:
        if entry.get("role") != "customer":
            replies.append(entry)
            continue
        if message is not None:
            exchanges.append(_exchange(message, replies))
        message, replies = entry, []
    if message is None:
        raise BadRecording("the customer says nothing in this conversation")
    exchanges.append(_exchange(message, replies))
    language = content.get("language")
    name = str(content.get("conversation") or "")
    return Recording(name, str(language) if language else None, tuple(exchanges))


def _exchange(message: Mapping[str, Any], replies: list[Mapping[str, Any]]) -> Exchange:
    payload = message.get("payload")
    tapped = payload.get("intent") if isinstance(payload, Mapping) else None
    said = Message(str(message.get("text") or ""), str(tapped) if tapped else None, bool(payload))
    outcome = Outcome(
        replies=tuple(str(reply.get("text") or "") for reply in replies),
        reading=reading(message.get("reading")),
        by_person=any(reply.get("role") == "agent" for reply in replies),
        model=message.get("model"),
    )
    return Exchange(said, outcome)


def reading(found: Any) -> Reading | None:
    """`{intent, confidence}` as recorded, or None."""
    if not isinstance(found, Mapping) or not found.get("intent"):
        return None
    confidence = found.get("confidence")
    sure = float(confidence) if isinstance(confidence, int | float) else None
    return Reading(str(found["intent"]), sure)
