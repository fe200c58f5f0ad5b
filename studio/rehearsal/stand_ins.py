"""Plays a customer on the stage: taps what is offered there, and has the demo's order and codes.

A recorded conversation is redacted. Where its stand-ins could lead nowhere, the demo's customer
lends hers: her order number, her e-mail, and the code that the stage itself mailed.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from collections.abc import Sequence
from typing import Any

from ops.chat_client import ChatProblem, Entry, Gateway
from studio.rehearsal.recording import Message
from understanding.personal_data.stand_ins import STAND_INS

ORDER = "LA-20398"
EMAIL = "giulia.ferraris@example.com"
NOTE = (
    "Personal data are stand-ins: order numbers are those of the demo's Giulia"
    f" ({ORDER}), codes come from the stage's own mailbox, so look-ups find the demo's."
)
_CODE = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})(?!\d)")
_SAID_CODE = re.compile(r"(?<!\d)000 ?000(?!\d)")
_MAIL_SECONDS = 5.0
_LOOK_SECONDS = 0.1


class Performer:
    """Says recorded messages in a conversation of the stage."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._offered: list[dict[str, str]] = []
        self._mailed_before = self._mails()[:1]

    def heard(self, answers: Sequence[Entry]) -> None:
        """Keep what can be tapped now; a reply without buttons leaves the earlier ones valid."""
        offered = [button for answer in answers for button in answer.buttons]
        self._offered = offered or self._offered

    def prepared(self, message: Message) -> tuple[str, str | None]:
        """What to send: the text, and the payload of the button that means the same."""
        button = chosen(message, self._offered)
        if button is not None:
            return button["title"], button["payload"]
        text = message.text.replace(STAND_INS["order_number"][0], ORDER)
        for email in STAND_INS["email"]:
            text = text.replace(email, EMAIL)
        if _SAID_CODE.search(text) and (code := self._newest_code()):
            text = _SAID_CODE.sub(code, text)
        return text, None

    def _newest_code(self) -> str:
        """The code that was mailed in this conversation; "" when none was."""
        deadline = time.monotonic() + _MAIL_SECONDS
        while time.monotonic() < deadline:
            mails = self._mails()
            if mails[:1] != self._mailed_before:
                found = _CODE.search(mails[0].get("text", ""))
                if found:
                    return "".join(found.groups())
            time.sleep(_LOOK_SECONDS)
        return ""

    def _mails(self) -> list[dict[str, str]]:
        try:
            return self.gateway.mails()
        except ChatProblem:
            return []


def chosen(message: Message, offered: Sequence[dict[str, str]]) -> dict[str, str] | None:
    """The offered button that a recorded tap means: by intent and words, or by either alone."""
    if not message.is_tap:
        return None
    same_words = [button for button in offered if _folded(button["title"]) == _folded(message.text)]
    same_intent = [button for button in offered if meaning(button["payload"]) == message.tapped]
    both = [button for button in same_words if button in same_intent]
    if both or same_words:
        return (both or same_words)[0]
    return same_intent[0] if message.tapped and len(same_intent) == 1 else None


def meaning(payload: str) -> str | None:
    """The intent in a button's signed payload, which holds it in clear; None if unreadable."""
    body = payload.partition(".")[0]
    try:
        content: Any = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error):
        return None
    return str(content["intent"]) if isinstance(content, dict) and "intent" in content else None


def _folded(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
