"""Who is chatting: a signed token that names a conversation, kept by the browser.

Nothing is stored for a session until its first message. Whoever holds the token is the customer of
that one conversation; it proves nothing about who they are.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from integrations.channels.webchat.config import IMAGES
from runtime.clock import Clock
from runtime.errors import Invalid, NotFound, Unauthenticated
from runtime.security import Signer
from runtime.settings import Settings

LIFETIME_S = 30 * 86_400.0
# A token that is used is renewed from this age on.
RENEW_AFTER_S = 86_400.0
# Addresses of files end at a day's end, so that a browser sees the same one all day.
FILE_DAYS = 2
_DAY_S = 86_400.0
_ADDRESS = re.compile(r"w[0-9a-f]{32}")
_SESSION = "webchat-session"
_RECEIPT = "webchat-upload"
_FILE = "webchat-file"


@dataclass(frozen=True)
class Session:
    """`address` is the conversation's; times in epoch seconds."""

    address: str
    started_at: float
    expires_at: float


@dataclass(frozen=True)
class Receipt:
    """A file that was handed in for a conversation."""

    file_id: str
    name: str
    mime: str
    size: int

    @property
    def kind(self) -> str:
        """As attachments name it."""
        return "image" if self.mime in IMAGES else "file"


class Sessions:
    """Makes and reads tokens; keeps nothing."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._signer = Signer(settings.signing_key.get_secret_value())
        self._clock = clock

    def start(self) -> Session:
        """A session of a conversation that nobody can guess."""
        now = self._clock.now()
        return Session(f"w{secrets.token_hex(16)}", now, now + LIFETIME_S)

    def seal(self, session: Session) -> str:
        """The session's token."""
        return self._signer.sign(
            _SESSION, {"c": session.address, "s": session.started_at, "e": session.expires_at}
        )

    def read(self, token: object) -> Session:
        """A token's session. Raises Unauthenticated unless it is ours and still good."""
        content = self._content(_SESSION, token)
        try:
            session = Session(str(content["c"]), float(content["s"]), float(content["e"]))
        except (KeyError, TypeError, ValueError) as error:
            raise _over() from error
        if session.expires_at <= self._clock.now() or not _ADDRESS.fullmatch(session.address):
            raise _over()
        return session

    def renewed(self, session: Session) -> Session | None:
        """The same session for longer, once it is worth a new token."""
        until = self._clock.now() + LIFETIME_S
        if until - session.expires_at < RENEW_AFTER_S:
            return None
        return Session(session.address, session.started_at, until)

    def receipt(self, session: Session, receipt: Receipt) -> str:
        """What a message of this session names a file by."""
        return self._signer.sign(_RECEIPT, {"c": session.address, **vars(receipt)})

    def read_receipt(self, session: Session, token: str) -> Receipt:
        """The file of a receipt. Raises Invalid unless it was made for this session."""
        content = self._content(_RECEIPT, token)
        if content.pop("c", None) != session.address:
            raise Invalid("this file was not handed in here", field="attachments")
        return Receipt(**content)

    def file_key(self, address: str, file_id: str) -> str:
        """What opens a file for who sees this conversation."""
        until = (self._clock.now() // _DAY_S + FILE_DAYS) * _DAY_S
        return self._signer.sign(_FILE, {"c": address, "f": file_id, "e": until})

    def open_file(self, file_id: str, key: str) -> float:
        """Until when `key` opens the file. Raises NotFound unless it does."""
        content = self._content(_FILE, key)
        if content.get("f") != file_id or float(content.get("e", 0)) <= self._clock.now():
            raise NotFound("there is no such file, or this address of it is too old")
        return float(content["e"])

    def _content(self, purpose: str, token: object) -> dict[str, Any]:
        # Longer than any of ours: not worth the arithmetic.
        if not isinstance(token, str) or len(token) > 4000:
            return {}
        try:
            return self._signer.verify(purpose, token)
        except Invalid:
            return {}


def _over() -> Unauthenticated:
    return Unauthenticated("this chat session is over; start a new one", code="session_over")
