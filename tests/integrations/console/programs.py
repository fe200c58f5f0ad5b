"""A program at the console: logs in, keeps its cookie and token, calls the JSON."""

from __future__ import annotations

from typing import Any

import httpx2
from fastapi import FastAPI


class Program:
    """`async with Program(app)`: a client of its own, with its own cookies."""

    def __init__(self, app: FastAPI, address: str = "192.0.2.1") -> None:
        transport = httpx2.ASGITransport(app=app, client=(address, 50_000))
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://desk.example")
        self.token = ""

    async def __aenter__(self) -> Program:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def try_log_in(self, agent: str, password: str, language: str = "it") -> httpx2.Response:
        body = {"password": password, "agent": agent, "language": language}
        return await self.http.post("/console/api/session", json=body)

    async def log_in(self, agent: str, password: str, language: str = "it") -> None:
        answer = await self.try_log_in(agent, password, language)
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["csrf"]

    async def get(self, path: str, **query: Any) -> Any:
        """JSON of a path under /console/api."""
        answer = await self.http.get(f"/console/api{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        """A change, with the session's token."""
        return await self.http.post(
            f"/console/api{path}", json=body or {}, headers={"X-CSRF-Token": self.token}
        )

    async def do(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """A change that must succeed; its JSON."""
        answer = await self.post(path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        """A change that must fail; status and code."""
        answer = await self.post(path, body)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["error"]["code"]
