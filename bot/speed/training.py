"""What Rasa does before and around a training, without what is of no use in one that begins anew.

Only `bot.train` puts this in place: its importers are thrown away afterwards, so that messages need
no copies of their own, and its cache keeps nothing, so that nothing has to be known by fingerprint.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from typing import Any

import rasa.engine.training.graph_trainer
from rasa.engine.graph import ExecutionContext, GraphNodeHook
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, RESPONSE
from rasa.shared.nlu.training_data import util
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

MERGE = TrainingData.merge
SANITIZE = TrainingData.sanitize_examples
READ = RasaFileImporter.get_nlu_data


def apply() -> None:
    """Put the faster versions in place; safe to call more than once."""
    TrainingData.merge = merge
    TrainingData.sanitize_examples = staticmethod(sanitized)
    RasaFileImporter.get_nlu_data = read_once
    rasa.engine.training.graph_trainer.TrainingHook = NothingKept


def merge(self: TrainingData, *others: TrainingData | None) -> TrainingData:
    """The same as Rasa's, but the messages are those of the sources and not copies."""
    examples = list(self.training_examples)
    synonyms = self.entity_synonyms.copy()
    regexes, lookups = list(self.regex_features), list(self.lookup_tables)
    responses = copy.deepcopy(self.responses)
    for other in others:
        if not other:
            continue
        examples.extend(other.training_examples)
        regexes.extend(other.regex_features)
        lookups.extend(other.lookup_tables)
        for text, synonym in other.entity_synonyms.items():
            util.check_duplicate_synonym(synonyms, text, synonym, "merging training data")
        synonyms.update(other.entity_synonyms)
        responses.update(other.responses)
    return TrainingData(
        examples, synonyms, copy.deepcopy(regexes), copy.deepcopy(lookups), responses
    )


def sanitized(examples: list[Message]) -> list[Message]:
    """The same as Rasa's; a message that is clean isn't touched, so that its fingerprint, by which
    duplicates are found, needn't be computed again."""
    for example in examples:
        for name in (INTENT, RESPONSE):
            value = example.get(name)
            if value and value != value.strip():
                example.set(name, value.strip())
    return list(OrderedDict.fromkeys(examples))


def read_once(self: RasaFileImporter, language: str | None = "en") -> TrainingData:
    """The same as Rasa's; files are read once, however often they are asked for."""
    kept: dict[str | None, TrainingData] = self.__dict__.setdefault("_kept_nlu_data", {})
    if language not in kept:
        kept[language] = READ(self, language)
    return kept[language]


class NothingKept(GraphNodeHook):
    """In the place of the hook that caches results by the fingerprints of all inputs."""

    def __init__(self, **_: Any) -> None:
        """It needs neither cache nor storage."""

    def on_before_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        received_inputs: dict[str, Any],
    ) -> dict[str, Any]:
        """Nothing."""
        return {}

    def on_after_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        output: Any,
        input_hook_data: dict[str, Any],
    ) -> None:
        """Nothing."""
