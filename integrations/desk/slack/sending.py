"""One row of the queue to Slack: posted once, found again if the answer was lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, update

from integrations.conversations.sql import insert_new
from integrations.desk.slack import queue
from integrations.desk.slack.client import SlackClient
from integrations.desk.slack.config import SlackConfig
from integrations.desk.slack.showing import Shown, Shows, block_key
from integrations.desk.slack.tables import slack_messages, slack_threads
from integrations.files.customers import CustomerFiles
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import (
    Invalid,
    NotFound,
    Permanent,
    Temporary,
    TooLarge,
    TooMany,
    UnknownOutcome,
)
from runtime.logging import get_logger

log = get_logger(__name__)

EVENT_TYPE = "ascolto"
POST = "chat.postMessage"
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
# A request whose answer was lost may still be on its way: look for it a moment later.
LOOK_AFTER_S = 2.0
CLOCK_SKEW_S = 300.0
LOOKS = 5
FILE_TRIES = 8

# What stands on an agent's message for each state of its delivery.
MARKS: Mapping[str, str] = {
    "pending": "hourglass_flowing_sand",
    "sending": "hourglass_flowing_sand",
    "sent": "white_check_mark",
    "delivered": "ballot_box_with_check",
    "read": "eyes",
    "failed": "x",
    "unknown": "grey_question",
    "refused": "no_entry_sign",
    "expired": "no_entry_sign",
}
# The other outcome has happened already: that is what was wanted.
_FINE = frozenset({"already_reacted", "no_reaction", "message_not_found", "cant_update_message"})


class Sending:
    """Works off rows that `queue.heads` gives."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        client: SlackClient,
        config: SlackConfig,
        shows: Shows,
        files: CustomerFiles,
    ) -> None:
        self._database = database
        self._clock = clock
        self._client = client
        self._config = config
        self._shows = shows
        self._files = files

    async def work(self, row: Any) -> None:
        """Send one row, or find out what became of it. Raises Temporary when Slack is away."""
        now = self._clock.now()
        if row.state == "unknown":
            await self._look(row)
            return
        if row.expires_at is not None and row.expires_at < now:
            await self._done(row, None, "dropped")
            return
        if row.kind in queue.POSTS:
            # Before it is taken in hand: whoever finds it in hand for long takes it for lost.
            await self._client.turn(POST)
            now = self._clock.now()
        fresh = await self._database.write(lambda conn: queue.start(conn, row, now=now))
        if not fresh:
            return
        shown = await self._database.read(lambda conn: self._shows.shown(conn, row, now=now))
        if shown is None or (row.kind != queue.CARD and shown.thread.ts is None):
            await self._done(row, None, "dropped")
            return
        try:
            ts = await self._send(row, shown)
        except (Temporary, TooMany) as error:
            await self._again(row, error)
        except UnknownOutcome as error:
            await self._lost(row, error.message)
        except Permanent as error:
            await self._refused(row, error)
        else:
            await self._done(row, ts, "done")

    async def _send(self, row: Any, shown: Shown) -> str | None:
        if row.kind == queue.MARK:
            await self._mark(row.body)
            return None
        if row.kind == queue.FILE:
            await self._upload(row, shown)
            return None
        assert shown.posting is not None
        body: dict[str, Any] = {
            "channel": shown.thread.channel,
            "text": shown.posting.text,
            "blocks": shown.posting.blocks,
        }
        if row.kind in (queue.ASK, queue.NOTICE):
            body |= {"user": row.body["user"], "thread_ts": shown.thread.ts}
            await self._client.call("chat.postEphemeral", **body)
            return None
        if row.kind not in queue.POSTS:
            if shown.replaces is not None:
                await self._client.call("chat.update", ts=shown.replaces, **body)
            return shown.replaces
        body |= {
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": row.key}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if row.kind != queue.CARD:
            body["thread_ts"] = shown.thread.ts
        answer = await self._client.call(POST, paced=False, **body)
        return str(answer["ts"])

    async def _mark(self, body: Mapping[str, Any]) -> None:
        before, after = MARKS.get(body["remove"] or ""), MARKS.get(body["add"])
        if before == after:
            return
        where = {"channel": body["channel"], "timestamp": body["ts"]}
        for method, name in (("reactions.add", after), ("reactions.remove", before)):
            if name is None:
                continue
            try:
                await self._client.call(method, name=name, **where)
            except Permanent as error:
                if error.code not in _FINE:
                    raise

    async def _upload(self, row: Any, shown: Shown) -> None:
        """A customer's file, as the console gets it: our copy, fetched if there is none yet.

        One that can't be had, or isn't passed on, stays a line with a link to the console.
        """
        assert shown.file is not None
        file = shown.file
        try:
            kept = await self._files.get(file.conversation_id, file.inbound_id, file.place)
        except (NotFound, Permanent, Invalid, TooLarge) as error:
            log.info("slack_file_not_shown", reason=error.code)
            return
        if not kept.content:
            return
        await self._client.upload(
            kept.name,
            kept.content,
            channel=shown.thread.channel,
            thread_ts=shown.thread.ts,
            title=kept.name,
        )

    # -- outcomes ----------------------------------------------------------------------------

    async def _done(self, row: Any, ts: str | None, state: str) -> None:
        now = self._clock.now()

        def query(conn: Connection) -> None:
            queue.done(conn, row.n, ts=ts, now=now, state=state)
            if ts is None:
                return
            if row.kind == queue.CARD:
                conn.execute(
                    update(slack_threads)
                    .where(slack_threads.c.handoff_id == row.handoff_id)
                    .values(ts=ts)
                )
            elif row.kind == queue.TOLD and row.body.get("marked"):
                place = {
                    "channel": self._config.channel,
                    "ts": ts,
                    "handoff_id": row.handoff_id,
                    "outbound_id": row.body["outbound"],
                    "created_at": now,
                }
                insert_new(conn, slack_messages, place)

        await self._database.write(query)

    async def _again(self, row: Any, error: Temporary | TooMany) -> None:
        if row.kind == queue.FILE and row.attempts >= FILE_TRIES:
            # Its message names it and links to the console.
            await self._done(row, None, "failed")
            return
        now = self._clock.now()
        backoff = min(FIRST_RETRY_S * 2 ** min(row.attempts, 10), LONGEST_RETRY_S)
        at = now + max(backoff if error.retry_after is None else 0.0, error.retry_after or 0.0)
        log.info("slack_put_off", kind=row.kind, reason=error.code)
        await self._database.write(
            lambda conn: queue.later(conn, row.n, state="pending", at=at, error=error.message)
        )

    async def _lost(self, row: Any, error: str) -> None:
        now = self._clock.now()
        log.warning("slack_answer_lost", kind=row.kind)
        if row.kind in (queue.ASK, queue.NOTICE, queue.FILE):
            # Nobody can look whether these arrived: once is enough.
            await self._done(row, None, "lost")
            return
        state = "unknown" if row.kind in queue.POSTS else "pending"
        await self._database.write(
            lambda conn: queue.later(conn, row.n, state=state, at=now + LOOK_AFTER_S, error=error)
        )

    async def _refused(self, row: Any, error: Permanent) -> None:
        if error.code in _FINE:
            await self._done(row, None, "dropped")
            return
        log.warning("slack_refused", kind=row.kind, reason=error.code)
        if row.kind in queue.POSTS | {queue.UPDATE} and not row.body.get("plain"):
            await self._database.write(lambda conn: queue.simplify(conn, row))
            return
        await self._done(row, None, "failed")

    async def _look(self, row: Any) -> None:
        """Whether a message whose answer was lost stands in Slack."""
        now = self._clock.now()
        if row.kind not in queue.POSTS:
            await self._database.write(
                lambda conn: queue.later(conn, row.n, state="pending", at=now, error="again")
            )
            return
        shown = await self._database.read(lambda conn: self._shows.shown(conn, row, now=now))
        thread_ts = shown.thread.ts if shown is not None and row.kind != queue.CARD else None
        try:
            ts = await self._find(row, thread_ts)
        except (Temporary, UnknownOutcome) as error:
            if row.attempts >= LOOKS and error.code == "missing_scope":
                await self._done(row, None, "lost")
                return
            at, why = now + (error.retry_after or LOOK_AFTER_S), error.message
            await self._database.write(
                lambda conn: queue.later(conn, row.n, state="unknown", at=at, error=why)
            )
            return
        except Permanent as error:
            # Slack won't say: it may stand there, so it isn't repeated.
            log.warning("slack_message_lost", kind=row.kind, reason=error.code)
            await self._done(row, None, "lost")
            return
        if ts is not None:
            await self._done(row, ts, "done")
        else:
            await self._database.write(
                lambda conn: queue.later(conn, row.n, state="pending", at=now, error="not there")
            )

    async def _find(self, row: Any, thread_ts: str | None) -> str | None:
        since = row.created_at - CLOCK_SKEW_S
        async for message in self._client.messages(self._config.channel, thread_ts, since):
            metadata = (message.get("metadata") or {}).get("event_payload") or {}
            blocks = message.get("blocks") or ()
            if metadata.get("id") == row.key or (
                blocks and blocks[0].get("block_id") == block_key(row.key)
            ):
                return str(message["ts"])
        return None
