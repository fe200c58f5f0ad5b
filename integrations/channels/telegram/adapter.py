"""Telegram as a channel: called at a webhook, or polling."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from telegram import File
from telegram.constants import ChatAction

from integrations.channels.contract import (
    Attachment,
    Capabilities,
    Envelope,
    FetchedFile,
    IncomingRequest,
    Kind,
    OutboundMessage,
    Sent,
)
from integrations.channels.telegram import outgoing
from integrations.channels.telegram.api import Api
from integrations.channels.telegram.config import NAME, TelegramConfig
from integrations.channels.telegram.convert import UNREADABLE_REASON, convert
from integrations.channels.telegram.groups import Me
from integrations.channels.telegram.place import Converted, Ignored, Place
from integrations.channels.telegram.webhook import Webhook
from integrations.standing import Standing
from runtime.errors import (
    AscoltoError,
    Permanent,
    Temporary,
    TooMany,
    Unauthenticated,
    UnknownOutcome,
)
from runtime.logging import get_logger
from runtime.security import same

log = get_logger(__name__)

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 — the header's name
DOWNLOAD_BYTES = 20 * 1024 * 1024
# Telegram takes about one message a second in a chat. Two that leave a second apart may arrive
# less than that apart, and a refusal costs more than the margin.
BETWEEN_CALLS_S = 1.1
PATIENCE_S = 5.0
CALL_TRIES = 3
TAPS_KEPT = 1000
# Most answers are there sooner, and a call that nobody would see is saved.
TYPING_AFTER_S = 0.3
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0

CAPABILITIES = Capabilities(
    max_text=outgoing.MAX_TEXT,
    max_caption=outgoing.MAX_CAPTION,
    max_buttons=20,
    max_button_title=40,
    max_payload_bytes=outgoing.MAX_PAYLOAD_BYTES,
    attachments=frozenset({"image", "audio", "video", "file"}),
    max_attachment_bytes=outgoing.MAX_FILE_BYTES,
    per_address_s=BETWEEN_CALLS_S,
    overall_per_s=30.0,
    in_parts=True,
    edits=True,
)


class TelegramChannel:
    """One bot, called at its webhook."""

    name = NAME
    capabilities = CAPABILITIES

    def __init__(self, config: TelegramConfig) -> None:
        self._config = config
        self._api = Api(config)
        self._bot = self._api.bot
        self._webhook = Webhook(self._api, config)
        self._username = config.username
        self._taps: asyncio.Queue[str] = asyncio.Queue(TAPS_KEPT)
        self._ignored: Counter[str] = Counter()

    # -- in ------------------------------------------------------------------------------------

    def verify(self, request: IncomingRequest) -> str:
        """The account of a call that knows the secret. Raises Unauthenticated.

        Temporary until the bot's name is known, without which a group's mentions can't be seen:
        Telegram calls again.
        """
        given = request.headers.get(SECRET_HEADER, "")
        if not same(given, self._config.secret):
            code = "wrong_secret" if given else "unsigned"
            raise Unauthenticated("not called by Telegram", code=code)
        if not self._username:
            raise Temporary("the bot's name isn't known yet")
        return self._config.account

    def parse(self, payload: Mapping[str, Any], *, account: str, now: float) -> list[Envelope]:
        """The update's envelope, or none when it says nothing to us. Raises Invalid."""
        return self._heard([convert(payload, self._place(account, now), alone=True)])

    def _place(self, account: str, now: float) -> Place:
        return Place(account, Me(int(self._config.account), self._username), now)

    def _heard(self, found: Iterable[Converted]) -> list[Envelope]:
        envelopes = []
        for each in found:
            if isinstance(each, Ignored):
                self._ignored[each.reason] += 1
                say = log.warning if each.reason == UNREADABLE_REASON else log.info
                say("update_ignored", update=each.update_id, reason=each.reason)
                continue
            if each.kind is Kind.POSTBACK and each.button is not None:
                self._note_tap(each)
            envelopes.append(each)
        return envelopes

    def _note_tap(self, tap: Envelope) -> None:
        # Answering ends the button's spinner; whoever is busy enough to lose one loses only that.
        with contextlib.suppress(asyncio.QueueFull):
            self._taps.put_nowait(tap.external_id.removeprefix("tap:"))

    # -- out -----------------------------------------------------------------------------------

    async def send(self, message: OutboundMessage) -> Sent:
        """Send a message, in as few calls as Telegram allows.

        Raises Temporary, TooMany, Permanent, Moved or UnknownOutcome. When one of several calls
        was accepted and a later one is not, the outcome is unknown: nobody may repeat the first.
        """
        sent: Sent | None = None
        for call in outgoing.calls(message):
            if sent is None:
                sent = await self._call(call)
                continue
            await asyncio.sleep(BETWEEN_CALLS_S)
            try:
                await self._patiently(call)
            except AscoltoError as error:
                raise UnknownOutcome(f"arrived in part: {error.message}") from None
        assert sent is not None
        return sent

    async def _patiently(self, call: outgoing.Call) -> Sent:
        for _ in range(CALL_TRIES - 1):
            try:
                return await self._call(call)
            except (Temporary, TooMany) as error:
                if (error.retry_after or 0.0) > PATIENCE_S:
                    raise
                await asyncio.sleep(error.retry_after or BETWEEN_CALLS_S)
        return await self._call(call)

    async def _call(self, call: outgoing.Call) -> Sent:
        method = getattr(self._bot, call.method)
        try:
            result = await self._api.send(method(**call.arguments, **self._api.patience(call.size)))
        except TooMany as error:
            if call.arguments["chat_id"] >= 0:
                raise
            # Groups have a limit of their own, 20 a minute: nobody else need wait for it.
            raise Temporary(error.message, retry_after=error.retry_after) from None
        except Permanent as error:
            if call.otherwise is None or type(error) is not Permanent or error.code == "blocked":
                raise
            return await self._call(call.otherwise)
        first = result[0] if isinstance(result, (tuple, list)) else result
        return Sent(str(first.message_id))

    async def edit(self, account: str, address: str, external_id: str, text: str) -> None:
        """Change a text of ours; Telegram allows it for 48 hours. Raises as `send`."""
        try:
            await self._api.send(
                self._bot.edit_message_text(
                    text,
                    chat_id=outgoing.place(address)["chat_id"],
                    message_id=int(external_id),
                    link_preview_options=outgoing.NO_PREVIEW,
                )
            )
        except Permanent as error:
            # It says that already: an earlier try arrived after all.
            if "not modified" not in error.message.lower():
                raise

    async def typing(self, account: str, address: str) -> None:
        """Show that somebody is writing, for about five seconds; not to who is answered at once."""
        await asyncio.sleep(TYPING_AFTER_S)
        with contextlib.suppress(AscoltoError):
            chat = outgoing.place(address)
            await self._api.ask(self._bot.send_chat_action(action=ChatAction.TYPING, **chat))

    async def fetch(self, account: str, attachment: Attachment) -> FetchedFile:
        """A customer's file. Raises Temporary, or Permanent with code `gone` or `too_large`."""
        if not attachment.file_id:
            raise Permanent("there is no file to fetch", code="gone")
        if (attachment.size or 0) > DOWNLOAD_BYTES:
            raise _too_large()
        try:
            file: File = await self._api.ask(self._bot.get_file(attachment.file_id))
        except Permanent as error:
            if "too big" in error.message.lower():
                raise _too_large() from None
            raise Permanent("Telegram has no such file any more", code="gone") from None
        if (file.file_size or 0) > DOWNLOAD_BYTES:
            raise _too_large()
        content = bytes(await self._api.ask(file.download_as_bytearray()))
        if len(content) > DOWNLOAD_BYTES:
            raise _too_large()
        name = attachment.name or PurePosixPath(file.file_path or "file").name
        mime = attachment.mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return FetchedFile(name, mime, content)

    # -- kept running --------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[TelegramChannel]:
        """Stay connected, end the spinners of tapped buttons, and register the webhook."""
        await self._api.open()
        jobs = [asyncio.create_task(self._answer_taps()), asyncio.create_task(self._introduce())]
        try:
            yield self
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            await self._api.contact.close()
            await self._api.close()

    async def standing(self) -> Standing:
        """How we stand with Telegram, and whether it reaches us."""
        return await self._webhook.standing()

    async def _answer_taps(self) -> None:
        while True:
            tap = await self._taps.get()
            with contextlib.suppress(AscoltoError):
                await self._api.ask(self._bot.answer_callback_query(tap))

    async def _introduce(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            try:
                await self._learn_name()
                await self._register()
            except AscoltoError as error:
                log.warning("telegram_not_ready", error=error.message)
                await asyncio.sleep(error.retry_after or pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                return

    async def _learn_name(self) -> None:
        """Raises Temporary."""
        if not self._username:
            me = await self._api.ask(self._bot.get_me())
            self._username = me.username or ""

    async def _register(self) -> None:
        await self._webhook.register()


def _too_large() -> Permanent:
    return Permanent("bots can fetch files of up to 20 MB", code="too_large")
