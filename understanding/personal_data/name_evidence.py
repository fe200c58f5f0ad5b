"""Whether a name begins at a word: by the lists, its capital letter, what stands around it."""

from __future__ import annotations

import re

from understanding.personal_data.name_contexts import Context, is_sign_off
from understanding.personal_data.name_sight import Sight
from understanding.personal_data.name_tokens import Token
from understanding.personal_data.name_words import (
    COLOUR_BEFORE,
    INTRODUCES,
    MOODS,
    OPENINGS,
    PARTICLES,
    TIMES,
    VERBS,
)

_STANDS_ALONE = re.compile(r"\s*(?:$|[,.;:!\n]|(?:e|ed|and|di|da|from|con|ordine|volevo|vorrei)\b)")
_PERSON_DOES = re.compile(
    r",? (?:here|qui|speaking)\b|,? (?:from|da) [A-Z]|,? (?:in|from|at) (?:support|customer)"
)
_NAMED_DOES = re.compile(
    r" (?:said|told|says|replied|wrote|promised|asked me|ha detto|mi ha|dice che|dell['’]assist"
    r"|del servizio|wants?|needs?|likes?|loves?|takes?|prefers?|ordered|bought|paid|asked|vuole"
    r"|vorrebbe|prende|preferisce|ha (?:ordinato|comprato|pagato|preso|bisogno)|aspetta|compie)\b"
)


class Evidence(Sight):
    """What makes a word the first of a name."""

    def _begins(self, place: int, context: Context) -> bool:
        token = self.tokens[place]
        lower = token.lower
        if len(lower) < 2 or (lower in self.lists.company and context is not Context.STRONG):
            return self._with_surname(place) and not self._beside_company(place)
        announced = context is Context.STRONG or context is Context.WEAK
        if announced or token.capital or self._is_given(token) or self._is_surname(token):
            return self._begins_told(place, context)
        # Most words: nothing else makes a name of one.
        return self._heads(place)

    def _begins_told(self, place: int, context: Context) -> bool:
        """Of a word that is listed, has a capital letter, or is announced as a name."""
        token = self.tokens[place]
        if self._is_given(token) and self._is_sure(token):
            return not self._is_product_here(place)
        if context is Context.STRONG:
            return self._may_be_called(token)
        if context in (Context.WEAK, Context.TITLE) and self._fits_weakly(place, context):
            return True
        if context is Context.LINKED and self._fits_linked(token):
            return True
        if context is Context.GREETED and self._unknown_capital(place):
            return True
        if self._is_given(token) and (
            self._with_surname(place) or self._inside_alone(place) or self._is_of_two(place)
        ):
            return True
        if self._is_surname(token) and self._inside(place) and not self._after_place_word(place):
            return self._is_sure(token) or self._before_given(place)
        if self._before_given(place) and (self._is_surname(token) or self._inside(place)):
            return True
        return self._unknown_pair(place) or self._presents(place) or self._heads(place)

    def _may_be_called(self, token: Token) -> bool:
        if self._is_given(token) or self._is_surname(token):
            return token.capital or not self.cased or token.lower not in self.lists.ordinary
        if token.capital and not token.first and len(token.lower) > 2:
            return True
        return token.lower not in self.lists.ordinary and len(token.lower) > 1

    def _fits_weakly(self, place: int, context: Context) -> bool:
        token = self.tokens[place]
        if token.capital:
            if self._is_given(token) or self._is_surname(token):
                return True
            short = len(token.lower) < 4 and self.text[token.start : token.end].isupper()
            return not self._is_other(token) and not short
        if context is Context.TITLE:
            return self._is_surname(token) or self._is_given(token)
        if self.tokens[place - 1].lower in ("cognome", "surname") and not self.cased:
            return not self._is_other(token) and len(token.lower) > 2
        return self._is_given(token) and self._introduces(place)

    def _introduces(self, place: int) -> bool:
        """ "ciao sono chiara, …": begins the message and stands by itself."""
        token = self.tokens[place]
        if self.tokens[place - 1].lower not in INTRODUCES:
            return False
        if not all(one.lower in OPENINGS for one in self.tokens[: max(0, place - 2)]):
            return False
        if token.lower not in MOODS and token.lower not in self.lists.ordinary:
            return True
        following = self._next(place)
        return bool(_STANDS_ALONE.match(self.text, token.end)) or (
            following is not None and self._is_surname(following) and following.lower not in VERBS
        )

    def _fits_linked(self, token: Token) -> bool:
        known = self._is_given(token) or self._is_surname(token)
        return token.capital and known and not self._is_other(token)

    def _inside_alone(self, place: int) -> bool:
        """An ambiguous given name with a capital inside a sentence, no colour and no month."""
        if not self._inside(place) or self._is_product_here(place):
            return False
        token = self.tokens[place]
        if token.lower in self.lists.places or token.lower in self.lists.products:
            return False
        if token.lower in TIMES:
            return False
        before = self.tokens[place - 1].lower if place else ""
        digits = bool(re.search(r"\d\W*$", token.gap)) or bool(
            re.match(r"\W{0,2}\d", self.text[token.end : token.end + 3])
        )
        return before not in COLOUR_BEFORE and not digits and not self._is_quoted(token)

    def _is_of_two(self, place: int) -> bool:
        """ "Tosca e Ettore": beside another given name, both with capitals."""
        token = self.tokens[place]
        if not token.capital or place + 2 >= len(self.tokens):
            return False
        between, other = self.tokens[place + 1].lower, self.tokens[place + 2]
        if between not in ("e", "ed", "and", "o", "or") or not other.capital:
            return False
        return self._is_given(other) and self._is_sure(other)

    def _with_surname(self, place: int) -> bool:
        """Whether a surname (or an initial, a particle and one) follows."""
        token, following = self.tokens[place], self._next(place)
        if following is None or not self._is_given(token):
            return False
        if following.lower in PARTICLES and following.lower not in ("di", "del", "da", "o", "la"):
            after = self._next(place + 1)
            return after is not None and self._same_case(token, after) and self._is_surname(after)
        if not self._same_case(token, following):
            return False
        if self._is_surname(following):
            both = self._is_sure(following) or (token.capital and following.capital)
            return both and following.lower not in VERBS | self.lists.products
        return token.capital and following.initial and following.lower != "i"

    def _before_given(self, place: int) -> bool:
        """ "Ferraris Giulia": a sure given name follows in the same spelling."""
        token, following = self.tokens[place], self._next(place)
        if following is None or not self._is_given(following) or not self._is_sure(following):
            return False
        if self._is_other(token) and not self._is_surname(token):
            return False
        return self._same_case(token, following) and (
            token.capital or (self._is_surname(token) and self._is_sure(token))
        )

    def _unknown_pair(self, place: int) -> bool:
        """Two words with capitals that nothing else explains."""
        token, following = self.tokens[place], self._next(place)
        if following is None or not (token.capital and following.capital):
            return False
        if self._after_place_word(place) or self._is_quoted(token):
            return False
        if token.first and self.text[token.start : following.end].isupper():
            return False
        first = self._unknown_capital(place) or self._is_given(token)
        return first and len(token.lower) > 1 and self._unknown_capital(place + 1)

    def _heads(self, place: int) -> bool:
        """ "POSTLETHWAITE ELDA": an unknown word opens the message, a sure given name follows."""
        if place:
            return False
        token, following = self.tokens[place], self._next(place)
        return (
            following is not None
            and self._is_given(following)
            and self._is_sure(following)
            and not self._is_other(token)
            and self.text[: token.end].isupper()
            and len(token.lower) > 3
        )

    def _presents(self, place: int) -> bool:
        """ "Nkechi here", "Shaz from Bradford", "Mark in support": a person begins the message."""
        token = self.tokens[place]
        if not (token.first and token.capital) or len(token.lower) < 3:
            return False
        known = self._is_given(token)
        if not (known or self._unknown_capital(place)) or token.lower in self.lists.company:
            return False
        rest = self.text[token.end : token.end + 40]
        return bool(_PERSON_DOES.match(rest)) or (known and bool(_NAMED_DOES.match(rest)))

    def _signs(self, place: int) -> bool:
        """Whether these are the last words, behind a sign-off or on a line of their own."""
        token = self.tokens[place]
        if len(self.tokens) - place > 4 or len(token.lower) < 2:
            return False
        alone = "\n" in token.gap and place > 0
        if not (alone or is_sign_off(self.tokens, place)):
            return False
        if re.search(r"[?\d]", self.text[token.start :]):
            return False
        rest = self.tokens[place:]
        for word in rest:
            known = self._is_given(word) or self._is_surname(word)
            if word.lower in ("x", "xx", "xxx") or word.initial or word.lower in PARTICLES:
                continue
            if word.lower in self.lists.company:
                return False
            if word.capital:
                if word.lower in self.lists.ordinary and not known:
                    return False
            elif not (known and self._is_sure(word)) and not (
                alone and word.lower not in self.lists.ordinary and len(word.lower) > 2
            ):
                return False
        return True
