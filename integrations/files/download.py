"""A kept file as an answer that no browser runs or shows as a page of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi.responses import Response

_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ")


def download(row: Any) -> Response:
    """A row of `files`, to be saved under its name."""
    plain = "".join(c if c in _PLAIN else "_" for c in row.name)
    name = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row.name, safe='')}"
    mime = "text/plain; charset=utf-8" if row.mime == "text/plain" else row.mime
    return Response(row.content, media_type=mime, headers={**_HEADERS, "Content-Disposition": name})
