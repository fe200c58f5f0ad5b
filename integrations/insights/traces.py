"""What a turn leaves for designers: which step of which flow it asks, which article it gave.

The bot's actions say it as signals of their own, which no escalation rule hears: names, slugs and
numbers, never a customer's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# `{form, flow?, step}`: the step that an open form asks, where the form is shared by several flows.
FORM_ASKS = "form_asks"
# `{form, flow?}`: a form was told everything that it was there for.
FORM_FILLED = "form_filled"
# `{slug, intent, chosen}`: an article answered; `chosen` by the customer among the nearest.
ARTICLE_GIVEN = "article_given"
# `{slug, intent}`: and it didn't help.
ARTICLE_NOT_HELPED = "article_not_helped"
# `{intent, nearest, score}`: no article was certain enough to be an answer.
KNOWLEDGE_GAP = "knowledge_gap"

TRACES = frozenset({FORM_ASKS, FORM_FILLED, ARTICLE_GIVEN, ARTICLE_NOT_HELPED, KNOWLEDGE_GAP})
_FORM_CHARS, _ASKED_CHARS = 80, 60


def asks(answer: Mapping[str, Any]) -> dict[str, str | None]:
    """A turn's columns `form` and `asked`: the form that is open after it, and its step."""
    form = answer.get("active_form")
    if not form:
        return {"form": None, "asked": None}
    flow, asked = str(form), (answer.get("slots") or {}).get("requested_slot")
    for signal in answer.get("signals") or ():
        data = signal.get("data") or {}
        if signal.get("name") == FORM_ASKS and data.get("form") == form:
            flow, asked = flow_of(data), data.get("step")
    return {"form": flow[:_FORM_CHARS], "asked": str(asked)[:_ASKED_CHARS] if asked else None}


def flow_of(data: Mapping[str, Any]) -> str:
    """A flow's name: the form's, and after a stroke the wish that it is filled in for."""
    form, flow = str(data.get("form") or ""), data.get("flow")
    return f"{form}/{flow}" if flow else form
