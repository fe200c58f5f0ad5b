"""Whether the gateway lives, and what of the system works."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from integrations.container import Container
from integrations.metrics import REGISTRY, refusals
from integrations.standing import READY, Stands
from runtime.errors import AscoltoError, NotFound, Unauthenticated
from runtime.migrations import SCRIPTS, is_current
from runtime.security import same
from runtime.web import bearer

router = APIRouter(tags=["health"])

_SECRETS = (
    "api_channel_key",
    "operator_password",
    "care_token",
    "bridge_token_gateway",
    "signing_key",
    "pseudonym_key",
)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Part by part what works: 503 when messages can't be accepted, else ready or degraded.

    Degraded still accepts messages: they wait for what is away, a platform or the desk in Slack
    among it.
    """
    parts: Container = request.app.state.container
    desk: Stands | None = getattr(request.app.state, "slack", None)
    database, bridge, redis, bots, channels, slack = await asyncio.gather(
        _database(parts),
        parts.bridge.ready(),
        parts.bus.alive(),
        parts.care.ready(),
        _channels(parts),
        _standing(desk),
    )
    missing = [n for n in _SECRETS if not getattr(parts.settings, n).get_secret_value()]
    settings = "ready"
    if missing:
        settings = "unset: " + ", ".join(f"ASCOLTO_{name.upper()}" for name in missing)
    checks: dict[str, Any] = {
        "database": database,
        "settings": settings,
        "bridge": bridge,
        "redis": "ready" if redis else "away",
        "bot": bots,
        "channels": channels,
        "slack": slack if desk is not None else "not configured",
    }
    accepts = database == "ready" and settings == "ready"
    working = bridge == "ready" and redis and all(v == "ready" for v in bots.values())
    working = working and all(found["state"] == READY for found in (*channels.values(), slack))
    status = "not ready" if not accepts else "ready" if working else "degraded"
    return JSONResponse({"status": status, "checks": checks}, 200 if accepts else 503)


async def _channels(parts: Container) -> dict[str, dict[str, Any]]:
    """Every channel that is configured; those without a platform behind them are always ready."""
    found = await asyncio.gather(
        *(
            _standing(channel if isinstance(channel, Stands) else None)
            for channel in parts.channels.values()
        )
    )
    return dict(zip(parts.channels, found, strict=True))


async def _standing(platform: Stands | None) -> dict[str, Any]:
    return {"state": READY} if platform is None else (await platform.standing()).as_json()


@router.get(
    "/metrics",
    response_class=Response,
    responses={401: {"description": "No token, or a wrong one."}},
)
async def metrics(request: Request) -> Response:
    """What this gateway has counted since it started, in Prometheus's text format."""
    parts: Container = request.app.state.container
    token = parts.settings.metrics_token.get_secret_value()
    if not token:
        raise NotFound("set ASCOLTO_METRICS_TOKEN")
    with refusals("metrics"):
        if not same(bearer(request), token):
            raise Unauthenticated("send 'Authorization: Bearer <ASCOLTO_METRICS_TOKEN>'")
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


async def _database(parts: Container) -> str:
    try:
        current = await parts.database.read(lambda conn: is_current(conn, SCRIPTS["gateway"]))
    except AscoltoError as error:
        return error.message
    except SQLAlchemyError as error:
        return f"fails ({type(error).__name__})"
    return "ready" if current else "not migrated: run python -m runtime.migrations gateway"
