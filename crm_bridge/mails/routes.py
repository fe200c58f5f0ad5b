"""The demo's mails, so that a newcomer can read the code without a mail server."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.mails import sink
from crm_bridge.mails.schemas import MailList
from runtime.errors import NotFound

router = APIRouter(route_class=GuardedRoute, tags=["mails"])


@router.get("/mails", openapi_extra=scopes("mails:read"))
async def get_mails(
    bridge: calls.BridgeDep, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> MailList:
    """The newest mails of the file sink. Only in the demo: 404 elsewhere."""
    if not bridge.settings.demo:
        raise NotFound("mails are shown only in the demo")
    folder = bridge.settings.home / "mail"
    return MailList(mails=await asyncio.to_thread(sink.newest, folder, limit))
