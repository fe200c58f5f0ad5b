"""The words that the search for names goes by, beside the lists of names."""

from __future__ import annotations

from understanding.personal_data.words import listed

PARTICLES = listed(
    "de di del della dello dei degli delle dal dalla dall la lo li le van von der den ter",
    "dell dall ten d o mc mac san santa st bin ben al el ap da dos das du des dela",
    "bint binti binte ibn ní ó ferch verch zu",
)
VERBS = listed(
    "costa porta faccio presti volta bravi belli bello strano grande vale",
)
"""Surnames that are verbs and the like: no names in small letters."""
COLOUR_BEFORE = listed(
    "in colore color colour colours colori tinta shade the il la lo i le un una filo filato",
    "yarn lana wool on by since until of during from for next last this every a an mid",
    "early late modello nel nella al alla del della dal dalla di",
)
"""Before a colour, a month or a thing, seldom before a given name."""
SHORT_TITLES = listed(
    "sig dott mr mrs ms dr avv ing prof geom arch rag gent st via p c",
)
"""Their point ends no sentence."""
INTRODUCES = listed(
    "sono m am is s im its it",
)
MOODS = listed(
    "felice serena chiara franca franco modesto modesta fedele libera libero secondo primo",
    "santa bella cara may will just sue happy joy grace faith rosa viola bianca bruna",
    "celeste olive ruby amber grata costante generosa italo italia donna pia",
)
"""Behind "sono" rather how somebody or something is."""
OPENINGS = listed(
    "ciao salve buongiorno buonasera buon giorno sera hi hello hey good morning afternoon",
    "evening dear team this it its i grazie scusate tutti there again aurora",
)
"""What may stand before "sono" in a message that begins."""
TIMES = listed(
    "may april june july august march pasqua natale sabato domenica autumn summer",
)
PLACE_BEFORE = listed(
    "a in da at via piazza from near of",
)
ARTICLE_WORDS = listed(
    "cardigan maglione maglia pullover sweater jumper gilet vest sciarpa scarf berretto",
    "cappello hat beanie guanti mittens gloves scialle shawl calze calzini socks kit",
    "modello filato yarn colore color colour lana wool tinta",
)
COMPANY_WORDS = listed(
    "lanificio club team ciao hi hello hey carta card tessera",
)
NOT_BEHIND_LA = listed(
    "spezia valletta mail merino lana",
)
