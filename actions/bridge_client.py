"""The bridge as actions see it: few calls, a short budget of time, typed errors.

All calls of one action share one budget (1.5 s by default), so that a slow bridge ends in an
apology and not in a customer who waits.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

import aiohttp

from actions.bridge_errors import BridgeAway, BridgeError, error_for
from actions.unanswered import KEPT_S, Unanswered, call_hash

BUDGET_SECONDS = 1.5
_RETRY_PAUSE_SECONDS = 0.05
# Asked for again later than this, a code is a new one: the first may have run out.
_CODE_KEPT_S = 120.0
_RETURN_FIELDS = ("kind", "reason", "items", "details", "wanted")
# A connection pool belongs to the event loop that opened it.
_sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = WeakKeyDictionary()


def _session() -> aiohttp.ClientSession:
    loop = asyncio.get_running_loop()
    session = _sessions.get(loop)
    if session is None or session.closed:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=2.0)
        )
        _sessions[loop] = session
    return session


async def close_session() -> None:
    """Close the running loop's connections (at shutdown, and between tests)."""
    session = _sessions.pop(asyncio.get_running_loop(), None)
    if session is not None:
        await session.close()


class BridgeClient:
    """One action's way to the bridge.

    Every method raises a `BridgeError`; times are seconds. Changing calls take the idempotency key
    that makes a repeated turn act once. Those that add something (a case, a return, a mail) are
    sent under their first key while they are among the `unanswered`.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        budget: float = BUDGET_SECONDS,
        unanswered: Unanswered | None = None,
    ) -> None:
        self._unanswered = unanswered or Unanswered()
        self._url = (url or os.environ.get("ASCOLTO_BRIDGE_URL", "http://127.0.0.1:8090")).rstrip(
            "/"
        )
        self._token = token or os.environ.get("ASCOLTO_BRIDGE_TOKEN_ACTIONS", "")
        self._deadline = time.monotonic() + budget

    async def order(self, number: str, conversation_id: str) -> dict[str, Any]:
        """One order with its shipment; GrantRequired unless verified for it."""
        path = f"/v1/orders/{quote(number, safe='')}"
        return await self._call("GET", path, query={"conversation": conversation_id})

    async def orders(self, conversation_id: str) -> list[dict[str, Any]]:
        """The verified customer's recent orders, newest first; GrantRequired otherwise."""
        answer = await self._call("GET", "/v1/orders", query={"conversation": conversation_id})
        return list(answer.get("orders", []))

    async def cancel_order(
        self, number: str, conversation: dict[str, str], key: str
    ) -> dict[str, Any]:
        """Undo an order of the verified customer → the order. Conflict once it is being packed."""
        path = f"/v1/orders/{quote(number, safe='')}/cancellation"
        return await self._call("POST", path, body={"conversation": conversation}, key=key)

    async def send_code(
        self, conversation: dict[str, str], order_number: str, language: str, key: str
    ) -> dict[str, Any]:
        """Start a verification → `{challenge_id, expires_in_s}`, the same for unknown orders."""
        body = {"conversation": conversation, "order_number": order_number, "language": language}
        path = "/v1/verification/challenges"
        age_s = self._unanswered.age_s(call_hash("POST", path, body))
        sent = await self._call_once("POST", path, body, key, within_s=_CODE_KEPT_S)
        if 0 < age_s < _CODE_KEPT_S and sent.get("expires_in_s"):
            # It was told as of the first try.
            sent["expires_in_s"] = max(0.0, float(sent["expires_in_s"]) - age_s)
        return sent

    async def check_code(
        self, conversation: dict[str, str], challenge_id: str, code: str, key: str
    ) -> dict[str, Any]:
        """Answer a challenge → `{verified, attempts_left, level}`."""
        body = {"conversation": conversation, "challenge_id": challenge_id, "code": code}
        return await self._call("POST", "/v1/verification/answers", body=body, key=key)

    async def open_case(
        self, conversation: dict[str, str], draft: dict[str, Any], language: str, key: str
    ) -> dict[str, Any]:
        """Open a case from `draft` (`topic`, `summary`, `order_number`?) → `{reference, …}`."""
        body: dict[str, Any] = {
            "conversation": conversation,
            "topic": draft["topic"],
            "summary": draft["summary"] or "–",
            "language": language,
        }
        if draft.get("order_number"):
            body["order_number"] = draft["order_number"]
        return await self._call_once("POST", "/v1/cases", body, key)

    async def announce_return(
        self,
        number: str,
        conversation: dict[str, str],
        draft: dict[str, Any],
        language: str,
        key: str,
    ) -> dict[str, Any]:
        """Announce what comes back: `draft` is `kind`, `reason`, `items`?, `details`?, `wanted`?.

        → `{reference, kind, status, items, amount, free, label_cost, send_by, mailed, …}`; without
        items, everything not yet sent back. Conflict: `too_late`, `already_returned` or
        `not_returnable`, in its `code`.
        """
        path = f"/v1/orders/{quote(number, safe='')}/returns"
        given = {name: draft[name] for name in _RETURN_FIELDS if draft.get(name)}
        body = {"conversation": conversation, "language": language, **given}
        return await self._call_once("POST", path, body, key)

    async def returns(self, conversation_id: str) -> list[dict[str, Any]]:
        """The verified customer's returns and exchanges, newest first."""
        answer = await self._call("GET", "/v1/returns", query={"conversation": conversation_id})
        return list(answer.get("returns", []))

    async def change_address(
        self, number: str, conversation: dict[str, str], address: str, key: str
    ) -> dict[str, Any]:
        """Send an order somewhere else → the order. Conflict `too_late` once it is being packed."""
        path = f"/v1/orders/{quote(number, safe='')}/address"
        body = {"conversation": conversation, "address": address}
        return await self._call("PUT", path, body=body, key=key)

    async def send_invoice(
        self, number: str, conversation: dict[str, str], language: str, key: str
    ) -> dict[str, Any]:
        """Mail a copy of an order's invoice → `{number, sent_to}`, the address masked.

        Conflict: `not_invoiced` (not paid yet, or cancelled) or `no_email` (none on file).
        """
        path = f"/v1/orders/{quote(number, safe='')}/invoice"
        body = {"conversation": conversation, "language": language}
        return await self._call_once("POST", path, body, key)

    async def loyalty(self, conversation_id: str) -> dict[str, Any]:
        """The verified customer's points → `{points, worth, tier, next_expiry, expiring}`."""
        return await self._call("GET", "/v1/loyalty", query={"conversation": conversation_id})

    async def promotion(self, code: str, language: str) -> dict[str, Any]:
        """What a code is good for → `{code, state, discount, minimum, …}`. NotFound if unknown."""
        path = f"/v1/promotions/{quote(code.strip()[:64] or '-', safe='')}"
        return await self._call("GET", path, query={"language": language})

    async def record_consent(
        self, conversation: dict[str, str], purpose: str, *, granted: bool, words: str, key: str
    ) -> dict[str, Any]:
        """Record a consent or its withdrawal → `{purpose, granted, at, has_email}`."""
        body = {
            "conversation": conversation,
            "purpose": purpose,
            "granted": granted,
            "words": words,
        }
        return await self._call("POST", "/v1/consents", body=body, key=key)

    async def article(self, slug: str, language: str) -> dict[str, Any]:
        """One article → `{slug, title, text, url, score}`. NotFound."""
        path = f"/v1/knowledge/articles/{quote(slug, safe='')}"
        return await self._call("GET", path, query={"language": language})

    async def search(self, question: str, language: str) -> dict[str, Any]:
        """The best article for a question → `{answer: {…} | null, candidates: […]}`."""
        query = {"q": question[:500], "language": language, "limit": "3"}
        return await self._call("GET", "/v1/knowledge/search", query=query)

    async def judge_answer(
        self, question: str, slug: str, language: str, *, helped: bool, key: str
    ) -> dict[str, Any]:
        """Record whether an article's answer helped → `{slug, helped, at}`."""
        body = {"question": question[:500], "slug": slug, "language": language, "helped": helped}
        return await self._call("POST", "/v1/knowledge/feedback", body=body, key=key)

    async def _call_once(
        self,
        method: str,
        path: str,
        body: dict[str, Any],
        key: str,
        *,
        within_s: float = KEPT_S,
    ) -> dict[str, Any]:
        """For what must not be done twice, not even if the customer asks again."""
        call = call_hash(method, path, body)
        key = self._unanswered.key(call, key, within_s)
        try:
            answer = await self._call(method, path, body=body, key=key)
        except BridgeError as error:
            if isinstance(error, BridgeAway):
                self._unanswered.lost(call, key)
            else:
                self._unanswered.answered(call)
            raise
        self._unanswered.answered(call)
        return answer

    async def _call(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        # Reads, and writes with a key, may be repeated after a connection that broke.
        attempts = 2
        while True:
            attempts -= 1
            try:
                return await self._attempt(method, path, body, query, headers)
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
                if attempts == 0 or isinstance(error, aiohttp.ServerTimeoutError):
                    raise BridgeAway(type(error).__name__) from None
                await asyncio.sleep(_RETRY_PAUSE_SECONDS)
            except asyncio.TimeoutError:
                raise BridgeAway("timeout") from None

    async def _attempt(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        query: dict[str, str] | None,
        headers: dict[str, str],
    ) -> dict[str, Any]:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise BridgeAway("timeout")
        async with _session().request(
            method,
            f"{self._url}{path}",
            json=body,
            params=query,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=left),
        ) as answer:
            try:
                content = await answer.json(content_type=None)
            except ValueError:
                content = None
            if answer.status >= 400:
                raise error_for(answer.status, content, answer.headers.get("Retry-After"))
            if isinstance(content, list):
                return {"orders": content}
            if not isinstance(content, dict):
                raise BridgeAway("not_json")
            return content
