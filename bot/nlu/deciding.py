"""What a judgement comes to: the intent that a message is given, with its ranking.

Free of Rasa, so that the classifier and the designers' workbench decide alike.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Mapping, Tuple

import numpy as np

from bot.nlu.model import Judgement
from bot.nlu.patterns import only_values
from bot.nlu.text import says_something

REJECTED = "nlu_fallback"
AMBIGUOUS = "nlu_ambiguous"
INFORM = "inform"


@dataclass(frozen=True)
class Rules:
    """The classifier's settings that decide (their meanings: CareIntentClassifier)."""

    out_of_scope_intent: str = "out_of_scope"
    inform: bool = True
    never_asked: Tuple[str, ...] = ()
    same_answer: Tuple[Tuple[str, ...], ...] = ()
    ranking_length: int = 10

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Rules:
        """The rules among the settings of the classifier in config.yml."""
        known = {field.name: config[field.name] for field in fields(cls) if field.name in config}
        known["never_asked"] = tuple(known.get("never_asked", ()))
        known["same_answer"] = tuple(tuple(group) for group in known.get("same_answer", ()))
        return cls(**known)

    @property
    def never(self) -> frozenset[str]:
        """Intents that no customer is asked to choose between."""
        return frozenset({self.out_of_scope_intent, *self.never_asked})


@dataclass(frozen=True)
class Reading:
    """What a message was read as: its intent, how sure that is, and the likeliest intents with
    their probabilities, the best first."""

    intent: str
    confidence: float
    ranking: Tuple[Tuple[str, float], ...]


def decide(judgement: Judgement, text: str, intents: Tuple[str, ...], rules: Rules) -> Reading:
    """The reading of a text (as the customer wrote it) that was judged so; `intents` are the
    model's."""
    order = np.argsort(-judgement.probabilities)[: int(rules.ranking_length)]
    ranking = tuple((intents[i], float(judgement.probabilities[i])) for i in order)
    if rules.inform and only_values(text):
        return Reading(INFORM, 1.0, ((INFORM, 1.0), *ranking))
    best, confidence = ranking[0]
    if judgement.rejected or not says_something(text):
        return Reading(REJECTED, 1.0 - confidence, ranking)
    if judgement.ambiguous and _worth_asking({name for name, _ in ranking[:2]}, rules):
        return Reading(AMBIGUOUS, 1.0 - confidence, ranking)
    return Reading(best, confidence, ranking)


def _worth_asking(names: set[str], rules: Rules) -> bool:
    """Whether the customer can choose between the two readings, and it would matter."""
    alike = any(names <= set(group) for group in rules.same_answer)
    return len(names) == 2 and not names & rules.never and not alike
