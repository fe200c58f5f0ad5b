"""What a customer may want done, once it is clear that they may: the frame of every matter.

A matter begins with its intent. `action_order_status` finds the order (or only proves who writes)
and calls `at_hand`, which answers at once or begins the steps of `request_form`: what is still
missing is asked one step after the other, shown as a whole, and done after a yes.

The slot `request` holds `{"matter", "order", "data"}`: `order` is what the steps need to know of
the order, `data` what was gathered so far, by the names of the steps.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk.events import FollowupAction, SlotSet

from actions.bridge_client import BridgeClient
from actions.care_action import Events
from actions.form_step import asking
from actions.reply import Reply, payload
from actions.turn import Turn

Order = dict[str, Any]
Data = dict[str, Any]
Button = dict[str, str]

# The last step of every matter that has steps: a yes or a no to what was gathered.
CONFIRM = "confirm"
# In a request: the words of the wish for which the customer has to prove again who they are.
PROVING = "proving"
ANSWERED, NEEDED, FORM = "answered", "needed", "form"


def access(value: str) -> dict[str, Any]:
    """The event that says how it goes on: `answered`, `needed` (a proof), `form` (more to ask)."""
    return SlotSet("order_access", value)


def question_in(turn: Turn) -> str:
    """The customer's words; where a button leads here, its title says what it is about."""
    about = turn.entity("choice") or turn.entity("order_number")
    return turn.words or ("" if about else turn.text.lstrip("/"))


def said_with(turn: Turn, intent: str) -> str:
    """The words that the wish came with: being verified may have come between."""
    now = turn.intent == intent and turn.entity("choice") != "start"
    return turn.words if now and turn.words else str(turn.slot("wish") or "")


def prove_again(intent: str, number: str | None) -> Events:
    """The events by which a customer whose proof ran out is verified anew, to go on with this."""
    return [
        SlotSet("matter", intent),
        SlotSet("order_number", number),
        FollowupAction("order_status_form"),
    ]


class Matter(ABC):
    """One thing that can be done; stateless."""

    intent: ClassVar[str]
    # Matters of an account rather than of one order need a proof of who writes all the same.
    needs_order: ClassVar[bool] = True
    # Others may read what isn't anybody's own.
    personal: ClassVar[bool] = True
    # Words that ask how it works in general: an article answers, and the bot offers to do it.
    general: ClassVar[re.Pattern[str] | None] = None
    # The title of the button beside that article.
    offer: ClassVar[dict[str, str]] = {}
    # Said when none of a customer's orders fits.
    no_order: ClassVar[str] = "utter_no_orders"

    def asks_how(self, turn: Turn) -> bool:
        """Whether the message wants to know how it works rather than to have it done."""
        asks = self.general is not None and bool(self.general.search(question_in(turn)))
        return asks and not turn.entity("order_number")

    def fits(self, order: Order) -> bool:
        """Whether this can be about that order."""
        return True

    def picks(self, orders: list[Order], turn: Turn) -> list[Order]:
        """Those of several orders that the customer's words leave to choose from."""
        return orders

    @abstractmethod
    async def at_hand(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order | None
    ) -> Events:
        """The customer may: answer, or begin the steps. Ends with an `access` event."""


class Steps(Matter):
    """A matter with something to ask. `steps` are asked in this order, as far as they apply."""

    steps: ClassVar[tuple[str, ...]]
    apology: ClassVar[str] = "utter_trouble_request"

    def begin(self, order: Order | None, data: Data, **known: Any) -> Events:
        """Start asking for what `data` lacks; `known` is what the steps need of the order."""
        kept = {"number": order["number"], **known} if order else known
        request = {"matter": self.intent, "order": kept, "data": data}
        number = [SlotSet("order_number", order["number"])] if order else []
        return [*number, SlotSet("request", request), asking("first"), access(FORM)]

    def missing(self, order: Order, data: Data) -> str | None:
        """The next step to ask; None when everything is said and confirmed."""
        return next((step for step in self.steps if data.get(step) is None), None)

    def again(self, order: Order) -> Data:
        """What needn't be asked when the customer starts over."""
        return {}

    def question(self, step: str, data: Data) -> str:
        """The response that asks for a step."""
        return f"utter_ask_{self.intent}_{step}"

    def buttons(self, step: str, order: Order, language: str) -> list[Button]:
        """Answers that can be tapped."""
        return []

    def values(self, order: Order, data: Data, language: str) -> dict[str, str]:
        """The blanks of the questions and of what is said at the end."""
        return {"number": str(order.get("number", ""))}

    @abstractmethod
    def hear(self, step: str, turn: Turn, order: Order, data: Data) -> Data | None:
        """What the message says about this step; None when it says nothing about it."""

    @abstractmethod
    async def finish(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order, data: Data
    ) -> Events:
        """Do it, and say what happens next."""

    def corrected(self, turn: Turn, order: Order, data: Data) -> Data | None:
        """What a message before the yes puts right; the newest step that understands it, wins."""
        for step in reversed(self.steps[:-1]):
            heard = self.hear(step, turn, order, data) if data.get(step) is not None else None
            if heard and heard != {step: data[step]}:
                return heard
        return None

    @abstractmethod
    def summary(self, order: Order, data: Data, language: str) -> str:
        """The wish in a sentence, for colleagues: as far as it was told."""


def trouble(reply: Reply, matter: Matter | None, number: object) -> None:
    """Say that the orders, or the account, can't be seen just now; the button tries the same."""
    about_order = matter is None or matter.needs_order
    about = {"order_number": str(number)} if number and about_order else {}
    again = payload("order_status", **about)
    if matter is not None:
        again = payload(matter.intent, choice="start", **about)
    reply.say("utter_trouble_orders" if about_order else "utter_trouble_account", again=again)
