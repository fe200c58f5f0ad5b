"""The page's and the widget's files: one address that never changes, the rest named by content."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from integrations.channels.webchat import config
from integrations.channels.webchat.config import WebChatConfig
from runtime.page_files import TYPES, PageFiles

router = APIRouter(prefix="/chat", include_in_schema=False)

_FILES = PageFiles(Path(__file__).parent / "static", "/chat/static")
DIGEST = _FILES.digest
address = _FILES.address
_SETTINGS = b"/* settings */ {}"


def loader(known: WebChatConfig) -> bytes:
    """widget.js, which begins knowing what it would otherwise have to ask for."""
    told = {
        "modules": f"static/{DIGEST}/",
        "company": known.company,
        "privacy": known.privacy_url,
        "language": known.language,
        "maxText": config.MAX_TEXT,
        "maxFiles": config.MAX_FILES,
        "maxFileBytes": config.MAX_FILE_BYTES,
        "accept": sorted(config.ACCEPTED),
    }
    # ASCII alone, so that no character can end a line of the script.
    return _FILES.contents["widget.js"].replace(_SETTINGS, json.dumps(told).encode(), 1)


@router.get("/widget.js")
async def widget(request: Request) -> Response:
    """What pages embed. Asked for each time, sent when it changed."""
    content = loader(request.app.state.webchat.config)
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=TYPES[".js"], headers=headers)


@router.get("/static/{digest}/{name}")
async def file(digest: str, name: str) -> Response:
    """One file."""
    return _FILES.answer(digest, name)
