"""Alive, and ready. The truth, without a token, and without naming anything secret."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from crm_bridge import calls
from crm_bridge.health import service

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


class Readiness(BaseModel):
    """Whether the service can do all of its work, and what is missing."""

    ready: bool
    problems: list[str]
    articles: dict[str, int]


@router.get("/healthz")
async def healthz() -> Health:
    """The process is alive."""
    return Health()


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
async def readyz(bridge: calls.BridgeDep) -> JSONResponse:
    """200 when everything works, else 503 with what doesn't."""
    problems = await service.problems(bridge)
    answer = Readiness(ready=not problems, problems=problems, articles=bridge.library.sizes())
    return JSONResponse(answer.model_dump(), 200 if answer.ready else 503)
