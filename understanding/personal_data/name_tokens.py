"""A text as words, with what their capital letters tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from understanding.personal_data.name_words import SHORT_TITLES

_TOKEN = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?…\n\r:;•]|[^\w\s,.'’\-\"«»()/&@#%€£$+*]")


@dataclass(slots=True)
class Token:
    """A word of the text. `capital`: written with a capital where that tells something."""

    start: int
    end: int
    lower: str
    capital: bool
    first: bool
    """The first word of its sentence."""
    initial: bool
    gap: str
    """What stands between the word before and this one."""


def tokens_of(text: str) -> list[Token]:
    """The words of a text; capitals tell nothing where all is shouted or a title."""
    tokens: list[Token] = []
    end = 0
    capitals = upper = letters = 0
    for match in _TOKEN.finditer(text):
        word = match.group()
        gap = text[end : match.start()]
        end = match.end()
        new = not tokens or (gap != " " and bool(_SENTENCE_END.search(gap)))
        if new and gap == ". " and tokens and (tokens[-1].initial or len(tokens[-1].lower) <= 4):
            # "G. Ferraris", "Sig.ra", "dott. Rossi": the point ends no sentence.
            new = (
                tokens[-1].first and not tokens[-1].initial and tokens[-1].lower not in SHORT_TITLES
            )
        first_upper = word[0].isupper()
        capitals += first_upper
        letters += len(word)
        upper += sum(map(str.isupper, word)) if first_upper else 0
        tokens.append(
            Token(
                match.start(),
                end,
                word.lower(),
                first_upper,
                new,
                len(word) == 1 and first_upper,
                gap,
            )
        )
    shouted = letters > 6 and upper > 0.6 * letters
    titled = len(tokens) > 5 and capitals > 0.9 * len(tokens)
    if shouted or titled:
        for token in tokens:
            token.capital = False
            token.initial = token.initial and shouted
    return tokens
