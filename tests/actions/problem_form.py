"""The form of a delivery that went wrong, message by message."""

from __future__ import annotations

from typing import Any

from tests.actions.conftest import Outcome, perform

FORM = "delivery_problem_form"


VALIDATE = f"validate_{FORM}"


ASK_PROBLEM = f"action_ask_{FORM}_problem"


ASK_NUMBER = f"action_ask_{FORM}_order_number"


OPEN = "action_open_case"


async def start(text: str, **options: Any) -> Outcome:
    """The message that starts the form."""
    return await perform(VALIDATE, text, "order_problem", form=FORM, starts=True, **options)


async def hear(slot: str, text: str, intent: str = "nlu_fallback", **options: Any) -> Outcome:
    """A message while `slot` is asked for."""
    slots = {"requested_slot": slot, **options.pop("slots", {})}
    return await perform(VALIDATE, text, intent, form=FORM, slots=slots, **options)
