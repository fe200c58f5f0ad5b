"""How to send something back: what goes into the box, where to, by when, who pays."""

from __future__ import annotations

from datetime import date

from crm_bridge.mails.house import House
from crm_bridge.mails.texts import greeted, one_line
from crm_bridge.mails.wording import day, money
from crm_bridge.returns.models import Return

_INDENT = "    "
# Outside the customs union a parcel needs a word on its form, or duty is paid on our own wool.
_CUSTOMS = ("GB", "US", "CA", "CH")
_OUR_FAULT = ("damaged", "wrong_item")

_SUBJECT = {
    ("it", "return"): "Il tuo reso {reference}",
    ("it", "exchange"): "Il tuo cambio {reference}",
    ("en", "return"): "Your return {reference}",
    ("en", "exchange"): "Your exchange {reference}",
}
_OPENING = {
    ("it", "return"): "abbiamo preparato il reso {reference} per l'ordine {order}.",
    ("it", "exchange"): "abbiamo preparato il cambio {reference} per l'ordine {order}.",
    ("en", "return"): "your return {reference} for order {order} is ready to go.",
    ("en", "exchange"): "your exchange {reference} for order {order} is ready to go.",
}
_SORRY = {
    "it": "Ci dispiace che non fosse tutto a posto: l'errore è nostro, e le spese anche.",
    "en": "We're sorry it wasn't right: the mistake is ours, and so is the postage.",
}
_BODY = {
    "it": """\
Ciao{name},

{opening}{sorry}

Nel pacco metti:

{items}

Mandalo entro il {send_by} a:

{address}

{label}

Aggiungi un biglietto con scritto {reference}: ci aiuta a riconoscere subito il pacco.{state}

{outcome}

Un caro saluto da Biella,
{company}
""",
    "en": """\
Hello{name},

{opening}{sorry}

Please put into the box:

{items}

Send it by {send_by} to:

{address}

{label}

Add a note that says {reference}, so that we know the parcel at once.{state}

{outcome}

Warm wishes from Biella,
{company}
""",
}
_DROP_OFF = {
    "it": "Porta il pacco in un punto Alpe Corrieri e mostra il codice {reference}: l'etichetta"
    " la stampano lì. ",
    "en": "Take it to any Alpe Corrieri drop-off point and show the code {reference}: they print"
    " the label there. ",
}
_PAID_BY_US = {"it": "La spedizione la paghiamo noi.", "en": "We pay the postage."}
_LABEL = {
    ("it", "return"): "Costa {label}, che togliamo dal rimborso.",
    ("it", "exchange"): "Costa {label}, che ti chiediamo prima di spedire il cambio.",
    ("en", "return"): "It costs {label}, which we take off the refund.",
    ("en", "exchange"): "It costs {label}, which we ask for before the exchange leaves.",
}
_OWN_CARRIER = {
    "it": "Spedisci con il corriere che preferisci e conserva la ricevuta.",
    "en": "Use the carrier you like and keep the proof of postage.",
}
_WHO_PAYS = {
    ("it", True): " Mandaci una foto della ricevuta: le spese te le rimborsiamo.",
    ("it", False): " Le spese di spedizione sono a tuo carico.",
    ("en", True): " Send us a photo of the receipt and we refund what you paid.",
    ("en", False): " The postage is yours to pay.",
}
_CUSTOMS_NOTE = {
    "it": " Sul modulo per la dogana scrivi: «returned goods, no commercial value added».",
    "en": ' On the customs form write "returned goods, no commercial value added".',
}
_STATE = {
    "it": " Capi non indossati e con il cartellino, gomitoli e matasse intatti e con la fascetta:"
    " così possiamo riprenderli.",
    "en": " Garments unworn with the tag on, balls and skeins untouched with the band: that way we"
    " can take them back.",
}
_OUTCOME = {
    ("it", "return"): "Quando il pacco arriva ti scriviamo. Il rimborso di {amount} parte entro 7"
    " giorni lavorativi,\nsullo stesso mezzo con cui hai pagato.",
    ("it", "exchange"): "{wanted}Il cambio parte il giorno dopo che abbiamo ricevuto e"
    " controllato il tuo pacco.",
    ("en", "return"): "We'll write when the parcel arrives. The refund of {amount} leaves within 7"
    " working days,\nby the same method you paid with.",
    ("en", "exchange"): "{wanted}The exchange leaves the day after your parcel has arrived and"
    " been checked.",
}
_WANTED = {
    ("it", True): "Al posto ci hai chiesto «{wanted}», che mettiamo da parte per 10 giorni. ",
    ("it", False): "Rispondi pure a questa mail per dirci che cosa vuoi al posto. ",
    ("en", True): 'You asked for "{wanted}" instead: we set it aside for 10 days. ',
    ("en", False): "Just answer this mail to say what you'd like instead. ",
}


def written(
    one: Return,
    language: str,
    first_name: str | None,
    *,
    currency: str,
    country: str | None,
    house: House,
) -> tuple[str, str]:
    """Subject and text; the return's pieces must be loaded."""
    own = language, one.kind
    ours = one.reason in _OUR_FAULT
    wanted = one_line(one.wanted or "", 500)
    text = _BODY[language].format(
        name=greeted(first_name),
        opening=_OPENING[own].format(reference=one.reference, order=one.order_number),
        sorry=f"\n{_SORRY[language]}" if ours else "",
        items="\n".join(
            f"{_INDENT}{item.quantity} × {one_line(item.name, 200)}" for item in one.items
        ),
        send_by=day(date.fromisoformat(one.send_by), language),
        address="\n".join(_INDENT + line for line in (house.company, *house.lines)),
        label=_label(one, language, country, currency),
        reference=one.reference,
        state="" if ours else _STATE[language],
        outcome=_OUTCOME[own].format(
            amount=money(one.amount_cents, language, currency),
            wanted=_WANTED[language, bool(wanted)].format(wanted=wanted),
        ),
        company=house.company,
    )
    return _SUBJECT[own].format(reference=one.reference), text


def _label(one: Return, language: str, country: str | None, currency: str) -> str:
    if country == "IT":
        cost = _PAID_BY_US[language]
        if one.label_cents is not None:
            price = money(one.label_cents, language, currency)
            cost = _LABEL[language, one.kind].format(label=price)
        return _DROP_OFF[language].format(reference=one.reference) + cost
    customs = _CUSTOMS_NOTE[language] if country in _CUSTOMS else ""
    return _OWN_CARRIER[language] + _WHO_PAYS[language, one.free] + customs
