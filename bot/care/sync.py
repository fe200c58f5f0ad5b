"""What happened without the bot, put into its memory; and what the bot must forget."""

from __future__ import annotations

from typing import Any

from rasa.core.lock_store import LockStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)

from bot import settings
from bot.care.customer_text import cleaned
from bot.care.requests import EventsRequest, SyncedEvent
from bot.nlu.deciding import REJECTED
from bot.tracker_store import CareTrackerStore


class Memory:
    """Changes a conversation outside of turns, never while one is under way."""

    def __init__(self, store: CareTrackerStore, locks: LockStore) -> None:
        self._store = store
        self._locks = locks

    async def apply(self, request: EventsRequest) -> int:
        """Append events; returns how many were new (their ids are remembered)."""
        events = [(event.id, happened(event)) for event in request.events]
        async with self._locks.lock(request.conversation, settings.LOCK_SECONDS):
            return await self._store.append_events(request.conversation, events)

    async def void(self, conversation: str, turn_id: str) -> list[dict[str, Any]]:
        """Take a turn back, whether or not it was handled; the actions that had run in it."""
        async with self._locks.lock(conversation, settings.LOCK_SECONDS):
            return await self._store.void(conversation, turn_id)

    async def erase(self, conversation: str) -> int:
        """Forget a conversation; returns the number of rows deleted."""
        async with self._locks.lock(conversation, settings.LOCK_SECONDS):
            return await self._store.erase(conversation)


def happened(event: SyncedEvent) -> list[Event]:
    """Rasa's events for something that happened while a person had the conversation."""
    told = {"event_id": event.id}
    if event.type == "customer_message":
        # No intent of the bot's: no policy is to answer it, now or later.
        intent = {"name": REJECTED, "confidence": 1.0}
        text = cleaned(event.text)
        parsed = {"text": text, "intent": intent, "entities": [], "intent_ranking": []}
        said = UserUttered(
            text, intent, [], parsed, timestamp=event.at, metadata={**told, "to_agent": True}
        )
        return [said, ActionExecuted(ACTION_LISTEN_NAME, timestamp=event.at)]
    if event.type == "agent_message":
        return [BotUttered(event.text, metadata={**told, "agent": True}, timestamp=event.at)]
    if event.type == "slots":
        return [
            SlotSet(name, value, timestamp=event.at, metadata=told)
            for name, value in event.slots.items()
        ]
    return [
        ActiveLoop(None, timestamp=event.at, metadata=told),
        SlotSet(REQUESTED_SLOT, None, timestamp=event.at, metadata=told),
    ]
