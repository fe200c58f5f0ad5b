"""The workbench's HTTP: `GET /ready`, `POST /v1/vectors`, `/v1/read`, `/v1/prepare`, `/v1/try`.

Every request carries `Authorization: Bearer $ASCOLTO_WORKBENCH_TOKEN`. Errors are
`{"error": {"code", "message"}}`. What takes long runs in a thread, so that /ready always answers.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np
from aiohttp import web

from bot.nlu.text import for_features
from bot.workbench import reading, requests, trial
from bot.workbench.current import Current, NoModel
from bot.workbench.material import BadMaterial
from bot.workbench.recent import Recent
from understanding import vectors
from understanding.encoder import EncoderUnavailable

logger = logging.getLogger(__name__)

# 500 texts as long as texts may be would be more; nobody's messages are.
MAX_BODY_BYTES = 4 * 1024 * 1024

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(token: str, current: Current) -> web.Application:
    """The workbench as an application that can be served; `token` must not be empty."""
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[_guard(token)])
    routes = _Routes(current)
    app.router.add_get("/ready", routes.ready)
    app.router.add_post("/v1/vectors", routes.vectors)
    app.router.add_post("/v1/read", routes.read)
    app.router.add_post("/v1/prepare", routes.prepare)
    app.router.add_post("/v1/try", routes.try_)
    app.on_cleanup.append(routes.close)
    return app


class _Routes:
    def __init__(self, current: Current) -> None:
        self._current = current
        # One thread for what takes milliseconds, so that it never waits for what takes seconds.
        self._quick = ThreadPoolExecutor(1, "quick")
        # One trial after the other: two at once would each take twice as long.
        self._slow = ThreadPoolExecutor(1, "slow")
        self._encoded = Recent()
        self._preparing = False

    async def close(self, _: web.Application) -> None:
        for pool in (self._quick, self._slow):
            pool.shutdown(wait=False, cancel_futures=True)

    async def ready(self, _: web.Request) -> web.Response:
        current = self._current
        known = {"model": current.sha(), "examples": current.examples()}
        return web.json_response({"ready": True, **known})

    async def vectors(self, request: web.Request) -> web.Response:
        texts = requests.texts(await _body(request))
        encoded = await self._in(self._quick, lambda: _encode(texts))
        return web.json_response(
            {
                "vectors": base64.b64encode(encoded.astype(np.float16).tobytes()).decode(),
                "dimensions": encoded.shape[1],
                "version": vectors.version(),
            }
        )

    async def read(self, request: web.Request) -> web.Response:
        messages = requests.messages(await _body(request))

        def read() -> dict[str, Any]:
            served = self._current.served()
            return {"readings": reading.readings(served, messages), "model": served.sha}

        return web.json_response(await self._in(self._quick, read))

    async def prepare(self, _: web.Request) -> web.Response:
        """Somebody may soon ask for a trial: what it stands on takes seconds to load."""
        if not self._preparing:
            self._preparing = True
            self._slow.submit(self._prepare)
        return web.json_response({"preparing": True})

    async def try_(self, request: web.Request) -> web.Response:
        body = await _body(request)

        def run() -> dict[str, Any]:
            asked = requests.trial(body, self._current.served().model.intents)
            return trial.run(self._current.ground(), asked, self._encoded.of)

        return web.json_response(await self._in(self._slow, run))

    def _prepare(self) -> None:
        try:
            # What is wrong is said to whoever tries.
            with suppress(NoModel, BadMaterial, EncoderUnavailable):
                self._current.ground()
        finally:
            self._preparing = False

    @staticmethod
    async def _in(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


def _encode(texts: list[str]) -> np.ndarray:
    return vectors.encode([for_features(text) for text in texts])


async def _body(request: web.Request) -> Any:
    try:
        return json.loads(await request.text())
    except (ValueError, LookupError, RecursionError):
        raise requests.Invalid("body", "is not JSON") from None


def _guard(token: str) -> Any:
    """Check the token before anything is read, and turn errors into statuses."""
    expected = token.encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), expected)
        if not same or scheme.lower() != "bearer":
            return _error(401, "unauthenticated", "the workbench's token is missing or wrong")
        try:
            return await handler(request)
        except requests.Invalid as error:
            return _error(422, "invalid", str(error), field=error.field)
        except NoModel as error:
            return _error(503, "no_model", str(error))
        except BadMaterial as error:
            return _error(503, "bad_material", str(error))
        except EncoderUnavailable as error:
            return _error(503, "no_encoder", str(error))
        except web.HTTPRequestEntityTooLarge:
            return _error(413, "too_large", f"more than {MAX_BODY_BYTES} bytes")
        except web.HTTPException as error:
            return _refusal(error)
        except Exception as error:
            logger.error("%s failed", request.path, exc_info=error)
            return _error(500, "failed", type(error).__name__)

    return guard


def _refusal(error: web.HTTPException) -> web.Response:
    return _error(error.status, "not_found" if error.status == 404 else "refused", error.reason)


def _error(status: int, code: str, message: str, **more: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message, **more}}, status=status)
