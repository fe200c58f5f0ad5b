"""The form that asks what a matter still lacks, one step after the other, and then does it.

What is asked, heard and done stands in `actions.flows`; here is what all of them share: going on
with what was said already, mending it before the yes, an interruption, a way out.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions import wording
from actions.bridge_client import BridgeClient
from actions.care_action import CareAction, Events
from actions.flows.matter import CONFIRM, Data, Order, Steps
from actions.flows.matters import steps_of
from actions.form_step import FormStep, asking, mode, next_slot
from actions.intents import INTERRUPTING, MATTERS, QUESTIONS, REQUESTS
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


class ValidateRequestForm(FormStep):
    """Hears each message as the answer to the step that was asked, or as a correction."""

    form = FORM
    first_slot = free_text_slot = ANSWER
    action_name = f"validate_{FORM}"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if turn.interrupted(self.form) and turn.set_now("request"):
            # Another wish took the place of the one that was being asked about.
            return [next_slot(ANSWER)]
        return await super().act(turn, reply, bridge)

    async def start(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        return [next_slot(ANSWER if turn.slot("request") else None)]

    async def hear(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        request: dict[str, Any] = turn.slot("request") or {}
        steps = steps_of(request)
        if steps is None:
            return [next_slot(None)]
        order, data = request["order"], request["data"]
        step = steps.missing(order, data) or CONFIRM
        if wording.gives_up(turn):
            reply.say("utter_form_left")
            return [SlotSet("request", None), next_slot(None)]
        if turn.entity("choice") == "change":
            kept = {**request, "data": {}}
            return [SlotSet("request", kept), asking("first"), next_slot(ANSWER)]
        if _short_no(turn) or ("?" in turn.words and turn.intent in _ASKING):
            return self.interrupted()
        heard = steps.hear(step, turn, order, data)
        if heard is None and step == CONFIRM:
            heard = _corrected(steps, turn, order, data)
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


def _corrected(steps: Steps, turn: Turn, order: Order, data: Data) -> Data | None:
    """What a message before the yes puts right; the newest step that understands it, wins."""
    for step in reversed(steps.steps[:-1]):
        if data.get(step) is None:
            continue
        heard = steps.hear(step, turn, order, data)
        # "Other" is what every text says of a reason: that corrects nothing.
        if heard and heard != {step: data[step]} and "other" not in heard.values():
            return heard
    return None


class AskRequestAnswer(CareAction):
    """Puts the question of the step that is due."""

    action_name = f"action_ask_{FORM}_{ANSWER}"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        request: dict[str, Any] = turn.slot("request") or {}
        steps, how = steps_of(request), mode(turn)
        if steps is None or how == "silent":
            return []
        order, data = request["order"], request["data"]
        step = steps.missing(order, data) or CONFIRM
        if how == "patient":
            reply.say("utter_request_patient")
            return []
        if how != "first":
            reply.say(f"utter_request_{how}")
        buttons = (
            _confirming(turn) if step == CONFIRM else steps.buttons(step, order, turn.language)
        )
        values = steps.values(order, data, turn.language)
        reply.say(f"utter_ask_{steps.intent}_{step}", buttons, **values)
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
        events = await steps.finish(turn, reply, bridge, request["order"], request["data"])
        return [SlotSet("request", None), SlotSet("matter", None), SlotSet("wish", None), *events]

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        """Nothing of what was gathered is lost: colleagues can do it."""
        super().apologise(turn, reply)
        request: dict[str, Any] = turn.slot("request") or {}
        steps = steps_of(request)
        if steps is None:
            return []
        said = steps.summary(request["order"], request["data"], turn.language)
        draft = draft_case("other", said, request["order"].get("number"))
        return [draft, *ask(turn, "offer_case", "action_failed")]
