"""The api channel's HTTP: say something, read what was said, follow it live."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from integrations.channels.api.adapter import ACCOUNT
from integrations.channels.api.ingest import take, verified
from integrations.channels.api.schemas import (
    Accepted,
    ConversationOut,
    HandoffOut,
    MessageIn,
    MessageOut,
    MessagesOut,
)
from integrations.container import Container
from integrations.conversations import transcript
from integrations.conversations.tables import handoffs
from runtime.clock import iso
from runtime.errors import NotFound

router = APIRouter(prefix="/channels/api", tags=["api channel"])

PAGE = 200
KEEP_ALIVE_S = 15.0
# Without Redis another process's changes are polled for.
POLL_S = 2.0
POLL_WITH_REDIS_S = 15.0
OVERLAP_S = 0.001
_ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "No key, or a wrong one."},
    404: {"description": "No such conversation."},
}
_INGEST_ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "No key, or a wrong one."},
    413: {"description": "The request or its text is too large."},
    422: {"description": "Something is wrong with the message; `error.field` says what."},
    429: {"description": "Too fast; wait `Retry-After` seconds."},
}


async def container(request: Request) -> Container:
    """What the application was built from."""
    built: Container = request.app.state.container
    return built


async def authorised(request: Request) -> str:
    """The account of the caller's key."""
    return verified(await container(request), request)


Parts = Annotated[Container, Depends(container)]
Account = Annotated[str, Depends(authorised)]
Name = Annotated[str, Path(max_length=200, examples=["giulia"])]


@router.post("/messages", status_code=202, responses=_INGEST_ERRORS)
async def post_message(message: MessageIn, account: Account, parts: Parts) -> Accepted:
    """Hand in what a customer wrote. When this answers 202 it is stored and will be handled."""
    return await take(parts, account, message)


@router.get(
    "/conversations/{conversation:path}/messages",
    response_model_exclude_none=True,
    responses=_ERRORS,
)
async def get_messages(
    conversation: Name,
    _account: Account,
    parts: Parts,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="The last cursor.")] = 0,
    explain: Annotated[bool, Query(description="Add how each message was understood.")] = False,
) -> MessagesOut:
    """What was said after a cursor, oldest first."""

    def query(conn: Connection) -> MessagesOut:
        row = _find(conn, conversation)
        entries = transcript.customer_messages(conn, row.id, after=after, limit=PAGE)
        if explain:
            said = [e["id"] for e in entries if e["role"] == "customer"]
            explained = transcript.explanations(conn, row.id, said)
            for entry in entries:
                if entry["id"] in explained:
                    entry["explain"] = explained[entry["id"]]
        cursor = entries[-1]["seq"] if entries else after
        return MessagesOut(messages=[MessageOut(**e) for e in entries], cursor=cursor)

    return await parts.database.read(query)


@router.get("/conversations/{conversation:path}/events", responses=_ERRORS)
async def get_events(
    conversation: Name,
    _account: Account,
    parts: Parts,
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> StreamingResponse:
    """The same as server-sent events.

    `message` carries a new entry, `update` one whose state or disposition changed; `id` is the
    cursor, so that a dropped connection resumes with `Last-Event-ID`.
    """
    row = await parts.database.read(lambda conn: _find(conn, conversation))
    resumed = request.headers.get("last-event-id", "")
    cursor = int(resumed) if resumed.isdigit() else after
    return StreamingResponse(
        _stream(parts, row.id, cursor),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


# The last of the three, because a conversation's name may contain slashes.
@router.get("/conversations/{conversation:path}", responses=_ERRORS)
async def get_conversation(conversation: Name, _account: Account, parts: Parts) -> ConversationOut:
    """Who answers in this conversation now."""

    def query(conn: Connection) -> ConversationOut:
        row = _find(conn, conversation)
        handoff = None
        if row.handoff_id:
            found = conn.execute(handoffs.select().where(handoffs.c.id == row.handoff_id)).first()
            if found is not None and found.state in ("queued", "claimed", "message", "resolved"):
                due = found.first_answer_due_at
                handoff = HandoffOut(
                    state=found.state,
                    priority=found.priority,
                    requested_at=iso(found.requested_at),
                    first_answer_due_at=iso(due) if due else None,
                    claimed=bool(found.claimed_by),
                    reasons=list(found.reasons),
                )
        return ConversationOut(
            conversation=conversation,
            owner=row.owner,
            version=row.version,
            language=row.language,
            handoff=handoff,
        )

    return await parts.database.read(query)


@router.get("/demo/mails", responses={404: {"description": "Not a demo."}})
async def get_demo_mails(_account: Account, parts: Parts) -> dict[str, list[dict[str, Any]]]:
    """The demo's mailbox, newest first: where one-time codes arrive. Only with ASCOLTO_DEMO=1."""
    if not parts.settings.demo:
        raise NotFound("there is a mailbox in the demo only")
    return {"mails": await parts.bridge.mails()}


async def _stream(parts: Container, conversation_id: str, cursor: int) -> AsyncIterator[str]:
    changed = asyncio.Event()

    def listen(event: str, data: dict[str, Any]) -> None:
        if event == "resync" or (event == "conversation" and data.get("id") == conversation_id):
            changed.set()

    unsubscribe = parts.bus.subscribe(listen)
    since = parts.clock.now()
    quiet = 0.0
    wait_s = POLL_WITH_REDIS_S if parts.bus.shared else POLL_S
    try:
        while not parts.stopping.is_set():
            changed.clear()
            looked_at = parts.clock.now()
            fresh, updated = await parts.database.read(
                partial(
                    transcript.news,
                    conversation_id=conversation_id,
                    after=cursor,
                    since=since,
                    limit=PAGE,
                )
            )
            for entry in updated:
                yield _event("update", entry, cursor)
            for entry in fresh:
                cursor = entry["seq"]
                yield _event("message", entry, cursor)
            since = looked_at - OVERLAP_S
            if len(fresh) == PAGE:
                continue
            quiet = 0.0 if fresh or updated else quiet
            if not await _set_within(changed, wait_s):
                quiet += wait_s
            if quiet >= KEEP_ALIVE_S:
                quiet = 0.0
                yield ": still here\n\n"
    finally:
        unsubscribe()


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _event(name: str, entry: dict[str, Any], cursor: int) -> str:
    # What MessageOut describes, without building one for each reader and entry.
    shown = {key: value for key, value in entry.items() if value is not None}
    return f"id: {cursor}\nevent: {name}\ndata: {json.dumps(shown, ensure_ascii=False)}\n\n"


def _find(conn: Connection, conversation: str) -> Any:
    row = transcript.find(conn, "api", ACCOUNT, conversation)
    if row is None:
        raise NotFound("there is no such conversation yet")
    return row
