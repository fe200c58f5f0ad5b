"""Matters that need no questions: they are told, or done at once, for whoever may."""

from __future__ import annotations

from typing import Any

from actions.bridge_client import BridgeClient
from actions.bridge_errors import Conflict
from actions.care_action import Events
from actions.dates import day_of, spoken, today
from actions.flows.matter import ANSWERED, Matter, Order, access, question_in
from actions.phrases import phrases
from actions.questions import ask, draft_case
from actions.reply import Reply, payload
from actions.turn import Turn

# Points are spent in hundreds.
_SPENT_BY = 100
_NEVER_PAID = ("placed", "cancelled")
_PREPARE = {"it": "Prepara il reso", "en": "Prepare a return"}


class Refund(Matter):
    """Where the money is."""

    intent = "refund_status"
    general = phrases(
        """
        (?:quanto|quanti giorni) (?:tempo )?(?:ci (?:vuole|mettete|vogliono)|serve|passa)
        (?:in|di) quanto tempo rimborsate
        tempi (?:di|del|dei|per) rimbors~
        come (?:funziona|funzionano|vengono|avviene|rimborsate|fate)
        how (?:long|do|does|are)
        when do (?:you|i|refunds)
        refund times?
        """
    )
    offer = {"it": "Il mio rimborso", "en": "My refund"}
    no_order = "utter_refund_none"

    def fits(self, order: Order) -> bool:
        return bool(order.get("refund") or order.get("returns"))

    async def at_hand(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order | None
    ) -> Events:
        assert order is not None
        number = str(order["number"])
        refund: dict[str, Any] = order.get("refund") or {}
        announced = [r for r in order.get("returns") or [] if r.get("status") == "announced"]
        exchanges = [r for r in announced if r.get("kind") == "exchange"]
        returns = [r for r in announced if r.get("kind") != "exchange"]
        if returns:
            # Beside it, an earlier return of the same order may have its refund.
            reply.say("utter_refund_waits", number=number, reference=returns[0]["reference"])
        if refund:
            return [*self._told(turn, reply, order, refund), access(ANSWERED)]
        if returns:
            return [access(ANSWERED)]
        if exchanges:
            reference = str(exchanges[0]["reference"])
            reply.say("utter_refund_is_exchange", number=number, reference=reference)
            said = {
                "it": f"Chiede il rimborso dell'ordine {number}, ma ha un cambio ({reference}).",
                "en": f"Asks for a refund of order {number}, but has an exchange ({reference}).",
            }
            return [*_to_colleagues(turn, number, said), access(ANSWERED)]
        returnable = bool((order.get("allowed") or {}).get("return_until"))
        prepare = {"title": _PREPARE[turn.language],
                   "payload": payload("return_item", order_number=number)}  # fmt: skip
        reply.say("utter_refund_nothing", [prepare] if returnable else None, number=number)
        said = {
            "it": f"Aspetta un rimborso per l'ordine {number}, ma non risulta nessun reso.",
            "en": f"Is waiting for a refund of order {number}, but no return is on file.",
        }
        return [*_to_colleagues(turn, number, said), access(ANSWERED)]

    def _told(self, turn: Turn, reply: Reply, order: Order, refund: dict[str, Any]) -> Events:
        """Where the refund is; one that is overdue is looked into."""
        number, sent = str(order["number"]), refund.get("status") == "sent"
        day = day_of(refund.get("at") if sent else refund.get("expected_by"))
        values = {
            "number": number,
            "amount": money(refund.get("amount"), order, turn.language),
            "day": spoken(day, turn.language) if day else "",
        }
        if day and day < today() and not sent:
            reply.say("utter_refund_late", **values)
            said = {
                "it": f"Il rimborso dell'ordine {number} doveva partire entro {values['day']}.",
                "en": f"The refund of order {number} should have left by {values['day']}.",
            }
            return _to_colleagues(turn, number, said)
        reply.say("utter_refund_sent" if sent else "utter_refund_due", **values)
        return ask(turn, "did_it_help")


def _to_colleagues(turn: Turn, number: str, said: dict[str, str]) -> Events:
    """Offer a case that says this."""
    draft = draft_case("return_refund", said[turn.language], number)
    return [draft, *ask(turn, "offer_case", "request")]


class Invoice(Matter):
    """A copy of the invoice, to the address on file and nowhere else."""

    intent = "invoice_request"
    general = phrases(
        """
        (?:intestat|intestar|partita iva|p\\.? ?iva|codice (?:sdi|univoco|destinatario)|pec)~
        (?:fate|emettete|rilasciate) (?:\\S+ )?fattur~
        (?:quanto|quando|entro) (?:\\S+ ){0,3}(?:fattur|richied)~
        (?:do|can) you (?:\\S+ ){0,3}invoice~
        (?:vat|company) (?:number|name|details)
        """
    )
    offer = {"it": "Mandami la fattura", "en": "Send my invoice"}
    no_order = "utter_invoice_none"

    def fits(self, order: Order) -> bool:
        return order.get("status") not in _NEVER_PAID

    async def at_hand(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order | None
    ) -> Events:
        assert order is not None
        number = str(order["number"])
        try:
            sent = await bridge.send_invoice(
                number, turn.conversation, turn.language, turn.key("action_send_invoice")
            )
        except Conflict as error:
            if error.code == "no_email":
                reply.say("utter_invoice_no_address", number=number)
                return [
                    _by_hand(turn, number),
                    *ask(turn, "offer_case", "request"),
                    access(ANSWERED),
                ]
            if error.code != "not_invoiced":
                raise
            reply.say("utter_invoice_not_yet", number=number)
            return [access(ANSWERED)]
        invoice = str(sent["number"])
        reply.say("utter_invoice_sent", number=number, invoice=invoice, address=sent["sent_to"])
        reply.did(
            {
                "it": f"Ha mandato la fattura {invoice} dell'ordine {number}",
                "en": f"Sent invoice {invoice} of order {number}",
            }
        )
        return [access(ANSWERED)]


class Points(Matter):
    """The balance of the Club; whose it is, an order number and a code prove."""

    intent = "loyalty_points"
    needs_order = False
    offer = {"it": "I miei punti", "en": "My points"}
    _mine = phrases(
        """
        (?:quanti|che|i miei|il mio) (?:punti|saldo)(?: (?:ho|mi (?:restano|rimangono)))?
        (?:saldo|situazione|estratto) (?:dei |dei miei |miei )?punti
        (?:miei|mie) (?:punti|livello)
        (?:vedere|sapere|controllare|dirmi) (?:\\S+ ){0,4}punti
        punti (?:ho|mi restano|mi rimangono|sono rimasti)
        how many (?:\\S+ )?points
        (?:my|our) (?:\\S+ )?(?:points|balance|tier|level)
        points (?:do i have|balance|left|have i)
        """
    )
    _rules = phrases(
        """
        (?:scad|a cosa serv|quanto val)~
        come (?:funziona|si us|us|spend|si spend|ottengo|guadagno|accumul)~
        (?:expire|how (?:do|does|can)|work|what are|worth|earn)~
        """
    )

    def asks_how(self, turn: Turn) -> bool:
        words = question_in(turn)
        return bool(words) and (bool(self._rules.search(words)) or not self._mine.search(words))

    async def at_hand(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order | None
    ) -> Events:
        balance = await bridge.loyalty(turn.conversation_id)
        points = int(balance.get("points") or 0)
        expiry = day_of(balance.get("next_expiry"))
        values = {
            "points": points,
            "worth": money(balance.get("worth"), {"currency": "EUR"}, turn.language),
        }
        if expiry and balance.get("expiring"):
            reply.say(
                "utter_points_expiring",
                **values,
                expiring=balance["expiring"],
                day=spoken(expiry, turn.language),
            )
        else:
            few = "utter_points_few" if points else "utter_points_none"
            reply.say(few if points < _SPENT_BY else "utter_points", **values)
        return [access(ANSWERED)]


def _by_hand(turn: Turn, number: str) -> dict[str, Any]:
    said = {
        "it": f"Chiede la fattura dell'ordine {number}; non abbiamo un indirizzo e-mail.",
        "en": f"Asks for the invoice of order {number}; we have no e-mail address.",
    }
    return draft_case("payment", said[turn.language], number)


def money(amount: Any, order: Order, language: str) -> str:
    """`61,50 €` in Italian, `€61.50` in English; other currencies by their code."""
    value = f"{float(amount or 0):,.2f}"
    currency = str(order.get("currency") or "EUR")
    sign = {"EUR": "€", "GBP": "£", "USD": "$"}.get(currency)
    if language == "en":
        return f"{sign}{value}" if sign else f"{currency} {value}"
    value = value.translate(str.maketrans(",.", ".,"))
    return f"{value} {sign or currency}"
