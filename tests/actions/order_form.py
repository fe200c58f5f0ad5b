"""The form that asks for an order's number and a code, in the customer's words."""

from __future__ import annotations

from typing import Any

from tests.actions.conftest import Outcome, perform

FORM = "order_status_form"
VALIDATE = f"validate_{FORM}"
ASK_NUMBER = f"action_ask_{FORM}_order_number"
ASK_CODE = f"action_ask_{FORM}_code"


async def send(number: str = "LA-20398", message_id: str = "m2", **slots: Any) -> Outcome:
    """Ask for a code, as the form does when it has the number."""
    return await perform(
        ASK_CODE,
        "…",
        "inform",
        form=FORM,
        slots={"order_number": number, "asking": {"mode": "first"}, **slots},
        language=slots.get("language", "it"),
        message_id=message_id,
    )


async def hear(text: str, intent: str = "inform", **options: Any) -> Outcome:
    """The customer writes while the code is awaited."""
    slots = {"requested_slot": "code", "order_number": "LA-20398", **options.pop("slots", {})}
    return await perform(VALIDATE, text, intent, form=FORM, slots=slots, **options)


async def hear_number(text: str, intent: str = "inform", **options: Any) -> Outcome:
    """The customer writes while the order number is awaited."""
    slots = {"requested_slot": "order_number", **options.pop("slots", {})}
    return await perform(VALIDATE, text, intent, form=FORM, slots=slots, **options)
