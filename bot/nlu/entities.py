"""Order numbers, e-mail addresses and codes as Rasa entities."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.patterns import find


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CareEntities(GraphComponent):
    """Finds values by pattern: exact in both languages, and nothing to annotate or train."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CareEntities:
        """Build the component; it has neither settings nor state."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entities found in each message's text."""
        for message in messages:
            entities = [
                {
                    "entity": item.entity,
                    "value": item.value,
                    "start": item.start,
                    "end": item.end,
                    "confidence": 1.0,
                    "extractor": type(self).__name__,
                }
                for item in find(message.get(TEXT) or "")
            ]
            if entities:
                message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages
