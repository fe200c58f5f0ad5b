"""A period of conversations, written straight into the gateway's tables."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, update

from integrations.conversations.ids import new_id
from integrations.conversations.tables import conversations, handoffs, inbound, outbound, turns

_NUMBERS = itertools.count(1)
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
GAP = "knowledge_gap"


class Talk:
    """One conversation; every message moves its clock on by a minute."""

    def __init__(
        self,
        conn: Connection,
        at: float,
        *,
        channel: str = "webchat",
        language: str = "it",
        **values: Any,
    ) -> None:
        self.conn, self.at, self.channel, self.language = conn, at, channel, language
        self.id = new_id("c")
        self.seq = 1
        self.messages: list[str] = []
        address = f"indirizzo-{next(_NUMBERS)}"
        row = {
            "id": self.id,
            "channel": channel,
            "account": "default",
            "address": address,
            "handle": address,
            "language": language,
            "state": {},
            "created_at": at,
            "last_activity_at": at,
            **values,
        }
        conn.execute(insert(conversations).values(row))

    def says(
        self,
        text: str | None,
        intent: str = "order_status",
        *,
        rejected: bool = False,
        ambiguous: bool = False,
        tapped: bool = False,
        form: str | None = None,
        asked: str | None = None,
        signals: Sequence[tuple[str, Mapping[str, Any]]] = (),
        rules: Sequence[str] = (),
        answer: str | None = "Va bene.",
        minutes: float = 1.0,
    ) -> Talk:
        """A message and the bot's turn; `form` and `asked` are what is open after it."""
        self.at += minutes * MINUTE_S
        turn_id, message_id = new_id("t"), new_id("m")
        name = "nlu_ambiguous" if ambiguous else "nlu_fallback" if rejected else intent
        reading = {
            "intent": name,
            "confidence": 0.4 if rejected else 0.93,
            "rejected": rejected,
            "ranking": [{"intent": name, "confidence": 0.4}, {"intent": intent, "confidence": 0.3}],
            "entities": [{"entity": "email", "value": "giulia.ferraris@posta.example"}],
        }
        self._said(message_id, text, turn_id, reading, tapped)
        self.conn.execute(
            insert(turns).values(
                id=turn_id,
                conversation_id=self.id,
                version=1,
                status="done",
                inbound_ids=[message_id],
                model_sha="m1",
                signals=[{"name": n, "data": dict(d)} for n, d in signals],
                actions=[],
                rules=list(rules),
                form=form,
                asked=asked,
                created_at=self.at,
                finished_at=self.at + 0.2,
            )
        )
        if answer is not None:
            self.told(answer)
        return self

    def handed_over(
        self,
        rule: str = "asked-for-a-person",
        *,
        state: str = "resolved",
        rating: int | None = None,
        wanted: str | None = None,
        wanted_words: str | None = None,
        **values: Any,
    ) -> Talk:
        """People are called by the message before."""
        row = {
            "id": new_id("h"),
            "conversation_id": self.id,
            "state": state,
            "priority": "normal",
            "rules": [rule],
            "reasons": [{"code": rule, "it": "Perché sì", "en": "Because"}],
            "signals": [],
            "collected": {},
            "effects": [],
            "requested_at": self.at + 0.2,
            "closed_at": None if state in ("queued", "claimed") else self.at + HOUR_S,
            "rating": rating,
            "wanted": wanted,
            "wanted_words": wanted_words,
            **values,
        }
        self.conn.execute(insert(handoffs).values(row))
        mine = conversations.c.id == self.id
        self.conn.execute(update(conversations).where(mine).values(handoff_id=row["id"]))
        return self

    def told(self, text: str, *, role: str = "bot", **values: Any) -> Talk:
        """Something the customer reads."""
        row = {
            "id": new_id("o"),
            "conversation_id": self.id,
            "seq": self._next(),
            "role": role,
            "text": text,
            "in_reply_to": [],
            "version": 1,
            "state": "sent",
            "created_at": self.at + 0.3,
            "sent_at": self.at + 0.3,
            "updated_at": self.at + 0.3,
            **values,
        }
        self.conn.execute(insert(outbound).values(row))
        return self

    def later(self, hours: float) -> Talk:
        """Time passes."""
        self.at += hours * HOUR_S
        return self

    def _said(
        self, message_id: str, text: str | None, turn_id: str, reading: Any, tapped: bool
    ) -> None:
        self.messages.append(message_id)
        self.conn.execute(
            insert(inbound).values(
                id=message_id,
                conversation_id=self.id,
                seq=self._next(),
                channel=self.channel,
                account="default",
                dedup_key=message_id,
                external_id=message_id,
                kind="postback" if tapped else "message",
                text=text,
                payload={"intent": "inform"} if tapped else None,
                public=False,
                language=self.language,
                received_at=self.at,
                turn_id=turn_id,
                disposition="answered",
                handled_at=self.at,
                reading=reading,
            )
        )

    def _next(self) -> int:
        self.seq += 1
        mine = conversations.c.id == self.id
        self.conn.execute(update(conversations).where(mine).values(next_seq=self.seq))
        return self.seq - 1


def filled(form: str, flow: str | None = None) -> tuple[str, dict[str, Any]]:
    """The trace of a form that was told everything."""
    return "form_filled", {"form": form, **({"flow": flow} if flow else {})}


def gap(intent: str, nearest: str | None = None) -> tuple[str, dict[str, Any]]:
    return GAP, {"intent": intent, "nearest": nearest, "score": 0.2}


def given(slug: str, intent: str, *, chosen: bool = False) -> tuple[str, dict[str, Any]]:
    return "article_given", {"slug": slug, "intent": intent, "chosen": chosen}


def not_helped(slug: str, intent: str) -> tuple[str, dict[str, Any]]:
    return "article_not_helped", {"slug": slug, "intent": intent}


def season(conn: Connection, until: float, *, days: int, a_day: int, seed: int = 1) -> None:
    """Many conversations up to `until`, as a wool mill's customers have them; for pictures."""
    chance = random.Random(seed)
    for day in range(days):
        number = int(a_day * chance.uniform(0.6, 1.4) * (0.5 if day % 7 in (5, 6) else 1))
        for _ in range(number):
            at = until - (day + 1) * DAY_S + chance.uniform(0.05, 0.95) * DAY_S
            channel = chance.choices(["webchat", "telegram", "api"], [5, 3, 1])[0]
            language = chance.choices(["it", "en"], [4, 1])[0]
            talk = Talk(conn, at, channel=channel, language=language, sender_name="Giulia Ferraris")
            chance.choice(_KINDS)(talk, chance)


def _order(talk: Talk, chance: random.Random) -> None:
    talk.says("Dov'è il mio ordine?", form="order_status_form", asked="order_number")
    if chance.random() < 0.15:
        return
    talk.says("LA-20398", "inform", form="order_status_form", asked="code")
    if chance.random() < 0.1:
        talk.says("non trovo la mail", "inform", form="order_status_form", asked="code")
    if chance.random() < 0.2:
        return
    if chance.random() < 0.15:
        talk.says("lasciamo stare", "deny")
        return
    talk.says("123 456", "inform", signals=[filled("order_status_form")])


def _question(talk: Talk, chance: random.Random) -> None:
    if chance.random() < 0.75:
        talk.says(
            "Come si lava il merino?",
            "garment_care",
            signals=[given("lavare-merino", "garment_care")],
        )
        if chance.random() < 0.15:
            missed = [not_helped("lavare-merino", "garment_care")]
            talk.says("no, non mi serve", "deny", signals=missed)
        return
    intent, nearest = chance.choice(
        [
            ("shipping_info", "spedizioni-estero"),
            ("store_info", None),
            ("product_question", "modelli"),
            ("availability", "preordini"),
        ]
    )
    talk.says("Spedite anche in Islanda?", intent, signals=[gap(intent, nearest)])
    if nearest and chance.random() < 0.3:
        talk.says("Estero", intent, tapped=True, signals=[given(nearest, intent, chosen=True)])


def _return(talk: Talk, chance: random.Random) -> None:
    form = "request_form/return_item"
    talk.says("Vorrei rendere un maglione", "return_item", form=form, asked="items")
    if chance.random() < 0.1:
        return
    talk.says("quello blu", "inform", form=form, asked="reason")
    if chance.random() < 0.2:
        talk.says("passatemi qualcuno", "talk_to_human").handed_over(
            rating=chance.choice([None, 3, 4, 5]), wanted="exchange_item"
        )
        return
    talk.says("troppo grande", "inform", form=form, asked="confirm")
    if chance.random() < 0.1:
        talk.says("anzi, un'altra cosa: è arrivato rotto", "item_damaged",
                  form="delivery_problem_form", asked="photo")  # fmt: skip
        return
    talk.says("sì", "affirm", signals=[filled("request_form", "return_item")])


def _lost(talk: Talk, chance: random.Random) -> None:
    talk.says("quella cosa lì che dicevate di Giulia", rejected=True)
    if chance.random() < 0.5:
        talk.says("boh quella dell'altra volta", rejected=True).handed_over(
            "not-understood-twice",
            rating=chance.choice([None, 2, 4]),
            wanted=chance.choice(["promo_code", None]),
            wanted_words=chance.choice([None, "tinta su misura"]),
        )
    else:
        talk.says("il buono sconto", "promo_code")


def _unclear(talk: Talk, chance: random.Random) -> None:
    talk.says("voglio cambiarlo", "exchange_item", ambiguous=True)
    talk.says("Cambiare articolo", "exchange_item", tapped=True)


def _fine(talk: Talk, chance: random.Random) -> None:
    talk.says("Ciao!", "greet").says("Che taglie avete?", "size_question")


_KINDS = (_order, _order, _question, _question, _question, _return, _lost, _unclear, _fine, _fine)
