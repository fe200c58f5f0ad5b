"""Files that agents write with their messages: named in notes, fetched when they are to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.desk.checks import MAX_FILES
from integrations.desk.slack.voice import KeepFile, Voice, text_of
from runtime.errors import Invalid, Permanent, TooLarge

MAX_FILE_BYTES = 20 * 1024 * 1024
NAME_CHARS = 200
_WHERE = ("name", "mimetype", "url_private_download", "url_private")


def files_in(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files of a message."""
    files = message.get("files")
    return [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []


def named(text: str, files: Sequence[Mapping[str, Any]]) -> str:
    """A text and its files as a note."""
    return "\n".join(filter(None, [text, *_lines(files)]))


def unnamed(text: str, files: Sequence[Mapping[str, Any]]) -> str:
    """The text of such a note."""
    lines = "\n".join(_lines(files))
    return text.removesuffix(lines).removesuffix("\n") if lines else text


def references(files: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Where to find files later, for the queue: what they are called, and Slack's addresses."""
    return [{key: text_of(file.get(key)) for key in _WHERE} for file in files]


async def fetch(voice: Voice, files: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of an agent's files, kept with us.

    Raises Permanent, Invalid or TooLarge with the file's name as `field`.
    """
    if not files:
        return []
    keep = voice.keep_file
    if keep is None:
        raise Permanent("files can't be sent from here", field="")
    if len(files) > MAX_FILES:
        raise Invalid(f"at most {MAX_FILES} files", field=_name(files[MAX_FILES]))
    kept: list[str] = []
    for file in files:
        try:
            kept.append(await _fetched(voice, keep, file))
        except (Permanent, Invalid, TooLarge) as error:
            error.field = _name(file)
            raise
    return kept


async def _fetched(voice: Voice, keep: KeepFile, file: Mapping[str, Any]) -> str:
    url = text_of(file.get("url_private_download")) or text_of(file.get("url_private"))
    mime = text_of(file.get("mimetype")) or "application/octet-stream"
    content = await voice.client.download(url, longest=MAX_FILE_BYTES)
    return await voice.database.write(lambda conn: keep(conn, _name(file), mime, content))


def _name(file: Mapping[str, Any]) -> str:
    return " ".join(text_of(file.get("name")).split()) or "file"


def _lines(files: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"📎 {_name(file)[:NAME_CHARS]}" for file in files]
