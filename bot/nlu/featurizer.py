"""Sentence vectors as dense features of Rasa messages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable, Dict, List, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import remembered
from bot.nlu.text import for_features
from understanding import vectors
from understanding.kept_vectors import KeptVectors, encode

# Where training keeps vectors between runs; without it, each run encodes everything.
KEPT_IN = "ASCOLTO_KEPT_VECTORS"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds one unit vector to each message that has a text: 512 numbers, or as many as the
    encoder of ASCOLTO_ENCODER gives."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Components that must stand before this one."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """No settings of its own."""
        return DenseFeaturizer.get_default_config()

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Build the component and load the encoder, so that no customer waits for it."""
        vectors.warm_up()
        return cls(execution_context.node_name, config)

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing to validate."""

    @staticmethod
    def required_packages() -> List[Text]:
        """Rasa wants names that are both import and distribution: the encoder's are not."""
        return []

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Text:
        """Another encoder means another model."""
        return vectors.version()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add vectors to every training example with a text."""
        folder = os.environ.get(KEPT_IN, "")
        examples = [message for message in training_data.training_examples if message.get(TEXT)]
        self._add(examples, KeptVectors(Path(folder)).of if folder else encode)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Add a vector to every message with a text."""
        with_text = [message for message in messages if message.get(TEXT)]
        if len(with_text) == 1:
            # A customer's message: whether it repeats an earlier one is looked at next.
            found = remembered.vector(for_features(with_text[0].get(TEXT)))
            self.add_features_to_message(None, found[np.newaxis, :], TEXT, with_text[0])
            return messages
        self._add(with_text, encode)
        return messages

    def _add(self, messages: List[Message], encoder: Callable[[List[Text]], np.ndarray]) -> None:
        encoded = encoder([for_features(message.get(TEXT)) for message in messages])
        for message, vector in zip(messages, encoded, strict=True):
            self.add_features_to_message(None, vector[np.newaxis, :], TEXT, message)
