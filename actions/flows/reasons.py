"""Why something goes back, in the customer's words; the bridge knows these six reasons."""

from __future__ import annotations

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
        non mi (?:sta|stanno|entra|va|vanno)~
        misur[ae]
        sizes?
        too (?:big|small|large|tight|loose|long|short|wide)
        (?:doesn't|does not|don't|didn't|won't) fit
        """
    ),
    "not_as_expected": phrases(
        """
        non (?:mi )?(?:convinc|piac|è come|era come|sono come|è quello che)~
        (?:divers|meno bell|più scur|più chiar|più sottil|più ruvid)[oaie]?
        punge
        pizzica
        ruvid[oaie]
        colore (?:\\S+ )?(?:divers|non)~
        delus[oaie]
        me l'aspettavo
        (?:don't|do not|didn't|did not) (?:like|love|suit)
        not (?:what|as|quite what) I (?:expected|thought|imagined)
        (?:itch|scratch)~
        (?:darker|lighter|thinner|rougher|different) (?:than|from|colour|shade)
        disappoint~
        """
    ),
    "changed_mind": phrases(
        """
        (?:cambiat[oa]|ripensat[oa]) (?:idea|ci)?
        ci ho ripensato
        non (?:mi )?serv(?:e|ono|iva)(?: più)?
        (?:avanzat|in più|di troppo|doppi)[oaie]?
        regalo (?:doppio|sbagliato)
        (?:changed|change) my mind
        (?:don't|do not|no longer|didn't) (?:need|want)~
        (?:left over|leftover|spare|too many|extra)
        second thoughts
        """
    ),
}
_WORDS_OF_A_REASON = 2


def reason_of(text: str) -> str | None:
    """The reason that the words give, or None."""
    fault = _FAULTS.get(kind_of(text) or "")
    # "The wrong size" is said of what doesn't fit as well as of our slip: the size wins.
    for reason, pattern in _REASONS.items():
        if pattern.search(text):
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
