"""A matter's first message and its end, and a return with all that it asks for."""

from __future__ import annotations

from typing import Any

from tests.actions.conftest import Outcome, perform

STATUS = "action_order_status"
SHOW = "action_show_order"
FINISH = "action_finish_request"


async def wish(text: str, intent: str, number: str | None = None, **options: Any) -> Outcome:
    """The first message about a matter."""
    entities = {"order_number": number} if number else {}
    return await perform(
        STATUS, text, intent, entities=entities | options.pop("tap", {}), **options
    )


async def finish(request: dict[str, Any], **options: Any) -> Outcome:
    """Everything is said and confirmed."""
    return await perform(FINISH, "sì", "affirm", slots={"request": request}, **options)


def returning(**data: Any) -> dict[str, Any]:
    lines = [
        {"position": 0, "name": "Mucrone Granito (lana aran, 100 g)", "quantity": 6},
        {"position": 1, "name": "Ferri circolari in bambù 4 mm", "quantity": 1},
        {"position": 2, "name": "Cardigan Betulla, taglia M", "quantity": 1},
    ]
    known = {
        "items": [2],
        "quantity": None,
        "reason": "size",
        "details": "è grande",
        "confirm": True,
    }
    return {
        "matter": data.pop("matter", "return_item"),
        "order": {"number": "LA-20381", "items": lines},
        "data": {**known, **data},
    }
