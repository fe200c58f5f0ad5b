"""Language of a message: Italian, English, or None when it does not tell or is another one."""

from __future__ import annotations

import pytest

from understanding.language import detect

ITALIAN = """
dov'è il mio ordine?
dove il mio pacco
non è ancora arrivato niente
ciao!
buongiorno
grazie mille
sì
perfetto grazie
vorrei parlare con una persona
operatore
posso rendere il maglione?
rimborso
quanto costa la spedizione in Svizzera
xche non mi rispondete
nn ho ricevuto nulla
AVETE SBAGLIATO COLORE!!!
il pacco è rotto 😡
mi serve aiuto
come si lava la lana merino
quando arriva
è una vergogna
ordine LA-20417
il mio ordine LA 20417 quando arriva?
voglio il reso
che taglia prendo?
buonasera, ho un problema con la consegna
tutto a posto
va bene
d'accordo
no grazie
scusate il disturbo
avete la lana per calzini in grigio?
il tracking non si aggiorna
posso pagare con paypal
che ferri devo usare per questo filato
sei un robot?
ho cambiato idea
annullate tutto per favore
sono Giulia
aspetto da due settimane
mi è arrivata una matassa infeltrita
parlo con un bot o con una persona vera?
puoi ripetere?
il corriere dice consegnato ma qui non c'è nulla
spedizione
assistenza pessima
buona giornata
certo
esatto
fattura intestata alla ditta
""".strip().splitlines()

ENGLISH = """
where is my order?
wheres my parcel
it still hasn't arrived
hello!
good morning
thanks a lot
yes
perfect thank you
I'd like to talk to a human
agent please
can I return the jumper?
refund
how much is shipping to Ireland
why is nobody answering
havent received anything
YOU SENT THE WRONG COLOUR!!!
the parcel is broken 😡
I need some help
how do I wash merino wool
when will it arrive
this is a disgrace
order LA-20417
my order LA 20417 when does it arrive?
I want to return it
which size should I take?
good evening, there is a problem with my delivery
all good
sounds good
alright then
no thanks
sorry to bother you
do you have sock yarn in grey?
the tracking isn't updating
can I pay with paypal
which needles for this yarn
are you a robot?
changed my mind
cancel everything please
this is Emma
been waiting for two weeks
one skein arrived felted
am I talking to a bot or a real person?
say that again?
the courier says delivered but nothing is here
shipping
terrible service
have a nice day
of course
exactly
pls fix this asap
""".strip().splitlines()

NEITHER = """
ok
OK!!
👍
😡😡😡
LA-20417
20417
123 456
giulia.ferraris@example.com
https://www.lanificioaurora.example/it/aiuto
...
?
no
hmm
Wo ist meine Bestellung?
¿Dónde está mi pedido?
Où est ma commande ?
je voudrais parler à quelqu'un
ich möchte mit einem Menschen sprechen
hola, necesito ayuda con mi paquete
Waar is mijn bestelling?
Gdzie jest moje zamówienie?
где мой заказ?
我的订单在哪里
أين طلبي
""".strip().splitlines()

CASES = (
    [(text, "it") for text in ITALIAN]
    + [(text, "en") for text in ENGLISH]
    + [(text, None) for text in NEITHER]
)


def test_at_least_97_of_100_care_messages_are_recognised() -> None:
    wrong = [(text, expected, detect(text)) for text, expected in CASES if detect(text) != expected]
    assert len(wrong) <= 0.03 * len(CASES), wrong


def test_a_language_is_never_taken_for_the_other() -> None:
    swapped = [
        text for text, expected in CASES if expected and detect(text) not in (expected, None)
    ]
    assert swapped == []


@pytest.mark.parametrize("previous", ["it", "en"])
def test_a_mixed_message_stays_in_the_language_of_the_conversation(previous: str) -> None:
    assert detect("ciao, where is il mio parcel?", previous) == previous


@pytest.mark.parametrize("text", ["dov'è il mio ordine?", "where is my order?"])
def test_a_clear_change_of_language_is_followed(text: str) -> None:
    expected = "it" if text.startswith("dov") else "en"
    assert detect(text, "it") == detect(text, "en") == expected


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "😀" * 10_000, "a" * 100_000])
def test_odd_input_has_no_language_and_raises_nothing(text: str) -> None:
    assert detect(text) is None
