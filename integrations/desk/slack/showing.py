"""What a row of the queue looks like in Slack, rendered at the moment it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from integrations.conversations.tables import inbound
from integrations.desk.slack import cards, case, messages, queue, reading
from integrations.desk.slack.cards import Posting
from integrations.desk.slack.config import SlackConfig
from integrations.desk.slack.messages import Entry
from integrations.desk.slack.mrkdwn import cut_escaped
from integrations.desk.slack.tables import slack_threads
from integrations.desk.slack.wording import Wording


@dataclass(frozen=True)
class FileOf:
    """A customer's file: the message that it came with, and its place there."""

    conversation_id: str
    inbound_id: str
    place: int


@dataclass(frozen=True)
class Shown:
    """What to do for one row: `posting` to show, and the thread it belongs to."""

    thread: Any
    posting: Posting | None = None
    file: FileOf | None = None
    replaces: str | None = None


class Shows:
    """Renders with one workspace's configuration and words."""

    def __init__(self, config: SlackConfig, words: Wording) -> None:
        self._config = config
        self._words = words

    def shown(self, conn: Connection, row: Any, *, now: float) -> Shown | None:
        """How `row` is shown; None when there is nothing to show any more."""
        thread = conn.execute(
            select(slack_threads).where(slack_threads.c.handoff_id == row.handoff_id)
        ).first()
        if thread is None:
            return None
        if row.kind in (queue.CARD, queue.UPDATE):
            return self._card(conn, thread, row, now)
        if row.kind in (queue.TRANSCRIPT, queue.TRANSCRIPT_AGAIN):
            return self._transcript(conn, thread, row)
        if row.kind == queue.BLANK:
            original = queue.by_key(conn, row.body["of"])
            if original is None or original.ts is None:
                return None
            posting = messages.gone(self._words, key=block_key(original.key))
            return Shown(thread, posting, replaces=original.ts)
        if row.kind == queue.FILE:
            return self._file(conn, thread, row)
        if row.kind in (queue.ASK, queue.NOTICE):
            return self._ephemeral(conn, thread, row)
        if row.kind == queue.MARK:
            return Shown(thread)
        return self._message(conn, thread, row)

    def _card(self, conn: Connection, thread: Any, row: Any, now: float) -> Shown | None:
        shown = case.read(conn, row.handoff_id)
        if shown is None:
            return None
        console = self._config.console(thread.conversation_id)
        key = block_key(f"{row.handoff_id}:{queue.CARD}")
        if row.body.get("plain"):
            posting = cards.simple(shown, self._words, console=console, key=key)
        else:
            posting = cards.card(shown, self._words, console=console, now=now, key=key)
        return Shown(thread, posting, replaces=thread.ts if row.kind == queue.UPDATE else None)

    def _transcript(self, conn: Connection, thread: Any, row: Any) -> Shown | None:
        entries, earlier = reading.up_to(conn, thread.conversation_id, thread.transcript_seq)
        if row.body.get("plain"):
            entries, earlier = [], earlier + len(entries)
        key = f"{row.handoff_id}:{queue.TRANSCRIPT}"
        posting = messages.transcript(
            entries,
            earlier,
            self._words,
            console=self._config.console(thread.conversation_id),
            key=block_key(key),
        )
        if row.kind == queue.TRANSCRIPT:
            return Shown(thread, posting)
        original = queue.by_key(conn, key)
        if original is None or original.ts is None:
            return None
        return Shown(thread, posting, replaces=original.ts)

    def _message(self, conn: Connection, thread: Any, row: Any) -> Shown | None:
        key = block_key(row.key)
        if row.kind == queue.FATE:
            entry = reading.outbound_entry(conn, row.body["outbound"])
            if entry is None:
                return None
            state, reason = row.body["state"], row.body.get("reason") or ""
            lost, _ = reading.not_arrived(conn, entry.id)
            text = "" if row.body.get("plain") else lost or entry.text or ""
            posting = messages.fate(entry, text, state, reason, self._words, key=key)
            return Shown(thread, posting)
        entry = _entry(conn, row)
        if entry is None:
            return None
        console = self._config.console(thread.conversation_id)
        if row.body.get("plain"):
            url = self._words.say("thread.whole", url=console)
            return Shown(thread, Posting(url, [{**cards.section(url), "block_id": key}]))
        return Shown(thread, messages.said(entry, self._words, console=console, key=key))

    def _ephemeral(self, conn: Connection, thread: Any, row: Any) -> Shown | None:
        if row.kind == queue.NOTICE:
            return Shown(thread, messages.notice(row.body["text"]))
        note = reading.note_entry(conn, row.body["note"])
        if note is None:
            return None
        return Shown(
            thread,
            messages.ask(
                note.text or "", note.id, self._words, corrects=bool(row.body.get("corrects"))
            ),
        )

    def _file(self, conn: Connection, thread: Any, row: Any) -> Shown | None:
        found = conn.execute(
            select(inbound.c.conversation_id, inbound.c.attachments).where(
                inbound.c.id == row.body["inbound"]
            )
        ).first()
        place = int(row.body["place"])
        if found is None or place >= len(found.attachments or ()):
            return None
        return Shown(thread, file=FileOf(found.conversation_id, row.body["inbound"], place))


def _entry(conn: Connection, row: Any) -> Entry | None:
    if row.kind == queue.SAID:
        return reading.inbound_entry(conn, row.body["inbound"])
    if row.kind == queue.TOLD:
        return reading.outbound_entry(conn, row.body["outbound"])
    return reading.note_entry(conn, row.body["note"])


def block_key(key: str) -> str:
    """A message's first block carries our name of it: by that we find it again."""
    return f"ascolto:{key}"


def safe(text: str) -> str:
    """A name as it may stand in a notice."""
    return cut_escaped(" ".join(text.split()), 120)
