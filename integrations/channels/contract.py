"""What a channel is. A small required interface, and optional capabilities as protocols.

A channel never touches the database, ownership, Rasa or another channel; the core never names a
platform. `send` tells its three ways of failing apart (runtime.errors): `Temporary` (certain, try
again), `Permanent` (certain, don't) and `UnknownOutcome` (it may have arrived). Four say more:
`Temporary(retry_after)` puts off this message, `TooMany(retry_after)` those of this address, and
everything of the account when a second address hears the same; `Moved` gives the customer's new
address; `Permanent(code="blocked")` says that they blocked us.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable


class Kind(StrEnum):
    """What happened on the platform."""

    MESSAGE = "message"
    EDIT = "edit"
    DELETE = "delete"
    REACTION = "reaction"
    POSTBACK = "postback"
    COMMENT = "comment"
    MENTION = "mention"
    RECEIPT = "receipt"
    REFERRAL = "referral"


@dataclass(frozen=True)
class Attachment:
    """A file by reference; bytes are fetched when somebody needs them."""

    kind: str
    name: str | None = None
    mime: str | None = None
    size: int | None = None
    url: str | None = None
    file_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The fields that are known."""
        return {key: value for key, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Sender:
    """Who says to be writing. Nothing of it is proof."""

    handle: str
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Part:
    """A piece of one message that the platform hands over in several calls.

    `whole` names the message, `place` orders its pieces. A message of which no piece is `addressed`
    to us (in a group) is none of ours.
    """

    whole: str
    place: int
    addressed: bool = True


@dataclass(frozen=True)
class Envelope:
    """One occurrence on a platform, the same shape for every channel.

    `dedup_key` names the occurrence, not the message: an edit, a reaction and a receipt share
    their message's `external_id`. `address` is where the conversation lives on the platform.
    `payload` is a button's content, already verified. Times are epoch seconds.
    """

    channel: str
    account: str
    dedup_key: str
    external_id: str
    address: str
    sender: Sender
    kind: Kind = Kind.MESSAGE
    text: str | None = None
    payload: Mapping[str, Any] | None = None
    attachments: tuple[Attachment, ...] = ()
    reply_to: str | None = None
    public: bool = False
    language: str | None = None
    sent_at: float | None = None
    received_at: float = 0.0
    raw: Mapping[str, Any] | None = None
    # Files among the attachments that a channel of our own has put into the gateway's store.
    files: tuple[str, ...] = ()
    # What a tapped button carried, unopened: the core resolves and verifies it into `payload`.
    button: str | None = None
    # The conversation used to live at this address (a Telegram group became a supergroup).
    moved_from: str | None = None
    # The rest of this message comes in calls of its own; the core joins them.
    part: Part | None = None
    # Whether our messages reach the customer from now on, when the platform says so.
    reachable: bool | None = None
    # Small platform facts for the desk, e.g. {"deep_link": "order-help"}; never secrets.
    context: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Button:
    """A choice offered with a message; `payload` is signed text, safe to hand to anybody."""

    title: str
    payload: str


@dataclass(frozen=True)
class OutboundFile:
    """A file to send along, with its bytes."""

    name: str
    mime: str
    content: bytes
    kind: str = "file"  # image, audio, video, file


@dataclass(frozen=True)
class FetchedFile:
    """A file that a customer sent, fetched from the platform."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class OutboundMessage:
    """What a channel is asked to send, once, to one address."""

    id: str
    account: str
    address: str
    text: str
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    reply_to: str | None = None
    files: tuple[OutboundFile, ...] = ()


@dataclass(frozen=True)
class Sent:
    """The platform accepted it, under this name."""

    external_id: str | None = None


@dataclass(frozen=True)
class Capabilities:
    """What a channel can carry. Lengths in characters, the window in seconds.

    `pulls`: customers fetch their messages from us, so that our own commit is the delivery.
    """

    max_text: int = 4096
    # Choices that are more than this (0: any) stand in the text, numbered, and are typed.
    max_buttons: int = 10
    max_button_title: int = 20
    attachments: frozenset[str] = frozenset()
    max_attachment_bytes: int = 0
    window_s: float | None = None
    public: bool = False
    pulls: bool = False
    # 0: any. Otherwise the core hands over buttons whose payload fits (kept server-side).
    max_payload_bytes: int = 0
    # At least so many seconds between two messages to one address.
    per_address_s: float = 0.0
    # At most so many messages a second for the whole account, shared by all processes.
    overall_per_s: float = 0.0
    # Longest text that can go with a file; 0: as max_text.
    max_caption: int = 0
    # Messages may come in parts (`Envelope.part`).
    in_parts: bool = False
    # What was sent can be shown to the customer with other words (see `Edits`).
    edits: bool = False


@dataclass(frozen=True)
class IncomingRequest:
    """A webhook call as it came: the raw body is what signatures cover."""

    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """The required interface."""

    name: str
    capabilities: Capabilities

    def verify(self, request: IncomingRequest) -> str:
        """The account that the request belongs to. Raises Unauthenticated."""
        ...

    def parse(self, payload: Mapping[str, Any], *, account: str, now: float) -> list[Envelope]:
        """Platform JSON to envelopes; pure. Raises Invalid with the field."""
        ...

    async def send(self, message: OutboundMessage) -> Sent:
        """Send once. Raises Temporary, Permanent or UnknownOutcome."""
        ...


@runtime_checkable
class Polls(Protocol):
    """Fetches what customers wrote instead of being called."""

    async def poll(self) -> list[Envelope]:
        """The next batch; asking again confirms the one before."""
        ...

    def start_over(self) -> None:
        """Another process may ask meanwhile: confirm nothing more, and begin again with what it
        left."""
        ...


@runtime_checkable
class Types(Protocol):
    """Can show that somebody is writing."""

    async def typing(self, account: str, address: str) -> None:
        """Show it for a few seconds; failing is of no importance."""
        ...


@runtime_checkable
class Edits(Protocol):
    """Can change the words of a text that it has sent; channels that customers pull from needn't.

    Raises as `send` does. Done twice it is the same, so an unknown outcome is tried again.
    """

    async def edit(self, account: str, address: str, external_id: str, text: str) -> None: ...


@runtime_checkable
class FetchesMedia(Protocol):
    """Can fetch a customer's file. Raises Temporary, Permanent (gone, too large)."""

    async def fetch(self, account: str, attachment: Attachment) -> FetchedFile: ...


@runtime_checkable
class Runs(Protocol):
    """Has something to keep open (an HTTP client) while the gateway runs."""

    def running(self) -> AbstractAsyncContextManager[Any]: ...
