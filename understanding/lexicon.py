"""Distinctive words: each belongs to one language only, as customers write it (without accents,
abbreviated, misspelt). Words shared by both languages ("no", "email", "tracking", "ok") are left
out on purpose.
"""

from __future__ import annotations

from typing import Final


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


ITALIAN: Final = _words(
    # function words
    "il lo gli della dello delle degli del dei dal dalla dalle dai nel nella nelle nei negli sul",
    "sulla sulle sui agli alla alle allo al ai di da per con tra fra che chi cui non ne ci vi ti",
    "mi si è e' ho hai ha abbiamo avete hanno sono sei siamo siete era ero erano sarà stato stata",
    "stati essere avere avevo aveva avrei fatto fare fai fa faccio posso puoi può puo' possiamo",
    "potete potrei potreste potrebbe voglio vuoi vorrei vorremmo devo deve dovete dovrei sto sta",
    "state stanno va vado vanno uno una un questo questa questi queste quello quella quelli",
    "quelle mio mia miei mie tuo tua vostro vostra vostri vostre nostro nostra suo sua loro",
    "quando quanto quanta quanti quante dove dov'è dov'e dove'è come cosa cos'è perche perché",
    "perchè quale quali qual anche ancora già gia più piu mai sempre solo molto poco tutto tutta",
    "tutti tutte niente nulla nessuno qualcuno qualcosa ogni altro altra altri altre prima dopo",
    "poi adesso ora oggi domani ieri stamattina stasera subito presto tardi così cosi allora",
    "quindi però pero invece infatti comunque magari forse davvero proprio sì noi voi lui lei io",
    "tu senza fino circa entro oltre mentre giorni giorno settimana settimane mese mesi anno",
    # greetings and short answers
    "ciao salve buongiorno buonasera buonanotte buon buona giorno arrivederci grazie prego scusa",
    "scusate scusi perfetto esatto certo certamente va bene vabbè vabbe okey d'accordo daccordo",
    "volentieri ottimo benissimo capito giusto figurati saluti cordiali gentile gentilissimi",
    # care words
    "ordine ordini ordinato ordinata pacco pacchi spedizione spedito spedita spediti consegna",
    "consegnato consegnata corriere arrivato arrivata arrivati arriva arrivare arrivano reso resi",
    "rendere restituire restituzione rimborso rimborsato rimborsi cambio cambiare taglia taglie",
    "maglia maglione maglioni sciarpa cappello guanti lana filato filati gomitolo gomitoli",
    "matassa matasse ferri uncinetto colore colori grigio rosso verde lavaggio lavare infeltrito",
    "bucato tarme operatore operatrice persona umano umana parlare parlo assistenza reclamo aiuto",
    "aiutare aiutarmi aiutatemi codice numero indirizzo soldi pagato pagamento pagare fattura",
    "sconto prezzo costa costano quanto negozio sito disponibile disponibili esaurito rotto rotta",
    "danneggiato danneggiata sbagliato sbagliata mancante manca mancano difettoso difettosa",
    "vergogna schifo pessimo pessima delusa deluso arrabbiata arrabbiato aspetto aspettando",
    "aspetta attesa ricevuto ricevuta ricevere spedite spedire spedirete traccia tracciamento",
    "dentro vuoto signora signor cliente regalo compleanno natale macchinetta sapere dirmi dimmi",
    "ditemi dite chiedo chiedere risposta rispondete risponde qualcuno annullare annulla annullo",
    "ritardo oggetto merce scatola ufficio telefono telefonare chiamare chiamata grammi metri",
    "cotone seta cachemire robot macchina vero vera cmq xche xchè nn qlc qualc1 grz grazieee",
    "perke sn tt dv",
)

ENGLISH: Final = _words(
    "the an of to for with from at by on is are was were be been am i i'm im i've ive i'd i'll id",
    "my mine me you your yours u ur he she it's its it they them their we us our this that these",
    "those what whats what's when where wheres where's why how hows how's who which whose and or",
    "but not don't dont doesn't doesnt didn't didnt won't wont can't cant cannot isn't isnt",
    "hasn't hasnt haven't havent wasn't could would should shall will might must have has had do",
    "does did done get got getting give want wants wanted need needs needed like please pls plz",
    "yes yeah yep yup nope hi hello hey hiya morning afternoon evening good great thanks thank",
    "thx ty cheers sorry bye goodbye later see soon now today tomorrow yesterday still yet",
    "already ever never always again just only really very too much many more most any some",
    "something someone anybody anyone nobody nothing everything all other another same here there",
    "about after before since until then than because if so also right sure okay alright fine",
    "wrong awesome perfect lovely days day week weeks month months year ago long last next first",
    "parcel shipping shipped ship shipment delivery delivered deliver arrive arrived arrives",
    "courier refund refunded return returning returned exchange swap size sizes jumper sweater",
    "scarf hat gloves wool yarn skein skeins ball balls needles needle knitting knit knitted",
    "crochet colour color colours grey red green wash washing felted moths human person people",
    "agent speak talk help helping code number address money paid pay payment invoice discount",
    "price cost costs shop store site website available stock out broken damaged missing faulty",
    "defective awful terrible disgusting disgrace disappointed angry waiting wait received",
    "receive receipt track late empty customer gift birthday christmas tell told know ask asking",
    "asked answer reply cancel cancelled delay delayed item items box phone call grams metres",
    "cotton silk cashmere real machine there's theres that's thats let's lets way thing stuff",
    "make made order orders ordered ordering buy bought send sent sending go going come coming",
    "look looking work working use using can change changed check status update enough new old",
    "bit lot well back up off over under into without between",
)

# Only to recognise a visitor. Words that Italian or English share with these languages don't count.
OTHERS: Final = (
    _words(
        # Spanish
        "el los las y donde dónde está estoy pedido pedidos quiero hola gracias por favor usted",
        "ustedes cuándo cómo qué muy también pero mis llegado paquete envío devolver buenos días",
        "ayuda necesito hablar tengo puedo hay señor mañana ayer",
        # French
        "je tu le les des une est où suis vous nous votre notre mon ma mes commande colis bonjour",
        "merci s'il plaît pas avec pour dans sur aux quand comment pourquoi combien voudrais",
        "parler être c'est j'ai n'est n'ai reçu livraison au revoir bonsoir oui d'une qu'est",
        # German
        "der das die und ist ich nicht ein eine einen mein meine wo wann wie warum bestellung",
        "paket danke bitte hallo guten morgen tag kann möchte mit für auf aus noch habe haben",
        "wird werden zurück geschickt lieferung euch ihr sie",
        # Portuguese
        "meu minha obrigado obrigada você não onde encomenda olá quero bom dia são uma os",
        # Dutch
        "het een mijn waar bestelling pakket graag wil ik niet bedankt goedemorgen dank je wel",
        "met kan van",
        # Romanian, Polish
        "unde este comanda mea mulțumesc bună ziua vreau gdzie jest moje zamówienie dziękuję",
        "proszę dzień dobry chcę",
    )
    - ITALIAN
    - ENGLISH
)
