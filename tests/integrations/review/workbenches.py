"""The workbench's contract on a port of its own, with the real encoder behind it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from tests.integrations.console.simulators import serving
from understanding import vectors

TOKEN = "a-workbench-token"
MOST = 500


class WorkbenchSimulator:
    """Counts what it was asked; `away` makes it answer as a process that is starting does, `lacks`
    as one that misses what it names.

    `encoder` can be changed as if another model had been installed.
    """

    def __init__(self) -> None:
        self.url = ""
        self.away = False
        self.lacks = ""
        self.encoder = vectors.version()
        self.encoded: list[str] = []
        self.tried: list[dict[str, Any]] = []
        self.prepared = 0

    def renew(self) -> None:
        self.away = False
        self.lacks = ""
        self.encoder = vectors.version()
        self.encoded.clear()
        self.tried.clear()

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def _guard(request: Request, follow: Any) -> Any:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return _problem(401, "unauthenticated")
            if self.away:
                return _problem(503, "temporarily_unavailable")
            if self.lacks:
                return _problem(503, "bad_material", self.lacks)
            return await follow(request)

        @app.post("/v1/prepare")
        async def _prepare() -> Any:
            self.prepared += 1
            return {"preparing": True}

        @app.post("/v1/vectors")
        async def _vectors(request: Request) -> Any:
            texts = (await request.json())["texts"]
            if len(texts) > MOST:
                return _problem(422, "invalid")
            self.encoded += texts
            matrix = vectors.encode(texts).astype(np.float16)
            return {
                "vectors": base64.b64encode(matrix.tobytes()).decode(),
                "dimensions": matrix.shape[1],
                "version": self.encoder,
            }

        @app.post("/v1/try")
        async def _try(request: Request) -> Any:
            body = await request.json()
            self.tried.append(body)
            compared = len(body.get("also") or ())
            model = hashlib.sha256(repr(body).encode()).hexdigest()[:12]
            return {
                "seconds": 0.1,
                "model": model,
                "readings": [],
                "fixes": [],
                "breaks": [],
                "compared": compared,
            }

        return app


@contextmanager
def workbench() -> Iterator[WorkbenchSimulator]:
    simulator = WorkbenchSimulator()
    with serving(simulator.app()) as url:
        simulator.url = url
        yield simulator


def _problem(status: int, code: str, message: str | None = None) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message or code}}, status)
