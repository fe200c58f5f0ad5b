"""What went wrong with a delivery, read from the customer's own words."""

from __future__ import annotations

from actions.phrases import phrases, word_count

# First match wins: a parcel that arrived damaged is not one that didn't arrive.
_KINDS = {
    "damaged": phrases(
        """
        rott[oaie]
        (?:rovinat|danneggiat|strappat|bucat|macchiat|schiacciat|ammaccat|sfilacciat|tarmat)[oaie]
        (?:bagnat|fradici|apert|sporc|tagliat)[oaie]?
        sporch[ei]
        difett~
        macchi[ae]
        buc(?:o|hi)
        a pezzi
        (?:umid|puzz|muff)~
        (?:smell|mould|mold)~
        (?:broken|torn|ripped|soaked|wet|crushed|faulty|dirty|opened|frayed|smashed)
        (?:damag|stain|defect|moth)~
        holes?
        """
    ),
    "missing": phrases(
        """
        manca~
        mancant[ei]
        incomplet[oaie]
        (?:un|due|tre) (?:\\w+ )?in meno
        solo (?:un[oa]?|due|tre|metà)
        meno gomitoli
        (?:missing|incomplete)
        only (?:got|received|one|two|three|half)~
        left out
        """
    ),
    "wrong": phrases(
        """
        (?:sbagliat|errat|scambiat|invertit)[oaie]
        non (?:è|e'|sono|era) quell[oaie]
        non (?:è|e'|sono|era) (?:il|la|lo|i|le) (?:\\S+ )?(?:color|tagli|filat|misur|modell)~
        (?:un )?altr[oa] (?:colore|taglia|articolo|filato|lana|misura)
        divers[oaie]
        wrong
        different (?:colou?r|size|item|yarn|shade)
        not what i ordered
        mixed up
        someone else's
        """
    ),
    "not_arrived": phrases(
        """
        non (?:\\S+ ){0,5}(?:arrivat|ricevut|consegnat|pervenut)[oaie]
        non (?:\\S+ ){0,3}(?:arriva|vedo arrivare|visto niente|visto nulla)
        mai (?:arrivat|ricevut|consegnat)[oaie]
        (?:pers|sparit|smarrit|rubat|bloccat)[oaie]
        in ritardo
        ritard[oia]
        (?:aspetto|aspettiamo|sto aspettando)
        fermo da
        (?:has|have|did|does|do|is)(?: not|n't) (?:\\S+ ){0,5}(?:arriv|com|turn|receiv|show)~
        (?:has|have|did|does|do|is)(?: not|n't) (?:\\S+ ){0,5}(?:here|get|got|gotten)
        never (?:\\S+ ){0,3}(?:arrived|came|come|turned|received|got|delivered|showed)
        still (?:waiting|no|not|haven't|hasn't)
        (?:lost|stolen|late|delayed|stuck|vanished)
        says (?:it's |it was )?(?:been )?delivered
        no sign of
        (?:dal|al) vicino
        with a neighbour
        ma (?:io )?non (?:c'è|ce l'ho|l'ho)
        but (?:it's|it is|I have|I've) (?:not|nothing|nowhere)
        """
    ),
}


# Says that something is wrong and nothing more.
_GENERIC = phrases(
    """
    (?:problem|disguid|inconvenient|reclam)~ (?:\\S+ ){0,3}\\S*(?:consegn|ordin|pacc|spedizion)~
    (?:consegn|ordin|pacc|spedizion)~ (?:\\S+ ){0,2}(?:problem|disguid)~
    qualcosa (?:che )?non (?:va|torna)
    (?:problem|issue|trouble)s? (?:\\S+ ){0,3}(?:deliver|order|parcel|package|shipment)~
    (?:deliver|order|parcel|package|shipment)~ (?:\\S+ ){0,2}(?:problem|issue)s?
    something(?:'s| is)? (?:wrong|off)
    """
)
# A message as long as this says more than that.
_WORDS_OF_A_STORY = 12
_WORDS_OF_A_SENTENCE = 5


def tells_what_happened(text: str) -> bool:
    """Whether a first message is the story already, and not only its title."""
    words = word_count(text)
    if kind_of(text) or words >= _WORDS_OF_A_STORY:
        return True
    return words >= _WORDS_OF_A_SENTENCE and not _GENERIC.search(text)


def kind_of(text: str) -> str | None:
    """`damaged`, `missing`, `wrong`, `not_arrived`, or None when the words don't say."""
    for kind, pattern in _KINDS.items():
        if pattern.search(text):
            return kind
    return None
