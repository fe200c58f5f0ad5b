"""Files at the desk: what customers sent, what we send; downloaded, never shown in our pages."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from integrations.console.access import Agent, Parts, TrustedAgent
from integrations.console.actions import Id
from integrations.console.headers import UPLOAD_PATH
from integrations.files.download import download
from integrations.files.store import MAX_NAME, Files

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("/files/{file_id}")
async def of_ours(file_id: Id, _session: Agent, parts: Parts) -> Response:
    """A file that the team sent. Raises NotFound."""
    return download(await parts.database.read(lambda conn: Files.get(conn, file_id)))


@router.get("/conversations/{conversation_id}/attachments/{inbound_id}/{place}")
async def of_customer(
    conversation_id: Id,
    inbound_id: Id,
    place: Annotated[int, Path(ge=0, le=1000)],
    _session: Agent,
    parts: Parts,
) -> Response:
    """A file that came with a customer's message, counted from 0; fetched the first time."""
    return download(await parts.customer_files.get(conversation_id, inbound_id, place))


@router.post(UPLOAD_PATH.removeprefix("/console"))
async def upload(
    request: Request,
    _session: TrustedAgent,
    parts: Parts,
    name: Annotated[str, Query(max_length=MAX_NAME)] = "",
) -> dict[str, Any]:
    """Keep the body as a file; a reply then names its id. Raises TooLarge, Invalid."""
    content = await request.body()
    mime = request.headers.get("content-type", "")

    def keep(conn: Connection) -> dict[str, Any]:
        file_id = Files.add(conn, name, mime, content, now=parts.clock.now())
        [described] = Files.described(conn, [file_id])
        return {"id": file_id, **described}

    return await parts.database.write(keep)
