"""What a page may say over its socket, checked; and what it is told."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from integrations.channels.webchat.config import MAX_FILES
from runtime.errors import AscoltoError, Invalid

_LARGEST_SEQ = 2**31 - 1


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Hello(_Frame):
    """The first frame: whose conversation, and the last thing of it that the page has."""

    type: Literal["hello"]
    token: str = Field(max_length=1000)
    after: int = Field(default=0, ge=0, le=_LARGEST_SEQ)


class Message(_Frame):
    """Something the customer says. `id` is made by the page and repeated until acknowledged."""

    type: Literal["message"]
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: str | None = None
    button: str | None = Field(default=None, max_length=4000)
    attachments: list[Annotated[str, Field(max_length=2000)]] = Field(
        default_factory=list, max_length=MAX_FILES
    )


class Read(_Frame):
    """The customer has seen everything up to `seq`."""

    type: Literal["read"]
    seq: int = Field(ge=0, le=_LARGEST_SEQ)


class Earlier(_Frame):
    """The page wants what was said before `seq`."""

    type: Literal["earlier"]
    before: int = Field(ge=1, le=_LARGEST_SEQ)


class Typing(_Frame):
    """The customer is writing."""

    type: Literal["typing"]


class Ping(_Frame):
    """Are you there?"""

    type: Literal["ping"]


Frame = Annotated[Hello | Message | Read | Earlier | Typing | Ping, Field(discriminator="type")]
_FRAME: TypeAdapter[Frame] = TypeAdapter(Frame)


def read(text: str) -> Hello | Message | Read | Earlier | Typing | Ping:
    """A frame. Raises Invalid, with the field and without quoting what was sent."""
    try:
        # Python's JSON keeps halves of surrogate pairs, which the text's cleaning then replaces.
        return _FRAME.validate_python(json.loads(text))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "frame"
        raise Invalid(f"{field}: {first['msg']}", field=field) from None
    except (ValueError, RecursionError):
        raise Invalid("send one JSON object a frame", field="frame") from None


def write(kind: str, **content: Any) -> str:
    """A frame for the page."""
    return json.dumps({"type": kind, **content}, ensure_ascii=False, separators=(",", ":"))


def refused(message_id: str, error: AscoltoError) -> str:
    """A message that was not taken; with `retry_after` it may be sent again, else never."""
    more: dict[str, Any] = {}
    if error.status in (429, 503):
        more["retry_after"] = max(1.0, error.retry_after or 1.0)
    if error.field:
        more["field"] = error.field
    return write("refused", id=message_id, code=error.code, message=error.message, **more)
