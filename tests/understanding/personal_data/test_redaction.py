"""What is personal in a message is found, and what only looks so stays.

Personal pieces stand in ⟨angle brackets⟩.
"""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from understanding.personal_data import find, redact
from understanding.personal_data.stand_ins import STAND_INS

_PIECE = re.compile(r"⟨([^⟩]+)⟩")

NAMES = """
Salve, mi chiamo ⟨Ermelinda Scaramuzzi⟩ e aspetto il pacco
mi chiamo ⟨giulia rossi⟩ e non trovo il pacco
ciao sono ⟨chiara⟩, vorrei cambiare taglia
BUONGIORNO SONO ⟨MARIO BIANCHI⟩ ORDINE ⟨LA-20398⟩
L'ORDINE E' A NOME DI ⟨FERRARIS GIULIA⟩
Ha firmato un certo ⟨Ahmetovic⟩, non lo conosco
Grazie mille, ⟨Donatella Zangrilli⟩
l'ho comprato per mia suocera ⟨Carmela⟩ e per mia figlia ⟨Bianca⟩
sono la sig.ra ⟨De Luca⟩, chiamo per l'ordine ⟨20398⟩
Buonasera, sono il dott. ⟨D'Angelo Fabrizio⟩
al citofono suonare ⟨Pautasso-Ferrero⟩
Siamo ⟨Anna e Paolo Vigliani⟩
⟨G. Ferraris⟩
My name's ⟨Oluwatobiloba Adeyemi⟩
I'm ⟨Grace⟩ and my scarf has a hole
This is ⟨Will Turner⟩
⟨May Chen⟩ here, any update?
it's in the name of ⟨van der Meer⟩
my name is ⟨priyanka okwudili⟩ and it hasn't arrived
I AM ⟨JANE DOE⟩ AND IT IS LATE
thanks, ⟨Bex⟩
Regards, ⟨O'Sullivan⟩
please leave it with my neighbour ⟨Dilwyn⟩
my naem is ⟨Thandiwe⟩
they call me ⟨Obiageli⟩
order placed by ⟨ngaire⟩, my cousin
tramite ⟨gigetto⟩, mio nipote
sono sempre io, ⟨Elvezia⟩
⟨Dell'Acqua Ines⟩
⟨wojciech kowalczyk⟩
sono il papà di ⟨Stella⟩, il berretto è piccolo
my mate ⟨Dev⟩ has the same jumper
cancellate quello vecchio. ⟨Rita⟩
ta very much 👍 ⟨Dougie⟩
il mio cognome è scritto male: ⟨Dell'Orto⟩
the label just says "⟨Smith⟩"
Cordiali saluti ⟨Giuseppe Manca⟩
my carer ⟨Blessing⟩ will sign
la badante ⟨Perla⟩ può ritirare
ha firmato ⟨g. terracciano⟩
⟨Hope⟩ will be at home on Tuesday
⟨Rosa⟩ del primo piano ha preso il pacco
the ⟨Adeyemis⟩ next door have it
⟨Aishah binti Rahman⟩
Ciao ⟨Viola⟩! è arrivato tutto
ANCORA NIENTE!!! ORDINE ⟨55210⟩. ⟨LUCIA MARCHETTI⟩
il vicino si chiama ⟨Sun Wei⟩
la coperta ⟨Anna⟩ l'ha lavata a 60 gradi
grazie mille per il maglione ⟨Giulia⟩
sul pacco c'è scritto "⟨Esposito⟩", ma non conosco nessun ⟨Esposito⟩
I paid, it's from ⟨J P Lattimer⟩
"""
NUMBERS = """
ordini ⟨20398⟩ e ⟨20391⟩
il numero d'ordine è ⟨20 398⟩
orders ⟨#20398⟩ and ⟨#20391⟩
il mio numero è ⟨+39 347 12 34 567⟩
cell. ⟨347/1234567⟩
tel ⟨0039-02-1234567⟩
⟨+44 (0)20 7946 0958⟩
⟨(415) 555-2671⟩
tel ⟨tre tre tre zero uno due tre quattro cinque sei⟩
la mia carta ⟨4111 1111 1111 1111⟩ non va
card number ⟨4111 1111 1111 1112⟩
card ending ⟨4242⟩
IBAN: ⟨IT60 X054 2811 1010 0000 0123 456⟩
il mio cf è ⟨RSSMRA85T10A562S⟩
P.IVA ⟨IT01234567890⟩
NI number ⟨QQ 12 34 56 C⟩
sono nata il ⟨3/4/1985⟩
born on ⟨April 3rd, 1985⟩
il codice che mi avete mandato è ⟨483 920⟩
⟨483920⟩
la tessera n. ⟨004512⟩
utente ⟨AUR9912⟩
nel messaggio c'è ⟨339021⟩ come codice
phone: ⟨oh one six three two 960 double five one⟩
tracking ⟨1Z999AA10123456784⟩
order⟨61199⟩- no leaflet
No.⟨61066⟩ please
ordine ⟨2024-11873⟩ non conforme
raccomandata ⟨RA 4471 9082 6IT⟩
il buono ⟨NATALE-4F8T2⟩ non va
il codice del cancello è ⟨2580#⟩
l'ordine ⟨AB/2231/25⟩ non è arrivato
fattura n. ⟨77/B⟩ da correggere
my ref is ⟨7KQ2LM9⟩
scontrino n. ⟨0031-00042⟩ del 3 marzo
patente ⟨U1K50P223A⟩ valida
driving licence ⟨MORGA 753116 SM9IJ⟩
carta ⟨4023 60** **** 1187⟩
ACN ⟨005 749 986⟩
la mia auto targata ⟨FX123LM⟩
my car reg is ⟨LD68 KVT⟩
il cell è ⟨tre due otto quaranta sessantadue trentuno uno zero⟩
you asked my date of birth? well, ⟨3rd May 1962⟩
"""
PLACES = """
spedite in ⟨via dei Mille 4 bis, 20129 Milano (MI)⟩
⟨corso Vittorio Emanuele II 12/B, interno 5, 10128 Torino⟩
⟨p.zza Duomo n. 5 - 13900 Biella⟩
⟨Loc. Pian del Lago 7, 53035 Monteriggioni SI⟩
abito a ⟨13900 biella⟩
⟨12 high street leeds ls1 4ab⟩
my address is ⟨Flat 2, 44a Grove Road, London E3 5AX⟩
send it to ⟨742 Evergreen Terrace, Springfield, OR 97477⟩
⟨Apt 4B, 350 5th Ave, New York, NY 10118⟩
postcode is ⟨SW1A 1AA⟩
my eircode is ⟨D02 X285⟩
Ship to ⟨The Granary, Lower Mill Lane, Malton YO17 9ZZ⟩
⟨3 THE PADDOCKS, BICESTER OX26 9ZZ⟩
abito in ⟨Salizada San Lio 5620, Castello, 30122 Venezia⟩
⟨via Lavizzari 12, 6850 Mendrisio⟩
⟨via Roma 44, 33013 Gemona del Friuli⟩
⟨Flat B, 210 Lower Clapton Road, E5 8EG London⟩
⟨PO Box 12, Hobart TAS 7001⟩
⟨12/88 Beaufort Street, Perth WA 6000⟩
⟨4210 Ridge Ct, Boulder, Colorado 80301⟩
⟨Bahnhofstraße 12, 80335 München⟩
⟨12 rue de la Paix, 75002 Paris⟩
⟨Calle Mayor 14, 3º B, 28013 Madrid⟩
⟨contrada San Leo snc, 89100 Reggio Calabria⟩
we're at ⟨Derrybeg, Gweedore, Co. Donegal⟩
she's in ⟨Royal Infirmary, ward 12⟩
no number, ⟨Hillside Farm, Ballater⟩
"""
ELECTRONIC = """
scrivete a ⟨giulia.rossi@ libero.it⟩
la mail è ⟨giulia chiocciola libero punto it⟩
scrivete a ⟨m trattino basso verdi chiocciola gmail punto com⟩
su facebook sono ⟨Magie Di Lana⟩
email me: ⟨wanda dot wool at gmail dot com⟩
⟨maria_luisa-99@hotmail.co.uk⟩
su instagram sono ⟨@la_magliaia.pazza⟩
il mio profilo ravelry è ⟨magliadoro78⟩
⟨instagram.com/woollywanda⟩
"""
ORDINARY = """
ciao aurora, avete la Bessa in Ginepro?
vorrei la lana rosa o bianca, o viola
Avete il berretto Pino e la sciarpa Larice?
spedite a Torino?
consegnate da Biella a Genova in due giorni?
sono stanca di aspettare
il codice sconto WELCOME10 non funziona
che differenza c'è tra le tonalità Ortensia e Viola?
is Jasmine a warm white?
avete alpaca Suri?
a loyalty scheme like John Lewis
newsletter in inglese per la mia amica di Leeds?
sono una cliente da 10 anni
quanto costa il cardigan Castagno taglia M
il Lanificio Aurora è aperto a Natale?
mandatemelo via mail o via corriere
costa 12,50 € o 20398 euro?
arriva il 12/03 o il 3 aprile?
mi servono 500 g e 20 m di filo
May I ask when the sale will be?
will it arrive before March 14th or on May 5?
I'm happy with the Rugiada in Wisteria
do you ship to Dublin and York?
size 38, 4 mm needles, 50% off
hats off to customer care
it's late
sono incinta
it's perfect, thanks
120 balls at 6.90 each
Alpe Corrieri lo consegna domani
la coperta Matilde c'è in blu?
do you still make the Sophie shawl?
2 matasse di Elena colore 14
item no. 40118 in cream
il giorno di Sant'Antonio siete chiusi?
do you deliver on Boxing Day?
how long does shipping to Charlotte take?
the jasmine one is lovely
l'ordine del 12.03.2025 quando parte?
i want to order 2x50g
delivery to Co. Kerry?
Grazie Lanificio Aurora
"""


def cases(text: str) -> list[str]:
    """A case a line."""
    return text.strip().splitlines()


@pytest.mark.parametrize(
    "case", cases(NAMES + NUMBERS.lstrip() + PLACES.lstrip() + ELECTRONIC.lstrip())
)
def test_what_is_personal_is_found_and_nothing_else(case: str) -> None:
    text = _PIECE.sub(r"\1", case)
    assert [span.text for span in find(text)] == _PIECE.findall(case)


@pytest.mark.parametrize("text", cases(ORDINARY))
def test_what_only_looks_personal_stays(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "language", "redacted"),
    [
        (
            "sono Giulia Ferraris, ordine 20391, mail g@example.it",
            "it",
            "sono Maria, ordine LA-10000, mail nome@example.com",
        ),
        ("I'm Emma, call 07911 123456", "en", "I'm Mary, call 07700 900000"),
        ("sono Anna, via Roma 3, Biella", None, "sono Maria, via Roma 1"),
        ("code is 123456", None, "code is 000000"),
    ],
)
def test_stand_ins_read_like_a_customers(text: str, language: str | None, redacted: str) -> None:
    assert redact(text, language=language).text == redacted


def test_spans_give_the_stand_ins_places() -> None:
    done = redact("Ciao, sono Giulia e il mio ordine è LA-20398.")
    assert [(done.text[s.start : s.end], s.kind) for s in done.spans] == [
        ("Maria", "name"),
        ("LA-10000", "order_number"),
    ]
    assert all(done.text[span.start : span.end] == span.text for span in done.spans)


@pytest.mark.parametrize("language", ["it", "en"])
def test_redacting_again_changes_nothing(language: str) -> None:
    for stand_in in STAND_INS.values():
        text = f"ecco: {stand_in[language == 'en']}"
        assert redact(text, language=language).text == text


def test_what_is_known_of_the_sender_is_found_wherever_it_stands() -> None:
    known = ("Zyxwa Qwerton", "@zyx.knits", "zyx@example.org")
    text = "ZYXWA scrive da zyx@example.org; il pacco di qwerton è per zyx.knits"
    found = [span.text for span in find(text, known=known)]
    assert found[:3] == ["ZYXWA", "zyx@example.org", "qwerton"]


def test_a_known_name_that_is_a_word_needs_its_capital() -> None:
    found = find("la lana rosa la vuole Rosa", known=("Rosa",))
    assert [span.text for span in found] == ["Rosa"]


HOSTILE = (
    *("1", "1 ", "1.", "@", "a@", "x@y ", "a_", "(at) ", "punto ", "IT60X", "4111 ", "la-"),
    *("Maria ", "Abcde ", "A. ", "de la ", "via ", "via a ", "12 a street, ", "codice ", "nato "),
    *(" ", "\n", "è ", "⟦"),
    *("ordine A-", "ordine 1 ", "A1-1/", "xx ", "****", "targa ab ", "the Aas, ", "Aa, ", "Co. "),
    *("Aa Hospital ", "stanza 1 ", "1 rue de la a ", "calle a 1 ", "Aastr. 1", "Aa-", "a. aaaaaa"),
    *(
        "la coperta Anna ",
        "the Anna and ",
        "San Anna ",
        "si chiama Anna ",
        "van der A",
        "sig. Anna ",
    ),
    *(
        'firma "Anna ',
        "AA BB. ",
        "facebook: A A",
        "a b c chiocciola ",
        "uno, ventidue ",
        "Anna is ",
    ),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_end(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    spans = find(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))
