"""A desk's ordinary morning: the conversations that the browser tests work on."""

from __future__ import annotations

from sqlalchemy import Connection

from . import factory
from .simulators import BRIEF


def morning(conn: Connection, now: float) -> dict[str, str]:
    """Giulia waits urgently, Emma is overdue, Paolo left a message, others are with the bot."""
    return {
        "giulia": _giulia(conn, now),
        "emma": _emma(conn, now),
        "paolo": _paolo(conn, now),
        "tom": _tom(conn, now),
        "anna": _anna(conn, now),
    }


def _giulia(conn: Connection, now: float) -> str:
    giulia = factory.conversation(
        conn,
        at=now - 86_400,
        sender_name="Giulia Ferraris",
        address="giulia",
        handle="giulia",
        state={"memory": {"level": "recognised", "first_name": "Giulia", "tier": "gold"}},
    )
    factory.handoff(
        conn,
        giulia,
        at=now - 86_000,
        state="returned",
        claimed_by="Luca",
        closed_at=now - 85_000,
        closing_word="Il nuovo pacco parte martedì",
        rating=5,
    )
    factory.said(
        conn,
        giulia,
        "Buongiorno, dov'è il mio ordine LA-20398?",
        at=now - 600,
        reading={
            "intent": "order_status",
            "confidence": 0.97,
            "ranking": [
                {"intent": "order_status", "confidence": 0.97},
                {"intent": "delivery_problem", "confidence": 0.02},
            ],
            "entities": [{"entity": "order_number", "value": "LA-20398"}],
            "rejected": False,
        },
    )
    factory.told(
        conn,
        giulia,
        "Sono l'assistente automatico di Lanificio Aurora. Come trattiamo i dati: "
        "https://www.lanificioaurora.example/privacy\n\nPer dirti dov'è il tuo ordine devo "
        "verificare che sei tu: ti ho mandato un codice all'e-mail dell'ordine.",
        at=now - 599,
    )
    factory.said(
        conn,
        giulia,
        "non mi arriva niente!! è la terza volta, voglio parlare con qualcuno",
        at=now - 540,
        reading={
            "intent": "talk_to_human",
            "confidence": 0.91,
            "ranking": [
                {"intent": "talk_to_human", "confidence": 0.91},
                {"intent": "complaint", "confidence": 0.07},
            ],
            "entities": [],
            "rejected": False,
        },
    )
    factory.told(
        conn,
        giulia,
        "Ti passo a una persona di Lanificio Aurora: ti risponde tra circa 10 minuti.",
        at=now - 539,
        buttons=[
            {"title": "Aspetto", "payload": "a"},
            {"title": "Lascio un messaggio", "payload": "b"},
            {"title": "Continuo col bot", "payload": "c"},
        ],
    )
    factory.handoff(
        conn,
        giulia,
        at=now - 539,
        priority="urgent",
        collected={"order_number": "LA-20398", "reason": "codice non arrivato"},
        effects=[
            {
                "name": "send_code",
                "it": "Inviato un codice di verifica per LA-20398",
                "en": "Sent a verification code for LA-20398",
            }
        ],
        first_answer_due_at=now + 360,
        brief=BRIEF,
        brief_at=now - 538,
    )
    factory.noted(conn, giulia, "Cliente oro: controllare la casella spam?", at=now - 300)
    return giulia


def _emma(conn: Connection, now: float) -> str:
    emma = factory.conversation(
        conn,
        at=now - 7200,
        sender_name="Emma Whitfield",
        address="emma",
        handle="emma.knits",
        language="en",
    )
    factory.said(conn, emma, "My parcel is four days late and nobody answers", at=now - 5400)
    factory.told(conn, emma, "I'm sorry. I'm asking a colleague to look at it.", at=now - 5399)
    factory.handoff(
        conn,
        emma,
        at=now - 5399,
        priority="high",
        reasons=[
            {
                "code": "complaint",
                "it": "Reclamo da cliente argento",
                "en": "Complaint from a silver customer",
            }
        ],
        first_answer_due_at=now - 1800,
    )
    return emma


def _paolo(conn: Connection, now: float) -> str:
    paolo = factory.conversation(conn, at=now - 9000, sender_name="Paolo Bianchetti")
    factory.said(conn, paolo, "Una matassa è arrivata rovinata, allego foto", at=now - 4000)
    factory.handoff(conn, paolo, at=now - 3990, state="message")
    return paolo


def _tom(conn: Connection, now: float) -> str:
    tom = factory.conversation(
        conn, at=now - 7000, sender_name="Tom Ashworth", language="en", address="tom"
    )
    factory.said(conn, tom, "Has LA-20400 been shipped yet?", at=now - 3100)
    factory.handoff(
        conn, tom, at=now - 3000, state="claimed", claimed_by="Luca", claimed_at=now - 2900
    )
    factory.told(
        conn, tom, "Hi Tom, Luca here. Let me check.", at=now - 2800, role="agent", author="Luca"
    )
    factory.said(conn, tom, "Thanks, I'll wait.", at=now - 2700, disposition="relayed")
    return tom


def _anna(conn: Connection, now: float) -> str:
    anna = factory.conversation(conn, at=now - 3600, sender_name="Anna Rosso", address="anna")
    factory.said(conn, anna, "Avete il merino verde bosco?", at=now - 1200)
    factory.told(conn, anna, "Sì, il Merino Oropa c'è in verde bosco.", at=now - 1199)
    return anna
