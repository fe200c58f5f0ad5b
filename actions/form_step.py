"""How a form hears a message: what fills it, what interrupts it, and what to ask next.

Rasa calls `validate_<form>` when the form starts, for every message while it is active, and when it
is taken up again after an interruption. The bookkeeping lives in the slot `asking`:
`{"mode": how to put the next question, "failures": messages in a row that did not help}`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from rasa_sdk.events import ActionExecutionRejected, SlotSet

from actions import wording
from actions.bridge_client import BridgeClient
from actions.care_action import CareAction, Events
from actions.intents import INTERRUPTING, QUESTIONS, UPSET
from actions.phrases import word_count
from actions.reply import Reply
from actions.turn import Turn

REQUESTED_SLOT = "requested_slot"
# After this many messages in a row that did not help, the question comes with a way out.
PATIENCE = 2
# "One moment" where any text would do, and "one moment, I'm looking it up" elsewhere.
_WORDS_OF_A_PAUSE = 3
_WORDS_OF_A_SEARCH = 7
# Wishes that come before any form, however it would read the words.
_LEADING_OUT = frozenset({"talk_to_human", "legal_safety"})

# Rejected by the classifier, but plain enough to the form that asked for it.
UNDERSTOOD: Events = [SlotSet("rejected_streak", 0.0)]


# A longer no says what is wrong.
_WORDS_OF_A_NO = 2


def asking(mode: str, failures: int = 0) -> dict[str, Any]:
    """The event that says how the next question is put."""
    return SlotSet("asking", {"mode": mode, "failures": failures})


def mode(turn: Turn) -> str:
    """How to put the question now."""
    return str((turn.slot("asking") or {}).get("mode") or "first")


def failures(turn: Turn) -> int:
    """Messages in a row that did not help."""
    return int((turn.slot("asking") or {}).get("failures") or 0)


def _failed(event: dict[str, Any], turn: Turn) -> bool:
    """Whether the event counts one more message that did not help."""
    value = event.get("value")
    counts = event.get("name") == "asking" and isinstance(value, dict)
    return counts and value["failures"] > failures(turn)


def _asked_in_passing(turn: Turn) -> bool:
    """Whether the message answers what was asked in the middle of a form; a typed yes or no that
    follows an article is for the form, which has asked since."""
    return turn.question == "offer_person" or (turn.is_payload and turn.question == "did_it_help")


def _drops(turn: Turn) -> bool:
    """Whether a no means the form: it offered a way out itself, or the no comes with a story."""
    return mode(turn) == "way_out" or word_count(turn.words) > _WORDS_OF_A_NO


def value_of(slot: str, events: Events) -> Any:
    """What the events leave in a slot; None if they don't set it."""
    return next((e["value"] for e in reversed(events) if e.get("name") == slot), None)


def next_slot(name: str | None) -> dict[str, Any]:
    """The event that names the slot to ask for; None ends the form."""
    return SlotSet(REQUESTED_SLOT, name)


class FormStep(CareAction):
    """Validation of one form, as a whole: `start` and `hear` return the form's next step."""

    form: ClassVar[str]
    # What is asked for when the form breaks before it could ask anything.
    first_slot: ClassVar[str]
    # The slot that takes any text, if there is one.
    free_text_slot: ClassVar[str | None] = None

    def interrupted(self) -> Events:
        """Leave this message to the rules; the form resumes afterwards unless a rule ends it."""
        return [ActionExecutionRejected(self.form)]

    def not_helped(self, turn: Turn) -> Events:
        """The message did not answer: ask again in other words, then with a way out."""
        count = failures(turn) + 1
        return [asking("again" if count < PATIENCE else "way_out", count), self.same_slot(turn)]

    @staticmethod
    def same_slot(turn: Turn) -> dict[str, Any]:
        """Ask for the same slot again."""
        return next_slot(turn.slot(REQUESTED_SLOT))

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if turn.activates(self.form):
            return self._noted(turn, reply, await self.start(turn, reply, bridge))
        if turn.interrupted(self.form):
            if turn.intent in UPSET:
                # Whoever is angry is not asked for a number again in the same breath.
                return [asking("silent", failures(turn)), self.same_slot(turn)]
            # Small talk and questions are welcome; only what leads nowhere counts as a failure.
            count = failures(turn) + (turn.intent == "out_of_scope")
            how = "way_out" if turn.intent == "out_of_scope" and count >= PATIENCE else "resume"
            return [asking(how, count), self.same_slot(turn)]
        if turn.intent in _LEADING_OUT or (
            turn.intent == "affirm" and turn.question == "offer_person"
        ):
            return self.interrupted()
        if turn.intent == "deny" and _asked_in_passing(turn) and not _drops(turn):
            # The form itself goes on.
            return [*UNDERSTOOD, asking("resume", failures(turn)), self.same_slot(turn)]
        if turn.is_payload and turn.intent == "affirm" and turn.question == "did_it_help":
            return self.interrupted()
        if turn.intent == "repeat":
            if turn.late_tap:
                reply.say("utter_late_tap")
            return [*UNDERSTOOD, asking("again", failures(turn)), self.same_slot(turn)]
        free_text = turn.slot(REQUESTED_SLOT) == self.free_text_slot
        most_words = _WORDS_OF_A_PAUSE if free_text else _WORDS_OF_A_SEARCH
        # "Aspetta che lo cerco" reads like a question about something else.
        asks = turn.intent in INTERRUPTING - QUESTIONS - {"out_of_scope"} or "?" in turn.words
        if not asks and wording.wants_time(turn, most_words):
            return [*UNDERSTOOD, asking("patient", failures(turn)), self.same_slot(turn)]
        events = self._noted(turn, reply, await self.hear(turn, reply, bridge))
        helped = not any(e == self.interrupted()[0] or _failed(e, turn) for e in events)
        return [*UNDERSTOOD, *events] if helped else events

    def _noted(self, turn: Turn, reply: Reply, events: Events) -> Events:
        """Say so where everything was told: a form that ends otherwise was left or cut off."""
        if self.filled(events):
            flow = self.flow(turn)
            reply.signal("form_filled", form=self.form, **({"flow": flow} if flow else {}))
        return events

    def flow(self, turn: Turn) -> str | None:
        """Which of the wishes that share this form is being asked about, if several do."""
        return None

    @abstractmethod
    def filled(self, events: Events) -> bool:
        """Whether the form has got with these events what it was there for."""

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        """Keep the form as it is, so that the customer can just say it again."""
        super().apologise(turn, reply)
        slot = turn.slot(REQUESTED_SLOT) or self.first_slot
        return [asking("silent", failures(turn)), next_slot(slot)]

    @abstractmethod
    async def start(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        """The form begins: what is known already, and what to ask first."""

    @abstractmethod
    async def hear(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        """The customer wrote something while the form was waiting for an answer."""
