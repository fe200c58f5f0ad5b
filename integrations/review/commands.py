"""The review inbox for the designers' commands (`make review-pull`, `make chat`, `make nlu-report`)
and for whoever erases a person."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from integrations.console.access import Parts
from integrations.designers import DESIGNERS_COMMANDS, PREFIX
from integrations.review import forgetting, inbox, queue, showing
from integrations.review.routes import After, Id, Name
from runtime.logging import get_logger

log = get_logger(__name__)

router = APIRouter(prefix=f"{PREFIX}", include_in_schema=False, dependencies=[DESIGNERS_COMMANDS])

PAGE = 500
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Model = Annotated[str, Field(min_length=1, max_length=80)]
File = Annotated[str, Field(max_length=300)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WritingIn(_Body):
    """Which proposals are about to be written."""

    ids: list[Name] = Field(max_length=10_000)


class PulledIn(_Body):
    """Which proposals stand in the working tree now, and in which files."""

    ids: list[Name] = Field(max_length=10_000)
    files: dict[Name, File] = Field(default_factory=dict)


class PublishedIn(_Body):
    """Which proposals a published model knows."""

    ids: list[Name] = Field(max_length=10_000)
    model: Model


class RemovedIn(_Body):
    """Examples that the working tree has lost."""

    digests: list[Digest] = Field(max_length=10_000)


class ErasureIn(_Body):
    """Whose words go."""

    conversation: Name


@router.get("/proposals")
async def proposals(
    parts: Parts,
    state: Literal["queued", "pulled", "published", "withdrawn"] = "queued",
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> dict[str, Any]:
    """Proposals for the working tree, oldest first, a page at a time."""
    return await parts.review.proposals(state=state, after=after, limit=limit, oldest_first=True)


@router.post("/proposals/writing")
async def writing(body: WritingIn, parts: Parts) -> dict[str, Any]:
    """These are about to be written into a working tree; those that still wait."""
    return {"ids": await parts.database.write(lambda conn: queue.writing(conn, body.ids))}


@router.post("/proposals/pulled")
async def pulled(body: PulledIn, parts: Parts) -> dict[str, Any]:
    """These stand in the working tree now."""
    now = parts.clock.now()
    done = await parts.database.write(
        lambda conn: queue.pulled(conn, body.ids, body.files, now=now)
    )
    return {"pulled": done}


@router.post("/proposals/published")
async def published(body: PublishedIn, parts: Parts) -> dict[str, Any]:
    """These are in the model that customers talk to."""
    now = parts.clock.now()
    done = await parts.database.write(
        lambda conn: queue.published(conn, body.ids, body.model, now=now)
    )
    return {"published": done}


@router.get("/withdrawn")
async def withdrawn(parts: Parts) -> dict[str, Any]:
    """Examples that the working tree has to lose: `understanding.sameness.digest` finds them."""
    return {"examples": await parts.database.read(queue.to_remove)}


@router.post("/withdrawn/removed")
async def removed(body: RemovedIn, parts: Parts) -> dict[str, Any]:
    """A working tree is without these."""
    now = parts.clock.now()
    done = await parts.database.write(lambda conn: queue.removed(conn, body.digests, now=now))
    return {"removed": done}


@router.get("/status")
async def status(parts: Parts) -> dict[str, Any]:
    """What waits, was pulled, was published."""
    return await parts.database.read(queue.status)


@router.get("/conversations/{conversation_id}")
async def conversation(conversation_id: Id, parts: Parts) -> dict[str, Any]:
    """A conversation for replaying, redacted. Raises NotFound."""
    return await parts.review.transcript(conversation_id)


@router.get("/messages")
async def messages(
    parts: Parts,
    intent: Annotated[str, Query(max_length=80)],
    confused_with: Annotated[str | None, Query(max_length=80)] = None,
    limit: Annotated[int, Query(ge=1, le=inbox.MOST)] = inbox.PAGE,
) -> dict[str, Any]:
    """Messages with this reading or label; those read as one and meant as the other."""
    rows = await parts.database.read(lambda conn: inbox.read_as(conn, intent, confused_with, limit))
    return {"messages": [showing.message(row) for row in rows]}


@router.post("/erasures")
async def erase(body: ErasureIn, parts: Parts) -> dict[str, Any]:
    """Remove everything of a conversation from the inbox, and have accepted examples removed.

    Raises NotFound.
    """
    now = parts.clock.now()
    done = await parts.database.write(
        lambda conn: forgetting.erase(conn, body.conversation, now=now)
    )
    log.info("review_erased", messages=done.messages, proposals=done.proposals)
    return vars(done)
