"""Customers' words without personal data, with places that fit what is left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from understanding import personal_data
from understanding.personal_data import Kind
from understanding.personal_data.stand_ins import stand_in

_WORD = re.compile(r"\w+")
_STAND_INS = frozenset(
    word
    for kind in get_args(Kind)
    for language in ("it", "en")
    for word in _WORD.findall(stand_in(kind, language).casefold())
)
# What the bot finds that says who somebody is: shown only where a stand-in took its place.
_PERSONAL = frozenset({"order_number", "email", "phone", "code", "name", "case_reference"})


@dataclass(frozen=True)
class Clean:
    """A text with stand-ins, where these are, and the bot's entities in the new places."""

    text: str
    spans: list[dict[str, Any]]
    entities: list[dict[str, Any]]


def known_of(row: Any) -> tuple[str, ...]:
    """What is known of a sender and must go wherever it stands: name, handle, e-mail."""
    found = (row.sender_name, row.handle, row.sender_email)
    # Platforms' numbers for people are in no text; a letter or two would be in every one.
    return tuple(each for each in found if each and len(each) > 2)


def clean(
    text: str,
    *,
    language: str | None,
    known: Iterable[str] = (),
    entities: Sequence[Mapping[str, Any]] = (),
) -> Clean:
    """Redact a text and move the bot's entities with it."""
    known = tuple(known)
    redacted = personal_data.redact(text, language=language, known=known)
    spans = [{"start": s.start, "end": s.end, "kind": s.kind} for s in redacted.spans]
    if not entities:
        return Clean(redacted.text, spans, [])
    found = personal_data.find(text, language=language, known=known)
    pairs = (
        [((a.start, a.end), (b.start, b.end)) for a, b in zip(found, redacted.spans, strict=True)]
        if len(found) == len(redacted.spans)
        else None
    )
    moved = [_moved(e, text, redacted.text, pairs) for e in entities] if pairs is not None else []
    return Clean(redacted.text, spans, [e for e in moved if e is not None])


_Pairs = Sequence[tuple[tuple[int, int], tuple[int, int]]]


def _moved(
    entity: Mapping[str, Any], text: str, redacted: str, pairs: _Pairs
) -> dict[str, Any] | None:
    start, end = entity.get("start"), entity.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
        return None
    name = str(entity.get("entity") or "")
    shift = 0
    for (old_start, old_end), (new_start, new_end) in pairs:
        if old_start < end and start < old_end:
            if name not in _PERSONAL:
                # "Milano" in a street address went with it: what stands there is no city.
                return None
            value = redacted[new_start:new_end]
            return {"entity": name, "start": new_start, "end": new_end, "value": value}
        if old_end <= start:
            shift = new_end - old_end
    if name in _PERSONAL:
        return None
    start, end = start + shift, end + shift
    return {"entity": name, "start": start, "end": end, "value": redacted[start:end]}


def personal(text: str, *, language: str | None, known: Iterable[str] = ()) -> list[dict[str, Any]]:
    """What of a text is personal data and not one of our stand-ins: [{start, end, kind}]."""
    return [
        {"start": span.start, "end": span.end, "kind": span.kind}
        for span in personal_data.find(text, language=language, known=known)
        # Two stand-ins side by side are found as one thing.
        if not _STAND_INS.issuperset(_WORD.findall(text[span.start : span.end].casefold()))
    ]


def of_value(value: Any, *, language: str | None, known: Iterable[str] = ()) -> Any:
    """A payload's value, or a structure of such, with its texts redacted."""
    if isinstance(value, str):
        return personal_data.redact(value, language=language, known=tuple(known)).text
    if isinstance(value, Mapping):
        return {key: of_value(v, language=language, known=known) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [of_value(v, language=language, known=known) for v in value]
    return value
