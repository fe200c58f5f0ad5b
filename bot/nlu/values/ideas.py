"""Numbers of customers' ideas: "idea 12", "voto la 12", "my vote goes to number 7"."""

from __future__ import annotations

import re
from typing import List

from bot.nlu.values.found import Found

IDEA = "idea_number"

_NUMBER = r"(?P<number>[1-9]\d{0,3})"
# No number of an idea: a count, a price, a time, a share.
_END = (
    r"(?![\w%€£$°/]|[.,:-]\d|-\w"
    r"|[ ](?:giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|or[ae]|minut[oi]|days?|weeks?|months?"
    r"|years?|hours?"
    r"|minutes?|volte|times|colori|colours?|gomitol[oi]|matass[ae]|balls?|skeins?|pezzi|punti"
    r"|points"
    r"|stelle|stars|euro|eur|pounds|grammi|g|kg|mm|cm|metri|cose|things|maglioni|capi|ferri|fa|ago"
    r"|per cento|percent|e lode|people|persone|of|mila)\b)"
)
_MARK = r"(?:(?:numero|number|num|nr|no|n)\b[ ]?[.°:]{0,2}[ ]?|#[ ]?|n°[ ]?)"
_NAMED = re.compile(
    r"(?<!\bun')(?<!\bun' )(?<!\ban )(?<!\bnuova )(?<!\bnew )"
    r"\b(?:ide[ae]|ideas?|propost[ae]|proposals?|suggestions?|suggeriment[oi])[ ]"
    rf"(?:la |il )?{_MARK}?{_NUMBER}{_END}"
)
# "Idee 3 e 5", "from 3 to 5".
_ANOTHER = re.compile(
    rf"(?:[ ]?(?:,|e|and|&|alla|to|to number|oppure|or)[ ](?:la |alla )?){_MARK}?{_NUMBER}{_END}"
)
_VOTES = re.compile(
    r"(?:\b(?:vot[oiae]|votare|votato|votiamo|votano|votes?|voted|voting|upvot\w{1,3}|preferenza"
    r"|sosteg\w{1,3}|sosten\w{1,4}|appogg\w{1,4}|favore(?:vole|voli)?|support\w{0,3}|seconding"
    r"|(?:fully|all|totally|right) behind|sign me(?: up)?|put me down|count me in|pollice)\b|👍|❤)"
)
_ABOUT_IDEAS = re.compile(r"\b(?:ide[ae]|ideas?|propost[ae]|suggestions?|suggeriment[oi])\b")
_REFERRED = re.compile(
    rf"(?:\b(?:la|alla|dalla|della|per la|sulla|all'|il|al|for|to|contro la|under|behind)[ ])?"
    rf"(?<![\w.,/€£$-]){_MARK}{_NUMBER}{_END}"
    rf"|\b(?:la|alla|dalla|per la|sulla|contro la|(?:vote[ds]?|voting|votes go"
    rf"|vote goes) (?:for|to))"
    rf"[ ](?P<bare>[1-9]\d{{0,3}}){_END}"
)
_NEAR = 60
_SENTENCE_END = re.compile(r"[.!?\n](?=\s|$)")


def find(folded: str) -> List[Found]:
    """Numbers of ideas as they are written, `12`; none where nobody speaks of ideas or votes."""
    found = [_found(match, "number") for match in _NAMED.finditer(folded)]
    if _VOTES.search(folded) or _ABOUT_IDEAS.search(folded):
        for match in _REFERRED.finditer(folded):
            item = _found(match, "number" if match["number"] else "bare")
            if _beside_vote(folded, item) and not any(_meet(item, other) for other in found):
                found.append(item)
    for item in list(found):
        more = _ANOTHER.match(folded, item.end)
        if more and not any(_meet(_found(more, "number"), other) for other in found):
            found.append(_found(more, "number"))
    return sorted(found, key=lambda item: item.start)


def _found(match: re.Match[str], group: str) -> Found:
    return Found(IDEA, match[group], match.start(group), match.end(group))


def _meet(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def _beside_vote(folded: str, item: Found) -> bool:
    """Whether a vote or an idea is spoken of in the same sentence, nearby."""
    before = _SENTENCE_END.split(folded[max(0, item.start - _NEAR) : item.start])[-1]
    after = _SENTENCE_END.split(folded[item.end : item.end + _NEAR])[0]
    near = f"{before} {after}"
    return bool(_VOTES.search(near) or _ABOUT_IDEAS.search(near))
