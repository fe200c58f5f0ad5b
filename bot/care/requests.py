"""What the gateway may ask: bodies checked field by field, mistakes named."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, TypeVar

from bot import settings

T = TypeVar("T")

# Beside a bare yes or no, whichever the domain's entities: what it was offered in answer to.
ASKED_IN = "asked_in"
LANGUAGES = ("it", "en")
LEVELS = ("unknown", "recognised", "verified")
EVENT_TYPES = ("customer_message", "agent_message", "slots", "form_ended")


class Invalid(Exception):
    """A field of the request cannot be used."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name
        self.problem = problem


@dataclass(frozen=True)
class Payload:
    """What a button stands for."""

    intent: str
    entities: dict[str, Any]
    # The message in answer to which a bare yes or no was offered.
    asked_in: str | None = None


@dataclass(frozen=True)
class IncomingMessage:
    """One message of a turn: a text, or a payload (whose text is the button's title)."""

    id: str
    text: str | None
    payload: Payload | None
    language: str | None
    at: float
    # Files that came with it.
    attachments: int = 0
    # 1 and 2 are the two wishes of one message, 0 is a whole message.
    part: int = 0


@dataclass(frozen=True)
class Memory:
    """What the bridge says about the customer, within their level."""

    level: str
    first_name: str | None
    open_case: bool | None


@dataclass(frozen=True)
class Context:
    """Where the conversation takes place."""

    channel: str = "api"
    account: str = "default"
    handle: str = ""
    public: bool = False
    new_conversation: bool = False
    memory: Memory | None = None


@dataclass(frozen=True)
class TurnRequest:
    """Body of /turn."""

    turn_id: str
    conversation: str
    messages: tuple[IncomingMessage, ...]
    context: Context


@dataclass(frozen=True)
class SyncedEvent:
    """Something that happened while the bot was not asked."""

    id: str
    type: str
    at: float
    text: str = ""
    slots: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EventsRequest:
    """Body of /events."""

    conversation: str
    events: tuple[SyncedEvent, ...]


def turn_request(body: Any, intents: Collection[str], entities: Collection[str]) -> TurnRequest:
    """Read the body of /turn; payloads must name intents and entities of the domain."""
    fields = _Fields(body)
    messages = fields.items("messages", lambda item: _message(item, intents, entities))
    return TurnRequest(
        turn_id=fields.name("turn_id"),
        conversation=fields.name("conversation"),
        messages=messages,
        context=_context(fields.object("context")),
    )


def events_request(body: Any, slots: Collection[str]) -> EventsRequest:
    """Read the body of /events; only slots of the domain can be set."""
    fields = _Fields(body)
    return EventsRequest(
        fields.name("conversation"), fields.items("events", lambda item: _event(item, slots))
    )


def conversation_and_turn(body: Any) -> tuple[str, str]:
    """Read the body of /void-turn."""
    fields = _Fields(body)
    return fields.name("conversation"), fields.name("turn_id")


def only_conversation(body: Any) -> str:
    """Read the body of /erase."""
    return _Fields(body).name("conversation")


class _Fields:
    """Typed access to a JSON object; errors carry the path of the field."""

    def __init__(self, body: Any, path: str = "") -> None:
        if not isinstance(body, dict):
            raise Invalid(path.rstrip(".") or "body", "must be an object")
        self._body = body
        self.path = path

    def fail(self, name: str, problem: str) -> Invalid:
        return Invalid(self.path + name, problem)

    def text(self, name: str, most: int = settings.MAX_TEXT_CHARACTERS) -> str | None:
        value = self._body.get(name)
        if value is not None and not isinstance(value, str):
            raise self.fail(name, "must be a string or null")
        if value is not None and len(value) > most:
            raise self.fail(name, f"is longer than {most} characters")
        return value

    def name(self, name: str) -> str:
        value = self.text(name, 200)
        if not value or "\x00" in value:
            raise self.fail(name, "must be a string of 1 to 200 characters")
        return value

    def choice(self, name: str, options: Collection[str]) -> str:
        value = self._body.get(name)
        if not isinstance(value, str) or value not in options:
            raise self.fail(name, f"must be one of {', '.join(sorted(options))}")
        return value

    def flag(self, name: str) -> bool | None:
        value = self._body.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.fail(name, "must be true or false")
        return value

    def count(self, name: str) -> int:
        value = self._body.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
            raise self.fail(name, "must be a whole number from 0 to 100")
        return value

    def moment(self, name: str) -> float:
        value = self.text(name, 64)
        if not value:
            return datetime.now(timezone.utc).timestamp()
        try:
            moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            raise self.fail(name, "must be an ISO 8601 time") from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()

    def object(self, name: str) -> _Fields | None:
        value = self._body.get(name)
        return None if value is None else _Fields(value, f"{self.path}{name}.")

    def raw(self, name: str) -> Any:
        return self._body.get(name)

    def items(self, name: str, read: Callable[[_Fields], T]) -> tuple[T, ...]:
        value = self._body.get(name)
        if not isinstance(value, list) or not 0 < len(value) <= settings.MAX_MESSAGES:
            raise self.fail(name, f"must be a list of 1 to {settings.MAX_MESSAGES} items")
        return tuple(
            read(_Fields(item, f"{self.path}{name}.{index}.")) for index, item in enumerate(value)
        )


def _message(
    fields: _Fields, intents: Collection[str], entities: Collection[str]
) -> IncomingMessage:
    text = fields.text("text")
    payload = _payload(fields.object("payload"), intents, entities)
    attachments = fields.count("attachments")
    if text is None and payload is None:
        if not attachments:
            raise fields.fail("text", "must be given where there is no payload")
        # Nothing to understand: what was asked for may be just that.
        payload = Payload("inform", {"choice": "attachment"})
    language = fields.raw("language")
    return IncomingMessage(
        id=fields.name("id"),
        text=text,
        payload=payload,
        language=None if language is None else fields.choice("language", LANGUAGES),
        at=fields.moment("at"),
        attachments=attachments,
    )


def _payload(
    fields: _Fields | None, intents: Collection[str], entities: Collection[str]
) -> Payload | None:
    if fields is None:
        return None
    intent = fields.raw("intent")
    if not isinstance(intent, str) or intent not in intents:
        raise fields.fail("intent", "is not an intent of the bot")
    values = fields.raw("entities")
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise fields.fail("entities", "must be an object")
    asked_in = values.get(ASKED_IN)
    values = {name: value for name, value in values.items() if name != ASKED_IN}
    for name, value in values.items():
        if name not in entities:
            raise fields.fail(f"entities.{name}", "is not an entity of the bot")
        if not isinstance(value, (str, int, float, bool)):
            raise fields.fail(f"entities.{name}", "must be a string, a number or a boolean")
    return Payload(intent, values, None if asked_in is None else str(asked_in))


def _context(fields: _Fields | None) -> Context:
    if fields is None:
        return Context()
    memory = fields.object("memory")
    return Context(
        channel=fields.text("channel", 64) or "api",
        account=fields.text("account", 200) or "default",
        handle=fields.text("handle", 500) or "",
        public=bool(fields.flag("public")),
        new_conversation=bool(fields.flag("new_conversation")),
        memory=memory
        and Memory(
            level=memory.choice("level", LEVELS),
            first_name=memory.text("first_name", 200),
            open_case=memory.flag("open_case"),
        ),
    )


def _event(fields: _Fields, slots: Collection[str]) -> SyncedEvent:
    kind = fields.choice("type", EVENT_TYPES)
    values = fields.raw("slots") or {}
    if not isinstance(values, dict):
        raise fields.fail("slots", "must be an object")
    for name in values:
        if name not in slots:
            raise fields.fail(f"slots.{name}", "is not a slot of the bot")
    if kind == "slots" and not values:
        raise fields.fail("slots", "must name at least one slot")
    text = fields.text("text") or ""
    return SyncedEvent(fields.name("id"), kind, fields.moment("at"), text, values)
