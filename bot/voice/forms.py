"""Finds what addresses the customer informally: tu in Italian, contractions in English.

It holds the formal texts to their word, so it errs on the side of finding too much: a text that
means no customer by «tu» can say it otherwise. What can't be told apart by form alone (`guarda` is
«look!» and «she looks», `controlli` is «please check» and «do you check») counts where a sentence
begins, by whether it asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PRONOUNS = r"tu|te|ti|t['’]\w+|tuo|tua|tuoi|tue|ciao|eccoti"
_VERBS = """
    hai avevi avrai vuoi volevi puoi potevi devi dovevi sai fai stai vai dai dici vedi ricevi senti
    vieni tieni scrivi leggi chiedi apri scegli prendi metti rispondi attendi segui decidi ripeti
    spedisci preferisci capisci finisci togli aggiungi credi tieniti figurati ricordati assicurati
    accertati fermati sei.tu sei.stat[oa] eri
"""
# The imperatives that are also «he does it».
_AT_THE_BEGINNING = """
    guarda prova cerca aspetta controlla lascia manda passa usa racconta spiega ricorda invia
    conferma annulla riprova ricontrolla allega scusa chiama torna indica pensa
"""
# «Controlli il numero.» is formal, «Controlli il numero?» is not.
_ASKED = """
    guardi provi cerchi aspetti controlli lasci mandi passi racconti spieghi invii confermi annulli
    ricontrolli alleghi chiami indichi trovi parli
"""
# -mi and -ti behind a verb, and what ends like that without being one.
_DO_TO_ME = r"\w+(?:am|im|mm)(?:i|el[oaie]|ene)"
_NOT_TO_ME = """
    chiami richiami ultimi primi minimi massimi ottimi prossimi programmi grammi
    chilogrammi esami reclami ricami legami salami filami rami animi intimi anonimi legittimi mela
"""
_TO_YOU = r"\w+(?:[aei]rti|[aei]ndoti|rtel[oaie]|rtene)"
_NOT_TO_YOU = """
    parti arti esperti aperti certi incerti concerti offerti sofferti coperti scoperti inserti
    reparti comparti quarti sarti carti deserti
"""
_DO_IT = (
    r"(?:annulla|lascia|apri|manda|scrivi|tieni|prova|guarda|controlla|usa|chiedi|leggi|metti|passa"
    r"|invia|porta|lava)(?:l[oaie]|ne)"
)
_FUTURE = r"\w+rai"
_CONDITIONAL = r"\w+resti"
_NOT_CONDITIONAL = "foresti presti resti arresti"

_ITALIAN = re.compile(
    rf"(?<!\w)(?:{_PRONOUNS}|{'|'.join(_VERBS.split()).replace('.', ' ')}"
    rf"|{_DO_TO_ME}|{_TO_YOU}|{_DO_IT}|{_FUTURE}|{_CONDITIONAL})(?!\w)",
    re.IGNORECASE,
)
_SENTENCE = r"(?:^|[.:;!?\n»]\s*|\b(?:o|oppure|poi|allora)\s+)"
_ITALIAN_BEGINNING = re.compile(
    rf"{_SENTENCE}({'|'.join(_AT_THE_BEGINNING.split())})(?!\w)(?![^.!?]*\?)"
    rf"|{_SENTENCE}({'|'.join(_ASKED.split())})(?!\w)(?=[^.!?]*\?)",
    re.IGNORECASE,
)
_INNOCENT = frozenset(f"{_NOT_TO_ME} {_NOT_TO_YOU} {_NOT_CONDITIONAL}".split())
_ENGLISH = re.compile(
    r"\w+n['’]t\b|\w+['’](?:re|ve|ll|d|m)\b"
    r"|\b(?:it|that|this|here|there|what|where|when|who|how|let|he|she|everything|something)['’]s\b"
    r"|\b(?:hi|hiya|hey|bye|thanks|ok|okay)\b|\bsure,",
    re.IGNORECASE,
)
_BLANK = re.compile(r"{[^{}]*}")


def informal(text: str, language: str) -> list[str]:
    """The words of a text that address a customer informally, in order; [] when there are none."""
    # What is filled in isn't the text's own words.
    words = _BLANK.sub("…", text)
    if language == "it":
        return list(_italian(words))
    return [found.group().lower() for found in _ENGLISH.finditer(words)]


def _italian(text: str) -> Iterator[str]:
    for found in _ITALIAN.finditer(text):
        word = found.group().lower()
        if word not in _INNOCENT and not word.endswith("ssimi"):
            yield word
    for found in _ITALIAN_BEGINNING.finditer(text):
        yield str(found.group(1) or found.group(2)).lower()
