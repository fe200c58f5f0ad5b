"""People's names: known ones, and unknown ones by what stands around them.

A known given name is a name in any spelling. A name that is also a word (Rosa, Will, Bianchi)
needs evidence: a capital letter inside a sentence, a name beside it, a title, or words that
announce a name ("mi chiamo", "intestato a", "my name is"); so does a name that no list has.
"""

from __future__ import annotations

from functools import cache

from understanding.personal_data.name_acts import find_in_acts
from understanding.personal_data.name_contexts import TELLING_BEFORE, context_before
from understanding.personal_data.name_positions import find_in_positions
from understanding.personal_data.name_reach import Reach
from understanding.personal_data.name_tokens import tokens_of
from understanding.personal_data.name_turns import find_in_turns
from understanding.personal_data.name_words import PARTICLES
from understanding.personal_data.product_names import block_products
from understanding.personal_data.spans import Taken
from understanding.personal_data.things import block_things
from understanding.personal_data.words import words


def find_names(text: str, taken: Taken) -> None:
    """Take the places of people's names that nothing else has taken."""
    tokens = tokens_of(text)
    if tokens:
        block_things(text, tokens, taken)
        block_products(text, tokens, taken)
        for start, end in _Names(text, tokens, taken, words()).found():
            taken.add(start, end, "name")
        find_in_positions(text, tokens, taken)
        find_in_turns(text, tokens, taken)
        find_in_acts(text, tokens, taken)


@cache
def telling_words() -> frozenset[str]:
    """Words that a name may begin with, whatever stands before them."""
    lists = words()
    return lists.given | lists.surnames | lists.company | PARTICLES


class _Names(Reach):
    def found(self) -> list[tuple[int, int]]:
        """Places of names, left to right."""
        places: list[tuple[int, int]] = []
        place = 0
        while place < len(self.tokens):
            plain = self._is_plain(place)
            until = 0 if plain or self._is_taken(place) else self._name_from(place)
            if until > place:
                first = self._leftwards(place, places)
                last = self.tokens[until - 1]
                dotted = last.initial and self.text.startswith(".", last.end)  # "Saleh K."
                places.append((self.tokens[first].start, last.end + dotted))
                place = until
            else:
                place += 1
        return places

    def _is_plain(self, place: int) -> bool:
        """Most words: in small letters, on no list, behind a word that tells nothing."""
        token = self.tokens[place]
        return not (
            token.capital
            or token.initial
            or token.lower in telling_words()
            or len(token.lower) < 2
            or not place
            or self.tokens[place - 1].lower in TELLING_BEFORE
            or "\n" in token.gap
        )

    def _name_from(self, place: int) -> int:
        """The token after the name that begins here, or 0."""
        token = self.tokens[place]
        context = context_before(self.tokens, place)
        if token.initial and not self._is_elided(place):
            return self._after_initials(place, context)
        if token.lower in PARTICLES and not self._is_given(token):
            return self._after_particle(place, context)
        if not (self._begins(place, context) or self._signs(place)):
            return 0
        return self._rightwards(place, context)

    def _is_elided(self, place: int) -> bool:
        return place + 1 < len(self.tokens) and self.tokens[place + 1].gap in ("'", "’")
