"""The intent classifier: sentence vectors and n-grams together, with learnt rejection."""

from __future__ import annotations

import logging
from typing import Any, Dict, List, Optional, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import remembered, wishes
from bot.nlu.deciding import INFORM, Rules, decide
from bot.nlu.fitting import learn
from bot.nlu.model import IntentModel
from bot.nlu.text import for_features
from understanding import vectors

logger = logging.getLogger(__name__)

REJECTION = "rejection"
WISHES = "wishes"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CareIntentClassifier(IntentClassifier, GraphComponent):
    """Two linear models whose mixture, regularisation and thresholds are learnt from the examples.

    A rejected message gets the intent `nlu_fallback`, one whose two best readings are too near to
    one another `nlu_ambiguous`; the ranking still names the real ones. A message that only gives a
    value (an order number, a code) gets `inform`.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Components that must stand before this one."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[Text]:
        """Needed to train; parsing uses numpy alone."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`out_of_scope_intent`: intent whose examples are what the bot is not for.
        `inform`: whether messages that only give a value become `inform`.
        `one_wish`: groups of intents that tell of one thing, so that a message with two of them
        has but one wish; None means not to look for two wishes in a message.
        `no_wish`: intents that are a mood, not a wish that a part of a message could hold.
        `never_asked`: intents that no customer is asked to choose between.
        `same_answer`: groups of intents that lead to the same answer, so that asking which of them
        is meant would help nobody.
        `ranking_length`: how many intents a parse result names.
        `most_known`: how many training sentences are kept to measure similarity to."""
        return {
            "out_of_scope_intent": "out_of_scope",
            "inform": True,
            "one_wish": None,
            "no_wish": [],
            "never_asked": [],
            "same_answer": [],
            "ranking_length": 10,
            "most_known": 8000,
        }

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Refuse settings that would do nothing or harm."""
        unknown = set(config) - set(cls.get_default_config()) - {"name"}
        if unknown:
            raise InvalidConfigException(
                f"CareIntentClassifier: unknown settings {sorted(unknown)}"
            )
        if int(config.get("ranking_length", 1)) < 1 or int(config.get("most_known", 1)) < 1:
            raise InvalidConfigException("CareIntentClassifier: lengths must be at least 1")

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[IntentModel] = None,
    ) -> None:
        """A classifier without model leaves messages without intent."""
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self.model = model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CareIntentClassifier:
        """Build an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CareIntentClassifier:
        """Load a trained component.

        A model that cannot be read raises: an untrained classifier would reject every customer in
        silence.
        """
        with model_storage.read_from(resource) as folder:
            model = IntentModel.load(folder)
        if model.encoder_version != vectors.version():
            raise ValueError(
                f"the model was trained with {model.encoder_version}, "
                f"this is {vectors.version()}: train again"
            )
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has an intent and a text, and persist the model."""
        examples = [
            example
            for example in training_data.intent_examples
            if example.get(INTENT) and example.get(TEXT)
        ]
        if not examples:
            logger.warning("There are no intent examples: every message will be rejected.")
            return self._resource
        self.model = learn(
            texts=[for_features(example.get(TEXT)) for example in examples],
            encoded=np.vstack([_vector(example) for example in examples]),
            intents=[example.get(INTENT) for example in examples],
            out_of_scope=self._config["out_of_scope_intent"],
            most_known=int(self._config["most_known"]),
        )
        learnt = (len(self.model.intents), len(examples), self.model.settings)
        logger.info("Learnt %d intents from %d examples: %s", *learnt)
        with self._model_storage.write_to(self._resource) as folder:
            self.model.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent, ranking and reason of rejection of each message."""
        for message in messages:
            self._classify(message)
        return messages

    @property
    def _rules(self) -> Rules:
        return Rules.of(self._config)

    def _classify(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        if self.model is None or not message.features:
            message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [], add_to_output=True)
            return
        judgement = self.model.judge(_vector(message), for_features(text))
        reading = decide(judgement, text, self.model.intents, self._rules)
        ranking = [{"name": name, "confidence": sure} for name, sure in reading.ranking]
        intent = {"name": reading.intent, "confidence": reading.confidence}
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        if self._config["one_wish"] is not None:
            self._look_for_two(message, text, reading.intent, judgement.score)
        details = {"score": round(judgement.score, 4), "margin": round(judgement.margin, 4)}
        message.set(REJECTION, details, add_to_output=True)

    def _look_for_two(self, message: Message, text: Text, intent: Text, score: float) -> None:
        """Add the parts of a message that holds two wishes."""
        assert self.model is not None
        if intent == INFORM or not self.model.intents:
            return
        # Each part must be clearer than the whole, which blurs two wishes and tells one in full.
        least = max(self.model.thresholds.clear, wishes.CLEARER * score)
        found = wishes.find(text, self._read, least, self._config["one_wish"])
        if found:
            message.set(WISHES, [found.first, found.second], add_to_output=True)

    def _read(self, part: Text) -> wishes.Reading:
        """What a part of a message means by itself; not a wish: None."""
        assert self.model is not None
        readable = for_features(part)
        judgement = self.model.judge(remembered.vector(readable), readable)
        name = self.model.intents[int(np.argmax(judgement.probabilities))]
        if judgement.rejected or name in self._rules.never | set(self._config["no_wish"]):
            return wishes.Reading(None, 0.0)
        return wishes.Reading(name, judgement.score)


def _vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise InvalidConfigException("CareIntentClassifier needs SentenceEncoder before it.")
    return np.asarray(sentence.features, dtype=np.float32).reshape(-1)
