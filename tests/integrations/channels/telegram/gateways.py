"""A gateway with a scripted bot whose customers are on a simulated Telegram."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from integrations.container import build
from integrations.gateway import create_app
from runtime.settings import Settings
from tests.integrations.scripted import ScriptedBot, ScriptedBridge
from tests.integrations.world import KEY, create_tables
from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.customers import Person

PATIENCE_S = 60.0


class Gateway:
    """The application with its jobs running."""

    def __init__(self, home: Path, telegram: TelegramSimulator, **settings: Any) -> None:
        self.settings = Settings(
            home=home,
            signing_key=KEY,
            operator_password="operator-password",
            telegram_bot_token=TOKEN,
            telegram_api_url=telegram.url,
            **settings,
        )
        self.container = build(self.settings)
        self.bot = ScriptedBot()
        dialogue: Any = self.container.worker._steps._dialogue
        dialogue._care, dialogue._bridge = self.bot, ScriptedBridge()
        self.app = create_app(self.settings, self.container)

    async def rows(self, table: Any) -> list[Any]:
        return list(
            await self.container.database.read(lambda conn: conn.execute(select(table)).all())
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Gateway]:
        await create_tables(self.container.database)
        async with self.app.router.lifespan_context(self.app):
            yield self


async def until(condition: Callable[[], Any]) -> Any:
    """Wait for what another thread or task does."""
    async with asyncio.timeout(PATIENCE_S):
        while not (result := condition()):  # noqa: ASYNC110 — there is no event to wait for
            await asyncio.sleep(0.02)
    return result


async def heard(person: Person, text: str, chat: Any = None) -> dict[str, Any]:
    """Wait until the person is told something; the message."""

    def found() -> dict[str, Any] | None:
        for message in person.received(chat):
            if text in str(message.get("text") or message.get("caption")):
                return message
        return None

    message: dict[str, Any] = await until(found)
    return message
