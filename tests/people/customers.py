"""What a customer can do, whatever the channel. A new channel is one class like these.

Everything goes over the channel's own wire; nothing is read from the gateway's database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.care import until


@dataclass(frozen=True)
class Heard:
    """One message to the customer, as they see it. `files` are the bytes that came with it."""

    text: str
    buttons: tuple[str, ...] = ()
    files: tuple[bytes, ...] = ()


class CustomerOn(Protocol):
    """One customer with one conversation.

    `channel` is its name in the registry, `address` where the conversation lives on it.
    `edits`: what was written can be changed. `brings_files`: Slack gets a file's bytes, not
    only its name. `turns_round`: what is late may arrive in another order than it was written.
    """

    channel: str
    address: str
    edits: bool
    brings_files: bool
    turns_round: bool

    def says(self, text: str) -> str:
        """Write; the message's name for `corrects` and `again`."""
        ...

    def sends_picture(self, caption: str) -> str:
        """A picture with words."""
        ...

    def corrects(self, message: str, text: str) -> None:
        """Change what was written. Where that can't be done people write it again."""
        ...

    def again(self, message: str) -> None:
        """The platform delivers a message once more."""
        ...

    def writes_late(self, texts: Sequence[str]) -> None:
        """Write while nothing gets through; then all of it arrives, at worst newest first."""
        ...

    def corrects_too_fast(self, text: str, corrected: str) -> None:
        """Write and correct it; where the platform may, it delivers the correction first."""
        ...

    def taps(self, title: str) -> None:
        """Tap the newest button of this title."""
        ...

    def heard(self) -> list[Heard]:
        """Everything the customer was told, oldest first."""
        ...

    def wire(self) -> str:
        """Everything that ever came over the channel's wire, for looking for what must not."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


def told(customer: CustomerOn, text: str) -> Heard:
    """Wait until the customer is told something; the newest such message."""

    def found() -> list[Heard]:
        return [each for each in customer.heard() if text in each.text]

    newest: Heard = until(found, f"{text!r} on {customer.channel}")[-1]
    return newest
