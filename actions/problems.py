"""A delivery that went wrong: what happened, in the customer's words, and on which order."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions import order_words, wording
from actions.bridge_client import BridgeClient
from actions.bridge_errors import BridgeError
from actions.care_action import CareAction, Events
from actions.form_step import (
    REQUESTED_SLOT,
    FormStep,
    asking,
    failures,
    mode,
    next_slot,
    value_of,
)
from actions.intents import (
    INTERRUPTING,
    MATTERS,
    PROBLEMS,
    QUESTIONS,
    REQUESTS,
    SMALL_TALK,
    UPSET,
)
from actions.memory import recall
from actions.phrases import word_count
from actions.problem_words import kind_of, tells_what_happened
from actions.questions import ask
from actions.reply import Reply, payload
from actions.turn import Turn

FORM = "delivery_problem_form"
# A description shorter than this is taken only when it names a kind of problem.
_WORDS_OF_A_DESCRIPTION = 3
_SMALL_TALK = SMALL_TALK | {"affirm", "out_of_scope"}
_WORDS_OF_SMALL_TALK = 4
# What a photo shows.
_SEEN = frozenset({"damaged", "wrong"})
# What the intent says of the kind where the words don't.
_KINDS = {
    "parcel_late": "not_arrived",
    "parcel_missing": "not_arrived",
    "item_damaged": "damaged",
    "wrong_item": "wrong",
}
# "Boh" is not a request for something that isn't ours.
_ANSWERED = INTERRUPTING - {"out_of_scope"}


class ValidateDeliveryProblemForm(FormStep):
    """What happened, then the order number unless it is known or the customer has none."""

    form = FORM
    first_slot = free_text_slot = "problem"
    action_name = f"validate_{FORM}"

    def filled(self, events: Events) -> bool:
        return bool(value_of("case_draft", events))

    async def start(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if turn.public:
            reply.say("utter_write_privately")
            return [SlotSet("case_draft", None), next_slot(None)]
        told = recall(turn, reply)
        # Who complains first and explains afterwards has a complaint on file, whatever it is about.
        complaint = turn.previous_intent in UPSET and (
            turn.is_payload or turn.intent == "nlu_fallback"
        )
        events = [
            *told,
            SlotSet("case_draft", None),
            SlotSet("photo", "sent" if turn.attachments else None),
            SlotSet("topic", "complaint" if complaint else "delivery_problem"),
        ]
        # "With the other order" means none that was spoken of.
        known = None if wording.names_another(turn) else turn.slot("order_number")
        number = turn.entity("order_number") or known
        orders = [] if number else await _orders_of_a_verified_customer(turn, bridge)
        orders = [
            order for order in orders if known or order["number"] != turn.slot("order_number")
        ]
        if len(orders) == 1:
            number = str(orders[0]["number"])
        events.append(SlotSet("order_number", number))
        events.append(SlotSet("order_choices", order_words.choices(orders, turn.language) or None))
        # Who starts with the whole story isn't asked for it again.
        if tells_what_happened(turn.words) and not wording.lacks_number(turn):
            return [*events, *_next(turn, turn.words, number, sorry=True)]
        return [
            *events,
            SlotSet("problem", None),
            asking("first"),
            next_slot("problem"),
        ]

    async def hear(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        # "Lascia stare, un disastro: è arrivato aperto" begins a story.
        tells = turn.drops and kind_of(turn.words)
        if wording.gives_up(turn) and not tells:
            reply.say("utter_form_left")
            return [SlotSet("problem", None), SlotSet("case_draft", None), next_slot(None)]
        # A photo that comes early isn't asked for again.
        early = [SlotSet("photo", "sent")] if turn.attachments else []
        if turn.slot(REQUESTED_SLOT) == "photo":
            return self._hear_photo(turn)
        if turn.slot(REQUESTED_SLOT) == "order_number":
            return [*early, *self._hear_number(turn)]
        return [*early, *self._hear_problem(turn)]

    def _hear_problem(self, turn: Turn) -> Events:
        words = word_count(turn.words)
        if turn.is_payload or (turn.intent in _SMALL_TALK and words <= _WORDS_OF_SMALL_TALK):
            return self.interrupted() if turn.intent in _ANSWERED else self.not_helped(turn)
        question = turn.intent in QUESTIONS | REQUESTS | MATTERS and "?" in turn.words
        refusal = turn.intent == "deny" and words < _WORDS_OF_A_DESCRIPTION
        if question or refusal:
            return self.interrupted()
        if turn.intent == "inform":
            how = "have_number" if turn.entity("order_number") else "first"
            return [asking(how, failures(turn)), self.same_slot(turn)]
        if kind_of(turn.words) or words >= _WORDS_OF_A_DESCRIPTION:
            return _next(turn, turn.words, turn.slot("order_number"))
        return self.not_helped(turn)

    def _hear_photo(self, turn: Turn) -> Events:
        number, problem = turn.slot("order_number"), turn.slot("problem")
        refuses = turn.entity("choice") == "no_photo" or wording.has_no_photo(turn)
        # Whoever leaves has told enough: the case is opened in any case, and after two questions.
        over = turn.intent in ("deny", "goodbye") or failures(turn)
        if turn.attachments or refuses or over:
            if not refuses and word_count(turn.words) >= _WORDS_OF_A_DESCRIPTION:
                problem = f"{problem or ''}\n{turn.words}".strip()
            photo = SlotSet("photo", "sent" if turn.attachments else "none")
            return [photo, *_complete(turn, problem, number, photo=bool(turn.attachments))]
        if turn.intent in INTERRUPTING - PROBLEMS and "?" in turn.words:
            return self.interrupted()
        if word_count(turn.words) < _WORDS_OF_A_DESCRIPTION:
            return self.not_helped(turn)
        more = f"{problem or ''}\n{turn.words}".strip()
        return [SlotSet("problem", more), asking("noted", failures(turn) + 1), self.same_slot(turn)]

    def _hear_number(self, turn: Turn) -> Events:
        if turn.entity("choice") == "other_order":
            return [SlotSet("order_choices", None), asking("first"), self.same_slot(turn)]
        number = wording.order_number(turn, expected=True)
        # "Shall I open the case without it?"
        without = turn.intent == "affirm" and mode(turn) == "way_out"
        if number or without or turn.intent == "deny" or wording.lacks_number(turn):
            problem = turn.slot("problem")
            return [SlotSet("order_number", number), *_photo_or_case(turn, problem, number)]
        if turn.intent in INTERRUPTING - PROBLEMS:
            return self.interrupted()
        if word_count(turn.words) >= _WORDS_OF_A_DESCRIPTION:
            # The customer goes on telling: nothing of it gets lost.
            problem = f"{turn.slot('problem') or ''}\n{turn.words}".strip()
            return [
                SlotSet("problem", problem),
                asking("noted", failures(turn) + 1),
                self.same_slot(turn),
            ]
        return self.not_helped(turn)


def _next(turn: Turn, problem: str, number: str | None, *, sorry: bool = False) -> Events:
    """With the description in hand: done when the order is known, else ask for it."""
    if number:
        return [
            SlotSet("order_number", number),
            *_photo_or_case(turn, problem, number, sorry=sorry),
        ]
    return [SlotSet("problem", problem), asking("first"), next_slot("order_number")]


def _photo_or_case(
    turn: Turn, problem: str | None, number: str | None, *, sorry: bool = False
) -> Events:
    """Ask for a photo of what arrived damaged or wrong, unless one came with the words."""
    kind = _kind(turn, problem)
    # What the slot holds when the form begins was for another parcel.
    early = turn.slot("photo") == "sent" and not turn.activates(FORM)
    photo = bool(turn.attachments) or early
    if kind not in _SEEN or photo:
        return _complete(turn, problem, number, sorry=sorry, photo=photo)
    return [SlotSet("problem", problem), asking("sorry" if sorry else "first"), next_slot("photo")]


def _kind(turn: Turn, problem: str | None) -> str:
    return kind_of(problem or "") or _KINDS.get(turn.intent, "other")


def _complete(
    turn: Turn,
    problem: str | None,
    number: str | None,
    *,
    sorry: bool = False,
    photo: bool = False,
) -> Events:
    """The form is full; what it gathered is the draft of a case.

    `sorry`: nothing was asked, so nobody has said sorry yet.
    """
    complaint = turn.slot("topic") == "complaint"
    seen = {"it": "(con foto in chat)", "en": "(photo in the chat)"}[turn.language]
    draft: dict[str, Any] = {
        "topic": "complaint" if complaint else "delivery_problem",
        "summary": f"{(problem or '')[:950]} {seen if photo else ''}".strip(),
        "order_number": number,
        "kind": _kind(turn, problem),
        "look": True,
        "sorry": sorry,
    }
    return [SlotSet("problem", problem), SlotSet("case_draft", draft), next_slot(None)]


async def _orders_of_a_verified_customer(turn: Turn, bridge: BridgeClient) -> list[dict[str, Any]]:
    """Orders that can have arrived badly or not at all; none without a grant or a bridge."""
    try:
        orders = await bridge.orders(turn.conversation_id)
    except BridgeError:
        return []
    return [order for order in orders if order.get("status") in ("shipped", "delivered")][:3]


class AskProblem(CareAction):
    """Asks what happened."""

    action_name = f"action_ask_{FORM}_problem"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        how = mode(turn)
        if how != "silent":
            reply.say("utter_ask_problem" + ("" if how == "first" else f"_{how}"))
        return ask(turn, "offer_person", "not_helped") if how == "way_out" else []


class AskProblemOrderNumber(CareAction):
    """Asks which order it was; a verified customer only taps it."""

    action_name = f"action_ask_{FORM}_order_number"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        how = mode(turn)
        known = turn.slot("order_choices")
        if how == "silent":
            return []
        if known and how != "way_out":
            title = {"it": "Un altro ordine", "en": "Another order"}[turn.language]
            other = {"title": title, "payload": payload("inform", choice="other_order")}
            reply.say("utter_which_order", [*known[:2], other])
            return []
        reply.say("utter_ask_problem_order_number" + ("" if how == "first" else f"_{how}"))
        return []


class AskProblemPhoto(CareAction):
    """Asks for a photo of what is wrong."""

    action_name = f"action_ask_{FORM}_photo"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        how = mode(turn)
        if how != "silent":
            reply.say("utter_ask_problem_photo" + ("" if how == "first" else f"_{how}"))
        return []
