"""What the desk says to customers: into the outbox, and to the bot and the bridge as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from integrations.bridge import records as bridge_records
from integrations.channels.contract import Capabilities, Channel
from integrations.conversations import buttons as payloads
from integrations.conversations import outbox, queues
from integrations.conversations.buttons import Buttons
from integrations.conversations.ids import new_id
from integrations.conversations.splitting import fitting
from integrations.conversations.texts import Texts
from integrations.desk import records
from runtime.clock import iso

# What else belongs into the transaction that writes a message or a note, given its id.
Also = Callable[[Connection, str], None]


class Speaking:
    """Each method is part of a transaction that has locked the conversation's row."""

    def __init__(
        self,
        channels: dict[str, Channel],
        texts: Texts,
        buttons: Buttons,
        default_language: str,
    ) -> None:
        self._channels = channels
        self._texts = texts
        self._buttons = buttons
        self._default_language = default_language

    def capabilities(self, channel: str) -> Capabilities:
        """What a channel can carry."""
        return self._channels[channel].capabilities

    def speak(
        self,
        conn: Connection,
        row: Any,
        draft: outbox.Draft,
        heard: str,
        also: Also | None,
        now: float,
    ) -> str:
        """An agent's words, which the bot learns as `heard`; the message's id."""
        message_id = self.say(conn, row, draft, now)
        event = {"id": message_id, "type": "agent_message", "text": heard, "at": iso(now)}
        queues.enqueue_sync(conn, row.id, [event], now)
        if also is not None:
            also(conn, message_id)
        return message_id

    def announce(
        self,
        conn: Connection,
        row: Any,
        key: str,
        now: float,
        *,
        buttons: tuple[dict[str, str], ...] = (),
        **values: Any,
    ) -> None:
        """A word of ours about what people at the desk did."""
        language = row.language or self._default_language
        text = self._texts.render(key, language, **values)
        draft = outbox.Draft(role="system", text=text, buttons=buttons, id=new_id("o"))
        self.say(conn, row, draft, now)

    def say(self, conn: Connection, row: Any, draft: outbox.Draft, now: float) -> str:
        """Put words in the outbox, and tell the bridge; the message's id."""
        capabilities = self.capabilities(row.channel)
        # The first part's id stands for the whole.
        message_id, *_ = [
            records.say(conn, row, part, now=now, pulls=capabilities.pulls)
            for part in fitting([draft], capabilities)
        ]
        queues.enqueue_bridge(
            conn,
            [bridge_records.we_said(row, message_id, draft, language=row.language, at=now)],
            now,
        )
        return message_id

    def rating_buttons(self, row: Any) -> tuple[dict[str, str], ...]:
        """One to five."""
        language = row.language or self._default_language
        return tuple(
            self._buttons.seal(
                row.address,
                self._texts.render(f"rating_{rating}", language),
                payloads.RATING,
                {"rating": rating},
            )
            for rating in range(1, 6)
        )
