"""What Rasa prepares for debug lines that are never printed (bot/logs.py keeps them off).

Before each such line Rasa copies in depth what it is about: the states of a whole conversation,
events, slots.
"""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

from rasa.core import processor
from rasa.core.actions import forms
from rasa.core.policies import memoization, rule_policy

# These use the module `copy` for nothing else, which a test makes sure of.
MODULES: tuple[ModuleType, ...] = (processor, forms, memoization, rule_policy)


def apply() -> None:
    """Copy nothing; safe to call more than once."""
    for module in MODULES:
        # The modules' own name for Python's `copy`, which mypy doesn't count among their names.
        module.copy = SimpleNamespace(deepcopy=_nothing)  # type: ignore[attr-defined]
    # States as a text, for the same lines.
    rule_policy.RulePolicy.format_tracker_states = staticmethod(_nothing)


def _nothing(_: Any) -> None:
    return None
