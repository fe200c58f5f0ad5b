"""The CRM bridge over HTTP: briefs for bot and agent, interactions, cases."""

from __future__ import annotations

from typing import Any, cast

from runtime.errors import AscoltoError, Permanent, Temporary
from runtime.service_client import ServiceAnswer, ServiceClient

BRIEF_TIMEOUT_S = 0.6
CALL_TIMEOUT_S = 5.0


class BridgeClient:
    """Raises Temporary when the bridge is away, Permanent when it refuses what we ask."""

    def __init__(self, base_url: str, token: str) -> None:
        self._url = base_url
        self._service = ServiceClient(token)

    async def close(self) -> None:
        """Close every connection."""
        await self._service.close()

    async def bot_brief(self, conversation: dict[str, str]) -> dict[str, Any]:
        """What the bot may know about this customer at their level of identity."""
        return await self._call("POST", "/v1/brief/bot", conversation, within_s=BRIEF_TIMEOUT_S)

    async def agent_brief(self, conversation: dict[str, str]) -> dict[str, Any]:
        """The whole relationship, for a person who works the case."""
        return await self._call("POST", "/v1/brief/agent", conversation, within_s=2.0)

    async def post(self, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Tell the bridge something, once a key however often it is sent."""
        return await self._call("POST", path, body, headers={"Idempotency-Key": key})

    async def mails(self) -> list[dict[str, Any]]:
        """The demo's mails, newest first."""
        answer = await self._call("GET", "/v1/mails")
        return cast(list[dict[str, Any]], answer["mails"])

    async def ready(self) -> str:
        """`ready`, or what is wrong."""
        try:
            answer = await self._service.call("GET", f"{self._url}/readyz", within_s=2.0)
        except Temporary as error:
            return f"away: {error.message}"
        return "ready" if answer.status == 200 else f"answers {answer.status}"

    async def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        within_s: float = CALL_TIMEOUT_S,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        try:
            answer = await self._service.call(
                method, self._url + path, body, within_s=within_s, headers=headers
            )
        except Temporary as error:
            raise Temporary(f"the bridge is away: {error.message}") from error
        if answer.status >= 500 or answer.status == 429:
            raise Temporary(f"the bridge answered {answer.status}")
        if answer.status >= 400:
            raise Permanent(f"the bridge refused with {answer.status}", code=_code(answer))
        if answer.body is None:
            raise Temporary("the bridge's answer could not be read")
        return answer.body


def _code(answer: ServiceAnswer) -> str:
    error = (answer.body or {}).get("error")
    return str(error.get("code")) if isinstance(error, dict) else AscoltoError.code
