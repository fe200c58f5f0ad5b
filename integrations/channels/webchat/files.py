"""Files of the web chat: handed in with a session, shown to whoever sees their conversation."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from fastapi.responses import Response

from integrations.channels.webchat import config
from integrations.channels.webchat.access import check_origin, uses, within
from integrations.channels.webchat.sessions import Receipt, Sessions
from integrations.container import Container
from integrations.files.sniffing import sniff
from integrations.files.store import Files
from integrations.metrics import refusals
from runtime.errors import Invalid, TooLarge

router = APIRouter(prefix="/chat/files", include_in_schema=False)


@router.post("")
async def hand_in(
    request: Request,
    token: Annotated[str, Form(max_length=1000)],
    file: Annotated[UploadFile, File()],
) -> dict[str, Any]:
    """Keep a picture or a PDF; a message names it by the receipt.

    Raises Unauthenticated, TooLarge, TooMany, or Invalid for any other kind of file.
    """
    sessions: Sessions = request.app.state.webchat_sessions
    parts: Container = request.app.state.container
    with refusals(config.CHANNEL):
        check_origin(request)
        session = sessions.read(token)
        await uses(request, f"f:{session.address}", config.FILES_PER_SESSION)
        await within(request, "fn", config.FILES_PER_NETWORK)
        content = await file.read(config.MAX_FILE_BYTES + 1)
        if len(content) > config.MAX_FILE_BYTES:
            raise TooLarge("a file may have 10 MB", field="file")
    mime = sniff(content)
    if mime not in config.ACCEPTED:
        raise Invalid("only pictures and PDF can be sent", code="file_type", field="file")
    name, now = file.filename or "", parts.clock.now()

    def keep(conn: Any) -> Receipt:
        file_id = Files.add(conn, name, str(mime), content, now=now)
        about = Files.described(conn, [file_id])[0]
        return Receipt(file_id, about["name"], about["mime"], about["size"])

    receipt = await parts.database.write(keep)
    key = sessions.file_key(session.address, receipt.file_id)
    return {
        "receipt": sessions.receipt(session, receipt),
        "kind": receipt.kind,
        "name": receipt.name,
        "mime": receipt.mime,
        "size": receipt.size,
        "url": f"{config.FILES_PATH}/{receipt.file_id}?t={key}",
    }


@router.get("/{file_id}")
async def show(
    request: Request,
    file_id: Annotated[str, Path(max_length=60, pattern=r"^[A-Za-z0-9_-]+$")],
    t: str = "",
) -> Response:
    """A file's content for who was given its address: pictures to look at, all else to keep."""
    sessions: Sessions = request.app.state.webchat_sessions
    parts: Container = request.app.state.container
    until = sessions.open_file(file_id, t)
    found = await parts.database.read(lambda conn: Files.get(conn, file_id))
    picture = found.mime in config.IMAGES
    seconds = max(0, int(until - parts.clock.now()))
    return Response(
        found.content,
        media_type=found.mime if picture else _as_is(found.mime),
        headers={
            "Content-Disposition": _disposition(found.name, inline=picture),
            "Cache-Control": f"private, max-age={seconds}, immutable",
        },
    )


def _as_is(mime: str) -> str:
    # Text keeps its letters; nothing else is for the browser to interpret.
    return f"{mime}; charset=utf-8" if mime == "text/plain" else mime


def _disposition(name: str, *, inline: bool) -> str:
    return f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
