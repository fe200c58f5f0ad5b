"""One conversation as a designer reads it: what was said, redacted, and what the bot made of it.

Internal notes are not read here, nor what agents wrote to each other when they closed a case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from integrations.conversations.inbox import SPOKEN
from integrations.conversations.moving import lives_in
from integrations.conversations.outbox import VISIBLE
from integrations.conversations.tables import conversations, handoffs, inbound, outbound, turns
from integrations.insights.redacted import Writer, writers
from integrations.insights.sessions import AMBIGUOUS
from integrations.insights.traces import FORM_FILLED, TRACES
from runtime.clock import iso
from runtime.errors import NotFound

PAGE = 100
RANKED = 3
_SPOKEN = sorted(kind.value for kind in SPOKEN)
_I, _O, _T, _H = inbound.c, outbound.c, turns.c, handoffs.c


def read(
    conn: Connection, conversation_id: str, *, before: int | None = None, limit: int = PAGE
) -> dict[str, Any]:
    """`{conversation, channel, language, owner, entries, before}`, oldest first. Raises NotFound.

    `before`: only what was said before this place. An entry is `{role, at, text, spans, …}`: role
    `customer` (with `reading` and what the turn came to), `bot`, `agent`, or `handoff`.
    """
    row = conn.execute(
        select(conversations).where(
            conversations.c.id == (lives_in(conn, conversation_id) or conversation_id)
        )
    ).first()
    if row is None:
        raise NotFound("there is no such conversation")
    writer = writers(conn, [row.id])[row.id]
    said, told = _said(conn, row.id, before, limit + 1), _told(conn, row.id, before, limit + 1)
    placed = sorted([*said, *told], key=lambda each: int(each.seq))
    more, placed = len(placed) > limit, placed[-limit:]
    of_turns = _turns(conn, [each.turn_id for each in placed if each.turn_id])
    entries = [_entry(each, writer, of_turns) for each in placed]
    since = placed[0].moment if more and placed else None
    until = _moment_of(conn, row.id, before) if before is not None else None
    entries += [_case(each, writer) for each in _handoffs(conn, row.id, since, until)]
    entries.sort(key=lambda entry: str(entry["at"]))
    return {
        "conversation": row.id,
        "channel": row.channel,
        "language": row.language,
        "owner": row.owner,
        "entries": entries,
        "before": int(placed[0].seq) if more else None,
    }


def _said(conn: Connection, conversation_id: str, before: int | None, limit: int) -> Sequence[Any]:
    query = select(inbound, _I.received_at.label("moment")).where(
        _I.conversation_id == conversation_id, _I.kind.in_(_SPOKEN), _I.deleted_at.is_(None)
    )
    if before is not None:
        query = query.where(_I.seq < before)
    return conn.execute(query.order_by(_I.seq.desc()).limit(limit)).all()


def _told(conn: Connection, conversation_id: str, before: int | None, limit: int) -> Sequence[Any]:
    query = select(outbound, _O.created_at.label("moment")).where(
        _O.conversation_id == conversation_id,
        _O.seq.is_not(None),
        _O.state.in_(VISIBLE),
        _O.corrects.is_(None),
    )
    if before is not None:
        query = query.where(_O.seq < before)
    return conn.execute(query.order_by(_O.seq.desc()).limit(limit)).all()


def _moment_of(conn: Connection, conversation_id: str, seq: int) -> float | None:
    for table, moment in ((inbound, _I.received_at), (outbound, _O.created_at)):
        here = (table.c.conversation_id == conversation_id) & (table.c.seq == seq)
        found = conn.execute(select(moment).where(here)).scalar()
        if found is not None:
            return float(found)
    return None


def _turns(conn: Connection, ids: Sequence[str]) -> dict[str, Any]:
    found = conn.execute(select(turns).where(_T.id.in_(set(ids)))) if ids else ()
    return {row.id: row for row in found}


def _handoffs(
    conn: Connection, conversation_id: str, since: float | None, until: float | None
) -> Sequence[Any]:
    query = select(handoffs).where(_H.conversation_id == conversation_id)
    if since is not None:
        query = query.where(_H.requested_at >= since)
    if until is not None:
        query = query.where(_H.requested_at < until)
    return conn.execute(query.order_by(_H.requested_at).limit(PAGE)).all()


def _entry(row: Any, writer: Writer, of_turns: Mapping[str, Any]) -> dict[str, Any]:
    if "received_at" in row._mapping:
        return {
            "role": "customer",
            "id": row.id,
            "at": iso(row.received_at),
            **_words(row.text, writer),
            "tapped": row.payload is not None,
            "attachments": len(row.attachments or ()),
            "reading": _reading(row.reading),
            "turn": _turn(of_turns.get(row.turn_id)),
        }
    text = row.text if row.corrected_text is None else row.corrected_text
    return {
        "role": "agent" if row.role == "agent" else "bot",
        "id": row.id,
        "at": iso(row.sent_at or row.created_at),
        **_words(text, writer),
        "buttons": [_words(b.get("title"), writer)["text"] for b in row.buttons or ()],
        "attachments": len(row.attachments or ()),
    }


def _case(row: Any, writer: Writer) -> dict[str, Any]:
    return {
        "role": "handoff",
        "id": row.id,
        "at": iso(row.requested_at),
        "rules": list(row.rules or [each.get("code") for each in row.reasons or ()]),
        "state": row.state,
        "rating": row.rating,
        "wanted": row.wanted,
        "wanted_words": writer.shown(row.wanted_words),
    }


def _words(text: str | None, writer: Writer) -> dict[str, Any]:
    return writer.shown(text) or {"text": None, "spans": []}


def _reading(reading: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Without what was found in the words: those are personal."""
    if not reading:
        return None
    rejected = bool(reading.get("rejected"))
    return {
        "intent": reading.get("intent"),
        "confidence": reading.get("confidence"),
        "rejected": rejected,
        "ambiguous": reading.get("intent") == AMBIGUOUS and not rejected,
        "ranking": [
            {"intent": other.get("intent"), "confidence": other.get("confidence")}
            for other in reading.get("ranking") or ()
        ][:RANKED],
    }


def _turn(row: Any | None) -> dict[str, Any] | None:
    if row is None:
        return None
    signals = row.signals or ()
    return {
        "model": row.model_sha,
        "rules": list(row.rules or ()),
        "signals": [s["name"] for s in signals if s.get("name") not in TRACES],
        "form": row.form,
        "asked": row.asked,
        "filled": any(s.get("name") == FORM_FILLED for s in signals),
        "articles": [
            {"trace": s["name"], "article": data.get("slug") or data.get("nearest")}
            for s in signals
            if s.get("name") in TRACES and (data := s.get("data") or {}).get("intent")
        ],
    }
