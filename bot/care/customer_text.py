"""What a customer wrote is text, never a command."""

from __future__ import annotations

import unicodedata

NOTHING = "…"


def cleaned(text: str) -> str:
    """The text without anything that Rasa could read as a command.

    Rasa strips white space before it looks for a slash, so both are removed in turn until nothing
    changes, invisible characters included. Control characters go too. A text of which nothing is
    left becomes "…", which the classifier rejects.
    """
    text = "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )
    before = None
    while text != before:
        before = text
        text = _without_blank_ends(text).lstrip("/")
    return text or NOTHING


def _without_blank_ends(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _blank(text[start]):
        start += 1
    while end > start and _blank(text[end - 1]):
        end -= 1
    return text[start:end]


def _blank(character: str) -> bool:
    # Format characters (zero width, byte order mark, direction marks) show nothing; the joiner
    # inside an emoji stands between others and is kept.
    return character.isspace() or unicodedata.category(character) in ("Cf", "Zs", "Zl", "Zp")
