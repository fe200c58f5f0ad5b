"""Texts that wait for a group, and what placing them writes. Queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from integrations.review.clusters import Matrix, Space, packed, unpacked
from integrations.review.forgetting import remove
from integrations.review.tables import centroids, groups, messages, texts, vectors

_T, _M = texts.c, messages.c


@dataclass(frozen=True)
class Waiting:
    """A text without a place. `loose`: its group holds nothing else and nobody has touched it."""

    digest: str
    text: str
    group_id: str | None
    loose: bool


@dataclass
class Placement:
    """Where a text goes: an index in the space. `names`: it is the group's title now."""

    waiting: Waiting
    index: int
    vector: Matrix
    new: bool
    names: bool = False


def texts_behind(conn: Connection, limit: int) -> list[Waiting]:
    """Some of the texts that have no vector yet; first those that have a group already, so that
    it is there when the rest looks for one."""
    query = (
        select(_T.digest, _T.text, _T.group_id, groups.c.version)
        .join_from(texts, groups, groups.c.id == _T.group_id, isouter=True)
        .where(_T.encoder.is_(None))
        .order_by(_T.group_id, _T.digest)
    )
    rows = list(conn.execute(query.where(_T.group_id.is_not(None)).limit(limit)))
    if len(rows) < limit:
        rows += conn.execute(query.where(_T.group_id.is_(None)).limit(limit - len(rows))).all()
    grouped = {row.group_id for row in rows if row.group_id is not None}
    counted = conn.execute(
        select(_T.group_id, func.count()).where(_T.group_id.in_(grouped)).group_by(_T.group_id)
    )
    alone = {row[0] for row in counted if row[1] == 1}
    return [
        Waiting(row.digest, row.text, row.group_id, row.group_id in alone and row.version == 1)
        for row in rows
    ]


def without_group(conn: Connection, limit: int) -> list[Waiting]:
    """Some of the texts that have neither vector nor group."""
    rows = conn.execute(
        select(_T.digest, _T.text)
        .where(_T.encoder.is_(None), _T.group_id.is_(None))
        .order_by(_T.digest)
        .limit(limit)
    )
    return [Waiting(row.digest, row.text, None, loose=False) for row in rows]


def behind(conn: Connection) -> int:
    """How many texts wait for the workbench."""
    query = select(func.count()).select_from(texts).where(_T.encoder.is_(None))
    return int(conn.execute(query).scalar_one())


def drop_others(conn: Connection, encoder: str) -> bool:
    """Vectors of another encoder can't be compared: their texts wait again, in their groups.

    Whether there were any.
    """
    other = _T.encoder.is_not(None) & (_T.encoder != encoder)
    if conn.execute(select(_T.digest).where(other).limit(1)).first() is None:
        return False
    conn.execute(update(texts).where(other).values(encoder=None))
    conn.execute(delete(centroids).where(centroids.c.encoder != encoder))
    conn.execute(
        delete(vectors).where(vectors.c.digest.in_(select(_T.digest).where(_T.encoder.is_(None))))
    )
    return True


def moved(conn: Connection, since: float) -> Sequence[Any]:
    """Centres that were moved since."""
    c = centroids.c
    return conn.execute(select(centroids).where(c.moved_at > since)).all()


def centre_of(row: Any) -> tuple[Matrix, Matrix]:
    """A kept centre: the sum of its texts' vectors, and the title's."""
    return np.frombuffer(row.total, np.float32), unpacked(row.title)


def found_each(
    conn: Connection, waiting: Sequence[Waiting], ids: Sequence[str], *, now: float
) -> None:
    """A group for each text, until the workbench says which of them are alike."""
    there = _still(conn, waiting)
    pairs = [pair for pair in zip(waiting, ids, strict=True) if pair[0].digest in there]
    _found(conn, [(group_id, each) for each, group_id in pairs], now=now)
    _move(conn, [(each, group_id) for each, group_id in pairs], encoder=None)


def write(
    conn: Connection,
    placements: Sequence[Placement],
    space: Space,
    encoder: str,
    known: Mapping[str, float],
    *,
    now: float,
) -> list[str]:
    """Write placements; the groups that went or were moved, whose new texts go on waiting.

    `known`: when each centre was last moved, as far as who placed the texts knows. Texts that were
    erased meanwhile are left out; in the groups' memory they weigh until the next restart.
    """
    ids = {space.ids[each.index] for each in placements}
    # Locked: nobody splits them until we are done.
    locked = select(groups.c.id).where(groups.c.id.in_(ids)).order_by(groups.c.id)
    standing = set(conn.execute(locked.with_for_update()).scalars())
    there = _still(conn, [each.waiting for each in placements])
    placements = [each for each in placements if each.waiting.digest in there]
    c = centroids.c
    moved_since = {
        row.group_id
        for row in conn.execute(
            select(c.group_id, c.moved_at).where(c.group_id.in_(ids), c.moved_at > 0)
        )
        if known.get(row.group_id) != row.moved_at
    }
    standing -= moved_since
    fresh = {
        space.ids[each.index]: each.waiting
        for each in placements
        if each.new and space.ids[each.index] not in moved_since
    }
    gone = ids - standing - fresh.keys()
    kept = [each for each in placements if space.ids[each.index] not in gone]
    _found(conn, [(name, text) for name, text in fresh.items() if name not in standing], now=now)
    _move(conn, [(each.waiting, space.ids[each.index]) for each in kept], encoder=encoder)
    _keep_vectors(conn, kept)
    _keep_centres(conn, {each.index for each in kept}, space, encoder, known)
    # Of several the last is the nearest.
    named = {space.ids[each.index]: each.waiting for each in kept if each.names}
    if named:
        rows = [
            {"b_id": name, "b_title": each.text, "b_digest": each.digest}
            for name, each in named.items()
        ]
        conn.execute(_NAME, rows)
    conn.execute(update(groups).where(groups.c.id.in_(ids - gone)).values(dirty=True))
    was = {each.waiting.group_id for each in kept if each.waiting.loose}
    remove(conn, {str(name) for name in was} - ids)
    return sorted(gone)


def _still(conn: Connection, waiting: Sequence[Waiting]) -> set[str]:
    """Which of these texts nobody has erased; locked, so that nobody does until we are done."""
    wanted = _T.digest.in_([each.digest for each in waiting])
    locked = select(_T.digest).where(wanted).order_by(_T.digest).with_for_update()
    return set(conn.execute(locked).scalars())


_NAME = (
    update(groups)
    .where(groups.c.id == bindparam("b_id"))
    .values(title=bindparam("b_title"), title_digest=bindparam("b_digest"))
)


def _found(conn: Connection, pairs: Sequence[tuple[str, Waiting]], *, now: float) -> None:
    if pairs:
        conn.execute(
            insert(groups),
            [
                {
                    "id": group_id,
                    "version": 1,
                    "state": "open",
                    "title": each.text,
                    "title_digest": each.digest,
                    "language": "",
                    "size": 0,
                    "trend": 0,
                    "first_at": now,
                    "last_at": now,
                    "summary": {},
                    "counted_on": 0,
                    "dirty": True,
                }
                for group_id, each in pairs
            ],
        )


_MOVE_TEXT = (
    update(texts)
    .where(_T.digest == bindparam("b_digest"))
    .values(group_id=bindparam("b_group"), encoder=bindparam("b_encoder"))
)
_MOVE_MESSAGES = (
    update(messages)
    .where(_M.digest == bindparam("b_digest"), _M.group_id.is_(None))
    .values(group_id=bindparam("b_group"))
)
_MOVE_LOOSE = (
    update(messages)
    .where(_M.digest == bindparam("b_digest"), _M.group_id == bindparam("b_was"))
    .values(group_id=bindparam("b_group"))
)


def _move(conn: Connection, pairs: Sequence[tuple[Waiting, str]], *, encoder: str | None) -> None:
    if not pairs:
        return
    rows = [{"b_digest": each.digest, "b_group": group_id} for each, group_id in pairs]
    conn.execute(_MOVE_TEXT, [{**row, "b_encoder": encoder} for row in rows])
    conn.execute(_MOVE_MESSAGES, rows)
    loose = [
        {**row, "b_was": each.group_id}
        for row, (each, _) in zip(rows, pairs, strict=True)
        if each.loose
    ]
    if loose:
        conn.execute(_MOVE_LOOSE, loose)


def _keep_vectors(conn: Connection, placements: Sequence[Placement]) -> None:
    if placements:
        rows = [
            {"digest": each.waiting.digest, "vector": packed(each.vector)} for each in placements
        ]
        conn.execute(_upsert(conn, vectors, ("vector",)), rows)


def _keep_centres(
    conn: Connection,
    indices: set[int],
    space: Space,
    encoder: str,
    known: Mapping[str, float],
) -> None:
    if indices:
        rows = [
            {
                "group_id": space.ids[index],
                "encoder": encoder,
                "total": space.totals[index].tobytes(),
                "title": packed(space.titles[index]),
                # As it was: who placed them knows it.
                "moved_at": known.get(space.ids[index], 0.0),
            }
            for index in sorted(indices)
        ]
        conn.execute(_upsert(conn, centroids, ("encoder", "total", "title", "moved_at")), rows)


def _upsert(conn: Connection, table: Any, columns: Sequence[str]) -> Any:
    # The one statement that the two databases spell through different constructs.
    dialect: Any = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = dialect(table)
    key = next(iter(table.primary_key))
    new = {name: statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=[key], set_=new)
