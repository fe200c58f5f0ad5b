"""What leaves the bot during a turn: words, buttons, and reports that the customer never sees."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.care.late_taps import marked

logger = logging.getLogger(__name__)

# The key under which actions put their reports into a custom JSON message.
REPORT = "ascolto"


@dataclass
class Said:
    """Everything said in reply to one message."""

    texts: list[str] = field(default_factory=list)
    buttons: list[dict[str, Any]] = field(default_factory=list)

    def reply(self, message_id: str) -> dict[str, Any] | None:
        """One reply for the gateway, None when nothing was said."""
        text = "\n\n".join(part for part in self.texts if part)
        if not text:
            return None
        buttons = [{**b, "payload": marked(b["payload"], message_id)} for b in self.buttons]
        return {"text": text, "buttons": buttons, "in_reply_to": [message_id]}


class CareOutput(OutputChannel):
    """Collects instead of sending. Its name is the customer's channel, so that responses can have
    variations by channel."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.said = Said()
        self.signals: list[dict[str, Any]] = []
        self.actions: list[dict[str, Any]] = []
        self.handoff: dict[str, Any] | None = None
        self.actions_away = False

    def name(self) -> str:  # type: ignore[override]
        """The customer's channel; Rasa asks the instance."""
        return self._channel

    def next_message(self) -> None:
        """From now on replies belong to another message."""
        self.said = Said()

    def signal(self, name: str, data: dict[str, Any]) -> None:
        """Tell the escalation policy something."""
        self.signals.append({"name": name, "data": data})

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take up one response of the bot or an action."""
        custom = message.get("custom")
        if isinstance(custom, dict) and isinstance(custom.get(REPORT), dict):
            self._report(custom[REPORT])
        for part in (message.get("text"), message.get("image"), message.get("attachment")):
            if isinstance(part, str) and part.strip():
                self.said.texts.append(part.strip())
        buttons = [_button(button) for button in message.get("buttons") or []]
        readable = [button for button in buttons if button]
        if readable:
            self.said.buttons = readable

    def _report(self, report: dict[str, Any]) -> None:
        signal, action, handoff = (report.get(key) for key in ("signal", "action", "handoff"))
        if isinstance(signal, dict) and signal.get("name"):
            self.signal(str(signal["name"]), signal.get("data") or {})
        if isinstance(action, dict) and action.get("name"):
            done = {"name": str(action["name"]), "ok": bool(action.get("ok", True))}
            self.actions.append({**done, "effect": action.get("effect")})
        if isinstance(handoff, dict):
            self.handoff = {
                "reason": str(handoff.get("reason") or "asked"),
                "collected": handoff.get("collected") or {},
            }
            self.signal("handoff_requested", self.handoff)


def _button(button: dict[str, Any]) -> dict[str, Any] | None:
    """Rasa's `/intent{"entity": "value"}` as an object that the gateway can sign."""
    payload = str(button.get("payload") or "")
    name, brace, rest = payload.removeprefix("/").partition("{")
    try:
        entities = json.loads(brace + rest) if brace else {}
    except ValueError:
        entities = None
    if not payload.startswith("/") or not name or not isinstance(entities, dict):
        logger.error("A button's payload is not /intent{…}; the button is left out.")
        return None
    payload_object = {"intent": name.strip(), "entities": entities}
    return {"title": str(button.get("title") or ""), "payload": payload_object}
