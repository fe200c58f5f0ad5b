"""Whether a day that is named has been or is to come: the verb that stands nearest tells."""

from __future__ import annotations

import re
from typing import Optional

_PAST_WORDS = (
    # English
    r"was|were|wasn't|weren't|had|did|didn't|been|arrived|ordered|bought|paid|sent|got|came|placed"
    r"|received|promised|wrote|rang|called|said|told|tried|shipped|dispatched|delivered|posted"
    r"|supposed|should have|should've|since|ago|opened|returned|charged|took|left|spoke|started"
    r"|refunded|wore|washed|collected|picked up|went|made|missed|happened|signed"
    # Italian; what is folded has no accents
    r"|ho|hai|abbiamo|avete|hanno|avevo|avevi|avevate|avevano|avrebbe|era|erano|doveva|dovevano"
    r"|dovevate|stat[oaie]|arrivat[oaie]|ordinat[oaie]|comprat[oaie]|pagat[oaie]|spedit[oaie]"
    r"|consegnat[oaie]|ricevut[oaie]|scritt[oaie]|fatt[oaie]|pres[oaie]|ritirat[oaie]|dett[oa]"
    r"|promess[oaie]|chiamat[oa]|lavat[oaie]|effettuat[oaie]|partit[oaie]|scadut[oaie]|ferm[oaie]"
    r"|restituit[oaie]|res[oi]|addebitat[oaie]|acquistat[oaie]|spedi|mancat[oaie]|avvenut[oa]"
    r"|aspetto|scorso|scorsa"
    # Participles as such; Saturday is none.
    r"|(?!closed|need)[a-z]{3,12}ed|(?!sabato|subito|mercato|gratuita)[a-z]{3,12}(?:[aiu]t[oa])"
)
_FUTURE_WORDS = (
    r"will|if|do you|does|'ll|won't|going to|gonna|need|needs|next|coming|can|could|may"
    r"|would like|want|wants|leaving|leave|leaves|open|opens|closed|opening|arrives"
    r"|get here|are you|are we|pick up|comes|flying|moving|away|please|starts|should|shall"
    r"|se|sono via|siamo via|sono fuori|arriver\w{1,4}|verr\w{1,4}|sara|saranno|saro|saremo"
    r"|parto|parte|partiamo|partono|passo"
    r"|passiamo|vengo|viene|veniamo|vado|andiamo|serve|servono|servirebbe|posso|possiamo|potete"
    r"|potreste|potrei|puo|vorrei|vorremmo|devo|dobbiamo|dovete|aprite|apert[oaie]|chius[oaie]"
    r"|chiudete|consegnate|consegner\w{1,4}|consegnano|arriva|arrivano|riuscite|riesce"
    r"|prossim[oaie]|spedite|dovrebbe\w{0,2}|compie|sposo|sposa|scade|scadono|mi serve|farete"
    r"|avremo"
    r"|avro|trovo|ci sara|inizia|comincia|fino a|passate|richiamat\w{1,3}|aspettate"
)
_VERB = re.compile(rf"(?<![\w'])(?:(?P<past>{_PAST_WORDS})|(?P<future>{_FUTURE_WORDS}))(?!\w)")
_LEFT_TO_COME = re.compile(
    r"(?:\bentro|\bby|\buntil|\btill|\bprima di|\bbefore)[ ]"
    r"(?:il |the |l'|giorno |e non oltre ){0,3}$"
)
_WAS_TO_COME = re.compile(
    r"\b(?:doveva\w{0,2}|serviva\w{0,2}|promess\w|supposed|promised|needed|meant|was|were"
    r"|avev\w{1,4}|garantit\w|dett[oa]|scritto|wrote|told|said)\b"
)
# What is named by its day has happened, whatever is wanted of it: "my order of the 3rd".
_DATED = re.compile(
    r"\b(?:ordin[ei]|orders?|acquisto|purchase|scontrino|receipt|fattura|invoice|bonifico|pagamento"
    r"|payment|mail|email|messaggio|message)[ ](?:\S{1,12}[ ])?(?:fatto |of |from |dated )?"
    r"(?:del|dell'|di|of|from|dated)[ ]?(?:il |the )?(?:giorno )?$"
)
_SINCE_THEN = re.compile(r"[ ]che\b")
_STOP = re.compile(r"[.!?;\n](?:\s|$)")
_REACH = 90


def of(folded: str, start: int, end: int) -> Optional[str]:
    """`past`, `future` or None, for what stands from `start` to `end` of a folded text.

    The last verb before it in its sentence decides, or else the first one after it.
    """
    before = folded[max(0, start - _REACH) : start]
    stops = list(_STOP.finditer(before))
    before = before[stops[-1].end() :] if stops else before
    if _DATED.search(before) or (before.endswith("da ") and _SINCE_THEN.match(folded, end)):
        return "past"
    if _LEFT_TO_COME.search(before) and not _WAS_TO_COME.search(before):
        return "future"
    found = list(_VERB.finditer(before))
    if found:
        return found[-1].lastgroup
    after = folded[end : end + _REACH]
    stop = _STOP.search(after)
    first = _VERB.search(after[: stop.start()] if stop else after)
    return first.lastgroup if first else None
