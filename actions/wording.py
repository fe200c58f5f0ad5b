"""Words that decide a step of a form, where an intent would be too coarse.

They matter only while the bot has just asked something, so they may be short and plain.
"""

from __future__ import annotations

import re
import unicodedata

from actions.intents import PROBLEMS, QUESTIONS
from actions.phrases import phrases, word_count
from actions.problem_words import kind_of
from actions.turn import Turn

_LACKS_NUMBER = phrases(
    """
    non ce l'ho
    non (?:l'|lo |ne )(?:ho|so|trovo|vedo|ricordo)
    non (?:so|trovo|vedo|ricordo)(?: \\S+){0,3}
    non ho (?:\\S+ ){0,2}(?:numero|ordine|sottomano|mail|e-?mail|conferma)
    non me lo ricordo
    dove (?:lo |si |posso )?(?:trov|legg|vedo)~
    dov'è scritto
    quale numero
    l'ho pers[oa]
    (?:do|can|ca|could)(?: not|n't|nt) (?:\\S+ )?(?:have|know|find|remember|see)
    (?:haven't|have not) got
    no (?:idea|clue|number|order number)
    lost (?:it|the)
    dunno
    where (?:do|can|would|is)
    (?:what|which) number
    """
)
_WANTS_NEW_CODE = phrases(
    """
    (?:ri|re)?mand(?:a|ami|amelo|amene|ate|arlo|armelo|atemelo|i|iamo)
    rimand~
    reinvi~
    (?:un )?altro codice
    nuovo codice
    codice nuovo
    non (?:\\S+ ){0,4}(?:arriva|ricevut|pervenut|vedo|trov[ao])~
    (?:nessun|nessuna|niente) (?:codice|mail|e-?mail|posta)
    scadut[oaie]
    resend
    send (?:\\S+ ){0,3}(?:again|another|new|one|code)
    (?:new|another) (?:code|one)
    (?:did|have|has|do|does)(?: not|n't|nt) (?:\\S+ ){0,4}(?:get|got|gotten|receiv|arriv|see|come)~
    (?:no|without) (?:code|mail|e-?mail)
    never (?:got|arrived|came)
    nothing (?:came|arrived|yet)
    expired
    """
)
_NO_MAILBOX = phrases(
    """
    non (?:\\S+ ){0,3}(?:accesso|accedere|entrare)
    non (?:uso|ho|leggo) più
    (?:ho )?cambiato (?:\\S+ )?(?:mail|e-?mail|posta|indirizzo)
    (?:mail|e-?mail|posta|indirizzo) (?:vecchi[ao]|sbagliat[ao]|chius[ao])
    (?:no|don't|lost|without) (?:\\S+ ){0,3}access
    no longer (?:have|use|read)
    (?:changed|old|wrong|closed) (?:\\S+ ){0,2}(?:mail|e-?mail|address)
    """
)
_PARCEL = phrases(
    """
    (?:pacc|spedizion|gomitol|filat|maglion)~
    (?:ordine|merce|lana|corriere)
    (?:parcel|package|order|delivery|yarn|wool|courier|jumper|sweater)
    skein~
    """
)
_NAMES_CODE = phrases("codic[ei]\ncodes?")
_WANTS_TIME = phrases(
    """
    aspett(?:a|ami|i|ate)
    (?:un|1) (?:attimo|momento|minuto|secondo|sec)
    attimo
    lo cerco
    sto cercando
    (?:ora|adesso) (?:guardo|controllo|cerco)
    wait
    (?:hang|hold) on
    (?:one|a|just a|1) (?:moment|minute|min|second|sec)
    let me (?:look|check|see|find)
    looking for it
    """
)
_NAMES_ANOTHER = phrases(
    """
    altr[oi]
    (?:gli|i miei|tutti i miei) (?:altri )?ordini
    tutti gli ordini
    (?:other|another|others)
    (?:all|all of) my orders
    """
)
_GIVES_UP = phrases(
    """
    lasci(?:a|amo|o|ate)? (?:stare|perdere)
    ^lascia\\W*$
    annull(?:a|iamo|o)
    non importa
    fa (?:niente|nulla)
    non mi (?:serve|interessa) più
    basta così
    never mind
    nevermind
    forget (?:it|about it|this)
    (?:leave|drop) it
    cancel(?: it| this| that)?
    don't bother
    """
)
_HOLDS_ON = phrases(
    """
    non (?:\\S+ )?(?:lasci|annull)~
    (?:don't|do not|never|not) (?:forget|leave|drop|cancel)
    """
)
_NO_PHOTO = phrases(
    """
    non (?:\\S+ ){0,5}(?:fot|immagin|mandar|riesc|poss)~
    (?:senza|niente|nessuna) foto
    (?:più tardi|dopo|domani|stasera)
    (?:buttat|gettat)[oa]
    (?:can't|cannot|can not|don't|do not|haven't|no) (?:\\S+ ){0,5}(?:photo|pic|picture|one)s?
    (?:later|tomorrow|tonight)
    threw (?:\\S+ ){0,3}away
    """
)
_FIVE_DIGITS = re.compile(r"(?<!\d)(\d{5})(?!\d)")
# Six digits behind LA are an order number with a slip, and no try at the code.
_SIX_DIGITS = re.compile(r"(?<!\d)(?<!la)(?<!la[ -])(\d{3})[\s.\-]?(\d{3})(?!\d)", re.IGNORECASE)


def lacks_number(turn: Turn) -> bool:
    """The customer has no order number at hand, or asks where to find it."""
    return turn.entity("choice") == "no_order_number" or bool(_LACKS_NUMBER.search(turn.words))


def wants_new_code(turn: Turn) -> bool:
    """The code hasn't come, and not the parcel."""
    if turn.entity("choice") == "resend_code":
        return True
    return bool(_WANTS_NEW_CODE.search(turn.words)) and not _PARCEL.search(turn.words)


def lost_mailbox(turn: Turn) -> bool:
    """No code will ever reach the customer at that address."""
    return bool(_NO_MAILBOX.search(turn.words))


def names_code(turn: Turn) -> bool:
    """The message is about the code, whatever it says of it."""
    return bool(_NAMES_CODE.search(turn.words))


def wants_time(turn: Turn, most_words: int = 7) -> bool:
    """The customer is looking for what was asked; a longer message says something else too."""
    if turn.entity("order_number"):
        # Whoever says "wait" and names it has found it.
        return False
    return bool(_WANTS_TIME.search(turn.words)) and word_count(turn.words) <= most_words


def names_another(turn: Turn) -> bool:
    """An order other than the one spoken of, or all of them."""
    return bool(_NAMES_ANOTHER.search(turn.words))


def gives_up(turn: Turn) -> bool:
    """The customer drops the matter."""
    if turn.entity("choice") == "give_up":
        return True
    if turn.drops:
        # "Never mind, found it: LA-20398" answers, "never mind, it came torn" tells a new story.
        told = turn.intent in PROBLEMS and kind_of(turn.words)
        return not turn.entity("order_number") and not told
    if "?" in turn.words and turn.intent in QUESTIONS:
        return False
    # Who says "cancel my order" hasn't given up: an order is to be cancelled.
    short = word_count(turn.words) <= 6 and not _PARCEL.search(turn.words)
    return short and bool(_GIVES_UP.search(turn.words)) and not _HOLDS_ON.search(turn.words)


def has_no_photo(turn: Turn) -> bool:
    """The customer can't or won't send a photo now."""
    return bool(_NO_PHOTO.search(turn.words))


def order_number(turn: Turn, *, expected: bool) -> str | None:
    """The order number of this message; five bare digits count where one was asked for."""
    number = turn.entity("order_number")
    if number or not expected:
        return number
    numbers = [f"LA-{_plain(digits)}" for digits in _FIVE_DIGITS.findall(turn.words)]
    meant = [found for found in numbers if found not in turn.taken_back("order_number")]
    return meant[-1] if meant else None


def code(turn: Turn) -> str | None:
    """The six digits of a one-time code, without spaces."""
    found = turn.entity("code")
    if found:
        return found
    digits = _SIX_DIGITS.search(turn.words)
    return _plain("".join(digits.groups())) if digits else None


def _plain(digits: str) -> str:
    """The digits of any script (some keyboards write them wide) as 0 to 9."""
    return "".join(str(unicodedata.digit(character)) for character in digits)
