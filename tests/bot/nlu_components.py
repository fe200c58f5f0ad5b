"""NLU components built and trained alone, on examples of four intents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import CareIntentClassifier
from bot.nlu.featurizer import SentenceEncoder

CONTEXT = ExecutionContext(GraphSchema({}), "model", node_name="node")


EXAMPLES = {
    "greet": ["ciao", "hello", "buongiorno a tutti", "good morning", "salve", "hey there"],
    "order": [
        "dov'è il mio ordine?",
        "where is my order?",
        "quando arriva il pacco?",
        "when does my parcel arrive?",
        "a che punto è la spedizione",
        "track my delivery",
    ],
    "wash": [
        "come si lava la lana?",
        "how do I wash wool?",
        "posso metterlo in lavatrice?",
        "is it machine washable?",
        "a che temperatura si lava",
        "washing instructions please",
    ],
    "price": [
        "quanto costa?",
        "how much is it?",
        "qual è il prezzo del maglione",
        "what's the price of the scarf",
        "è in sconto?",
        "is there a discount?",
    ],
}


def component(cls: Any, folder: Path, **config: Any) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    storage = LocalModelStorage.create(folder)
    defaults = cls.get_default_config()
    return cls.create({**defaults, **config}, storage, Resource("classifier"), CONTEXT)


def featurized(texts: Sequence[tuple[str, str | None]], folder: Path) -> list[Message]:
    messages = [
        Message({"text": text, **({"intent": intent} if intent else {})}) for text, intent in texts
    ]
    return list(component(SentenceEncoder, folder / "encoder").process(messages))


def trained(
    folder: Path, examples: dict[str, list[str]], **config: Any
) -> tuple[CareIntentClassifier, TrainingData]:
    pairs = [(text, intent) for intent, texts in examples.items() for text in texts]
    data = TrainingData(featurized(pairs, folder))
    classifier = component(CareIntentClassifier, folder / "model", **config)
    classifier.train(data)
    return classifier, data


def parsed(classifier: CareIntentClassifier, text: str, folder: Path) -> dict[str, Any]:
    (message,) = classifier.process(featurized([(text, None)], folder))
    return {key: message.get(key) for key in ("intent", "intent_ranking", "rejection")}
