"""Limits on request bodies."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI, Request

from runtime.web import RequestLimits, install_errors


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/small", 100, 200),
        ("/small", 101, 413),
        ("/files", 1000, 200),
        ("/files", 1001, 413),
        ("/files/more", 101, 413),
        ("/files?x=1", 1000, 200),
    ],
)
@pytest.mark.parametrize("declared", [True, False])
async def test_a_path_may_take_more_than_the_others(
    path: str, size: int, status: int, declared: bool
) -> None:
    app = FastAPI()
    app.add_middleware(RequestLimits, max_bytes=100, larger={"/files": 1000})
    install_errors(app)

    @app.post("/{where:path}")
    async def take(request: Request) -> int:
        return len(await request.body())

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(size):
            yield b"x"

    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://gateway") as http:
        answer = await http.post(path, content=b"x" * size if declared else parts())
    assert answer.status_code == status
    if status == 413:
        assert answer.json()["error"]["code"] == "too_large"
