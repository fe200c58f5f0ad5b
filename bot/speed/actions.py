"""Answers of the action server, checked against the one schema of an event that can fit."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.schemas.events import EVENT_SCHEMA


def apply() -> None:
    """Put the faster versions in place; safe to call more than once."""
    if not hasattr(Event.resolve_by_type, "cache_info"):
        # Rasa walks all event classes to find the one of a name; the answer never changes.
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
    RemoteAction._validate_action_result = validate


def validate(_: RemoteAction, result: dict[str, Any]) -> bool:
    """Check an action server's answer against Rasa's schema, which Rasa would compile and check
    against its own schema at every call. Raises jsonschema's ValidationError."""
    if not _plainly_valid(result):
        _validator().validate(result)
    return True


def _plainly_valid(result: Any) -> bool:
    """Whether every event fits the schema of its name: with the name fixed no other can fit, so
    Rasa's `oneOf` needs no trying. When in doubt, False."""
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    return (
        isinstance(events, list)
        and isinstance(responses, list)
        and all(isinstance(response, dict) for response in responses)
        and all(_is_valid_event(event) for event in events)
    )


def _is_valid_event(event: Any) -> bool:
    name = event.get("event") if isinstance(event, dict) else None
    schema = _by_name().get(name) if isinstance(name, str) else None
    return schema is not None and schema.is_valid(event)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Draft7Validator]:
    common = {key: value for key, value in EVENT_SCHEMA.items() if key != "oneOf"}
    return {
        alternative["properties"]["event"]["const"]: Draft7Validator(
            {**common, "allOf": [alternative]}
        )
        for alternative in EVENT_SCHEMA["oneOf"]
    }


@lru_cache(maxsize=1)
def _validator() -> Draft7Validator:
    return Draft7Validator(RemoteAction.action_response_format_spec())
