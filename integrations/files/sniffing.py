"""What a file is by its first bytes; names and declared types are only what somebody says."""

from __future__ import annotations

import re

# First bytes, where they stand, and what they mean.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"fLaC", "audio/flac"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = (
    ((b"heic", b"heix", b"mif1", b"msf1", b"hevc"), "image/heic"),
    ((b"avif", b"avis"), "image/avif"),
    ((b"M4A ", b"M4B "), "audio/mp4"),
    ((b"qt  ",), "video/quicktime"),
)
_MP3_FRAME = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfb]")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(content: bytes) -> str | None:
    """The file's type, of those we pass on: pictures, PDF, sound, film and plain text; else None.

    Markup is text: nobody gets it as something that a browser would run.
    """
    for place, signature, mime in _SIGNATURES:
        if content.startswith(signature, place):
            return mime
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12])
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return next((mime for brands, mime in _BRANDS if brand in brands), "video/mp4")
    if _MP3_FRAME.match(content):
        return "audio/mpeg"
    return "text/plain" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    if not content or _NOT_TEXT.search(content):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
