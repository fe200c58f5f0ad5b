"""Small lists of phrases as one pattern: a phrase a line, matched as whole words, any case."""

from __future__ import annotations

import re

# Apostrophes come straight, curly or not at all, and spaces come doubled.
_APOSTROPHE = "['’`´]?"
_WORD = re.compile(r"[^\W\d_]{2,}")


def word_count(text: str) -> int:
    """How many words of two letters or more."""
    return len(_WORD.findall(text))


def phrases(lines: str) -> re.Pattern[str]:
    """One pattern for all lines; a line is a regular expression with loose blanks and apostrophes.

    A blank stands for any white space, `'` for any apostrophe or none, `~` for any ending.
    """
    alternatives = []
    for line in lines.strip().splitlines():
        phrase = line.strip()
        if phrase:
            phrase = phrase.replace("~", r"\w*").replace("'", _APOSTROPHE)
            alternatives.append(phrase.replace(" ", r"\s+"))
    return re.compile(r"(?<!\w)(?:" + "|".join(alternatives) + r")(?!\w)", re.IGNORECASE)
