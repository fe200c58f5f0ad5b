"""What the Web API's methods share: where they act, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.simulators.slack.limits import Refused
from tests.simulators.slack.workspace import BOT_USER, Message, Workspace

Arguments = Mapping[str, Any]
Event = dict[str, Any]


class Basics:
    """`emit(event)` tells the app of an event."""

    def __init__(self, space: Workspace, emit: Callable[[Event], None], base: str) -> None:
        self.space = space
        self.emit = emit
        self.base = base

    def _channel(self, arguments: Arguments) -> str:
        name = str(arguments.get("channel") or arguments.get("channel_id") or "")
        if name not in self.space.channels:
            raise Refused("channel_not_found")
        return name

    def _joined(self, arguments: Arguments) -> str:
        name = self._channel(arguments)
        if BOT_USER not in self.space.channels[name]:
            raise Refused("not_in_channel")
        return name

    def _found(self, channel: str, ts: Any, error: str = "message_not_found") -> Message:
        message = self.space.message(channel, str(ts or ""))
        if message is None:
            raise Refused(error)
        return message
