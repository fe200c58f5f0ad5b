"""What one can do on the page: `Acting.do(verb, arguments)`."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulators.slack import SlackSimulator
from tests.simulators.slack.faults import What
from tests.simulators.telegram import TelegramSimulator
from tests.simulators.telegram.customers import Person
from tests.simulators.telegram.faults import Kind

Json = Mapping[str, Any]

TEXT_CHARS = 4096
SHORTCUT = "send_to_customer"
_PAUSE_S = 3.0
# Longer than the gateway waits for an answer.
_SILENCE_S = 30.0
_TELEGRAM: Mapping[str, Kind] = {"429": "429", "500": "500", "lost": "timeout_after"}
_SLACK: Mapping[str, What] = {"429": "rate_limited", "500": "error", "lost": "lost_after"}


class Acting:
    """Customers and agents at the page's bidding.

    Raises KeyError, TypeError, ValueError, LookupError or AssertionError when there is no such
    person, message, button or modal, or an argument is missing.
    """

    def __init__(
        self,
        telegram: TelegramSimulator,
        slack: SlackSimulator,
        customers: Mapping[str, Person],
        agents: Mapping[str, str],
    ) -> None:
        self._telegram = telegram
        self._slack = slack
        self._customers = customers
        self._agents = agents
        self._verbs: Mapping[str, Callable[[Json], object]] = {
            "say": lambda a: self._customer(a).text(_text(a)),
            "correct": self._correct,
            "picture": lambda a: self._customer(a).photo(a.get("text") or None, knitting()),
            "tap": lambda a: self._customer(a).tap(data=str(a["data"])),
            "post": self._post,
            "edit": lambda a: slack.edit(self._agent(a), str(a["ts"]), _text(a)),
            "delete": lambda a: slack.delete(self._agent(a), str(a["ts"])),
            "click": lambda a: slack.click(self._agent(a), str(a["ts"]), str(a["action"])),
            "shortcut": lambda a: slack.shortcut(self._agent(a), str(a["ts"]), SHORTCUT),
            "submit": lambda a: slack.submit(str(a["view"]), dict(a["values"])),
            "close": lambda a: slack.close(str(a["view"])),
            "fault": self._fault,
            "calm": self._calm,
        }

    def do(self, verb: str, arguments: Json) -> None:
        """One thing that somebody does."""
        self._verbs[verb](arguments)

    def _customer(self, a: Json) -> Person:
        return self._customers[a["customer"]]

    def _agent(self, a: Json) -> str:
        if a["agent"] not in self._agents:
            raise LookupError("there is no such agent")
        return str(a["agent"])

    def _correct(self, a: Json) -> None:
        person = self._customer(a)
        message = person.private.messages[int(a["message"])]
        if message["from"]["is_bot"]:
            raise LookupError("this isn't a message of theirs")
        person.edit(message["message_id"], _text(a))

    def _post(self, a: Json) -> None:
        # Slack sends what people type with these three escaped.
        written = _text(a).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        self._slack.post(
            self._agent(a),
            written,
            thread_ts=str(a["thread"]) if a.get("thread") else None,
            file=("maglia.png", knitting(), "image/png") if a.get("picture") else None,
        )

    def _fault(self, a: Json) -> None:
        kind = str(a["kind"])
        if a["where"] == "telegram":
            self._telegram.fail(_TELEGRAM[kind], "sendMessage", seconds=_PAUSE_S)
        elif a["where"] == "slack":
            seconds = _SILENCE_S if kind == "lost" else _PAUSE_S
            self._slack.faults.add("chat.postMessage", _SLACK[kind], seconds=seconds)
        else:
            raise LookupError("there is no such place")

    def _calm(self, _a: Json) -> None:
        self._telegram.state.faults.clear()
        self._slack.faults.clear()


def _text(a: Json) -> str:
    text = a["text"]
    if not isinstance(text, str) or not text.strip() or len(text) > TEXT_CHARS:
        raise ValueError(f"a text of 1 to {TEXT_CHARS} characters is needed")
    return text


def knitting(width: int = 192, height: int = 128) -> bytes:
    """A picture to send, as PNG: stocking stitch in two colours."""
    wool, dark = b"\xc9\x7b\x5d", b"\x8f\x3a\x2b"
    rows = []
    for y in range(height):
        row = bytearray(b"\x00")
        for x in range(width):
            # Each stitch is a V, eight pixels wide.
            slope = abs(x % 16 - 8)
            row += dark if (y + slope) % 12 < 3 else wool
        rows.append(bytes(row))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
