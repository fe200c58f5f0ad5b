"""A gateway on a port of its own, and a customer who writes to it."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from integrations.container import Container, build
from integrations.gateway import create_app
from runtime.settings import Settings
from tests import asking

from .simulators import serving

T = TypeVar("T")
Scene = Callable[[Connection, float], dict[str, str]]


@dataclass
class Gateway:
    """`ids`: the scene's conversations by name."""

    url: str
    container: Container
    ids: dict[str, str]
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def customer_says(self, conversation: str, text: str | None, **more: Any) -> None:
        """Through the api channel, as anybody would."""
        key = self.container.settings.api_channel_key.get_secret_value()
        body = {"conversation": conversation, "message_id": f"said-{next(self._numbers)}", **more}
        if text is not None:
            body["text"] = text
        answer = asking.post(
            f"{self.url}/channels/api/messages",
            json=body,
            headers={"Authorization": f"Bearer {key}"},
        )
        assert answer.status_code == 202, answer.text

    def customer_sees(self, conversation: str) -> list[dict[str, Any]]:
        """What the customer would fetch."""
        key = self.container.settings.api_channel_key.get_secret_value()
        answer = asking.get(
            f"{self.url}/channels/api/conversations/{conversation}/messages",
            headers={"Authorization": f"Bearer {key}"},
        )
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def read(self, query: Callable[[Connection], T]) -> T:
        """Look into the database."""
        return asyncio.run(self.container.database.read(query))

    def write(self, query: Callable[[Connection], T]) -> T:
        """Change the database behind the gateway's back; it announces nothing."""
        return asyncio.run(self.container.database.write(query))


@contextmanager
def running(settings: Settings, scene: Scene) -> Iterator[Gateway]:
    """Start from a scene, stop at the end."""
    container = build(settings)
    ids = asyncio.run(container.database.write(lambda conn: scene(conn, time.time())))
    with serving(create_app(settings, container)) as url:
        try:
            yield Gateway(url, container, ids)
        finally:
            # Open streams end by themselves instead of being waited for.
            container.stopping.set()
