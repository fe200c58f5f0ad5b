"""The language of a message, found before Rasa and carried in the message's metadata."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

LANGUAGE = "language"
LANGUAGES = ("it", "en")


def language_entity(language: Optional[Text]) -> Optional[Dict[Text, Any]]:
    """The entity that fills the `language` slot; None for a language the bot does not speak."""
    if language not in LANGUAGES:
        return None
    return {
        "entity": LANGUAGE,
        "value": language,
        "confidence": 1.0,
        "extractor": MessageLanguage.__name__,
    }


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MessageLanguage(GraphComponent):
    """Turns `metadata["language"]` into an entity."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageLanguage:
        """Build the component; it has neither settings nor state."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the language entity to each message whose metadata names one."""
        for message in messages:
            metadata = message.get("metadata")
            entity = language_entity(metadata.get(LANGUAGE)) if metadata else None
            if entity:
                found = [*message.get(ENTITIES, []), entity]
                message.set(ENTITIES, found, add_to_output=True)
        return messages
