"""Which rules fit a conversation, each rule looked at until it no longer fits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET
from rasa.shared.nlu.constants import ACTION_NAME

ORIGINAL = RulePolicy._get_possible_keys
State = dict[str, dict[str, Any]]


def apply() -> None:
    """Put the faster version in place; safe to call more than once."""
    RulePolicy._get_possible_keys = possible_keys


def possible_keys(_: RulePolicy, lookup: Iterable[str], states: list[State]) -> set[str]:
    """The same as Rasa's: rules whose states, latest first, fit those of the conversation."""
    latest_first = states[::-1]
    return {
        key
        for key in lookup
        # Only as far as both go: a rule says nothing of what was before it.
        if all(_fits(*pair) for pair in zip(_latest_first(key), latest_first))  # noqa: B905
    }


def _fits(rule: State, state: State) -> bool:
    wanted, found = rule.get(PREVIOUS_ACTION), state.get(PREVIOUS_ACTION)
    if not wanted or not found:
        # Where one of them begins the other has to begin as well.
        return not wanted and not found
    name = wanted.get(ACTION_NAME)
    if name and name != SHOULD_NOT_BE_SET and name != found.get(ACTION_NAME):
        return False
    return bool(RulePolicy._does_rule_match_state(rule, state))


@lru_cache(maxsize=4096)
def _latest_first(key: str) -> list[State]:
    states: list[State] = RulePolicy._rule_key_to_state(key)
    return states[::-1]
