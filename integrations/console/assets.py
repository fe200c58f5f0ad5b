"""The console's own files."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from runtime.page_files import PageFiles

router = APIRouter(prefix="/console/static", include_in_schema=False)

_FILES = PageFiles(Path(__file__).parent / "static", "/console/static")
DIGEST = _FILES.digest
address = _FILES.address


@router.get("/{digest}/{name}")
async def file(digest: str, name: str) -> Response:
    """One file."""
    return _FILES.answer(digest, name)
