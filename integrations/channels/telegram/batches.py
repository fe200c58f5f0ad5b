"""A batch of updates at once, with albums joined.

An album arrives as one update for each of its parts. Parts in one batch become one message, whose
`dedup_key` names all of them: should a batch come again with a part that was late, nothing of it
is taken for known. A part that arrives alone is a message of its own; `context.album` says what
it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from telegram import Update

from integrations.channels.telegram.convert import UNREADABLE, UNREADABLE_REASON, converted, read
from integrations.channels.telegram.place import Converted, Ignored, Place
from runtime.errors import Invalid


def convert_batch(payloads: Iterable[Mapping[str, Any]], place: Place) -> list[Converted]:
    """Many updates in order, albums joined; what can't be read is ignored as unreadable."""
    found: list[Converted] = []
    for parts in _albums(payloads, found):
        try:
            found.append(converted(parts, place))
        except (Invalid, *UNREADABLE):
            found.append(Ignored(_update_id(parts[0].update_id), UNREADABLE_REASON))
    return found


def album_of(payload: Mapping[str, Any]) -> str | None:
    """The album that an update is a part of."""
    message = payload.get("message")
    album = message.get("media_group_id") if isinstance(message, Mapping) else None
    return album if isinstance(album, str) else None


def _albums(
    payloads: Iterable[Mapping[str, Any]], unreadable: list[Converted]
) -> Sequence[list[Update]]:
    joined: list[list[Update]] = []
    known: dict[tuple[int, str], list[Update]] = {}
    for payload in payloads:
        try:
            update = read(payload)
            message = update.message
            key = (message.chat.id, album_of(payload) or "") if message else (0, "")
            album = known.setdefault(key, []) if key[1] else []
        except (Invalid, *UNREADABLE):
            unreadable.append(Ignored(_update_id(payload.get("update_id")), UNREADABLE_REASON))
            continue
        if not album:
            joined.append(album)
        album.append(update)
    return joined


def _update_id(value: Any) -> int | None:
    return value if isinstance(value, int) else None
