"""The files that agents sent, for the system that speaks for the customer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlalchemy import Connection, select

from integrations.channels.api.adapter import ACCOUNT
from integrations.channels.api.routes import Account, Parts
from integrations.conversations import transcript
from integrations.conversations.outbox import VISIBLE
from integrations.conversations.tables import outbound
from integrations.files.download import download
from integrations.files.store import Files
from runtime.errors import NotFound

router = APIRouter(prefix="/channels/api", tags=["api channel"])


@router.get(
    "/files/{file_id}",
    response_class=Response,
    responses={
        401: {"description": "No key, or a wrong one."},
        404: {"description": "No such file in this conversation."},
    },
)
async def get_file(
    file_id: Annotated[str, Path(max_length=60, pattern=r"^[A-Za-z0-9]+$")],
    conversation: Annotated[str, Query(max_length=200, description="Your name for it.")],
    _account: Account,
    parts: Parts,
) -> Response:
    """A file that came with a message; `file_id` stands in the message's `attachments`."""

    def query(conn: Connection) -> Any:
        row = transcript.find(conn, "api", ACCOUNT, conversation)
        if row is None or file_id not in _sent(conn, row.id):
            raise NotFound("there is no such file in this conversation")
        return Files.get(conn, file_id)

    return download(await parts.database.read(query))


def _sent(conn: Connection, conversation_id: str) -> set[str]:
    o = outbound.c
    rows = conn.execute(
        select(o.attachments).where(
            o.conversation_id == conversation_id,
            o.state.in_(VISIBLE),
            o.attachments.is_not(None),
        )
    ).scalars()
    return {str(file.get("file_id")) for attachments in rows for file in attachments or ()}
