"""Types of the API's fields: text that any database can store, and moments."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from runtime.clock import from_iso, iso

_EARLIEST = from_iso("2000-01-01")
_LATEST = from_iso("2100-01-01")
_DATA_DEPTH = 8
_DATA_NODES = 2000


class Document(BaseModel):
    """Base of what leaves the service."""

    model_config = ConfigDict(from_attributes=True)


class Request(BaseModel):
    """Base of what enters the service: unknown fields are mistakes, not noise."""

    model_config = ConfigDict(extra="forbid")


def storable(text: str) -> str:
    """Refuse what PostgreSQL can't hold (null bytes) and what UTF-8 can't say (surrogates)."""
    if "\0" in text:
        raise ValueError("null bytes are not allowed")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("half of a surrogate pair is not a character") from error
    return text


def _storable_data(value: dict[str, Any]) -> dict[str, Any]:
    pending: list[tuple[Any, int]] = [(value, 0)]
    seen = 0
    while pending:
        item, depth = pending.pop()
        seen += 1
        if depth > _DATA_DEPTH or seen > _DATA_NODES:
            raise ValueError("nested too deeply or too large")
        if isinstance(item, str):
            storable(item)
        elif isinstance(item, float) and not math.isfinite(item):
            raise ValueError("numbers must be finite")
        elif isinstance(item, dict):
            pending += [(key, depth + 1) for key in item]
            pending += [(inner, depth + 1) for inner in item.values()]
        elif isinstance(item, list):
            pending += [(inner, depth + 1) for inner in item]
    return value


def _moment(value: Any) -> float:
    try:
        at = from_iso(value) if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError("must be a moment in ISO 8601, such as 2026-11-21T10:00:00Z") from error
    if not _EARLIEST <= at <= _LATEST:
        raise ValueError("must lie between 2000 and 2100")
    return at


Storable = AfterValidator(storable)
ShortText = Annotated[str, Field(min_length=1, max_length=128), Storable]
LongText = Annotated[str, Field(max_length=20_000), Storable]
Language = Annotated[str, Field(pattern="^(it|en)$", examples=["it"])]
Data = Annotated[dict[str, Any], AfterValidator(_storable_data)]
_ISO = WithJsonSchema({"type": "string", "format": "date-time"})
# Epoch seconds inside; ISO 8601 outside.
GivenMoment = Annotated[
    float, BeforeValidator(_moment), PlainSerializer(iso, return_type=str), _ISO
]
Moment = Annotated[float, PlainSerializer(iso, return_type=str), _ISO]


CONVERSATION_EXAMPLE: dict[str, Any] = {
    "id": "c7Kd02",
    "channel": "api",
    "account": "default",
    "handle": "giulia-web",
}


class ConversationRef(Request):
    """Which conversation, and whose: the handle is the customer's on that channel."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [CONVERSATION_EXAMPLE]},
    )

    id: ShortText
    channel: Annotated[str, Field(min_length=1, max_length=32), Storable]
    account: Annotated[str, Field(min_length=1, max_length=64), Storable]
    handle: Annotated[str, Field(min_length=1, max_length=256), Storable]


def euros(cents: int) -> float:
    """Money as the API says it."""
    return round(cents / 100, 2)
