"""The Bot API through python-telegram-bot, with its failures told apart by what is certain.

python-telegram-bot doesn't say whether a request had left when it failed, builds its own word of
429 with a deprecated property, and writes updates and the token into its log. So requests are
judged here, one step below `Bot`, and updates are taken as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from typing import Any

from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)
from telegram.request import HTTPXRequest, RequestData

from integrations.channels.telegram.config import TelegramConfig
from integrations.standing import Contact
from runtime.errors import AscoltoError, Moved, Permanent, Temporary, TooMany, UnknownOutcome

CONNECT_S = 5.0
ANSWER_S = 15.0
UPLOAD_S = 20.0
WORKED_BYTES_S = 512 * 1024
POOL_S = 5.0
RETRY_TOKEN_S = 60.0
RETRY_CONFLICT_S = 5.0
# Of these httpx errors it is certain that no request had left.
_NOT_SENT = frozenset(
    {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
)


class Unanswered(TelegramError):
    """No answer came. `left`: the request may have."""

    def __init__(self, what: str, *, left: bool) -> None:
        super().__init__(what)
        self.left = left


class Throttled(TelegramError):
    """429, with the seconds to wait."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("Too many requests")
        self.retry_after = retry_after


class ServerFault(TelegramError):
    """5xx."""


class Request(HTTPXRequest):
    """Raises what python-telegram-bot would blur."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """The answer's status and body. Raises Unanswered, Throttled or ServerFault."""
        try:
            status, body = await super().do_request(url, method, request_data, *timeouts, **more)
        except TelegramError as error:
            # The cause names the address, and with it the token: only its kind is kept.
            name = type(error.__cause__).__name__
        else:
            if status == 429:
                raise Throttled(_retry_after(body))
            if status >= 500:
                raise ServerFault(f"Telegram answered {status}")
            return status, body
        raise Unanswered(f"no answer from Telegram ({name})", left=name not in _NOT_SENT)


class TelegramBot(Bot):
    """`Bot`, and updates as they came."""

    async def updates(
        self, *, offset: int | None, timeout_s: int, allowed: Sequence[str], limit: int
    ) -> list[dict[str, Any]]:
        """The updates from `offset` on, confirming those before it. Waits up to `timeout_s`.

        `Bot.get_updates` would fail as a whole when one update can't be read, and log it.
        """
        data: dict[str, Any] = {
            "timeout": timeout_s,
            "limit": limit,
            "allowed_updates": list(allowed),
        }
        if offset is not None:
            data["offset"] = offset
        found = await self._post("getUpdates", data, read_timeout=timeout_s + ANSWER_S)
        return [u for u in found if isinstance(u, dict)] if isinstance(found, list) else []


class Api:
    """One bot's connections."""

    def __init__(self, config: TelegramConfig) -> None:
        self._token = config.token
        self.contact = Contact()
        self._requests = [
            Request(
                connection_pool_size=size,
                connect_timeout=CONNECT_S,
                read_timeout=ANSWER_S,
                write_timeout=ANSWER_S,
                media_write_timeout=UPLOAD_S,
                pool_timeout=POOL_S,
            )
            # One for long polls, so that they never wait for what is sent.
            for size in (1, 64)
        ]
        self.bot = TelegramBot(
            config.token,
            base_url=config.base_url,
            base_file_url=config.base_file_url,
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )

    async def open(self) -> None:
        """Connect anew after `close`."""
        for request in self._requests:
            await request.initialize()

    async def close(self) -> None:
        """Let go of the connections."""
        for request in self._requests:
            await request.shutdown()

    @staticmethod
    def patience(size: int) -> dict[str, float]:
        """Telegram answers when it has worked a file through: later, the larger it is."""
        return {"read_timeout": ANSWER_S + size / WORKED_BYTES_S} if size else {}

    async def ask(self, call: Awaitable[Any], what: str = "") -> Any:
        """The result of a call that may be repeated. Raises Temporary, TooMany or Permanent.

        `what`: a task of its own, whose failure the success of other calls doesn't mend.
        """
        try:
            result = await call
        except TelegramError as error:
            raise self._noted(error, self._translated(error, sending=False), what) from None
        self.contact.worked(what)
        return result

    async def send(self, call: Awaitable[Any]) -> Any:
        """The result of a call that must not be repeated unless it certainly failed.

        Raises Temporary, TooMany, Permanent (Moved, or with code `blocked`) or UnknownOutcome.

        A 5xx is unknown: the Bot API's documentation promises nothing about it, and it is also
        what the proxies before Telegram's servers answer after they have passed a request on.
        """
        try:
            result = await call
        except TelegramError as error:
            raise self._noted(error, self._translated(error, sending=True)) from None
        self.contact.worked()
        return result

    def _noted(self, error: TelegramError, meant: AscoltoError, what: str = "") -> AscoltoError:
        if what and not isinstance(error, (Unanswered, ServerFault, InvalidToken)):
            self.contact.failed(f"{what}: {meant.message}", what)
        elif isinstance(error, (Throttled, ChatMigrated, Forbidden, BadRequest)):
            # An answer all the same: what it says is about one message.
            self.contact.worked()
        else:
            self.contact.failed(meant.message)
        return meant

    def _translated(self, error: TelegramError, *, sending: bool) -> AscoltoError:
        words = error.message.replace(self._token, "⟦token⟧")
        match error:
            case Throttled():
                return TooMany("Telegram asks to wait", retry_after=error.retry_after)
            case ChatMigrated():
                return Moved(str(error.new_chat_id), "the group became a supergroup")
            case Forbidden():
                return Permanent(words, code="blocked")
            case InvalidToken():
                # The operator's to mend, and what customers are owed can wait for it.
                return Temporary("Telegram refuses TELEGRAM_BOT_TOKEN", retry_after=RETRY_TOKEN_S)
            case Conflict():
                return Temporary(words, retry_after=RETRY_CONFLICT_S)
            case BadRequest():
                return Permanent(words)
            case Unanswered(left=False):
                return Temporary(words)
            case _:
                return UnknownOutcome(words) if sending else Temporary(words)


def _retry_after(body: bytes) -> float:
    try:
        return max(0.0, float(json.loads(body)["parameters"]["retry_after"]))
    except (ValueError, TypeError, KeyError):
        return 1.0
