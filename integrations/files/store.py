"""Where files are kept: in the database, with their type looked at and their size limited."""

from __future__ import annotations

import hashlib
import time
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from integrations.conversations.ids import new_id
from integrations.conversations.sql import insert_new
from integrations.conversations.tables import files
from integrations.files.sniffing import sniff
from runtime.errors import Invalid, NotFound, TooLarge

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME = 200
_ABOUT = (files.c.id, files.c.name, files.c.mime, files.c.size)
# What a name may end with; a file that says otherwise gets the first.
_ENDINGS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "audio/amr": (".amr",),
    "audio/flac": (".flac",),
    "audio/mp4": (".m4a", ".mp4"),
    "audio/mpeg": (".mp3",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/wav": (".wav",),
    "audio/webm": (".webm", ".weba"),
    "image/avif": (".avif",),
    "image/gif": (".gif",),
    "image/heic": (".heic", ".heif"),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "text/plain": (".txt", ".csv", ".md", ".log", ".json"),
    "video/mp4": (".mp4", ".m4v", ".3gp"),
    "video/ogg": (".ogv", ".ogg"),
    "video/quicktime": (".mov", ".qt"),
    "video/webm": (".webm", ".mkv"),
    "video/x-msvideo": (".avi",),
}


class Files:
    """Functions of a connection, like all queries."""

    @staticmethod
    def add(
        conn: Connection,
        name: str,
        mime: str,
        content: bytes,
        *,
        now: float | None = None,
        of: tuple[str, int] | None = None,
    ) -> str:
        """Keep a file; its id. `of`: the customer's message and place that it came with, once.

        The type is what the bytes say: `mime` decides only between sound and film in one
        container. Raises TooLarge over 20 MB, Invalid for what is no picture, PDF, sound, film
        or text.
        """
        if len(content) > MAX_BYTES:
            raise TooLarge(f"a file may have {MAX_BYTES // 1024 // 1024} MB", field="file")
        found = sniff(content)
        if found is None:
            raise Invalid(
                "only pictures, PDF, sound, film and plain text can be sent",
                code="file_type",
                field="file",
            )
        mime = _said(mime, found)
        file_id = new_id("f")
        inbound_id, place = of or (None, None)
        row = {
            "id": file_id,
            "name": _name(name, mime),
            "mime": mime,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": content,
            "inbound_id": inbound_id,
            "place": place,
            "created_at": time.time() if now is None else now,
        }
        if insert_new(conn, files, row):
            return file_id
        kept = Files.of_customer(conn, str(inbound_id), int(place or 0))
        assert kept is not None
        return str(kept.id)

    @staticmethod
    def get(conn: Connection, file_id: str) -> Any:
        """A file's row, content included. Raises NotFound."""
        row = conn.execute(select(files).where(files.c.id == file_id)).first()
        if row is None:
            raise NotFound("there is no such file")
        return row

    @staticmethod
    def of_customer(conn: Connection, inbound_id: str, place: int) -> Any | None:
        """The kept file that came with a customer's message, if it was fetched."""
        return conn.execute(
            select(files).where(files.c.inbound_id == inbound_id, files.c.place == place)
        ).first()

    @staticmethod
    def described(conn: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Files as attachments of a message, in order, without their content. Raises NotFound."""
        rows = {row.id: row for row in conn.execute(select(*_ABOUT).where(_ours(ids))).all()}
        return _described(rows, ids)

    @staticmethod
    def attach(conn: Connection, ids: Sequence[str], *, now: float) -> list[dict[str, Any]]:
        """The same, and from now on they belong to the message that this transaction writes."""
        attached = func.coalesce(files.c.attached_at, now)
        found = conn.execute(
            update(files).where(_ours(ids)).values(attached_at=attached).returning(*_ABOUT)
        )
        return _described({row.id: row for row in found.all()}, ids)


def _ours(ids: Sequence[str]) -> ColumnElement[bool]:
    # What one customer sent is never sent to another.
    return files.c.id.in_(list(ids)) & files.c.inbound_id.is_(None)


def _described(rows: Mapping[str, Any], ids: Sequence[str]) -> list[dict[str, Any]]:
    if missing := [name for name in ids if name not in rows]:
        raise NotFound(f"there is no file {missing[0]}")
    return [
        {
            "kind": kind_of(rows[name].mime),
            "name": rows[name].name,
            "mime": rows[name].mime,
            "size": rows[name].size,
            "file_id": name,
        }
        for name in ids
    ]


def kind_of(mime: str) -> str:
    """An attachment's kind: image, audio, video or file."""
    family = mime.partition("/")[0]
    return family if family in ("image", "audio", "video") else "file"


def _said(mime: str, found: str) -> str:
    # One container carries both; who recorded it knows better than its first bytes.
    pairs = {("audio/webm", "video/webm"), ("audio/mp4", "video/mp4"), ("video/ogg", "audio/ogg")}
    plain = mime.partition(";")[0].strip().lower()
    return plain if (plain, found) in pairs else found


def _name(name: str, mime: str) -> str:
    """A name that is no path and hides nothing, with an ending that tells the truth."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip(" .")
    endings = _ENDINGS[mime]
    if not name:
        return f"file{endings[0]}"
    stem, dot, ending = name.rpartition(".")
    if f"{dot}{ending.lower()}" not in endings:
        # "invoice.exe" that is a picture becomes "invoice.exe.jpg".
        stem, dot, ending = name, "", endings[0]
    ending = dot + ending
    return f"{stem[: MAX_NAME - len(ending)]}{ending}"
