"""A page's own files, read once, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi.responses import Response

from runtime.errors import NotFound

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class PageFiles:
    """The style sheets, scripts and drawings of a folder, served below `prefix`/digest/."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self._prefix = prefix
        self.contents = {
            path.name: path.read_bytes()
            for path in sorted(folder.iterdir())
            if path.suffix in TYPES
        }
        self.digest = hashlib.sha256(
            b"".join(name.encode() + b"\0" + content for name, content in self.contents.items())
        ).hexdigest()[:12]

    def address(self, name: str) -> str:
        """Where a file is served; modules that import each other stay under the same digest.

        Raises KeyError for a file that isn't there.
        """
        if name not in self.contents:
            raise KeyError(name)
        return f"{self._prefix}/{self.digest}/{name}"

    def answer(self, digest: str, name: str) -> Response:
        """The newest content whatever the digest, kept by browsers only if they match.

        Raises NotFound.
        """
        content = self.contents.get(name)
        if content is None:
            raise NotFound("there is no such file")
        kept = "public, max-age=31536000, immutable" if digest == self.digest else "no-store"
        media_type = TYPES[Path(name).suffix]
        return Response(content, media_type=media_type, headers={"Cache-Control": kept})
