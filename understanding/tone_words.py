"""Words that say something of a message's tone, as beginnings of words without accents.

Only hints for the model: what they weigh is learnt from data/tone. "ottim" stands for ottimo,
ottima, ottimamente; a word ending in "$" must match whole.
"""

from __future__ import annotations

import re
from typing import Final


def _pattern(*lines: str) -> re.Pattern[str]:
    words = sorted({word for line in lines for word in line.split()}, key=len, reverse=True)
    starts = "|".join(
        re.escape(word[:-1]) + r"\b" if word.endswith("$") else re.escape(word) for word in words
    )
    return re.compile(rf"\b(?:{starts})")


POSITIVE: Final = _pattern(
    "ottim bravi bravo$ brava$ bravissim brave$ bello$ bella$ belli$ belle$ bellissim bel$ stupend",
    "meraviglios fantastic perfett splendid eccellent eccezional complimenti$ congratul gentil",
    "cortes content felic soddisfatt ador amo$ apprezz impeccabil velocissim rapidissim puntual",
    "morbid consigliat comod utilissim top$ super$ mitic grand genial simpatic magnific favol",
    "piacevol piaciut piace$ spettacol sollievo evviva chapeau promoss affidabil professional",
    "superb great good$ nice lovel beautiful gorgeous stunning excellen amazing awesome brilliant",
    "wonderful fantast marvel delight happy pleased impress kind$ friendly helpful love$ loved$",
    "loving enjoy best$ congrat kudos fabulous outstanding terrific thrilled chuffed legend",
    "well$ soft$ comfy appreciat recommend relief satisf star$ treat$ quick fast$ smooth classy",
    "genius bravo convenient professional efficien",
)
NEGATIVE: Final = _pattern(
    "problem difett rott sbagliat errat ritard mancant manca$ mancava perso$ persa$ persi$ perdut",
    "smarrit danneggiat rovinat delus delud deludent pessim brutt schif vergogn scandal assurd",
    "inaccettabil inutil truff ladr impossibil bloccat guast sporc macchi bucat fermo$ ferma$",
    "purtroppo$ peccato$ lament reclam disservi disastr fregat stuf stanc arrabb furios indign",
    "scortes maleducat scadent peggi orribil orrend cancellat annullat rifiutat addebit caro$",
    "sgarbat rimbalz incompeten incapac inaffidabil ignorat error buggat down$",
    "broken damag wrong faulty fault missing lost late$ delay cancelled canceled awful terribl",
    "horribl worst worse bad$ poor rude disappoint disgrac disgust pathetic useless ridicul",
    "unaccept scam thie liar joke stuck fail crash error complain unfortunately sadly shame",
    "refus declin frustrat annoy angry furious fuming livid fed$ stain hole$ dirty filthy rubbish",
    "garbage mess shambles incompeten ignor hold$ waste wasted never$ still$ issue problem down$",
    "charged overcharg rip$ overpriced unhappy upset hate sick",
)
INSULT: Final = _pattern(
    "ladr truffator imbrogli buffon pagliacc cialtron incapac incompetent idiot scem deficient",
    "bugiard farabutt delinquent merd cazz culo$ vaffa stronz coglion schif vergogn porc palle$",
    "ridicol indegn scandal",
    "thie scammer crook clown idiot stupid liar moron shit crap fuck wtf$ bloody damn hell$ suck",
    "pathetic screw bullshit bs$ garbage joke$ disgrac robber cowboy useless rubbish shame",
)
URGENT: Final = _pattern(
    "urgen subito$ immediatament presto$ entro$ adesso$ domattina stasera stanotte giornata$",
    "scade$ scadenza aiut sbrigatev muovetev appena$ parto$ partiamo$",
    "asap$ urgent immediate now$ quick tonight help$ soon$ away$ deadline hurry today$ tomorrow$",
)
AGAIN: Final = _pattern(
    "ancora$ altr nuovo$ ennesim secondo$ seconda$ terz quart quint settiman mes$ mesi$ mese$",
    "giorni$ ore$ ora$ anni$ minuti$",
    "again$ another$ yet$ still$ second$ third fourth fifth week month days$ hour minutes years$",
)
NEGATION: Final = frozenset(
    [
        "non",
        "nn",
        "no",
        "ne",
        "nessun",
        "nessuno",
        "nessuna",
        "niente",
        "nulla",
        "mai",
        "senza",
        "mica",
        "neanche",
        "nemmeno",
        "neppure",
        "not",
        "never",
        "nothing",
        "nobody",
        "none",
        "without",
        "hardly",
        "cannot",
        "cant",
        "dont",
        "doesnt",
        "didnt",
        "isnt",
        "arent",
        "wasnt",
        "werent",
        "wont",
        "wouldnt",
        "couldnt",
        "shouldnt",
        "hasnt",
        "havent",
        "hadnt",
        "aint",
        "nor",
        "zero",
    ]
)
CONTRAST: Final = _pattern(
    "ma$ pero$ peccato$ invece$ tuttavia$ anzi$ but$ however$ though$ shame$ pity$ yet$"
)
THANKS: Final = _pattern("grazie graziee grz$ ringrazi thank thx$ ty$ tysm$ cheers$ grateful")
ASKING: Final = _pattern(
    "quando$ dove$ come$ quanto quanti quante$ quale$ quali$ posso$ potete$ potrei$ vorrei$ avete$",
    "chi$ cosa$ che$ dite$ serve$ where$ when$ how$ what$ which$ who$ can$ could$ do$ does$ is$",
    "are$ would$ may$",
)

GOOD_SIGNS: Final = frozenset("😀😃😄😁😊🙂☺😍🥰😘❤♥💙💚💛💜🧡👍👏🙏🎉🥳💪✨⭐🌟😎🤗💯😻🙌")
BAD_SIGNS: Final = frozenset("😞😔😢😭😟🙁☹😕😩😫👎💔😒🙄😓😖😣😠😡🤬😤🖕💩👿")
ANGRY_SIGNS: Final = frozenset("😠😡🤬😤🖕💩👿")
