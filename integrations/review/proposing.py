"""What designers decide about a group, each as one transaction that holds against a colleague's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select, update

from integrations.conversations.ids import new_id
from integrations.review import forgetting
from integrations.review.placing import replace_centre
from integrations.review.reopening import HOLDING, reopen
from integrations.review.summaries import count
from integrations.review.tables import DISMISSED, OPEN, PROPOSED, groups, messages, proposals, texts
from runtime.clock import iso
from runtime.errors import Conflict, Invalid, NotFound

INTENT, ARTICLE, OUT_OF_SCOPE, NOT_USEFUL = (
    "intent",
    "article_question",
    "out_of_scope",
    "not_useful",
)
QUEUED, PULLED, PUBLISHED, WITHDRAWN = "queued", "pulled", "published", "withdrawn"
_G, _M, _P, _T = groups.c, messages.c, proposals.c, texts.c


class Stale(Conflict):
    """The group isn't what the designer was looking at: `by` decided something `at` a time."""

    code = "stale"

    def __init__(self, by: str | None, at: float | None) -> None:
        super().__init__("a colleague has changed this group: look again")
        self.by = by
        self.at = None if at is None else iso(at)


@dataclass(frozen=True)
class Example:
    """A message's text, perhaps edited, with the entities marked in it."""

    message: str
    text: str
    entities: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True)
class Decision:
    """What becomes of messages of a group; `settled` None: of all that are open."""

    group: str
    version: int
    kind: str
    intent: str | None = None
    article: str | None = None
    examples: Sequence[Example] = field(default_factory=tuple)
    settled: Sequence[str] | None = None


def decide(conn: Connection, decision: Decision, *, author: str, now: float) -> list[str]:
    """Queue a decision's proposals and settle its messages; the proposals' ids.

    Raises Stale when a colleague was faster, Invalid for messages that aren't the group's.
    """
    _take(conn, decision.group, decision.version, author=author, now=now)
    wanted = None if decision.settled is None else set(decision.settled)
    if wanted is not None:
        wanted |= {example.message for example in decision.examples}
    rows = _settle(conn, decision, wanted)
    by_id = {row.id: row for row in rows}
    for example in decision.examples:
        if example.message not in by_id:
            raise Invalid("an example must be of an open message of the group", field="examples")
    made = [
        _proposal(decision, example, by_id[example.message], author, now)
        for example in decision.examples
    ]
    if not made:
        made = [_proposal(decision, None, rows[0], author, now)]
    conn.execute(insert(proposals), made)
    of_message = {row["message_id"]: row["id"] for row in made}
    for row in rows:
        chosen = of_message.get(row.id, made[0]["id"])
        conn.execute(update(messages).where(_M.id == row.id).values(proposal_id=chosen))
    state = DISMISSED if decision.kind == NOT_USEFUL else PROPOSED
    _texts(conn, {row.digest for row in rows}, state)
    count(conn, [decision.group], now=now)
    return [str(row["id"]) for row in made]


def split(
    conn: Connection, group_id: str, version: int, ids: Collection[str], *, author: str, now: float
) -> str:
    """Move messages into a group of their own, which further ones like them join; its id.

    Raises Stale, Invalid when nothing would stay or nothing would go.
    """
    _take(conn, group_id, version, author=author, now=now)
    wanted = set(ids)
    members = conn.execute(
        select(_M.id, _M.digest).where(_M.group_id == group_id).with_for_update()
    ).all()
    here = {row.id: row.digest for row in members}
    if not wanted or wanted - here.keys():
        raise Invalid("only messages of this group can be split off", field="messages")
    digests = {here[name] for name in wanted}
    # Equal texts belong together: one half each would leave nobody to say where the next goes.
    wanted = {name for name, digest in here.items() if digest in digests}
    if len(wanted) == len(here):
        raise Invalid("something must stay in the group", field="messages")
    new = new_id("g")
    row = conn.execute(select(groups).where(_G.id == group_id)).one()
    conn.execute(
        insert(groups).values(
            {**row._mapping, "id": new, "version": 1, "changed_by": author, "changed_at": now}
        )
    )
    conn.execute(update(messages).where(_M.id.in_(wanted)).values(group_id=new))
    conn.execute(
        update(texts).where(_T.digest.in_(digests), _T.group_id == group_id).values(group_id=new)
    )
    for each in (group_id, new):
        replace_centre(conn, each, now=now)
    count(conn, [group_id, new], now=now)
    return new


def withdraw(conn: Connection, proposal_id: str, *, author: str, now: float) -> None:
    """Take a proposal back while no published model knows it: its messages are open again.

    What was pulled leaves the working tree with the next pull. Again is no harm. Raises NotFound,
    Conflict (`too_late`).
    """
    row = conn.execute(
        update(proposals)
        .where(_P.id == proposal_id, _P.state.in_(HOLDING))
        .values(state=WITHDRAWN)
        .returning(*_P)
    ).first()
    if row is None:
        state = conn.execute(select(_P.state).where(_P.id == proposal_id)).scalar()
        if state is None:
            raise NotFound("there is no such proposal")
        if state == WITHDRAWN:
            return
        raise Conflict("it is in a published model already", code="too_late")
    forgetting.lose(conn, row, now=now)
    count(conn, reopen(conn, [proposal_id], by=author, now=now), now=now)


def _take(conn: Connection, group_id: str, version: int, *, author: str, now: float) -> None:
    """The group is ours until the transaction ends, if it is still as the designer saw it."""
    taken = conn.execute(
        update(groups)
        .where(_G.id == group_id, _G.version == version)
        .values(version=version + 1, changed_by=author, changed_at=now)
    )
    if taken.rowcount == 1:
        return
    row = conn.execute(select(groups).where(_G.id == group_id)).first()
    if row is None:
        raise NotFound("there is no such group")
    raise Stale(row.changed_by, row.changed_at)


def _settle(conn: Connection, decision: Decision, wanted: set[str] | None) -> list[Any]:
    here = [_M.group_id == decision.group, _M.state == OPEN]
    if wanted is not None:
        here.append(_M.id.in_(wanted))
    state = DISMISSED if decision.kind == NOT_USEFUL else PROPOSED
    rows = list(
        conn.execute(update(messages).where(*here).values(state=state).returning(*messages.c))
    )
    if not rows or (wanted is not None and len(rows) != len(wanted)):
        row = conn.execute(select(groups).where(_G.id == decision.group)).one()
        raise Stale(row.changed_by, row.changed_at)
    return sorted(rows, key=lambda row: (row.at, row.id))


def _proposal(
    decision: Decision, example: Example | None, message: Any, author: str, now: float
) -> dict[str, Any]:
    return {
        "id": new_id("p"),
        "kind": decision.kind,
        "intent": decision.intent,
        "article": decision.article,
        "text": example.text if example is not None else "",
        "entities": [dict(each) for each in example.entities] if example is not None else [],
        "language": message.language,
        "author": author,
        "created_at": now,
        "state": QUEUED,
        "group_id": decision.group,
        "message_id": message.id,
        "conversation_id": message.conversation_id,
    }


def _texts(conn: Connection, digests: Collection[str], settled: str | None) -> None:
    conn.execute(update(texts).where(_T.digest.in_(digests)).values(settled=settled))
