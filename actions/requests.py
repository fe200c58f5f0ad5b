"""The form that asks what a matter still lacks, one step after the other, and then does it.

What is asked, heard and done stands in `actions.flows`; here is what all of them share: going on
with what was said already, mending it before the yes, an interruption, a way out.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions import wording
from actions.bridge_client import BridgeClient
from actions.bridge_errors import GrantRequired, NotFound
from actions.care_action import CareAction, Events
from actions.flows.matter import CONFIRM, PROVING, Steps, prove_again
from actions.flows.matters import steps_of
from actions.form_step import UNDERSTOOD, FormStep, asking, failures, mode, next_slot, value_of
from actions.intents import INTERRUPTING, MATTERS, QUESTIONS, REQUESTS, topic_of
from actions.phrases import word_count
from actions.questions import ask, draft_case
from actions.reply import Reply, payload
from actions.turn import Turn

FORM = "request_form"
ANSWER = "answer"
_TITLES = {
    "it": {"yes": "Confermo", "change": "Cambia qualcosa", "leave": "Lascia stare"},
    "en": {"yes": "Confirm", "change": "Change something", "leave": "Never mind"},
}
# A no this short drops the whole; a longer one says what is wrong.
_WORDS_OF_A_NO = 2
# Questions are answered first, whatever else their words would say to a step.
_ASKING = QUESTIONS | REQUESTS | MATTERS
# What another answer, in the middle of it, has just asked: a yes or a no is for that.
_IN_BETWEEN = frozenset({"cancel_order", "offer_case", "offer_person", "start_matter"})
# Nothing goes on from here: what was being asked about is over.
_PERHAPS_DONE = {
    "it": "(Forse è già registrato: controllare.)",
    "en": "(It may be on file already: please check.)",
}
OVER: Events = [SlotSet("request", None), SlotSet("matter", None), SlotSet("wish", None)]


class ValidateRequestForm(FormStep):
    """Hears each message as the answer to the step that was asked, or as a correction."""

    form = FORM
    first_slot = free_text_slot = ANSWER
    action_name = f"validate_{FORM}"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if turn.interrupted(self.form) and turn.set_now("request"):
            # Another wish took the place of the one that was being asked about.
            return [next_slot(ANSWER if turn.slot("request") else None)]
        if turn.interrupted(self.form) and turn.asked_now in _IN_BETWEEN:
            # One question at a time.
            return [asking("silent", failures(turn)), self.same_slot(turn)]
        if not turn.activates(self.form) and turn.question in _IN_BETWEEN:
            if turn.intent == "affirm":
                return self.interrupted()
            if turn.intent == "deny":
                return [*UNDERSTOOD, asking("resume", failures(turn)), self.same_slot(turn)]
        return await super().act(turn, reply, bridge)

    def filled(self, events: Events) -> bool:
        ends = next_slot(None) in events
        return ends and bool(value_of("request", events))

    def flow(self, turn: Turn) -> str | None:
        return (turn.slot("request") or {}).get("matter")

    async def start(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        return [next_slot(ANSWER if turn.slot("request") else None)]

    async def hear(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        request: dict[str, Any] = turn.slot("request") or {}
        steps = steps_of(request)
        if steps is None:
            return [next_slot(None)]
        order, data = request["order"], request["data"]
        step = steps.missing(order, data) or CONFIRM
        if turn.intent == "goodbye":
            reply.say("utter_goodbye")
            return [*OVER, next_slot(None)]
        # "No, i ferri" is short and puts something right.
        change = steps.corrected(turn, order, data) if step == CONFIRM else None
        if wording.gives_up(turn) or (_short_no(turn) and not change):
            reply.say("utter_form_left")
            return [*OVER, next_slot(None)]
        if turn.entity("choice") == "change":
            kept = {**request, "data": steps.again(order)}
            return [SlotSet("request", kept), asking("first"), next_slot(ANSWER)]
        if "?" in turn.words and turn.intent in _ASKING:
            return self.interrupted()
        other = turn.entity("order_number")
        if other and turn.intent in ("inform", "correct") and other != order.get("number"):
            return await _other_order(turn, reply, bridge, steps, other)
        heard = steps.hear(step, turn, order, data)
        if heard is None and step == CONFIRM:
            heard = change
        if heard is None:
            return self.interrupted() if turn.intent in INTERRUPTING else self.not_helped(turn)
        return self._with({**request, "data": {**data, **heard}}, steps)

    def _with(self, request: dict[str, Any], steps: Steps) -> Events:
        more = steps.missing(request["order"], request["data"])
        return [
            SlotSet("request", request),
            asking("first"),
            next_slot(ANSWER if more else None),
        ]


def _short_no(turn: Turn) -> bool:
    return turn.intent == "deny" and word_count(turn.words) <= _WORDS_OF_A_NO


async def _other_order(
    turn: Turn, reply: Reply, bridge: BridgeClient, steps: Steps, number: str
) -> Events:
    """The same wish, but for another order."""
    if not steps.needs_order:
        return [asking("again", failures(turn)), next_slot(ANSWER)]
    try:
        order = await bridge.order(number, turn.conversation_id)
    except NotFound:
        reply.say("utter_order_unknown", number=number)
        return [asking("resume", failures(turn)), next_slot(ANSWER)]
    except GrantRequired:
        reply.say("utter_order_not_shown")
        return [*OVER, *ask(turn, "offer_person", "verification_failed"), next_slot(None)]
    events = [e for e in await steps.at_hand(turn, reply, bridge, order) if not _is_access(e)]
    goes_on = any(e.get("name") == "request" for e in events)
    return [*events, next_slot(ANSWER)] if goes_on else [*OVER, *events, next_slot(None)]


def _is_access(event: dict[str, Any]) -> bool:
    return event.get("name") == "order_access"


class AskRequestAnswer(CareAction):
    """Puts the question of the step that is due."""

    action_name = f"action_ask_{FORM}_{ANSWER}"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        request: dict[str, Any] = turn.slot("request") or {}
        steps, how = steps_of(request), mode(turn)
        if steps is None:
            return []
        order, data = request["order"], request["data"]
        step = steps.missing(order, data) or CONFIRM
        reply.signal("form_asks", form=FORM, flow=steps.intent, step=step)
        if how == "silent":
            return []
        if how == "patient":
            reply.say("utter_request_patient")
            return []
        if how != "first" and not turn.late_tap:
            reply.say(f"utter_request_{how}")
        buttons = (
            _confirming(turn) if step == CONFIRM else steps.buttons(step, order, turn.language)
        )
        values = steps.values(order, data, turn.language)
        reply.say(steps.question(step, data), buttons, **values)
        return []


def _confirming(turn: Turn) -> list[dict[str, str]]:
    titles = _TITLES[turn.language]
    return [
        {"title": titles["yes"], "payload": payload("inform", choice=CONFIRM)},
        {"title": titles["change"], "payload": payload("inform", choice="change")},
        {"title": titles["leave"], "payload": payload("inform", choice="give_up")},
    ]


class FinishRequest(CareAction):
    """Does what was asked for; says nothing where it was dropped."""

    action_name = "action_finish_request"
    apology = "utter_trouble_request"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        request: dict[str, Any] = turn.slot("request") or {}
        steps = steps_of(request)
        if steps is None:
            return []
        order, data = request["order"], request["data"]
        try:
            events = await steps.finish(turn, reply, bridge, order, data)
        except GrantRequired:
            # The proof ran out before the yes: once it is given again, the yes is asked again.
            kept = {**request, "data": {**data, CONFIRM: None}, PROVING: turn.slot("wish") or ""}
            return [SlotSet("request", kept), *prove_again(steps.intent, order.get("number"))]
        return [*OVER, SlotSet("case_draft", None), *events]

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        """Nothing of what was gathered is lost: colleagues can do it."""
        super().apologise(turn, reply)
        request: dict[str, Any] = turn.slot("request") or {}
        steps = steps_of(request)
        if steps is None:
            return []
        said = steps.summary(request["order"], request["data"], turn.language)
        # What got lost may have been the answer alone.
        said = f"{said} {_PERHAPS_DONE[turn.language]}"
        draft = draft_case(topic_of(steps.intent), said, request["order"].get("number"))
        return [draft, *ask(turn, "offer_case", "action_failed")]
