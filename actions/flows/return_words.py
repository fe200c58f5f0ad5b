"""What returns and exchanges are told with, in both languages, and how one asks about them."""

from __future__ import annotations

from actions.phrases import phrases

ALL = {"it": "Tutto", "en": "All of it"}
REASONS = {
    "it": {
        "size": "taglia o misura",
        "not_as_expected": "non convince",
        "changed_mind": "ripensamento",
        "damaged": "difetto",
        "wrong_item": "articolo sbagliato",
        "other": "altro motivo",
    },
    "en": {
        "size": "size or fit",
        "not_as_expected": "not as expected",
        "changed_mind": "change of mind",
        "damaged": "faulty",
        "wrong_item": "wrong item",
        "other": "another reason",
    },
}
# Who pays for the way back, as the shop's terms say.
LABEL = {
    "it": {
        "ours": "La spedizione la paghiamo noi.",
        "return": "Dall'Italia l'etichetta costa 4,90 €, che togliamo dal rimborso.",
        "exchange": "Dall'Italia il primo cambio è gratis; dall'estero lo paga chi cambia.",
    },
    "en": {
        "ours": "We pay for the postage.",
        "return": "From Italy the label costs €4.90, taken off the refund; from elsewhere you"
        " choose the carrier.",
        "exchange": "From Italy the first exchange is free; from elsewhere you pay for the way"
        " back.",
    },
}
WISH = {
    "it": {"return": "Reso dell'ordine {number}: {items}",
           "exchange": "Cambio dell'ordine {number}: {items}"},
    "en": {"return": "Return of order {number}: {items}",
           "exchange": "Exchange for order {number}: {items}"},
}  # fmt: skip
REFUSED = {
    "too_late": "utter_return_too_late",
    "already_returned": "utter_return_known",
    "not_returnable": "utter_return_not_taken",
}
# What a return and an exchange of the same pieces have in common.
SHARED = ("items", "quantity", "reason", "details")
TOO = phrases("anche\npure\ne anche\naggiungi\ninoltre\ntoo\nalso\nas well\nadd\nplus")
_LEADING = (
    r"(?:(?:ciao|salve|buongiorno|buonasera|scusate?|e|ma|ok|allora|poi|invece"
    r"|hi|hello|hey|and|but|so|also|then|okay|please)\W+){0,3}"
)
GENERAL = phrases(
    f"""
    ^{_LEADING}(?:come|quanto|quanti|entro|chi|cosa|qual è|quali)
    (?:^|[,.!] )(?:si può|si possono|è possibile|posso|potrei|accettate|riprendete|fate)
    (?:politica|condizioni|regole|tempi) (?:di|del|dei|per)
    ^{_LEADING}(?:how|what|who|which|when|are)
    ^{_LEADING}(?:do you|does|is it|can i|could i|can you|may i)
    (?:policy|rules|conditions) (?:on|for|about)?
    (?:returns?|exchanges?|reso|resi|cambi) policy
    """
)
