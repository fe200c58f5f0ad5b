"""What the desk refuses before it does anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integrations.channels.contract import Capabilities
from runtime.errors import Conflict, Invalid

MAX_TEXT = 8000
MAX_FILES = 10


def unchanged(row: Any, version: int | None) -> None:
    """Somebody decides by what they see. Raises Conflict if that isn't so any more."""
    if version is not None and row.version != version:
        raise Conflict("the conversation has changed since you looked at it", code="stale")


def carried(capabilities: Capabilities, described: Sequence[dict[str, Any]]) -> None:
    """Files that the channel takes. Raises Invalid."""
    if len(described) > MAX_FILES:
        raise Invalid(f"at most {MAX_FILES} files", field="attachments")
    for file in described:
        if not capabilities.attachments & {file["kind"], "file"}:
            raise Invalid(f"this channel can't carry {file['name']}", field="attachments")
        longest = capabilities.max_attachment_bytes
        if longest and file["size"] > longest:
            megabytes = longest / 1024 / 1024
            raise Invalid(
                f"{file['name']}: this channel carries {megabytes:.0f} MB", field="attachments"
            )


def words(text: str, *, may_be_empty: bool = False) -> str:
    """What is said, without white space around it. Raises Invalid."""
    found = text.strip()
    if not found and not may_be_empty:
        raise Invalid("write something first", field="text")
    if len(found) > MAX_TEXT:
        raise Invalid(f"at most {MAX_TEXT} characters", field="text")
    return found
