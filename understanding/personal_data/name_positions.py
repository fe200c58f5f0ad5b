"""Where only a name stands, known or not: alone, behind "it's …", before "… here"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from understanding.personal_data.likely_names import (
    is_given_too,
    is_known,
    is_nearly,
    is_ordinary,
    is_unknown,
)
from understanding.personal_data.name_tokens import Token
from understanding.personal_data.name_triggers import (
    ANNOUNCED,
    CLAUSE_END,
    COMPANY,
    FOLLOWED,
    INTRODUCED,
    KIN,
    LINKED,
    MISSPELT,
    NEEDED,
    STANDS,
)
from understanding.personal_data.name_words import ARTICLE_WORDS, PARTICLES, SHORT_TITLES
from understanding.personal_data.spans import Taken
from understanding.personal_data.words import listed, words

_FEW = 4
"""Words of a message or a clause that is nothing but a name, at most."""
_MOST = 6


def find_in_positions(text: str, tokens: Sequence[Token], taken: Taken) -> None:
    """Take the names that the words around give away, listed or not."""
    _Positions(text, tokens, taken).find()


class _Positions:
    def __init__(self, text: str, tokens: Sequence[Token], taken: Taken) -> None:
        self.text = text
        self.tokens = tokens
        self.taken = taken

    @cached_property
    def at(self) -> dict[int, int]:
        """The token that begins at a place of the text."""
        return {token.start: place for place, token in enumerate(self.tokens)}

    @cached_property
    def ended(self) -> dict[int, int]:
        """The token that ends at a place of the text."""
        return {token.end: place for place, token in enumerate(self.tokens)}

    def find(self) -> None:
        self._find_bare()
        self._find_capitals()
        if NEEDED.isdisjoint(token.lower for token in self.tokens):
            return
        for match in ANNOUNCED.finditer(self.text):
            said = not KIN.search(match.group())
            self._take_from(match.end(), sure=said, careful=not said)
        for match in INTRODUCED.finditer(self.text):
            self._take_from(match.end(), stands=True)
        for match in LINKED.finditer(self.text):
            self._take_from(match.start("it"), careful=False)
        for match in MISSPELT.finditer(self.text):
            if self._is_trigger(match["mine"].lower(), match["word"].lower()):
                self._take_from(match.end())
        for match in FOLLOWED.finditer(self.text):
            self._take_before(match.start())

    @staticmethod
    def _is_trigger(mine: str, word: str) -> bool:
        if mine == "mi":
            return is_nearly(word, "chiamo")
        meant = ("name", "surname") if mine in ("my", "the") else ("nome", "cognome")
        return any(is_nearly(word, one) for one in meant)

    def _word(self, place: int) -> str:
        token = self.tokens[place]
        return self.text[token.start : token.end]

    def _take_from(
        self, start: int, *, stands: bool = False, sure: bool = False, careful: bool = True
    ) -> None:
        """Take the name that begins here; `stands`: one in small letters ends its clause, too."""
        first = self.at.get(start)
        if first is None or self.tokens[first].lower in _TITLE_TAILS:
            return
        last = first
        while last < min(len(self.tokens), first + _MOST) and self._continues(
            first, last, careful=careful
        ):
            last += 1
        while last > first and self.tokens[last - 1].lower in PARTICLES:
            last -= 1
        if last == first:
            return
        end = self.tokens[last - 1].end
        small = not any(self._word(place)[0].isupper() for place in range(first, last))
        if stands and (small or self.text.isupper()) and not STANDS.match(self.text, end):
            return
        company = COMPANY.match(self.text, end)
        if company and (sure or not small):
            end = company.end()
        self.taken.add_free(start, end, "name")

    def _continues(self, first: int, place: int, *, careful: bool) -> bool:
        token, word = self.tokens[place], self._word(place)
        if place > first and token.gap not in (" ", "-", "'", "’"):
            return False
        if place > first and token.gap in ("'", "’") and token.lower in ("s", "ll", "d", "m"):
            return False
        if token.lower in PARTICLES:
            following = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
            joined = following is not None and following.gap in (" ", "-", "'", "’")
            plain = place > first or word[0].isupper() or token.lower in ("o", "d", "mc")
            return joined and plain and following is not None and self._may_be(place + 1)
        if place > first and word[0].isupper() != self._word(first)[0].isupper():
            return False
        return self._may_be(place, careful=careful) or (
            place > first and token.gap == "-" and word[0].isupper()
        )

    def _may_be(self, place: int, *, careful: bool = True) -> bool:
        token = self.tokens[place]
        if token.lower in SHORT_TITLES:
            return False
        if self.taken.covers(token.start, token.end):
            return self.taken.holds(token.start, "name")
        word = self._word(place)
        return is_unknown(word, careful=careful and not token.capital) or is_known(token.lower)

    def _take_before(self, end: int) -> None:
        """Take the name that ends here, as far to the left as words are unknown."""
        place = self.ended.get(end)
        if place is None:
            return
        first = place + 1
        while first > max(0, place - 2) and self._may_be(first - 1):
            first -= 1
            if self.tokens[first].gap not in (" ", "-", "'", "’"):
                break
        if first > place:
            return
        if self.tokens[first].gap == " " and not self.tokens[first].capital and first:
            before = self.tokens[first - 1].lower
            if before in ("the", "a", "an", "il", "la", "un", "una", "lo", "is", "your", "are"):
                return
        self.taken.add_free(self.tokens[first].start, end, "name")

    def _find_bare(self) -> None:
        """A message, or what opens it, that is nothing but a name: "de luca maria", "Skye"."""
        if len(self.text) > 2000 and not CLAUSE_END.search(self.text, 0, 200):
            return
        count = 1
        while count < min(len(self.tokens), _MOST + 1):
            gap = self.tokens[count].gap
            if gap not in (" ", "  ", "'", "’", "-", ". "):
                break
            count += 1
        if count > _MOST or any(map(str.isdecimal, self.text[: self.tokens[count - 1].end])):
            return
        whole = count == len(self.tokens)
        after = self.text[self.tokens[count - 1].end :].lstrip()
        if whole and (after.startswith("?") or any(map(str.isdecimal, after))):
            whole = False
        if not whole and not CLAUSE_END.match(after):
            return
        if self._is_bare_name(count, whole=whole):
            start, end = self.tokens[0].start, self.tokens[count - 1].end
            self.taken.add_free(start, end, "name")

    def _is_bare_name(self, count: int, *, whole: bool) -> bool:
        tokens = self.tokens[:count]
        real = [i for i, token in enumerate(tokens) if token.lower not in PARTICLES]
        names = words()
        if not real or len(real) > _FEW:
            return False
        if count == 1:
            return self._is_alone(whole=whole)
        known = [i for i in real if is_known(tokens[i].lower)]
        listed_too = [
            i for i in real if tokens[i].lower in names.given or tokens[i].lower in names.surnames
        ]
        odd = [
            i
            for i in real
            if i not in known and i not in listed_too and not self._behind_particle(i)
        ]
        if not all(
            is_unknown(self._word(i), careful=not known) or self._is_initial(i, tokens) for i in odd
        ):
            return False
        if any(token.lower in _CONTRACTED and token.gap in ("'", "’") for token in tokens[1:]):
            return False
        elided = any(token.gap in ("'", "’") for token in tokens)
        common = any(i in listed_too and is_ordinary(tokens[i].lower) for i in real)
        lettered = len(tokens[-1].lower) == 1 and tokens[0].lower in names.given
        if common and not known and not elided and not lettered:
            return False
        if known:
            return True
        return whole and (elided or lettered or len(odd) == len(real) or len(tokens) > len(real))

    def _is_initial(self, place: int, tokens: Sequence[Token]) -> bool:
        """`chloe w`: a letter behind a name."""
        token = tokens[place]
        return token.initial or (place > 0 and len(token.lower) == 1 and token.lower not in "aeio")

    def _behind_particle(self, place: int) -> bool:
        """`Dell'Acqua`, `De Santis`; `Lo Cascio`, if it is no article and its thing."""
        if (
            not place
            or not self._word(place)[0].isupper()
            or not self._word(place - 1)[0].isupper()
        ):
            return False
        particle = self.tokens[place - 1].lower
        if particle in _ARTICLES:
            return is_unknown(self._word(place), careful=False)
        return particle in PARTICLES

    def _is_alone(self, *, whole: bool) -> bool:
        """One word, all of the message or what opens it."""
        word, lower = self._word(0), self.tokens[0].lower
        if is_known(lower):
            return True
        comma = len(self.tokens) > 1 and self.tokens[1].gap == ", "
        if comma and self.tokens[0].capital and len(lower) > 3 and is_unknown(word):
            return True
        return whole and ((word[0].isupper() and is_given_too(lower)) or is_unknown(word))

    def _find_capitals(self) -> None:
        """A capital letter inside a sentence, on a word that nothing explains."""
        for place, token in enumerate(self.tokens):
            if not token.capital or token.first or len(token.lower) < 4:
                continue
            word = self.text[token.start : token.end]
            if word.isupper() or self.text[token.start - 1] in "\"«“‘'@#/&":
                continue
            before = self.tokens[place - 1]
            if self.text[before.start].isupper() and not before.first:
                continue  # of a name in several words: a shop's, a film's
            following = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
            if following and following.gap == " " and self.text[following.start].isupper():
                continue
            thing = before.lower in _THING_BEFORE or before.lower in ARTICLE_WORDS
            if thing or not is_unknown(word):
                continue
            self.taken.add_free(token.start, token.end, "name")


_TITLE_TAILS = frozenset(("ra", "na", "ssa", "ri", "gi"))
_CONTRACTED = frozenset(("m", "s", "ll", "re", "ve", "t"))
_ARTICLES = frozenset(("la", "le", "lo", "li", "di", "del", "della", "dei", "da", "al", "do"))
_THING_BEFORE = listed(
    "a an in the il lo un una i gli le nel nella nello al allo alla del dello della dal on via of",
    "via near vicino modello colore colour color filato yarn linea su using use usando at",
)
