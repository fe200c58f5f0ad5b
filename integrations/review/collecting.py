"""Following conversations: which messages of customers are worth a designer's look.

Whatever happens in a conversation moves its `last_activity_at`, which has an index: that is what is
followed. Reading something twice changes nothing, so a restart costs a few repeated looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.conversations.ids import new_id
from integrations.conversations.inbox import SPOKEN
from integrations.conversations.moving import MOVED
from integrations.review import storing, windows
from integrations.review.reasons import Judgement, Said, bits, judge, labelled
from integrations.review.redacting import clean, known_of
from integrations.review.windows import Window
from runtime.clock import Clock
from runtime.database import Database
from understanding.sameness import digest

BATCH = 100
# Conversations a transaction: nobody else should wait long for the database.
AT_ONCE = 10
# What happened this long ago is in the database, whoever wrote it.
QUIET_S = 3.0
# A gateway may write later than its clock says; within this time it is seen all the same.
OVERLAP_S = 60.0
RANKING = 5
# By inbound id: an intent, an agent's words.
Labels = dict[str, tuple[str | None, str | None]]
_READ = frozenset({*(kind.value for kind in SPOKEN), "edit"})


@dataclass
class Finding:
    """What a look at one conversation changes."""

    conversation_id: str
    new: list[dict[str, Any]] = field(default_factory=list)
    # Where in the conversation each new message stands, by inbound id.
    places: dict[str, int] = field(default_factory=dict)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: Sequence[str] = ()
    settled_seq: int = 0
    due_at: float | None = None


class Collector:
    """Finds messages for the inbox, round by round; one process at a time."""

    def __init__(
        self, database: Database, clock: Clock, *, default_language: str, kept_s: float
    ) -> None:
        self._database = database
        self._clock = clock
        self._default_language = default_language
        self._kept_s = kept_s
        # What was looked at within the overlap: when it had last been active.
        self._seen: dict[str, float] = {}

    async def round(self) -> int:
        """Look at what happened since the last round; how many conversations that was."""
        now = self._clock.now()
        since = max(await self._database.read(windows.followed_to), now - self._kept_s)
        active = await self._database.read(
            lambda conn: windows.active(
                conn,
                since=since - OVERLAP_S,
                until=now - QUIET_S,
                limit=BATCH + len(self._seen),
            )
        )
        fresh = [(name, at) for name, at in active if self._seen.get(name) != at]
        due = await self._database.read(lambda conn: windows.due(conn, now=now, limit=BATCH))
        names = list(dict.fromkeys([*(name for name, _ in fresh), *due]))
        for start in range(0, len(names), AT_ONCE):
            await self._look(names[start : start + AT_ONCE], now)
        if fresh:
            followed = max(at for _, at in fresh)
            await self._database.write(lambda conn: storing.follow_to(conn, followed))
            self._seen |= dict(fresh)
            self._seen = {n: at for n, at in self._seen.items() if at > followed - OVERLAP_S}
        return len(names)

    async def _look(self, names: Sequence[str], now: float) -> None:
        found = await self._database.read(lambda conn: windows.load(conn, names))
        findings = await asyncio.to_thread(self._judge_all, found, now)
        missing = set(names) - {window.conversation.id for window in found}

        def write(conn: Any) -> None:
            for finding in findings:
                storing.apply(conn, finding, now=now)
            storing.unwatch(conn, missing)

        await self._database.write(write)

    def _judge_all(self, found: Sequence[Window], now: float) -> list[Finding]:
        return [self._judge(window, now) for window in found]

    def _judge(self, window: Window, now: float) -> Finding:
        conversation = window.conversation
        finding = Finding(conversation.id, gone=window.gone)
        if str(conversation.address).startswith(MOVED):
            return finding
        labels = _labels(window)
        settled = True
        for place, said in enumerate(window.said):
            judgement = self._look_at(finding, window, window.said, place, labels, now)
            if judgement.due_at is not None:
                settled = False
                earlier = [finding.due_at] if finding.due_at is not None else []
                finding.due_at = min([judgement.due_at, *earlier])
            elif settled:
                finding.settled_seq = said.seq
        if window.more:
            # What is so long ago counts as settled: the rest must have its turn.
            finding.settled_seq = window.said[-windows.BEFORE_A_CASE].seq
            finding.due_at = now
        self._label_earlier(finding, window, labels, now)
        return finding

    def _look_at(
        self,
        finding: Finding,
        window: Window,
        said: Sequence[Said],
        place: int,
        labels: Labels,
        now: float,
    ) -> Judgement:
        last_at = window.conversation.last_activity_at
        judgement = judge(said, place, window.cases, last_at=last_at, now=now)
        self._take(finding, window, said[place], judgement, labels, now)
        return judgement

    def _label_earlier(self, finding: Finding, window: Window, labels: Labels, now: float) -> None:
        """Labels of messages that are settled, and labels that were taken back."""
        looked_at = {said.id for said in window.said}
        for before in window.led.values():
            for place, said in enumerate(before):
                if said.id in labels and said.id not in looked_at:
                    looked_at.add(said.id)
                    self._look_at(finding, window, before, place, labels, now)
        for name, known in window.known.items():
            if (known.label or known.label_words) and name not in {*labels, *looked_at}:
                reasons = known.reasons & ~bits({"labelled"})
                values = {"label": None, "label_words": None, "reasons": reasons}
                finding.changed[known.id] = values

    def _take(
        self,
        finding: Finding,
        window: Window,
        said: Said,
        judgement: Judgement,
        labels: Labels,
        now: float,
    ) -> None:
        row = window.rows[said.id]
        reasons = set(judgement.reasons)
        label, words = labels.get(said.id, (None, None))
        if said.id in labels:
            reasons.add("labelled")
        known = window.known.get(said.id)
        if known is None:
            wanted = said.tapped is None and row.kind in _READ and said.text.strip()
            if reasons and wanted and now - said.at < self._kept_s:
                finding.new.append(self._row(window, said, row, judgement, reasons, label, words))
                finding.places[said.id] = said.seq
            return
        values = {"reasons": bits(reasons), "next": judgement.next, "label": label}
        if bool(words) != bool(known.label_words):
            values["label_words"] = self._words(window, row, words)
        if any(getattr(known, name) != value for name, value in values.items()):
            finding.changed[known.id] = values

    def _row(
        self,
        window: Window,
        said: Said,
        row: Any,
        judgement: Judgement,
        reasons: set[str],
        label: str | None,
        words: str | None,
    ) -> dict[str, Any]:
        language = row.language or window.conversation.language or self._default_language
        redacted = clean(
            said.text,
            language=language,
            known=_known(window, row),
            entities=said.reading.get("entities") or (),
        )
        return {
            "id": new_id("r"),
            "inbound_id": said.id,
            "conversation_id": window.conversation.id,
            "channel": window.conversation.channel,
            "language": language,
            "at": said.at,
            "text": redacted.text,
            "spans": redacted.spans,
            "entities": redacted.entities,
            "digest": digest(redacted.text),
            "intent": said.intent[:80],
            "confidence": float(said.reading.get("confidence") or 0.0),
            "ranking": _ranking(said),
            "model": said.turn.model if said.turn is not None else None,
            "reasons": bits(reasons),
            "label": label,
            "label_words": self._words(window, row, words),
            "next": judgement.next,
        }

    def _words(self, window: Window, row: Any, words: str | None) -> str | None:
        if not words:
            return None
        return clean(words, language=None, known=_known(window, row)).text


def _known(window: Window, row: Any) -> tuple[str, ...]:
    # In a group each message has its own sender.
    theirs = (row.sender_name, row.sender_email)
    return (*known_of(window.conversation), *(each for each in theirs if each))


def _ranking(said: Said) -> list[dict[str, Any]]:
    return [
        {"intent": str(other.get("intent")), "confidence": float(other.get("confidence") or 0.0)}
        for other in said.reading.get("ranking") or ()
    ][:RANKING]


def _labels(window: Window) -> Labels:
    found: Labels = {}
    # The newest first: a later label of the same message is what counts.
    for case in window.cases.values():
        if case.wanted or case.wanted_words:
            for name in labelled(window.led[case.id], case):
                found.setdefault(name, (case.wanted, case.wanted_words))
    return found
