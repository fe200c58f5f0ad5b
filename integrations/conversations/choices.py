"""Understands a typed answer to a question that the gateway itself asked.

A choice is recognised only when it is all that the message says: a question, a story or anything
that could mean two things is None, because it must reach the person (or the bot) as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from rapidfuzz.distance import OSA

LONGEST_CHOICE = 60
"""Characters; whoever writes more is telling something."""

PHRASES: Mapping[str, tuple[str, ...]] = {
    "wait": (
        "aspetto", "aspetta", "aspettare", "aspettiamo", "aspetto qui", "aspetto una persona",
        "aspetto un operatore", "aspetto l operatore", "aspetto che mi risponda", "aspetto in chat",
        "posso aspettare", "attendo", "attendere", "attendo qui", "attendo in linea", "in attesa",
        "attesa", "resto in attesa", "rimango in attesa", "sono in attesa", "resto in linea",
        "resto qui", "rimango qui", "sto qui", "non c e fretta aspetto", "aspetto non ho fretta",
        "aspetto volentieri", "aspetto pure", "aspettero", "mi metto in attesa",
        "wait", "waiting", "wait here", "wait for a person", "wait for someone",
        "wait for an agent", "wait for the agent", "wait for a human", "i ll wait", "ill wait",
        "i will wait", "i can wait", "i m waiting", "im waiting", "i am waiting", "ll wait here",
        "i ll wait here", "i ll stay here", "hold", "hold on", "i ll hold", "i don t mind waiting",
        "happy to wait", "stay", "stay here", "wiat", "weit", "in the queue", "stay in the queue",
    ),
    "leave_message": (
        "lascio un messaggio", "lascia un messaggio", "lascia messaggio", "lascio messaggio",
        "lasciare un messaggio", "lasciare messaggio", "messaggio", "un messaggio",
        "lascio un msg", "msg", "scrivo un messaggio", "scrivere un messaggio", "vi scrivo",
        "vi lascio un messaggio", "ti lascio un messaggio", "lascio scritto", "lascio detto",
        "rispondetemi dopo", "rispondetemi piu tardi", "rispondete dopo", "ricontattatemi",
        "ricontattami", "fatemi sapere", "richiamatemi", "scrivetemi dopo", "scrivetemi",
        "leave a message", "leave message", "leave a msg", "leave msg", "message", "a message",
        "ll leave a message", "i ll leave a message", "leaving a message", "write a message",
        "send a message", "leave a note", "leave you a message", "contact me later",
        "get back to me", "get back to me later", "answer me later", "reply later",
        "let me know", "call me back",
    ),
    "back_to_bot": (
        "torno al bot", "torna al bot", "tornare al bot", "torniamo al bot", "bot", "al bot",
        "il bot", "con il bot", "col bot", "continuo con il bot", "continuo col bot",
        "continua con il bot", "continuare con il bot", "vado avanti con il bot",
        "vado avanti col bot", "resto con il bot", "parlo con il bot", "parlare con il bot",
        "parlo col bot", "va bene il bot", "mi va bene il bot", "preferisco il bot",
        "continuo con te", "continuare con te", "continuiamo", "continuiamo noi", "continua tu",
        "continuo", "vado avanti con te", "andare avanti con te", "andiamo avanti",
        "andiamo avanti noi", "andiamo avanti insieme", "vai avanti tu", "rispondi tu",
        "con te", "parlo con te", "faccio con te", "indietro", "torna indietro", "torno indietro",
        "annulla", "lascia stare", "lasciamo stare", "lascia perdere", "non serve piu",
        "non mi serve piu", "non serve piu una persona", "non serve una persona",
        "back to the bot", "back to bot", "go back to the bot", "return to the bot", "the bot",
        "with the bot", "continue with the bot", "carry on with the bot", "keep the bot",
        "go on with the bot", "stay with the bot", "talk to the bot", "chat with the bot",
        "the bot is fine", "continue with you", "carry on with you", "go on with you", "with you",
        "carry on", "continue", "go back", "back", "you go on", "you continue", "cancel",
        "never mind", "nevermind", "forget it", "no need for a person", "i don t need a person",
    ),
    "repeat": (
        "ripeti", "ripetila", "ripeti la risposta", "ripetere", "rimanda", "rimandala",
        "non e arrivata", "non mi e arrivata", "non arrivata", "non la vedo", "non l ho ricevuta",
        "repeat", "repeat it", "repeat the answer", "again", "send it again", "resend",
        "it didn t arrive", "i didn t get it", "i can t see it",
    ),
    "arrived": (
        "arrivata", "e arrivata", "mi e arrivata", "si arrivata", "l ho vista", "l ho ricevuta",
        "ricevuta", "vista", "la vedo",
        "it arrived", "arrived", "i got it", "got it", "i see it", "i have it", "received",
    ),
}  # fmt: skip
"""How people say each option, as `plain` writes it. Options without phrases: numbers only."""

_POLITE_WORDS = """
    ok okay okey oki si certo bene benissimo perfetto grazie mille prego cortesemente favore per
    piacere allora beh dai ecco direi penso credo che preferisco preferirei vorrei voglio scelgo
    sceglierei meglio pure ciao buongiorno salve io di va
    yes yeah yep sure fine thanks thank you please well so then just rather prefer i d id like
    want to choose pick hi hello think guess all right alright would let me lets let s
"""
_POLITE = frozenset(_POLITE_WORDS.split())
"""Words that can stand around a choice without changing it."""

_NUMBERS: Mapping[str, int] = {
    "1": 1, "uno": 1, "primo": 1, "prima": 1, "one": 1, "first": 1, "1st": 1,
    "1a": 1, "1o": 1,
    "2": 2, "due": 2, "secondo": 2, "seconda": 2, "two": 2, "second": 2, "2nd": 2, "2a": 2,
    "2o": 2,
    "3": 3, "tre": 3, "terzo": 3, "terza": 3, "three": 3, "third": 3, "3rd": 3, "3a": 3, "3o": 3,
    "4": 4, "quattro": 4, "quarto": 4, "quarta": 4, "four": 4, "fourth": 4,
    "5": 5, "cinque": 5, "quinto": 5, "quinta": 5, "five": 5, "fifth": 5,
}  # fmt: skip
# Higher ones in figures alone: «sei» is a verb too.
_NUMBERS_TO_NINE = {**_NUMBERS, **{figure: int(figure) for figure in "6789"}}
_AROUND_NUMBER_WORDS = """
    il la lo l the numero number num n nr opzione option scelta choice risposta answer voto mark
    one a
"""
_AROUND_NUMBER = frozenset(_AROUND_NUMBER_WORDS.split())
_DIGITS = frozenset("12345")
_NEEDS_ARTICLE = frozenset({"prima", "second"})
"""Alone these mean something else too: before, a moment."""


def read_choice(text: str, options: Sequence[str]) -> str | None:
    """Which option a typed message picks: its number in the list, or its words in either language.

    `options` are names in the order they were shown, such as wait, leave_message, back_to_bot.
    None when unsure.
    """
    if len(text) > LONGEST_CHOICE or "?" in text or "？" in text:
        return None
    words = plain(text).split()
    number = _number(_without(words, _POLITE))
    if number is not None:
        return options[number - 1] if number <= len(options) else None
    numbered = options[int(words[0]) - 1 :][:1] if words and words[0] in _DIGITS else None
    found = {
        option
        for said in _readings(words if numbered is None else words[1:])
        for option in options
        if _says(said, _phrases(option))
    }
    if len(found) != 1 or (numbered is not None and found != set(numbered)):
        return None
    return found.pop()


def read_number(text: str, count: int) -> int | None:
    """Which of `count` things in a list a message names and says nothing else: 2, «la seconda»,
    «the first one», «option 2». None for anything that isn't sure."""
    if len(text) > LONGEST_CHOICE or "?" in text or "？" in text or _OTHER_FIGURES.search(text):
        return None
    number = _number(_without(plain(text).split(), _POLITE), _NUMBERS_TO_NINE)
    return number if number is not None and number <= count else None


def _readings(words: list[str], fillers: frozenset[str] = _POLITE) -> Iterator[str]:
    """The message as it is, and without more and more of the politeness around it."""
    polite = [word in fillers for word in words]
    for start in range(len(words)):
        if not all(polite[:start]):
            return
        for end in range(len(words), start, -1):
            if not all(polite[end:]):
                break
            yield " ".join(words[start:end])


@cache
def _phrases(option: str) -> frozenset[str]:
    return frozenset(PHRASES.get(option, ()))


def _says(said: str, phrases: frozenset[str]) -> bool:
    if said in phrases:
        return True
    slips = _slips_allowed(said)
    if slips == 0 or _NEGATION.search(said):
        return False
    return any(
        len(phrase) > 4 and OSA.distance(said, phrase, score_cutoff=slips) <= slips
        for phrase in phrases
    )


_NEGATION = re.compile(
    r"\b(?:non|no|not|never|mai|don|won|can|didn|isn|senza|without|(?:do|wo|ca|did|is)nt|cant)\b"
)


def _slips_allowed(said: str) -> int:
    """Wrong, missing, extra or swapped letters that still leave the words recognisable."""
    return 0 if len(said) < 5 else 1 if len(said) < 9 else 2 if len(said) < 18 else 3


def _number(words: list[str], known: Mapping[str, int] = _NUMBERS) -> int | None:
    """The number when the message is nothing else: 2, «la seconda», «option two»."""
    if not words or len(words) > 4:
        return None
    numbers = [index for index, word in enumerate(words) if word in known]
    if len(numbers) > 1 and words[-1] == "one":
        numbers = numbers[:1]
    if len(numbers) != 1:
        return None
    word = words[numbers[0]]
    others = [other for index, other in enumerate(words) if index != numbers[0]]
    if any(other not in _AROUND_NUMBER for other in others):
        return None
    if word in _NEEDS_ARTICLE and not others:
        return None
    return known[word]


def _without(words: list[str], fillers: frozenset[str]) -> list[str]:
    return [word for word in words if word not in fillers]


def plain(text: str) -> str:
    """Lower case, no accents, only letters and digits with single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.replace("º", "o ").replace("ª", "a "))
    kept = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return " ".join(_WORD.findall(kept))


_WORD = re.compile(r"[a-z0-9]+")


# --- marks from 1 to 5 -------------------------------------------------------------------------

_MARK_WORDS: Mapping[int, tuple[str, ...]] = {
    1: (
        "pessimo", "pessima", "pessimi", "malissimo", "terribile", "orribile", "disastro",
        "un disastro", "vergognoso", "vergogna", "schifo", "uno schifo", "che schifo",
        "terrible", "awful", "horrible", "very bad", "worst", "the worst", "useless", "disaster",
        "disgusting", "very poor", "una stella", "un punto", "one star",
    ),
    2: (
        "male", "scarso", "scarsa", "insufficiente", "non bene", "non buono", "poco bene",
        "deludente", "non mi e piaciuto", "bad", "poor", "not good", "not great",
        "not very good", "disappointing", "badly",
    ),
    3: (
        "cosi cosi", "sufficiente", "discreto", "discreta", "medio", "nella media", "normale",
        "so so", "average", "meh", "mediocre", "fair", "not bad not good", "in between",
    ),
    4: (
        "bene", "buono", "buona", "molto buono", "niente male", "piu che bene", "good", "well",
        "pretty good", "quite good", "not bad", "nice", "tutto bene", "all good",
    ),
    5: (
        "benissimo", "molto bene", "ottimo", "ottima", "ottimi", "eccellente", "perfetto",
        "perfetta", "fantastico", "fantastica", "bravissimi", "bravissima", "bravissimo",
        "eccezionale", "magnifico", "super", "top", "il massimo", "meglio di cosi non si puo",
        "tutto perfetto", "tutto ok benissimo", "excellent", "perfect", "great", "very good",
        "very well", "amazing", "awesome", "fantastic", "wonderful", "brilliant", "superb",
        "outstanding", "the best", "best", "love it", "couldn t be better",
    ),
}  # fmt: skip
_MARKS_BY_WORD = {word: mark for mark, words in _MARK_WORDS.items() for word in words}
_FACES: Mapping[str, int] = {
    **dict.fromkeys("😀😃😄😁😍🤩🥰😊❤💯👏🎉", 5),
    **dict.fromkeys("🙂👍😌", 4),
    **dict.fromkeys("😐😑😶", 3),
    **dict.fromkeys("🙁😕☹😟", 2),
    **dict.fromkeys("😞😡😠🤬😤👎😢😭", 1),
}
_STARS = "⭐★🌟"
_OUT_OF_FIVE = re.compile(r"\b(\d)\s*(?:/|su|di|out of|of)\s*5\b", re.IGNORECASE)
_OTHER_FIGURES = re.compile(r"\d\s*[/.,:]\s*\d|-\s*\d|\d\s*[%€$£]")
_AROUND_MARK_WORDS = """
    stella stelle star stars punti points point voto do vi ti give un it you darei rating score my
    mark
"""
_AROUND_MARK = frozenset(_AROUND_MARK_WORDS.split())


def read_rating(text: str) -> int | None:
    """A mark from 1 to 5: a number, stars, a face or a word; None for anything else.

    «4 su 5», «5 stelle», ⭐⭐⭐⭐, «ottimo», 🙂. A mark on another scale (8/10) is None.
    """
    if len(text) > LONGEST_CHOICE or "?" in text:
        return None
    symbols = _symbols(text)
    words = plain(text).split()
    if not words:
        return symbols
    said = _mark_in_words(text)
    contradicts = said is not None and symbols is not None and abs(said - symbols) > 1
    return None if contradicts else said


def _symbols(text: str) -> int | None:
    """The mark that stars or faces give; None without them, or when faces disagree."""
    stars = sum(text.count(star) for star in _STARS)
    if re.fullmatch(r"\s*\*{1,5}\s*", text):
        stars = text.count("*")
    faces = {mark for face, mark in _FACES.items() if face in text}
    if stars and not faces:
        return stars if stars <= 5 else None
    return faces.pop() if len(faces) == 1 and not stars else None


def _mark_in_words(text: str) -> int | None:
    text = _OUT_OF_FIVE.sub(r"\1", text)
    if _OTHER_FIGURES.search(text):
        return None
    words = plain(text).split()
    # «Va bene» is an acknowledgement; «bene» is a mark.
    for said in _readings(words, _POLITE - {"va"}):
        if said in _MARKS_BY_WORD:
            return _MARKS_BY_WORD[said]
    return _number(_without(words, _POLITE | _AROUND_MARK))
