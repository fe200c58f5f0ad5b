"""A group's centre and title, counted again from its texts: after a split, an erasure."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, delete, select, update

from integrations.conversations.sql import insert_new
from integrations.review.clusters import packed, unpacked
from integrations.review.tables import centroids, groups, messages, texts, vectors


def replace_centre(conn: Connection, group_id: str, *, now: float) -> None:
    """Put a group where its texts are, and have its figures counted again.

    A group without texts of its own keeps its newest message as title and attracts nothing.
    """
    t = texts.c
    rows = conn.execute(
        select(t.digest, t.text, t.encoder, vectors.c.vector)
        .join_from(texts, vectors, vectors.c.digest == t.digest)
        .where(t.group_id == group_id, t.encoder.is_not(None))
        .order_by(t.digest)
    ).all()
    here = centroids.c.group_id == group_id
    if rows:
        matrix = np.vstack([unpacked(row.vector) for row in rows])
        total = matrix.sum(axis=0)
        best = int(np.argmax(matrix @ total))
        title, title_digest = rows[best].text, rows[best].digest
        values = {
            "encoder": rows[0].encoder,
            "total": total.astype(np.float32).tobytes(),
            "title": packed(matrix[best]),
            "moved_at": now,
        }
        if not insert_new(conn, centroids, {"group_id": group_id, **values}):
            conn.execute(update(centroids).where(here).values(**values))
    else:
        conn.execute(delete(centroids).where(here))
        m = messages.c
        newest = conn.execute(
            select(m.text, m.digest)
            .where(m.group_id == group_id)
            .order_by(m.at.desc(), m.id)
            .limit(1)
        ).one()
        title, title_digest = newest.text, newest.digest
    conn.execute(
        update(groups)
        .where(groups.c.id == group_id)
        .values(title=title, title_digest=title_digest, dirty=True)
    )
