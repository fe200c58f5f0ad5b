"""Which files are pictures, told by what is in them."""

from __future__ import annotations

_MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


def picture_type(content: bytes) -> str | None:
    """The media type of a picture that browsers show; None for anything else."""
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            return kind
    return None
