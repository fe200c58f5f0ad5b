"""Messages that a platform hands over in parts, each in a call of its own: albums, say.

A part is stored before it is acknowledged, and waits for the others: until none has come for a
moment, but never longer than a few seconds. Then all that are there become one message, as if they
had come so. Whatever else the customer does meanwhile comes after it. A part that is later than
that is a message of its own; nothing of it is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from integrations.channels.contract import Attachment, Envelope, Kind, Sender
from integrations.conversations.sql import insert_new
from integrations.conversations.tables import parts

# A whole is taken for whole when no part of it has come for so long,
PAUSE_S = 1.0
# and in any case so long after its first part.
LONGEST_S = 5.0
# Platforms repeat what they think wasn't taken for a day at most.
KEYS_KEPT_S = 3 * 86_400.0
BATCH = 100
_P = parts.c


@dataclass(frozen=True)
class Whole:
    """What parts belong to."""

    channel: str
    account: str
    address: str
    name: str

    def where(self) -> tuple[Any, ...]:
        """Its parts that wait."""
        return (
            _P.channel == self.channel,
            _P.account == self.account,
            _P.address == self.address,
            _P.whole == self.name,
            _P.joined_at.is_(None),
        )


def park(conn: Connection, envelope: Envelope, *, now: float) -> bool:
    """Keep a part until its whole is joined; whether it is new."""
    part = envelope.part
    assert part is not None
    row = {
        "channel": envelope.channel,
        "account": envelope.account,
        "dedup_key": envelope.dedup_key,
        "address": envelope.address,
        "whole": part.whole[:200],
        "place": part.place,
        "addressed": part.addressed,
        "envelope": _kept(envelope),
        "arrived_at": now,
    }
    return insert_new(conn, parts, row)


def due(conn: Connection, *, now: float) -> list[Whole]:
    """Wholes that wait for nothing any more."""
    first, last = func.min(_P.arrived_at), func.max(_P.arrived_at)
    rows = conn.execute(
        select(_P.channel, _P.account, _P.address, _P.whole)
        .where(_P.joined_at.is_(None))
        .group_by(_P.channel, _P.account, _P.address, _P.whole)
        .having((last <= now - PAUSE_S) | (first <= now - LONGEST_S))
        .order_by(first)
        .limit(BATCH)
    )
    return [Whole(*row) for row in rows]


def waiting(conn: Connection, envelope: Envelope) -> list[Whole]:
    """What must be joined before something else of the same place is stored, in order."""
    places = [address for address in (envelope.address, envelope.moved_from) if address]
    rows = conn.execute(
        select(_P.channel, _P.account, _P.address, _P.whole)
        .where(
            _P.channel == envelope.channel,
            _P.account == envelope.account,
            _P.address.in_(places),
            _P.joined_at.is_(None),
        )
        .group_by(_P.channel, _P.account, _P.address, _P.whole)
        .order_by(func.min(_P.arrived_at))
    )
    return [Whole(*row) for row in rows]


def join(conn: Connection, *, whole: Whole, now: float) -> Envelope | None:
    """The one message that a whole's parts make, taken once; None if nobody said it to us."""
    taken = conn.execute(
        update(parts)
        .where(*whole.where())
        .values(joined_at=now)
        .returning(_P.dedup_key, _P.place, _P.addressed, _P.envelope)
    ).all()
    if not taken:
        # Another process was faster.
        return None
    conn.execute(
        update(parts)
        .where(
            _P.channel == whole.channel,
            _P.account == whole.account,
            _P.dedup_key.in_([row.dedup_key for row in taken]),
        )
        .values(envelope=None)
    )
    if not any(row.addressed for row in taken):
        return None
    found = sorted(taken, key=lambda row: (int(row.place), str(row.dedup_key)))
    envelopes = [_envelope(row.envelope) for row in found]
    return replace(
        envelopes[0],
        dedup_key=",".join(each.dedup_key for each in envelopes),
        text="\n".join(each.text for each in envelopes if each.text) or None,
        attachments=tuple(a for each in envelopes for a in each.attachments),
    )


def forget(conn: Connection, *, now: float) -> None:
    """Let go of the names of parts that nobody will send again."""
    conn.execute(delete(parts).where(_P.joined_at < now - KEYS_KEPT_S))


def _kept(envelope: Envelope) -> dict[str, Any]:
    return asdict(replace(envelope, part=None))


def _envelope(kept: Mapping[str, Any]) -> Envelope:
    return Envelope(
        **{
            **kept,
            "kind": Kind(kept["kind"]),
            "sender": Sender(**kept["sender"]),
            "attachments": tuple(Attachment(**each) for each in kept["attachments"]),
            "files": tuple(kept["files"]),
        }
    )
