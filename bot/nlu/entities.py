"""What a message names (docs/entities.md) as Rasa entities."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.days import day_of
from bot.nlu.values import catalogue, cities
from bot.nlu.values.found import Found
from bot.nlu.values.reading import read


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CareEntities(GraphComponent):
    """Finds values by patterns and lists: both languages, and nothing to annotate or train."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CareEntities:
        """Build the component, which has no settings, and read the lists that it looks names up
        in. Raises BadLookup when one of them cannot be used."""
        catalogue.load()
        cities.load()
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entities found in each message's text."""
        for message in messages:
            metadata = message.get("metadata") or {}
            day = day_of(metadata.get("at"))
            found = read(message.get(TEXT) or "", day, metadata.get("language"))
            if found:
                entities = [*message.get(ENTITIES, []), *map(self._entity, found)]
                message.set(ENTITIES, entities, add_to_output=True)
        return messages

    def _entity(self, item: Found) -> Dict[Text, Any]:
        entity: Dict[Text, Any] = {
            "entity": item.entity,
            "value": item.value,
            "start": item.start,
            "end": item.end,
            "confidence": 1.0,
            "extractor": type(self).__name__,
        }
        return {**entity, "role": item.role} if item.role else entity
