"""Letting go of messages: erased, deleted by their writer, or as old as transcripts get."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from integrations.conversations import moving
from integrations.conversations.sql import insert_new
from integrations.conversations.tables import conversations
from integrations.insights import repository as insights
from integrations.review.placing import replace_centre
from integrations.review.reopening import reopen
from integrations.review.tables import (
    centroids,
    facets,
    groups,
    messages,
    proposals,
    texts,
    vectors,
    watched,
    withdrawn,
)
from runtime.errors import NotFound
from understanding.sameness import digest

BATCH = 200
_ACCEPTED = ("pulled", "published")


@dataclass(frozen=True)
class Forgotten:
    """How many messages and proposals went, and examples that the working tree has to lose."""

    messages: int = 0
    proposals: int = 0
    examples: int = 0


def forget(conn: Connection, ids: Collection[str], *, now: float, erase: bool) -> Forgotten:
    """Remove messages with their texts and vectors.

    `erase`: what was proposed from them goes, too, and what was accepted is to be taken out of the
    working tree; otherwise it stays and loses its link to them.
    """
    m, p = messages.c, proposals.c
    rows = conn.execute(delete(messages).where(m.id.in_(ids)).returning(m.digest, m.group_id)).all()
    _texts(conn, {row.digest for row in rows})
    of_them = p.message_id.in_(ids)
    done = Forgotten(len(rows))
    if erase:
        made = conn.execute(select(proposals).where(of_them)).all()
        done = Forgotten(len(rows), *_withdraw(conn, made, now=now))
    else:
        _unlink(conn, conn.execute(select(p.id).where(of_them)).scalars().all())
    _groups(conn, {row.group_id for row in rows if row.group_id is not None}, now=now)
    return done


def erase(conn: Connection, conversation_id: str, *, now: float) -> Forgotten:
    """Remove everything of a conversation, for good: it is not taken in again.

    One that another took in is erased where it lives now. Raises NotFound.
    """
    m, p = messages.c, proposals.c
    while into := moving.lives_in(conn, conversation_id):
        conversation_id = into
    _check_known(conn, conversation_id)
    ids = list(conn.execute(select(m.id).where(m.conversation_id == conversation_id)).scalars())
    rest = conn.execute(
        select(proposals).where(p.conversation_id == conversation_id, p.message_id.not_in(ids))
    ).all()
    first = forget(conn, ids, now=now, erase=True)
    more = _withdraw(conn, rest, now=now)
    _never_again(conn, conversation_id)
    insights.forget(conn, conversation_id)
    return Forgotten(first.messages, first.proposals + more[0], first.examples + more[1])


def _check_known(conn: Connection, conversation_id: str) -> None:
    """There may be traces of it though the conversation itself is gone."""
    of = [table.c.conversation_id for table in (messages, proposals, watched)]
    for column in (conversations.c.id, *of):
        found = select(column).where(column == conversation_id).limit(1)
        if conn.execute(found).first() is not None:
            return
    raise NotFound("there is no such conversation")


def forget_old(conn: Connection, *, before: float, now: float) -> int:
    """Remove some of the messages that are older than transcripts are kept; how many."""
    m = messages.c
    ids = list(
        conn.execute(select(m.id).where(m.at < before).order_by(m.at).limit(BATCH)).scalars()
    )
    if ids:
        forget(conn, ids, now=now, erase=False)
    return len(ids)


def _withdraw(conn: Connection, rows: Sequence[Any], *, now: float) -> tuple[int, int]:
    """Remove proposals; how many, and how many of them stand in the working tree.

    What others wrote and they had settled is open again. One without words, that a group isn't
    useful, say, concerns the others as before.
    """
    p = proposals.c
    _unlink(conn, {row.id for row in rows if not row.text})
    rows = [row for row in rows if row.text]
    ids = [row.id for row in rows]
    conn.execute(delete(proposals).where(p.id.in_(ids)))
    reopen(conn, ids, now=now)
    # What a designer has withdrawn is to go already.
    examples = sum(lose(conn, row, now=now) for row in rows if row.state != "withdrawn")
    return len(ids), examples


def lose(conn: Connection, gone: Any, *, now: float) -> bool:
    """Have the working tree lose what a pull wrote, or was about to write, for this proposal.

    False: it wrote nothing for it, or the same stands there for somebody else.
    """
    if not gone.text or not gone.written or _stands_for_others(conn, gone):
        return False
    w, (of, language, intent) = withdrawn.c, key(gone)
    values = {"digest": of, "language": language, "intent": intent, "at": now}
    if not insert_new(conn, withdrawn, values):
        here = (w.digest == of, w.language == language, w.intent == intent)
        conn.execute(update(withdrawn).where(*here).values(at=now, removed_at=None))
    return True


def _unlink(conn: Connection, ids: Collection[str]) -> None:
    here = proposals.c.id.in_(ids)
    conn.execute(update(proposals).where(here).values(message_id=None, conversation_id=None))


def key(proposal: Any) -> tuple[str, str, str]:
    """By what a proposal is found in the working tree: digest, language, intent or article."""
    return digest(proposal.text), proposal.language, proposal.intent or proposal.article or ""


def _stands_for_others(conn: Connection, gone: Any) -> bool:
    """Whether the same example stands in the working tree for somebody else's words, too.

    Then it is there because of them from now on.
    """
    p = proposals.c
    others = conn.execute(
        select(proposals).where(
            p.state.in_(_ACCEPTED),
            p.language == gone.language,
            p.intent == gone.intent if gone.intent else p.article == gone.article,
        )
    ).all()
    same = [other.id for other in others if key(other) == key(gone)]
    conn.execute(update(proposals).where(p.id.in_(same)).values(written=True))
    return bool(same)


def _never_again(conn: Connection, conversation_id: str) -> None:
    last = conn.execute(
        select(conversations.c.next_seq).where(conversations.c.id == conversation_id)
    ).scalar()
    place = int(last or 1) - 1
    values = {"settled_seq": place, "erased_seq": place, "due_at": None}
    if not insert_new(conn, watched, {"conversation_id": conversation_id, **values}):
        here = watched.c.conversation_id == conversation_id
        conn.execute(update(watched).where(here).values(**values))


def _texts(conn: Connection, digests: set[str]) -> None:
    """Texts that nobody's message has any more."""
    m = messages.c
    kept = set(conn.execute(select(m.digest).where(m.digest.in_(digests)).distinct()).scalars())
    gone = digests - kept
    conn.execute(delete(texts).where(texts.c.digest.in_(gone)))
    conn.execute(delete(vectors).where(vectors.c.digest.in_(gone)))


def _groups(conn: Connection, ids: set[str], *, now: float) -> None:
    """Groups that lost messages: the empty ones go, the others are put where they are now."""
    m = messages.c
    counted = select(m.group_id, func.count()).where(m.group_id.in_(ids)).group_by(m.group_id)
    left = {row[0] for row in conn.execute(counted)}
    remove(conn, ids - left)
    for group_id in sorted(left):
        replace_centre(conn, group_id, now=now)


def remove(conn: Connection, ids: Collection[str]) -> None:
    """Remove groups without messages."""
    if not ids:
        return
    conn.execute(delete(groups).where(groups.c.id.in_(ids)))
    conn.execute(delete(centroids).where(centroids.c.group_id.in_(ids)))
    conn.execute(delete(facets).where(facets.c.group_id.in_(ids)))
    t = texts.c
    conn.execute(update(texts).where(t.group_id.in_(ids)).values(group_id=None, encoder=None))
