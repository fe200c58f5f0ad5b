"""What an action gives back: words for the customer, and reports that only the channel reads."""

from __future__ import annotations

import json
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

Effect = dict[str, str]


def payload(intent: str, **entities: str) -> str:
    """What a button stands for, in Rasa's notation: `/inform{"order_number": "LA-20417"}`."""
    return f"/{intent}{json.dumps(entities)}" if entities else f"/{intent}"


class Reply:
    """Collects what one action says and reports."""

    def __init__(self, dispatcher: CollectingDispatcher) -> None:
        self._dispatcher = dispatcher
        self._effect: Effect | None = None
        self.ok = True

    def say(
        self, response: str, buttons: list[dict[str, str]] | None = None, **values: Any
    ) -> None:
        """Say a response of data/responses, in the customer's language, with its blanks filled."""
        self._dispatcher.utter_message(response=response, buttons=buttons or [], **values)

    def again(self, text: str, buttons: list[dict[str, str]]) -> None:
        """Say words that were said before, as they were."""
        self._dispatcher.utter_message(text=text, buttons=buttons)

    def signal(self, name: str, /, **data: Any) -> None:
        """Tell the escalation policy something; the customer never sees it."""
        self._report({"signal": {"name": name, "data": data}})

    def hand_over(self, reason: str, collected: dict[str, Any]) -> None:
        """Ask for a person, with what is known so far."""
        self._report({"handoff": {"reason": reason, "collected": collected}})

    def did(self, effect: Effect) -> None:
        """Record what was done in the world, in both languages, for the agent's card."""
        self._effect = effect

    def failed(self, action: str) -> None:
        """Record that the action could not do its work."""
        self.ok = False
        self.signal("action_failed", name=action)

    def close(self, action: str) -> None:
        """Report the action itself; called once, at its end."""
        self._report({"action": {"name": action, "ok": self.ok, "effect": self._effect}})

    def _report(self, content: dict[str, Any]) -> None:
        self._dispatcher.utter_message(json_message={"ascolto": content})
