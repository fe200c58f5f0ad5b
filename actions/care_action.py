"""The frame of every action: read the turn, act, report, and never leave anybody in silence."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.bridge_client import BridgeClient
from actions.bridge_errors import BridgeError
from actions.reply import Reply
from actions.turn import Turn
from actions.unanswered import Unanswered

log = logging.getLogger(__name__)
Events = list[dict[str, Any]]


class CareAction(Action, ABC):
    """An action with a name, an answer and an apology."""

    action_name: ClassVar[str]
    # Said when the bridge gave no answer that the action could use.
    apology: ClassVar[str] = "utter_trouble"

    def name(self) -> str:
        """The name that domain.yml and the rules use."""
        return self.action_name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Act within the time budget; whatever fails ends in an apology and `action_failed`."""
        turn, reply = Turn(tracker), Reply(dispatcher)
        unanswered = Unanswered(turn.slot("unanswered"))
        try:
            events = await self.act(turn, reply, BridgeClient(unanswered=unanswered))
        except BridgeError as error:
            log.warning("%s: bridge answered %s", self.action_name, error.code)
            events = self.apologise(turn, reply)
        except Exception as error:  # noqa: BLE001 — silence would be worse than any apology
            # The message of an unforeseen error may quote the customer: log its type and place.
            trace = error.__traceback__
            while trace and trace.tb_next:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"
            log.error("%s: %s at %s", self.action_name, type(error).__name__, place)
            events = self.apologise(turn, reply)
        reply.close(self.action_name)
        if unanswered.changed:
            events = [*events, SlotSet("unanswered", unanswered.kept or None)]
        return events

    @abstractmethod
    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        """Answer the turn; returns the events that Rasa should record."""

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        """Say that it didn't work, honestly, and leave the dialogue where it can be resumed."""
        reply.say(self.apology)
        reply.failed(self.action_name)
        return []
