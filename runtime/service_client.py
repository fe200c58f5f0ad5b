"""JSON over HTTP to our own services, on kept connections.

aiohttp rather than httpx2 here, because a turn passes this way several times: a call costs 0.2 ms
of CPU time instead of 1.4 (docs/decisions/007).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from runtime.errors import Temporary

CONNECT_S = 1.0
# Our servers close idle connections after 5 s; a request must not meet the end of one.
IDLE_S = 2.0


class Unreachable(Temporary):
    """Nobody answered the door: nothing was sent."""


class CutOff(Temporary):
    """The connection ended before an answer came: what was asked may have been done."""


@dataclass(frozen=True)
class ServiceAnswer:
    """A status and the JSON object that came with it (None when it was none)."""

    status: int
    body: dict[str, Any] | None


class ServiceClient:
    """Calls with a bearer token. Raises Unreachable before anything was sent, Temporary after;
    CutOff when the other side ended, rather than took too long."""

    def __init__(self, token: str, *, connections: int = 100) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        within_s: float,
        headers: Mapping[str, str] | None = None,
    ) -> ServiceAnswer:
        """One request, and its whole answer within so many seconds."""
        sent = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        timeout = aiohttp.ClientTimeout(total=within_s, sock_connect=min(CONNECT_S, within_s))
        described = {"Content-Type": "application/json", **(headers or {})}
        try:
            async with self._http().request(
                method, url, data=sent, headers=described, timeout=timeout, allow_redirects=False
            ) as answer:
                return ServiceAnswer(answer.status, _object(await answer.read()))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unreachable(f"no connection ({type(error).__name__})") from error
        except TimeoutError as error:
            raise Temporary(f"no answer ({type(error).__name__})") from error
        except (aiohttp.ClientConnectionError, OSError) as error:
            raise CutOff(f"no answer ({type(error).__name__})") from error
        except aiohttp.ClientError as error:
            raise Temporary(f"no answer ({type(error).__name__})") from error

    def _http(self) -> aiohttp.ClientSession:
        # Made at the first call: a session belongs to the loop that runs by then.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                connector=aiohttp.TCPConnector(
                    limit=self._connections, keepalive_timeout=IDLE_S, ttl_dns_cache=60
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
