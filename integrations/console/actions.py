"""What agents do, as JSON. Sending the same thing twice does it once, also after a lost answer."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from integrations.console.access import Agent, Parts, TrustedAgent
from integrations.console.sessions import Session
from integrations.container import Container
from integrations.conversations.ownership import Owner
from integrations.conversations.tables import conversations, handoffs
from integrations.desk.checks import MAX_FILES, MAX_TEXT
from integrations.desk.service import Claimed
from runtime.errors import Conflict, NotFound, Permanent, Temporary
from runtime.logging import get_logger

log = get_logger(__name__)

router = APIRouter(prefix="/console/api/conversations/{conversation_id}", include_in_schema=False)

# For so long a repeated "resolve" or "back to the bot" is taken for the same one.
SAME_ACTION_S = 600.0


def _storable(text: str) -> str:
    # PostgreSQL holds no null characters, and nobody types one.
    return text.replace("\x00", "")


Id = Annotated[str, Path(max_length=60, pattern=r"^[A-Za-z0-9_-]+$")]
FileId = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_-]+$")]
Words = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_storable)]
Key = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClaimIn(_Body):
    """The version that the agent was looking at."""

    version: int | None = None


class TextIn(_Body):
    """A message or a note, and the key under which it is done once."""

    text: Words
    key: Key


class ReplyIn(TextIn):
    """A message to the customer, perhaps with files that were uploaded before."""

    attachments: list[FileId] = Field(default_factory=list, max_length=MAX_FILES)


class LabelIn(_Body):
    """What the customer wanted: an intent, or a few words; nothing where nobody said."""

    wanted: Annotated[str | None, Field(max_length=80)] = None
    wanted_words: Words | None = None


class WordIn(LabelIn):
    """What was agreed or done; may be empty. Also what the customer wanted."""

    word: Words = ""


@router.post("/claim")
async def claim(
    conversation_id: Id,
    body: ClaimIn,
    session: TrustedAgent,
    parts: Parts,
    background: BackgroundTasks,
) -> dict[str, Any]:
    """Take over. Raises Conflict (`stale`) when it has moved on since the agent looked."""
    try:
        claimed = await parts.desk.claim(conversation_id, session.agent, version=body.version)
    except Conflict:
        claimed = await _mine_already(parts, conversation_id, session)
    background.add_task(complete_brief, parts, conversation_id)
    language = session.language
    notices = [parts.texts.render("just_sent", language, text=t) for t in claimed.just_sent]
    if claimed.voided_turn:
        notices.append(parts.texts.render("voided_without_effects", language))
    return {"version": claimed.version, "notices": notices}


@router.post("/reply")
async def reply(
    conversation_id: Id, body: ReplyIn, session: TrustedAgent, parts: Parts
) -> dict[str, Any]:
    """Write to the customer. Raises Conflict unless the conversation is this agent's."""
    key = _once("reply", conversation_id, body, *body.attachments)
    return await parts.desk.reply(
        conversation_id, session.agent, body.text, key=key, attachments=body.attachments
    )


@router.post("/note")
async def note(
    conversation_id: Id, body: TextIn, session: TrustedAgent, parts: Parts
) -> dict[str, Any]:
    """Write to the team. Nothing that a customer reads is made from it."""
    key = _once("note", conversation_id, body)
    return await parts.desk.note(conversation_id, session.agent, body.text, key=key)


@router.post("/typing")
async def typing(conversation_id: Id, session: TrustedAgent, parts: Parts) -> dict[str, Any]:
    """The agent is writing to the customer; shown for a few seconds where that is possible."""
    await _mine_already(parts, conversation_id, session)
    parts.bus.publish("typing", id=conversation_id, role="agent")
    return {}


@router.post("/return")
async def return_to_bot(
    conversation_id: Id, body: WordIn, session: TrustedAgent, parts: Parts
) -> dict[str, Any]:
    """Give it back to the bot, which remembers the word."""
    doing = parts.desk.return_to_bot(
        conversation_id,
        session.agent,
        body.word,
        wanted=body.wanted,
        wanted_words=body.wanted_words,
    )
    return await _closing(parts, conversation_id, doing, "returned", body)


@router.post("/resolve")
async def resolve(
    conversation_id: Id, body: WordIn, session: TrustedAgent, parts: Parts
) -> dict[str, Any]:
    """The case is done; the customer is asked how it went."""
    doing = parts.desk.resolve(
        conversation_id,
        session.agent,
        body.word,
        wanted=body.wanted,
        wanted_words=body.wanted_words,
    )
    return await _closing(parts, conversation_id, doing, "resolved", body)


@router.get("/wishes")
async def wishes(conversation_id: Id, session: Agent, parts: Parts) -> dict[str, Any]:
    """What the customer may have wanted: every wish with its title, and which are likely."""

    def query(conn: Connection) -> list[str]:
        return parts.desk.wishes.likely(conn, _current(conn, conversation_id))

    likely = await parts.database.read(query)
    options = parts.desk.wishes.options(session.language)
    return {"likely": likely, "options": [{"name": n, "title": t} for n, t in options]}


@router.post("/handoffs/{handoff_id}/wanted")
async def relabel(
    conversation_id: Id,
    handoff_id: Id,
    body: LabelIn,
    _session: TrustedAgent,
    parts: Parts,
) -> dict[str, Any]:
    """Correct what the customer of a closed case wanted. Raises Conflict while it is open."""
    await parts.desk.relabel(
        conversation_id, handoff_id, wanted=body.wanted, wanted_words=body.wanted_words
    )
    return {}


@router.post("/brief")
async def refresh_brief(
    conversation_id: Id, _session: TrustedAgent, parts: Parts
) -> dict[str, Any]:
    """Look the customer up again. Raises Temporary while the bridge is away."""
    await parts.briefs.complete(conversation_id)
    return {}


async def complete_brief(parts: Container, conversation_id: str) -> None:
    """Fill a card that has no brief yet; the sweep tries again if the bridge is away."""

    def missing(conn: Connection) -> bool:
        handoff = _current(conn, conversation_id)
        return handoff is not None and handoff.brief_at is None

    try:
        if await parts.database.read(missing):
            await parts.briefs.complete(conversation_id)
    except (Temporary, Permanent) as error:
        log.info("brief_put_off", error=error.message)


def _once(action: str, conversation_id: str, body: TextIn, *files: str) -> str:
    # A key that comes back with other words is another message: nothing written gets lost.
    digest = hashlib.sha256("\0".join([body.text, *files]).encode()).hexdigest()[:12]
    return f"{action}:{conversation_id}:{body.key}:{digest}"


async def _mine_already(parts: Container, conversation_id: str, session: Session) -> Claimed:
    """The claim, if an earlier one of this agent holds; else raises what is in the way."""

    def query(conn: Connection) -> int | None:
        row = conn.execute(
            select(conversations.c.owner, conversations.c.version).where(
                conversations.c.id == conversation_id
            )
        ).first()
        handoff = _current(conn, conversation_id)
        if row is None or handoff is None or row.owner != Owner.AGENT:
            return None
        return int(row.version) if handoff.claimed_by == session.agent else None

    version = await parts.database.read(query)
    if version is None:
        raise Conflict("the conversation has changed since you looked at it", code="stale")
    return Claimed(version, [], None)


async def _closing(
    parts: Container, conversation_id: str, doing: Awaitable[None], state: str, body: WordIn
) -> dict[str, Any]:
    try:
        await doing
    except Conflict:
        label = parts.desk.wishes.label(body.wanted, body.wanted_words)
        now = parts.clock.now()

        def done_before(conn: Connection) -> bool:
            handoff = _current(conn, conversation_id)
            return (
                handoff is not None
                and handoff.state == state
                and (handoff.closing_word or "") == body.word.strip()
                and all(handoff._mapping[name] == value for name, value in label.items())
                and (handoff.closed_at or 0.0) > now - SAME_ACTION_S
            )

        if not await parts.database.read(done_before):
            raise
    return {}


def _current(conn: Connection, conversation_id: str) -> Any | None:
    row = conn.execute(
        select(conversations.c.handoff_id).where(conversations.c.id == conversation_id)
    ).first()
    if row is None:
        raise NotFound("there is no such conversation")
    return conn.execute(select(handoffs).where(handoffs.c.id == row.handoff_id)).first()
