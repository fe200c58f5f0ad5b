"""Buttons that only we could have made: each payload is signed for its conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.errors import Invalid
from runtime.security import Signer

# Intents that the gateway itself understands and the bot never sees.
GATEWAY_PREFIX = "gateway_"
CHOICE = "gateway_choice"
RATING = "gateway_rating"
REPEAT = "gateway_repeat"


def gateway_intent(message: Any) -> str | None:
    """What a tapped button of the gateway's own means; None for everything else."""
    intent = str((message.payload or {}).get("intent", ""))
    return intent if intent.startswith(GATEWAY_PREFIX) else None


class Buttons:
    """Seals what a button means, and opens it when it comes back."""

    def __init__(self, signing_key: str) -> None:
        self._signer = Signer(signing_key)

    def seal(
        self, address: str, title: str, intent: str, entities: Mapping[str, Any] | None = None
    ) -> dict[str, str]:
        """A button as it is stored and shown; tapping it in another conversation does nothing."""
        payload = self._signer.sign(
            _purpose(address), {"intent": intent, "entities": dict(entities or {})}
        )
        return {"title": title, "payload": payload}

    def open(self, address: str, payload: str) -> dict[str, Any]:
        """`{"intent", "entities"}` of a tapped button. Raises Invalid(field="payload")."""
        try:
            content = self._signer.verify(_purpose(address), payload)
        except Invalid as error:
            raise Invalid(
                "this is not one of our buttons for this conversation",
                code="bad_payload",
                field="payload",
            ) from error
        return {"intent": str(content["intent"]), "entities": dict(content["entities"])}


def _purpose(address: str) -> str:
    return f"button:{address}"
