"""Long texts as several messages: cut where a reader pauses, never inside what reads as one sign.

Lengths are UTF-16 units, which is how the platforms with the narrowest limits count: a sign
outside the basic plane, most emoji among them, is two. Elsewhere that is at worst a little short.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from integrations.channels.contract import Capabilities
from integrations.conversations.ids import new_id
from integrations.conversations.numbered import as_buttons, lines
from integrations.conversations.outbox import Draft

# What can't stand apart from the sign before it, beside the marks that Unicode calls so.
_EXTENDING = frozenset("\u200c\u200d\u0e33\u0eb3")
_JOINER = "\u200d"
_FLAGS = range(0x1F1E6, 0x1F200)
_SKIN = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_JAMO = range(0x1160, 0x1200)
# A better place to cut is taken only if it fills this share of the room.
_FULL_ENOUGH = 0.3
_SPACES = re.compile(r"\s+")
_CLOSING = "\"'»”’)]}*_"
_SENTENCE_ENDS = tuple(".!?…。！？")


def length(text: str) -> int:
    """UTF-16 units."""
    return len(text) + sum(1 for sign in text if ord(sign) > 0xFFFF)


def split(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` (≥ 2) units each; none is empty unless the text is.

    What is lost between two parts is white space alone.
    """
    parts = []
    rest = text
    while length(rest) > limit:
        end, following = _cut(rest, limit)
        if rest[:end].strip():
            parts.append(rest[:end])
        rest = rest[following:]
    if rest.strip() or not parts:
        parts.append(rest)
    return parts


def fitting(drafts: Iterable[Draft], capabilities: Capabilities) -> list[Draft]:
    """The drafts as messages that the channel can carry, in order.

    The first part of a text keeps its id, which all of them carry, and says what it answers;
    buttons and files come with the last. Choices that the channel has no buttons for stand in the
    text as numbered lines, together if they fit, and stay with the message: it is read from there
    which one a number means.
    """
    return [part for draft in drafts for part in _parts(draft, capabilities)]


def _parts(draft: Draft, capabilities: Capabilities) -> Sequence[Draft]:
    limit = capabilities.max_text
    caption = capabilities.max_caption if draft.attachments else 0
    choices = "" if as_buttons(capabilities, draft.buttons) else lines(draft.buttons)
    if choices and not draft.text.endswith(choices):
        # What is repeated has them already.
        draft = _changed(draft, text=f"{draft.text}\n\n{choices}")
    if len(draft.text) * 2 <= (caption or limit):
        # The usual case; no sign has more than two units.
        return (draft,)
    texts = split(draft.text, limit)
    if not texts[-1].endswith(choices) and length(choices) <= limit:
        texts = [*split(draft.text.removesuffix(choices), limit), choices]
    if caption and length(texts[-1]) > caption:
        texts.append("")
    if len(texts) == 1:
        return (draft,)
    last, first_id = len(texts) - 1, draft.id or new_id("o")
    return [
        _changed(
            draft,
            text=text,
            id=first_id if place == 0 else new_id("o"),
            part_of=first_id,
            in_reply_to=draft.in_reply_to if place == 0 else (),
            buttons=draft.buttons if place == last else (),
            attachments=draft.attachments if place == last else (),
        )
        for place, text in enumerate(texts)
    ]


def _changed(draft: Draft, **values: Any) -> Draft:
    return Draft(**{**vars(draft), **values})


def _cut(text: str, limit: int) -> tuple[int, int]:
    """Where the first part ends and the next begins."""
    furthest = _furthest(text, limit)
    # By how good a place is: paragraphs, sentences and lines, words.
    places: list[tuple[int, int] | None] = [None, None, None]
    for spaces in _SPACES.finditer(text):
        end, following = spaces.span()
        if end > furthest:
            break
        if end > 0 and _apart(text, following):
            places[_rank(text, end, spaces.group())] = end, following
    for place in places[:2]:
        if place is not None and place[0] >= furthest * _FULL_ENOUGH:
            return place
    found = [place for place in places if place is not None]
    if found:
        return max(found)
    end = furthest
    while end > 0 and not _apart(text, end):
        end -= 1
    # One sign alone may be longer than the limit: somebody piled marks on a letter.
    end = end or furthest
    return end, end


def _rank(text: str, end: int, spaces: str) -> int:
    if spaces.count("\n") > 1:
        return 0
    before = text[max(0, end - 8) : end].rstrip(_CLOSING)
    return 1 if "\n" in spaces or before.endswith(_SENTENCE_ENDS) else 2


def _furthest(text: str, limit: int) -> int:
    """How many signs fit."""
    units = 0
    for place, sign in enumerate(text):
        units += 2 if ord(sign) > 0xFFFF else 1
        if units > limit:
            return place
    return len(text)


def _apart(text: str, place: int) -> bool:
    """Whether what stands before and after `place` are signs of their own."""
    if place <= 0 or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    number = ord(after)
    if (
        after in _EXTENDING
        or before == _JOINER
        or unicodedata.category(after).startswith("M")
        or number in _SKIN
        or number in _TAGS
        or number in _JAMO
        or (before == "\r" and after == "\n")
    ):
        return False
    if number in _FLAGS and ord(before) in _FLAGS:
        # Flags are pairs of letters: count them from where they begin.
        start = place
        while start > 0 and ord(text[start - 1]) in _FLAGS:
            start -= 1
        return (place - start) % 2 == 0
    return True
