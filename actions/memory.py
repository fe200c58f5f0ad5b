"""What the bot remembers of a person's help: said once, when the customer comes back to the bot."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.care_action import Events
from actions.flows.matters import steps_of
from actions.reply import Reply
from actions.turn import Turn

# What the message that asks for a person, or the one before it, may name beside the order.
_WORTH_KNOWING = ("phone", "amount", "date", "product", "coupon", "idea_number")
_MOST_MENTIONED = 6


def recall(turn: Turn, reply: Reply) -> Events:
    """Say what a colleague promised, if that was not yet said; never where others read along."""
    promise = turn.slot("agent_promise")
    if not promise or promise == turn.slot("promise_told") or turn.public:
        return []
    reply.say("utter_remember_promise")
    return [SlotSet("promise_told", promise)]


def collected(turn: Turn) -> dict[str, str]:
    """What the customer already told the bot, for the person who takes over."""
    draft = turn.slot("case_draft") or {}
    case = turn.slot("last_case") or {}
    # One that was dropped stays in its slot until the next.
    failed = bool(turn.question) and turn.slot("trouble") == "action_failed"
    asking = turn.active_form in ("request_form", "order_status_form") or failed
    request = (turn.slot("request") if asking else None) or {}
    steps = steps_of(request)
    matter = request.get("matter") or (turn.slot("matter") if turn.active_form else None)
    wish = turn.slot("wish") if matter else None
    told = steps.summary(request["order"], request["data"], turn.language) if steps else wish
    known = {
        "form": turn.active_form,
        "matter": matter,
        "request": told,
        "topic": turn.slot("topic"),
        "order_number": (request.get("order") or {}).get("number") or turn.slot("order_number"),
        "problem": turn.slot("problem") or draft.get("summary"),
        "mentioned": ", ".join(turn.mentioned(_WORTH_KNOWING)[:_MOST_MENTIONED]),
        "last_question": turn.slot("last_question"),
        "case": case.get("reference"),
        "promise": turn.slot("agent_promise"),
    }
    return {name: str(value) for name, value in known.items() if value}
