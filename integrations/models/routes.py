"""`/designer/v1/models` and `/designer/v1/routing`: what `make publish` and `make rollback` use."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from integrations.console.access import Parts
from integrations.designers import DESIGNERS_COMMANDS, PREFIX
from integrations.models import repository, shown

router = APIRouter(prefix=PREFIX, dependencies=[DESIGNERS_COMMANDS], tags=["models"])

Sha = Annotated[str, Field(min_length=4, max_length=80, pattern=r"^[A-Za-z0-9_.-]+$")]
Label = Annotated[str, Field(max_length=200)]


class RecordIn(BaseModel):
    """A model: the hash of its file, and what is known of it. Times in epoch seconds."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    sha: Sha
    name: Label
    inputs: Sha | None = None
    trained_at: float | None = None
    author: Label | None = None
    revision: Annotated[str, Field(max_length=80)] | None = None
    report: dict[str, Any] | None = None
    guard: dict[str, Any] | None = None
    # Ids of the review's proposals that it learnt.
    proposals: Annotated[list[Label], Field(max_length=10_000)] | None = None


class CanaryIn(BaseModel):
    """A model on trial, and the share of the conversations that it answers."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    model: Sha
    share: Annotated[float, Field(gt=0, lt=1)]


class RoutingIn(BaseModel):
    """Who is to be served by which model. `version`: the one that it replaces."""

    model_config = ConfigDict(extra="forbid")

    live: Sha
    previous: Sha | None = None
    canary: CanaryIn | None = None
    version: int | None = None
    author: Label = ""


@router.get("/models")
async def models(parts: Parts) -> dict[str, Any]:
    """Models, the newest first, and the routing."""
    return await parts.database.read(shown.all_models)


@router.post("/models")
async def record(body: RecordIn, parts: Parts) -> dict[str, Any]:
    """Keep what is known of a model; sending it again completes it."""
    now = parts.clock.now()
    given = body.model_dump()
    row = await parts.database.write(lambda conn: repository.record(conn, given, now=now))
    return {"model": shown.model(row)}


@router.get("/routing")
async def routing(parts: Parts) -> dict[str, Any]:
    """Who is served by which model, and the processes as this gateway sees them."""
    found = await parts.database.read(repository.current)
    return {**shown.routing(found), "processes": shown.processes(parts.care.pool.seen.values())}


@router.put("/routing")
async def route(body: RoutingIn, parts: Parts) -> dict[str, Any]:
    """Change it, for every gateway at once. Raises Conflict (`stale`), Invalid."""
    now = parts.clock.now()
    canary = (body.canary.model, body.canary.share) if body.canary else None
    found = await parts.database.write(
        lambda conn: repository.change(
            conn,
            live=body.live,
            previous=body.previous,
            canary=canary,
            version=body.version,
            author=body.author,
            now=now,
        )
    )
    await parts.routing.changed()
    return shown.routing(found)
