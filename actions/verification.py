"""Order status for someone not yet verified: the order number, then the code sent by e-mail.

No slot is proof of anything: `code` only says that the bridge accepted one, and the bridge is asked
again before anything is shown.
"""

from __future__ import annotations

import time
from typing import Any

from rasa_sdk.events import SlotSet

from actions import wording
from actions.bridge_client import BridgeClient
from actions.bridge_errors import Conflict, GrantRequired, NotFound, TooMany
from actions.care_action import CareAction, Events
from actions.flows.matters import MATTERS
from actions.form_step import (
    REQUESTED_SLOT,
    FormStep,
    asking,
    failures,
    mode,
    next_slot,
    value_of,
)
from actions.intents import INTERRUPTING, PROBLEMS, UPSET
from actions.phrases import word_count
from actions.questions import ask
from actions.reply import Reply
from actions.turn import Turn

FORM = "order_status_form"
# Codes asked for again before a person is offered beside the next one.
_RESENDS_BEFORE_WAY_OUT = 2
# Messages that, while no code could be sent, mean "try again".
_TRY_AGAIN = frozenset({"affirm", "inform", "order_status", "nlu_fallback"})
_WORDS_OF_A_NO = 2
# A new code was offered instead of the question: a yes means that.
_OFFERED = "offered"
# Messages of somebody who is looking for the code.
_PATIENT = frozenset({"affirm", "thank"})


def _challenge(turn: Turn) -> dict[str, Any]:
    """The code that was sent for the order in question and has not run out, or nothing."""
    sent = turn.slot("challenge") or {}
    same = sent.get("order") == turn.slot("order_number")
    return sent if same and float(sent.get("expires_at") or 0) > time.time() else {}


class ValidateOrderStatusForm(FormStep):
    """Order number → code → a grant in the bridge."""

    form = FORM
    first_slot = "code"
    action_name = f"validate_{FORM}"
    apology = "utter_trouble_code_check"

    def filled(self, events: Events) -> bool:
        return value_of("order_access", events) == "granted"

    async def start(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        events = [SlotSet("code", None)]
        code = wording.code(turn)
        if code and _challenge(turn):
            return [*events, *await self._check(turn, reply, bridge, code)]
        if not turn.slot("order_number"):
            return [*events, asking("first"), next_slot("order_number")]
        return [*events, asking("again" if _challenge(turn) else "first"), next_slot("code")]

    async def hear(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if wording.gives_up(turn):
            reply.say("utter_form_left")
            return [SlotSet("order_access", "refused"), next_slot(None)]
        if turn.slot(REQUESTED_SLOT) == "code":
            return await self._hear_code(turn, reply, bridge)
        number = wording.order_number(turn, expected=True)
        if number and turn.intent not in PROBLEMS:
            return [SlotSet("order_number", number), asking("first"), next_slot("code")]
        if wording.lacks_number(turn):
            return [asking("where", failures(turn) + 1), self.same_slot(turn)]
        return self._otherwise(turn)

    async def _hear_code(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        code = wording.code(turn)
        if code and _challenge(turn):
            return await self._check(turn, reply, bridge, code)
        # The slot holds a number named in this message already: the challenge tells if it is new.
        number = wording.order_number(turn, expected=False)
        sent_for = (turn.slot("challenge") or {}).get("order")
        if number and number != sent_for and wording.names_code(turn):
            # Five digits that are called a code are no order.
            return [SlotSet("order_number", sent_for), *self.not_helped(turn)]
        if number and number != sent_for and turn.intent not in PROBLEMS:
            if await _has_grant(bridge, turn, number):
                return [SlotSet("order_number", number), *_verified()]
            return [SlotSet("order_number", number), asking("first"), next_slot("code")]
        if wording.lost_mailbox(turn):
            return [asking("way_out", failures(turn)), self.same_slot(turn)]
        offered = turn.intent == "affirm" and mode(turn) in (_OFFERED, "way_out")
        if wording.wants_new_code(turn) or offered:
            return [asking("resend", failures(turn)), self.same_slot(turn)]
        if code or (turn.intent in _TRY_AGAIN and not _challenge(turn)):
            # A code for a challenge that has run out, or another try at sending one.
            return [asking("expired" if code else "first", failures(turn)), self.same_slot(turn)]
        if wording.names_code(turn) and turn.intent not in (*UPSET, "deny"):
            return [asking("again", failures(turn)), self.same_slot(turn)]
        if turn.intent in _PATIENT or (number and turn.intent in _TRY_AGAIN):
            return [asking("patient", failures(turn)), self.same_slot(turn)]
        return self._otherwise(turn)

    def _otherwise(self, turn: Turn) -> Events:
        if turn.intent == "deny" and word_count(turn.words) > _WORDS_OF_A_NO:
            # More than a no: something is in the way, and dropping it all would be rash.
            return [asking("way_out", failures(turn)), self.same_slot(turn)]
        return self.interrupted() if turn.intent in INTERRUPTING else self.not_helped(turn)

    async def _check(self, turn: Turn, reply: Reply, bridge: BridgeClient, code: str) -> Events:
        challenge = _challenge(turn)
        try:
            answer = await bridge.check_code(
                turn.conversation, str(challenge["id"]), code, turn.key(self.action_name)
            )
        except (NotFound, Conflict):
            # Not there any more: a new one is sent at once.
            return [SlotSet("challenge", None), asking("expired"), next_slot("code")]
        except TooMany:
            return _given_up(turn, reply)
        if answer.get("verified"):
            reply.did(
                {
                    "it": f"Il cliente si è verificato per l'ordine {challenge['order']}",
                    "en": f"The customer was verified for order {challenge['order']}",
                }
            )
            return _verified()
        left = int(answer.get("attempts_left") or 0)
        if left <= 0:
            # Also said of a code that was used already, by a try whose answer got lost.
            return _verified() if await _has_grant(bridge, turn) else _given_up(turn, reply)
        reply.say("utter_code_wrong_last" if left == 1 else "utter_code_wrong", attempts_left=left)
        count = _count_wrong(turn, reply)
        how = _OFFERED if left == 1 else "silent"
        return [count, asking(how, failures(turn)), next_slot("code")]


def _verified() -> Events:
    return [
        SlotSet("code", "accepted"),
        SlotSet("verification_failures", 0),
        SlotSet("challenge", None),
        SlotSet("order_access", "granted"),
        next_slot(None),
    ]


def _given_up(turn: Turn, reply: Reply) -> Events:
    """Too many wrong codes: a person can go on, in a way the bot cannot."""
    reply.say("utter_verification_failed")
    return [
        _count_wrong(turn, reply),
        SlotSet("challenge", None),
        SlotSet("order_number", None),
        SlotSet("order_access", "refused"),
        *ask(turn, "offer_person", "verification_failed"),
        next_slot(None),
    ]


def _count_wrong(turn: Turn, reply: Reply) -> dict[str, Any]:
    """Signal one more wrong code; `count` is how many in a row, over all codes sent."""
    count = int(turn.slot("verification_failures") or 0) + 1
    reply.signal("verification_failed", count=count)
    return SlotSet("verification_failures", count)


async def _has_grant(bridge: BridgeClient, turn: Turn, number: str | None = None) -> bool:
    try:
        await bridge.order(str(number or turn.slot("order_number")), turn.conversation_id)
    except (GrantRequired, NotFound):
        return False
    return True


class AskOrderNumber(CareAction):
    """Asks for the order number, in words that fit how often it was asked."""

    action_name = f"action_ask_{FORM}_order_number"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        how = mode(turn)
        if how == "first":
            reply.say("utter_ask_order_number" + _what_for(turn))
        elif how != "silent":
            reply.say(f"utter_ask_order_number_{how}")
        return ask(turn, "offer_person", "not_helped") if how == "way_out" else []


def _what_for(turn: Turn) -> str:
    """Whose account it is, an order proves as well; that needs a word."""
    matter = MATTERS.get(str(turn.slot("matter")))
    if matter is None:
        return ""
    return "_matter" if matter.needs_order else "_account"


class AskCode(CareAction):
    """Sends a code when one is due and asks for it."""

    action_name = f"action_ask_{FORM}_code"
    apology = "utter_trouble_code_send"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        how = mode(turn)
        quiet = how in ("silent", _OFFERED)
        if how in ("first", "resend", "expired") or (not quiet and not _challenge(turn)):
            return await self._send(turn, reply, bridge, how)
        if not quiet:
            reply.say(f"utter_ask_code_{how}")
        return []

    async def _send(self, turn: Turn, reply: Reply, bridge: BridgeClient, how: str) -> Events:
        number = str(turn.slot("order_number"))
        try:
            sent = await bridge.send_code(
                turn.conversation, number, turn.language, turn.key("action_send_code")
            )
        except TooMany:
            reply.say("utter_code_limit")
            return ask(turn, "offer_person", "verification_limit")
        before = turn.slot("challenge") or {}
        resends = int(before.get("resends") or 0) + 1 if before.get("order") == number else 0
        seconds = float(sent.get("expires_in_s") or 600)
        response = {"resend": "utter_code_resent", "expired": "utter_code_expired"}.get(
            how, "utter_code_sent"
        )
        if how == "resend" and resends >= _RESENDS_BEFORE_WAY_OUT:
            response = "utter_code_resent_way_out"
        reply.say(response, number=number, minutes=max(1, round(seconds / 60)))
        # Whether a mail really went out is the bridge's secret; on the card it is a request.
        reply.did(
            {
                "it": f"Ha chiesto un codice di verifica per l'ordine {number}",
                "en": f"Asked for a verification code for order {number}",
            }
        )
        challenge = {
            "id": sent.get("challenge_id"),
            "order": number,
            "expires_at": time.time() + seconds,
            "resends": resends,
        }
        return [SlotSet("challenge", challenge)]

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        super().apologise(turn, reply)
        return [SlotSet("challenge", None)]
