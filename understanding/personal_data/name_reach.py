"""How far a name reaches: initials, particles, double surnames, a surname before a given name."""

from __future__ import annotations

from understanding.personal_data.likely_names import is_unknown
from understanding.personal_data.name_contexts import Context
from understanding.personal_data.name_evidence import Evidence
from understanding.personal_data.name_tokens import Token
from understanding.personal_data.name_words import COMPANY_WORDS, NOT_BEHIND_LA, PARTICLES, VERBS

_PREPOSITIONS = frozenset(("di", "del", "della", "da", "dal", "dalla"))
_LONGEST = 6
"""Words of one name at most."""


class Reach(Evidence):
    """From the first word of a name to its last."""

    def _after_initials(self, place: int, context: Context) -> int:
        """`G. Ferraris`, `J.R. Smith`, `M Rossi`."""
        after = place + 1
        while after < len(self.tokens) and after < place + 3 and self.tokens[after].initial:
            if self.tokens[after].gap.strip(" .") or len(self.tokens[after].gap) > 2:
                return 0
            after += 1
        if after >= len(self.tokens) or self._is_taken(after):
            return 0
        token = self.tokens[after]
        dotted = token.gap in (". ", ".")
        if token.gap != " " and not dotted:
            return 0
        if token.lower in PARTICLES and after + 1 < len(self.tokens):
            following = self.tokens[after + 1]
            return self._rightwards(after + 1, Context.NONE) if following.capital else 0
        ordinary = token.lower in self.lists.ordinary
        known = self._is_surname(token) and (dotted or self._is_sure(token))
        announced = context not in (Context.NONE, Context.LINKED, Context.GREETED)
        if announced and self._unknown_capital(after):
            return self._rightwards(after, Context.NONE)
        if (token.capital or not self.cased) and (
            (known and not (ordinary and not dotted)) or (dotted and self._unknown_capital(after))
        ):
            return self._rightwards(after, Context.NONE)
        return 0

    def _after_particle(self, place: int, context: Context) -> int:
        """`De Luca`, `D'Angelo`, `O'Brien`, `van der Berg`."""
        if self.tokens[place].lower in _PREPOSITIONS and not self.tokens[place].capital:
            return 0
        after = place + 1
        while (
            after < len(self.tokens) and self.tokens[after].lower in PARTICLES and after < place + 3
        ):
            after += 1
        if after >= len(self.tokens) or self._is_taken(after):
            return 0
        token, particle = self.tokens[after], self.tokens[place]
        if token.gap not in (" ", "'", "’"):
            return 0
        elided = token.gap in ("'", "’")
        telling = particle.capital and token.capital and not particle.first
        if elided and particle.lower in ("d", "o") and particle.capital and token.capital:
            telling = token.lower not in self.lists.ordinary or self._is_surname(token)
            if particle.lower == "d" and particle.first and token.lower in self.lists.ordinary:
                telling = False
        elif context in (Context.STRONG, Context.TITLE, Context.WEAK) and not (
            context is Context.WEAK and not particle.capital
        ):
            telling = self._is_surname(token) or (token.capital and self._unknown_capital(after))
        elif particle.capital and particle.first and after > place + 1 and token.capital:
            telling = not self._is_other(token)
        elif telling:
            known = self._is_surname(token) or self._unknown_capital(after)
            telling = (
                known
                and not self._is_product_here(after)
                and not (token.lower in NOT_BEHIND_LA or token.lower in self.lists.places)
            )
        return self._rightwards(after, context) if telling else 0

    def _rightwards(self, place: int, context: Context) -> int:
        """The token after the last one that belongs to the name that begins here."""
        first, last = self.tokens[place], place
        while last - place < _LONGEST:
            following = self._next(last)
            if following is None:
                if context is Context.STRONG and last == place and self._inverted(place):
                    last += 1
                break
            if following.lower in PARTICLES and not self._is_given(following):
                step = self._over_particles(last, first)
                if step == last:
                    break
                last = step
                continue
            if not self._belongs(following, first, context):
                break
            last += 1
        return last + 1

    def _belongs(self, token: Token, first: Token, context: Context) -> bool:
        known = self._is_given(token) or self._is_surname(token)
        if token.gap in ("'", "’"):
            return token.lower not in ("s", "ll", "d", "m", "re", "ve") and token.capital
        if token.gap == "-":
            return True
        if first.capital:
            if token.initial:
                return token.lower not in "ieaoè"
            if not token.capital:
                return False
            if context is Context.STRONG and token.gap == " " and len(token.lower) > 2:
                return True
            return known or (not self._is_other(token) and token.lower not in self.lists.company)
        if token.capital:
            return False
        strong = context is Context.STRONG
        if known and token.lower not in VERBS:
            return self._is_sure(token) or strong or token.lower not in self.lists.ordinary
        announced = strong or context in (Context.WEAK, Context.GREETED)
        if announced and context is Context.GREETED and not is_unknown(token.lower):
            return False
        return announced and not self.cased and not self._is_other(token) and len(token.lower) > 2

    def _over_particles(self, last: int, first: Token) -> int:
        """The last token of `de Luca` behind a given name, or `last` when no name follows."""
        place = last + 1
        while place < len(self.tokens) and self.tokens[place].lower in PARTICLES:
            if place > last + 3 or self.tokens[place].gap not in (" ", "'", "’"):
                return last
            place += 1
        if place >= len(self.tokens) or self._is_taken(place):
            return last
        token, particle = self.tokens[place], self.tokens[last + 1]
        if token.gap not in (" ", "-", "'", "’"):
            return last
        plain = particle.lower in (
            "di",
            "del",
            "della",
            "da",
            "dal",
            "dalla",
            "dell",
            "dall",
            "la",
            "le",
            "lo",
            "o",
        )
        if first.capital:
            if token.capital and (particle.capital or not plain):
                return place if self._is_surname(token) or not self._is_other(token) else last
            return last
        if token.capital or (
            plain and not (particle.lower in ("di", "la", "lo") and self._is_surname(token))
        ):
            return last
        return place if self._is_surname(token) else last

    def _leftwards(self, place: int, places: list[tuple[int, int]]) -> int:
        """Where the name begins: surnames before a given name and initials belong to it."""
        token = self.tokens[place]
        if not place or self._is_taken(place - 1) or token.gap not in (" ", "-", "'", "’", ". "):
            return place
        before = self.tokens[place - 1]
        if places and places[-1][1] > before.start:
            return place
        if token.gap == ". ":
            return place - 1 if before.initial else place
        if token.gap in ("'", "’"):
            return place - 1 if before.lower in ("d", "o") and before.capital else place
        if token.gap == "-" and before.capital:
            return place - 1
        if not token.capital or not before.capital:
            return place
        surname = self._is_surname(before) and before.lower not in self.lists.ordinary
        unknown = not before.first and not self._is_other(before) and len(before.lower) > 1
        company = before.lower in self.lists.company or before.lower in COMPANY_WORDS
        return place - 1 if (surname or unknown) and not company else place
