"""What time does to conversations: wrap-up ends, silence is asked about, the idle are closed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from sqlalchemy import Connection, and_, or_, select, update

from integrations.channels.contract import Capabilities, Channel
from integrations.conversations.buttons import REPEAT, Buttons
from integrations.conversations.outbox import Draft
from integrations.conversations.ownership import Change, Owner, after
from integrations.conversations.splitting import fitting
from integrations.conversations.tables import conversations, outbound
from integrations.conversations.texts import Texts
from integrations.desk.records import lock, say
from integrations.escalation.desk_settings import DeskSettings
from integrations.jobs.lease import JobLease
from integrations.jobs.retention import Retention, forget
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Temporary
from runtime.events import EventBus
from runtime.logging import get_logger

log = get_logger(__name__)

EVERY_S = 5.0
BATCH = 200
FORGET_UNKNOWN_S = 86_400.0


class Timers:
    """Runs in the process that holds the lease."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventBus,
        channels: Mapping[str, Channel],
        desk: DeskSettings,
        lease: JobLease,
        texts: Texts,
        buttons: Buttons,
        default_language: str,
        retention: Retention | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._channels = channels
        self._desk = desk
        self._lease = lease
        self._texts = texts
        self._buttons = buttons
        self._default_language = default_language
        self._retention = retention or Retention()

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                if await self._lease.hold():
                    await self.tick()
            except Temporary as error:
                log.warning("timers_put_off", error=error.message)
            await asyncio.sleep(EVERY_S)

    async def tick(self) -> None:
        """Do what is due now."""
        changed = await self._database.write(self._change)
        asked = await self._database.write(self._ask_after_silence)
        for conversation_id in [*changed, *asked]:
            self._bus.publish("conversation", id=conversation_id)
        for conversation_id in asked:
            self._bus.publish("outbound", id=conversation_id)
        forgotten = await self._database.write(self._forget)
        if forgotten:
            log.info("unsent_files_removed", files=forgotten)

    def _forget(self, conn: Connection) -> int:
        return forget(conn, self._retention, now=self._clock.now())

    def _ask_after_silence(self, conn: Connection) -> list[str]:
        """A bot's answer that may not have arrived, and nobody has written since: ask, once."""
        now = self._clock.now()
        o, c = outbound.c, conversations.c
        silent_since = now - 60 * self._desk.silence_check_minutes
        rows = conn.execute(
            select(conversations)
            .join_from(outbound, conversations, c.id == o.conversation_id)
            .where(
                o.state == "unknown",
                o.role == "bot",
                o.updated_at < silent_since,
                o.updated_at > now - FORGET_UNKNOWN_S,
                c.owner == Owner.BOT.value,
            )
            .distinct()
            .limit(BATCH)
        ).all()
        asked = []
        for row in rows:
            lost = row.state.get("unknown")
            if not lost or lost.get("offered") or (row.last_inbound_at or 0) > silent_since:
                continue
            locked = lock(conn, row.id)
            state = {**locked.state, "unknown": {**lost, "offered": True}}
            conn.execute(update(conversations).where(c.id == row.id).values(state=state))
            language = locked.language or self._default_language
            title = self._texts.render("repeat_button", language)
            draft = Draft(
                role="bot",
                text=self._texts.render("did_it_arrive", language),
                buttons=(self._buttons.seal(locked.address, title, REPEAT),),
            )
            for part in fitting([draft], self._capabilities(locked.channel)):
                say(conn, locked, part, now=now, pulls=False)
            asked.append(row.id)
        return asked

    def _capabilities(self, channel: str) -> Capabilities:
        # A channel that was switched off still has conversations.
        known = self._channels.get(channel)
        return known.capabilities if known is not None else Capabilities()

    def _change(self, conn: Connection) -> list[str]:
        now = self._clock.now()
        c = conversations.c
        over = and_(c.owner == Owner.WRAP_UP.value, c.wrap_up_until < now)
        idle_before = now - self._desk.close_after_days * 86_400
        idle = and_(c.owner == Owner.BOT.value, c.last_activity_at < idle_before)
        changed = []
        for row in conn.execute(
            select(c.id, c.owner, c.state).where(or_(over, idle)).limit(BATCH)
        ).all():
            owner = Owner(row.owner)
            change = Change.WRAP_UP_OVER if owner is Owner.WRAP_UP else Change.CLOSE
            state = {k: v for k, v in row.state.items() if k != "awaiting_rating"}
            conn.execute(
                update(conversations)
                .where(c.id == row.id, c.owner == row.owner)
                .values(
                    owner=after(owner, change).value,
                    version=c.version + 1,
                    wrap_up_until=None,
                    state=state,
                )
            )
            changed.append(row.id)
        return changed
