"""The words that announce a name, in Italian and English."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Protocol

from understanding.personal_data.words import listed


class Context(enum.Enum):
    """How sure what stands before a word makes that it is a name."""

    NONE = enum.auto()
    GREETED = enum.auto()
    """ "Ciao …", "Dear …": whom one writes to."""
    LINKED = enum.auto()
    """ "per …", "with …": a listed name if it is written with a capital letter, no town."""
    WEAK = enum.auto()
    """ "sono …", "mia figlia …": a name if it is written with a capital letter."""
    TITLE = enum.auto()
    """ "sig.ra …", "Mr …": a name if it is one at all or has a capital letter."""
    STRONG = enum.auto()
    """ "mi chiamo …": whatever follows, unless it is an ordinary word."""


class _Word(Protocol):
    lower: str
    start: int
    end: int
    gap: str


def _phrases(context: Context, *lines: str) -> dict[tuple[str, ...], Context]:
    return {tuple(phrase.split()): context for line in lines for phrase in line.split(" | ")}


_PHRASES = {
    **_phrases(
        Context.WEAK,
        "sono | sono la | sono il | qui è | qui e | parla | è | i m | i am | this is | here is",
        "it s | its | im | mio genero",
        "mia figlia | mio figlio | mia moglie | mio marito | mia mamma | mia madre | mio padre",
        "mio papà | mia sorella | mio fratello | mia suocera | mio suocero | mia nuora",
        "mia nonna | mio nonno | mia zia | mio zio | mia cugina | mio cugino | mia nipote",
        "mio nipote | mia amica | mio amico | la mia amica | il mio amico | mia collega | nonna",
        "mio collega | mio compagno | mia compagna | fidanzata | fidanzato | nonno | zia | zio",
        "vicina | vicino | la vicina | il vicino | la collega | il collega | portiere | portinaia",
        "amica | amico | collega | sorella | fratello | figlia | figlio | moglie | marito | mamma",
        "my daughter | my son | my wife | my husband | my mum | my mom | my mother | my father",
        "my dad | my sister | my brother | my friend | my partner | my colleague | my aunt",
        "my uncle | my niece | my nephew | my neighbour | my neighbor | my nan | my gran | nan",
        "my grandmother | my grandma | my grandad | my cousin | my fiancé | my boyfriend",
        "my girlfriend | my boss | mother in law | sister in law | neighbour | neighbor | auntie",
        "flatmate | housemate | colleague | operator | agent | operatrice | operatore | advisor",
        "presso | c o | citofono | campanello | suonare | buzzer | doorbell",
        "ask for | asked for | chiedere di | chiedete di | chiedi di | chiedendo di | spoke to",
        "spoke with | speak to | speak with | talked to | talked with | spoken to | parlato con",
        "parlare con | sentito | risposto | signed by | firmato da | ritirato da | ritirata da",
        "left with | lasciato a | lasciato da | consegnato a | consegnato alla | delivered to",
        "addressed to | belongs to | gift for | regalo per | attention | attn | fao | cortese",
        "attenzione di | attenzione | per conto di | on behalf of | behalf of",
        "destinataria | destinatario | mittente | recipient | sender | cliente",
        "customer | account of | delegato | delega a | delego | thank you | thanks | grazie | ask",
        "sale a nome | biglietto per | message from | email from | mail da | order of | ordine di",
        "order by | fattura a | pacco di | pacco per | parcel for",
        "si chiama | chiamo | chiamata | firmato | firmata | titolare | intestazione",
        "ordinato da | ordered by | placed by | fatto da | under | called | named | signed | name",
        "ring for | bell says | doorbell says | c è scritto | scritto | siamo | we re | we are",
        "un certo | una certa | un tale | a certain | certa | certo | tale | for by | signed by",
        "per la | alla | dalla | con la | della | dice la | by a",
        "cognata | cognato | nipote | cugina | cugino | nuora | genero | figlia | figlio | suocera",
        "suocero | madre | padre | papà | daughter | son | wife | husband | mum | mom | mother",
        "father | dad | sister | brother | friend | aunt | uncle | niece | nephew | gran | grandma",
        "cousin | granddaughter | grandson | nanny | landlady | landlord | signorina | boss",
        "goes by | known as | nome | née | in arte | surname | cognome | last name | first name",
    ),
    **_phrases(Context.LINKED, "con | with | da | by | per | for | from | to | and | e | or | o"),
    **_phrases(
        Context.TITLE,
        "sig | sig ra | sigra | sig na | signor | signora | signorina | dott | dott ssa | dottore",
        "dottoressa | dr | dr ssa | mr | mrs | ms | miss | mx | sir | lady | prof | prof ssa",
        "professor | professoressa | professore | avv | avvocato | ing | arch | geom | rag",
        "gent ma | gent mo | don | suor | famiglia | fam | family | coniugi | eredi",
    ),
    **_phrases(
        Context.STRONG,
        "mi chiamo | a nome | a nome di | a nome della | nome di",
        "al nome di | a mio nome | il mio nome è | mio nome è | nome è | di nome | nome e cognome",
        "cognome è | il cognome è | cognome e | nominativo | nominativo è | intestato a",
        "intestata a | intestati a | intestate a | intestato | intestata | intestatario",
        "intestataria | intestatario è | in fede",
        "my name is | my name s | name is | name s | the name is | full name | first name is",
        "last name is | surname is | in the name of | name of",
        "under the name | under the name of | registered to | registered under | cardholder",
        "card holder | account holder | maiden name | da nubile",
    ),
    **_phrases(
        Context.GREETED,
        "ciao | cara | caro | gentile | carissima | carissimo | salve | buongiorno | buonasera",
        "dear | hi | hello | hey | hiya | good morning | good afternoon | good evening | egregio",
        "grazie mille | grazie | thanks | thank you | cheers | scusa | sorry",
    ),
}
_LONGEST = max(map(len, _PHRASES))
_ENDS = frozenset(phrase[-1] for phrase in _PHRASES)
_ANNOUNCED_GAPS = (
    " ",
    ": ",
    ":",
    " : ",
    "  ",
    ". ",
    ".",
    ", ",
    " - ",
    "\n",
    ":\n",
    ' "',
    " (",
    "/",
    "= ",
    " = ",
)
_COPULAS = frozenset(("is", "è", "e", "s", "era", "was"))
_NAME_WORDS = frozenset(("surname", "cognome", "nominativo"))
_SIGN_OFFS = listed(
    "saluti saluto salutoni cordialità cordialmente grazie regards wishes thanks sincerely",
    "faithfully cheers best love xx xxx bacio baci abbraccio ringrazio truly anticipo",
    "thankyou ciao you arrivederci firmato signed distintamente advance lavoro giornata",
    "serata day evening yours grz thx ta rispettosamente presto soon hugs kindly warmly",
)


# Behind any other word nothing announces a name, and nothing closes the message.
TELLING_BEFORE = _ENDS | _COPULAS | _SIGN_OFFS


def context_before(words: Sequence[_Word], place: int) -> Context:
    """What the words right before this one announce."""
    if not place:
        return Context.NONE
    gap = words[place].gap
    before = words[place - 1]
    if (before.lower not in _ENDS and before.lower not in _COPULAS) or gap not in _ANNOUNCED_GAPS:
        return Context.NONE
    if before.lower in _COPULAS and any(
        w.lower in _NAME_WORDS for w in words[max(0, place - 5) : place]
    ):
        return Context.STRONG
    for count in range(min(_LONGEST, place), 0, -1):
        phrase = tuple(word.lower for word in words[place - count : place])
        context = _PHRASES.get(phrase)
        if context is not None:
            return context if _gap_fits(context, gap) else Context.NONE
    return Context.NONE


def _gap_fits(context: Context, gap: str) -> bool:
    if context is Context.TITLE:
        return gap in (" ", ". ", ".")
    if context is Context.STRONG:
        return gap not in (". ", ".", "\n", "/")
    return gap in (" ", ": ", ":", "/", ' "', " (") or (context is Context.GREETED and gap == ", ")


def is_sign_off(words: Sequence[_Word], place: int) -> bool:
    """Whether the word before closes a message ("cordiali saluti", "thanks")."""
    return place > 0 and words[place - 1].lower in _SIGN_OFFS and len(words[place].gap) <= 4
