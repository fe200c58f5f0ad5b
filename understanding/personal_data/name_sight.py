"""What is seen of a word: whether a list knows it, how it is written, what stands beside it."""

from __future__ import annotations

from understanding.personal_data.name_tokens import Token
from understanding.personal_data.name_words import ARTICLE_WORDS, COMPANY_WORDS, PLACE_BEFORE
from understanding.personal_data.spans import Taken
from understanding.personal_data.words import Words


class Sight:
    """A text's words, and what the lists and their neighbours say of each."""

    def __init__(self, text: str, tokens: list[Token], taken: Taken, lists: Words) -> None:
        self.text = text
        self.tokens = tokens
        self.taken = taken
        self.lists = lists
        self.cased = any(token.capital for token in tokens)

    def _is_taken(self, place: int) -> bool:
        token = self.tokens[place]
        return self.taken.covers(token.start, token.end)

    def _is_given(self, token: Token) -> bool:
        return token.lower in self.lists.given

    def _is_surname(self, token: Token) -> bool:
        return token.lower in self.lists.surnames

    def _is_sure(self, token: Token) -> bool:
        return token.lower not in self.lists.ambiguous and token.lower not in self.lists.company

    def _is_other(self, token: Token) -> bool:
        """Whether it is known to be no name (or an article's, or a town's)."""
        lower, lists = token.lower, self.lists
        return lower in lists.ordinary or lower in lists.products or lower in lists.places

    def _inside(self, place: int) -> bool:
        """Written with a capital letter where no sentence begins."""
        token = self.tokens[place]
        return token.capital and not token.first

    def _unknown_capital(self, place: int) -> bool:
        token = self.tokens[place]
        return token.capital and not self._is_other(token) and token.lower not in self.lists.company

    def _after_place_word(self, place: int) -> bool:
        before = self.tokens[place - 1].lower if place else ""
        return before in PLACE_BEFORE or self._is_product_here(place)

    def _is_product_here(self, place: int) -> bool:
        """Beside the article it names: "Nuvola Alba", "berretto Pino"."""
        token = self.tokens[place]
        if place and self.tokens[place - 1].lower in self.lists.products:
            return token.gap == " " and not self._is_sure(token)
        if token.lower not in self.lists.ambiguous:
            return False
        return bool(place) and self.tokens[place - 1].lower in ARTICLE_WORDS

    def _beside_company(self, place: int) -> bool:
        near = self.tokens[max(0, place - 1) : place]
        return any(
            token.lower in COMPANY_WORDS or token.lower in self.lists.company for token in near
        )

    def _next(self, place: int) -> Token | None:
        """The word right behind, if only a blank, a hyphen or an apostrophe stands between."""
        if place + 1 >= len(self.tokens) or self._is_taken(place + 1):
            return None
        following = self.tokens[place + 1]
        joined = following.gap in (" ", "  ", "-", "'", "’", "\u00a0")
        return (
            following if joined or (following.gap == ". " and self.tokens[place].initial) else None
        )

    @staticmethod
    def _same_case(one: Token, other: Token) -> bool:
        return one.capital == other.capital

    def _inverted(self, place: int) -> bool:
        """ "Green, Michael": surname, comma, given name."""
        if place + 1 >= len(self.tokens) or self._is_taken(place + 1):
            return False
        token, following = self.tokens[place], self.tokens[place + 1]
        named = self._is_surname(token) and self._is_given(following)
        return named and following.gap == ", " and following.capital

    def _is_quoted(self, token: Token) -> bool:
        """Whether it stands in quotation marks: a title, a colour."""
        return token.start > 0 and self.text[token.start - 1] in '"«“‘'
