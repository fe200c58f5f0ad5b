"""/designer/v1/models and /designer/v1/routing: for who has the designers' token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from integrations.container import Container, build
from integrations.models import routes
from runtime.clock import FakeClock
from runtime.settings import Settings
from runtime.web import install_errors
from tests.integrations.world import create_tables

TOKEN = "a-designer-token"


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Container]:
    settings = Settings(
        home=tmp_path,
        rasa_urls="http://127.0.0.1:9",
        rasa_spare_url="http://127.0.0.1:10",
        designer_token=TOKEN,
        signing_key="a-signing-key-for-tests",
    )
    built = build(settings, FakeClock())
    await create_tables(built.database)
    yield built
    for close in (built.bridge.close, built.care.close, built.database.close):
        await close()


@pytest.fixture
async def command(parts: Container) -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()
    app.state.container = parts
    install_errors(app)
    app.include_router(routes.router)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app),
        base_url="http://gateway/designer/v1",
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield client


async def test_a_model_is_recorded_and_routed(
    command: httpx2.AsyncClient, parts: Container
) -> None:
    assert (await command.get("/routing")).json()["live"] is None
    for sha in ("one1", "two2"):
        told = {"sha": sha, "name": f"{sha}.tar.gz", "author": "Nora", "report": {"sets": {}}}
        assert (await command.post("/models", json=told)).status_code == 200
    answer = await command.put("/routing", json={"live": "one1", "author": "Nora"})
    assert answer.json()["version"] == 1
    body = {"live": "one1", "canary": {"model": "two2", "share": 0.1}, "version": 1}
    assert (await command.put("/routing", json=body)).json()["canary"]["share"] == 0.1
    # This gateway follows at once.
    assert parts.routing.current is not None
    assert parts.routing.current.canary is not None
    listed = (await command.get("/models")).json()
    assert {model["sha"]: model["state"] for model in listed["models"]} == {
        "one1": "live",
        "two2": "canary",
    }
    seen = (await command.get("/routing")).json()["processes"]
    assert [(each["spare"], each["ready"]) for each in seen] == [(False, False), (True, False)]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"live": "never-recorded"}, 422, "unknown_model"),
        ({"live": "one1", "version": 9}, 409, "stale"),
        ({"live": "one1", "canary": {"model": "one1", "share": 0.1}}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_is_refused(
    command: httpx2.AsyncClient, body: dict[str, object], status: int, code: str
) -> None:
    await command.post("/models", json={"sha": "one1", "name": "one"})
    answer = await command.put("/routing", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_nobody_without_the_token_routes(command: httpx2.AsyncClient) -> None:
    for wrong in ("", "Bearer wrong", "Bearer "):
        for method, path in (("GET", "/models"), ("GET", "/routing"), ("PUT", "/routing")):
            answer = await command.request(method, path, headers={"Authorization": wrong})
            assert answer.status_code == 401
