"""Why something goes back, in the customer's words; the bridge knows these six reasons."""

from __future__ import annotations

import re

from actions.phrases import phrases, word_count
from actions.problem_words import kind_of
from actions.turn import Turn

OURS = frozenset({"damaged", "wrong_item"})
_FAULTS = {"damaged": "damaged", "wrong": "wrong_item"}
_REASONS = {
    "size": phrases(
        """
        tagli[ae]
        (?:troppo|un po'|mi (?:va|sta|vanno|stanno)) (?:grand|piccol|larg|strett|lung|cort)~
        (?:mi|gli|le) (?:sta|stanno|va|vanno) (?:\\S+ )?(?:grand|piccol|larg|strett|lung|cort|mal)~
        non (?:mi|gli|le) (?:sta|stanno|entra|entrano|va|vanno)~
        (?:enorme|enormi|minuscol[oaie])
        misur[ae]
        sizes?
        (?:too|bit|rather|very) (?:big|small|large|tight|loose|long|short|wide|baggy)
        (?:doesn't|does not|don't|didn't|won't) fit
        (?:huge|tiny)
        """
    ),
    "not_as_expected": phrases(
        """
        non (?:mi )?(?:convinc|piac|è come|era come|sono come|è quello che|dona)~
        (?:diversi?|meno bell|più scur|più chiar|più sottil|più ruvid)[oaie]?
        punge
        pizzica
        ruvid[oaie]
        colore (?:\\S+ )?(?:divers|non)~
        delus[oaie]
        me l'aspettavo
        (?:don't|do not|didn't|did not|doesn't) (?:\\S+ )?(?:like|love|suit)~
        not (?:what|as|quite what) I (?:expected|thought|imagined)
        (?:itch|scratch)~
        (?:darker|lighter|thinner|rougher|different) (?:than|from|colour|shade)
        disappoint~
        """
    ),
    "changed_mind": phrases(
        """
        cambiat[oa] idea
        ci ho ripensato
        ripensamento
        non (?:mi |ci )?serv(?:e|ono|iva|ivano)(?: più)?
        non (?:l[oai] |l')?(?:voglio|vogliamo) più
        (?:avanzat|in più|di troppo|doppi)[oaie]?
        regalo (?:doppio|sbagliato)
        (?:changed|change) my mind
        (?:don't|do not|no longer|didn't) (?:need|want)~
        (?:left over|leftover|spare|too many|too much|extra)
        second thoughts
        """
    ),
}
# Our slip, whatever it was about: "you sent the wrong size" is not "I chose the wrong size".
_WE_DID_IT = phrases(
    """
    (?:mi )?avete (?:\\S+ )?(?:mandat|spedit|inviat|sbagliat)[oaie]
    (?:ho ricevuto|è arrivat[oa]) (?:un[oa]?|il|la|le|i) (?:\\S+ )?(?:altr|sbagliat|divers)~
    (?:divers[oaie] da|non è) quell[oaie] (?:che ho )?ordinat[oaie]
    you(?:'ve| have)? (?:\\S+ )?(?:sent|shipped|got it wrong)
    (?:not what|different from what|isn't what) I ordered
    (?:received|got|came with) (?:the|a) wrong
    """
)
# Never opened, not worn: that it is as new.
_AS_NEW = re.compile(
    r"(?:\b(?:mai|non|ancora|never|not)|n['’]t)\s+(?:\S+\s+){0,2}"
    r"(?:apert|tagliat|usat|lavat|mess|indossat|opened|open|cut|worn|washed|used)\w*",
    re.IGNORECASE,
)
_WORDS_OF_A_REASON = 2


def reason_of(text: str) -> str | None:
    """The reason that the words give, or None."""
    said = _AS_NEW.sub(" ", text)
    fault = _FAULTS.get(kind_of(said) or "")
    if fault == "damaged":
        return fault
    if _WE_DID_IT.search(said):
        return "wrong_item"
    # "The wrong size" is said of what doesn't fit as well as of our slip: the size wins.
    for reason, pattern in _REASONS.items():
        if pattern.search(said):
            return reason
    return fault


def heard(turn: Turn) -> str | None:
    """The reason in an answer to "why?": any few words are one, if only `other`."""
    tapped = turn.entity("reason")
    if tapped:
        return tapped
    reason = reason_of(turn.words)
    if reason or word_count(turn.words) < _WORDS_OF_A_REASON or "?" in turn.words:
        return reason
    return "other"
