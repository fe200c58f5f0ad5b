"""The gateway as a client of the api channel sees it, without a port."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2

from integrations.container import build
from integrations.gateway import create_app
from runtime.settings import Settings
from tests.integrations.scripted import ScriptedBot, ScriptedBridge
from tests.integrations.world import KEY, until

API_KEY = "the-api-key-of-the-tests"
HEADERS = {"Authorization": f"Bearer {API_KEY}"}


class Gateway:
    """The real application with a scripted bot behind it."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.settings = Settings(
            home=home,
            api_channel_key=API_KEY,
            operator_password="operator-password",
            care_token="care-token",
            bridge_token_gateway="bridge-token",
            signing_key=KEY,
            pseudonym_key="pseudonym-key",
            **settings,
        )
        self.container = build(self.settings)
        self.bot = ScriptedBot()
        dialogue: Any = self.container.worker._steps._dialogue
        dialogue._care, dialogue._bridge = self.bot, ScriptedBridge()
        self.app = create_app(self.settings, self.container)
        self.http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app, raise_app_exceptions=False),
            base_url="http://gateway",
            headers=HEADERS,
        )

    async def post(self, **message: Any) -> httpx2.Response:
        body = {"conversation": "giulia", "message_id": "m1", **message}
        return await self.http.post("/channels/api/messages", json=body)

    async def messages(self, conversation: str = "giulia", **query: Any) -> list[dict[str, Any]]:
        answer = await self.http.get(
            f"/channels/api/conversations/{conversation}/messages", params=query
        )
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    async def handled(self, conversation: str = "giulia") -> list[dict[str, Any]]:
        async def done() -> bool:
            messages = await self.messages(conversation)
            return all(m.get("disposition") for m in messages if m["role"] == "customer")

        await until(done)
        return await self.messages(conversation)
