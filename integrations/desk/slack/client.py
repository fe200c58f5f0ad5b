"""Calling Slack: once, at its pace, with failures told apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from integrations.desk.slack.config import SlackConfig
from integrations.desk.slack.pacing import Pacing
from integrations.standing import Contact
from runtime.errors import AscoltoError, Permanent, Temporary, UnknownOutcome

TIMEOUT_S = 10
PAGES = 5
# The workspace or the app has to be put right by somebody; what waits isn't lost meanwhile.
_SETUP = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "ekm_access_denied",
        "team_access_not_granted",
        "accesslimited",
    }
)
_OF_THE_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
SETUP_RETRY_S = 30.0
# Slack says of these that part of it may have happened.
_UNKNOWN = frozenset({"fatal_error", "internal_error", "request_timeout"})
_SOON = frozenset({"service_unavailable", "team_added_to_org", "ratelimited"})


class SlackClient:
    """`call(method, …)` raises Temporary, Permanent (`code` is Slack's) or UnknownOutcome."""

    def __init__(self, config: SlackConfig, pacing: Pacing | None = None) -> None:
        self._config = config
        self._pacing = pacing or Pacing()
        self.contact = Contact()
        self._session: aiohttp.ClientSession | None = None
        self._web: AsyncWebClient | None = None

    @property
    def web(self) -> AsyncWebClient:
        """The SDK's client, without its own repeating: it can't know what may be repeated."""
        if self._web is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=True
            )
            self._web = AsyncWebClient(
                token=self._config.bot_token,
                base_url=self._config.api_url,
                timeout=TIMEOUT_S,
                session=self._session,
                retry_handlers=[],
            )
        return self._web

    async def close(self) -> None:
        """Let go of the connections."""
        await self.contact.close()
        if self._session is not None:
            await self._session.close()
        self._session = self._web = None

    async def turn(self, method: str) -> None:
        """Wait until a call of `method` may be made, which then goes with `paced=False`."""
        await self._pacing.wait(method)

    async def call(self, method: str, *, paced: bool = True, **arguments: Any) -> dict[str, Any]:
        """One call of the Web API; the answer's body."""
        if paced:
            await self._pacing.wait(method)
        try:
            answer = await self.web.api_call(method, **_shaped(method, arguments))
        except SlackApiError as error:
            meant = self._meant(method, error)
            self._note(method, meant)
            raise meant from None
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            self.contact.failed(f"Slack can't be reached: {type(error).__name__}")
            raise Temporary(f"Slack can't be reached: {type(error).__name__}") from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            self.contact.failed(f"no answer from Slack: {type(error).__name__}")
            raise UnknownOutcome(f"no answer from Slack: {type(error).__name__}") from None
        self.contact.worked(method)
        body: Any = answer.data
        return body if isinstance(body, dict) else {}

    def _note(self, method: str, meant: AscoltoError) -> None:
        if meant.code in _SETUP - _OF_THE_TOKEN:
            # The rest of Slack may well work meanwhile.
            self.contact.failed(f"{method}: {meant.message}", method)
        elif meant.code in _OF_THE_TOKEN or isinstance(meant, UnknownOutcome):
            self.contact.failed(meant.message)
        elif meant.code not in _SOON:
            # An answer all the same: what it says is about one message.
            self.contact.worked()

    def _meant(self, method: str, error: SlackApiError) -> AscoltoError:
        response: Any = error.response
        status = int(getattr(response, "status_code", 0) or 0)
        data = getattr(response, "data", None)
        code = str(data.get("error", "")) if isinstance(data, dict) else ""
        if status == 429 or code == "ratelimited":
            headers = {k.lower(): v for k, v in dict(response.headers or {}).items()}
            wait = _seconds(headers.get("retry-after"))
            self._pacing.close(method, wait)
            return Temporary("Slack asks to wait", code="ratelimited", retry_after=wait)
        if code in _SETUP:
            return Temporary(f"Slack says {code}", code=code, retry_after=SETUP_RETRY_S)
        if code in _SOON:
            return Temporary(f"Slack says {code}", code=code)
        if status >= 500 or code in _UNKNOWN or not code:
            return UnknownOutcome(f"Slack answered {status} {code}".strip())
        return Permanent(f"Slack says {code}", code=code)

    async def upload(
        self, name: str, content: bytes, *, channel: str, thread_ts: str, title: str
    ) -> None:
        """Put a file into a thread. Up to the last step nobody sees anything of it."""
        try:
            asked = await self.call(
                "files.getUploadURLExternal", filename=name, length=len(content)
            )
        except UnknownOutcome as error:
            raise Temporary(error.message) from None
        session = self._session
        assert session is not None
        try:
            async with session.post(str(asked["upload_url"]), data=content) as answer:
                if answer.status != 200:
                    raise Temporary(f"Slack's file store answered {answer.status}")
        except (TimeoutError, aiohttp.ClientError) as error:
            raise Temporary(f"Slack's file store: {type(error).__name__}") from None
        await self.call(
            "files.completeUploadExternal",
            files=[{"id": asked["file_id"], "title": title}],
            channel_id=channel,
            thread_ts=thread_ts,
        )

    async def download(self, url: str, *, longest: int) -> bytes:
        """A file's bytes. Raises Permanent (too large, not there) or Temporary."""
        web, session = self.web, self._session
        assert session is not None
        headers = {"Authorization": f"Bearer {web.token}"}
        try:
            async with session.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status >= 500 or answer.status == 429:
                    raise Temporary(f"Slack's file store answered {answer.status}")
                if answer.status != 200 or answer.content_type == "text/html":
                    # Without the right scope Slack answers with its log-in page.
                    raise Permanent("the file can't be read", code="file_unreadable")
                content = bytearray()
                async for piece in answer.content.iter_chunked(65536):
                    content += piece
                    if len(content) > longest:
                        raise Permanent("the file is too large", code="file_too_large")
                return bytes(content)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise Temporary(f"Slack's file store: {type(error).__name__}") from None

    async def messages(
        self, channel: str, thread_ts: str | None, since: float
    ) -> AsyncIterator[dict[str, Any]]:
        """What stands in a thread, or in the channel, since a moment."""
        method = "conversations.replies" if thread_ts else "conversations.history"
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since:.6f}",
            "limit": 200,
            "include_all_metadata": True,
        }
        if thread_ts:
            arguments["ts"] = thread_ts
        for _ in range(PAGES):
            answer = await self.call(method, **arguments)
            for message in answer.get("messages") or ():
                yield message
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
            arguments["cursor"] = cursor


_READS = frozenset({"users.info", "conversations.replies", "conversations.history"})
_FORMS = frozenset({"files.getUploadURLExternal"})


def _shaped(method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    if method in _READS:
        plain = {k: str(v).lower() if isinstance(v, bool) else v for k, v in arguments.items()}
        return {"http_verb": "GET", "params": plain}
    if method in _FORMS:
        return {"http_verb": "GET", "params": arguments}
    return {"json": arguments}


def _seconds(value: Any) -> float:
    try:
        return max(1.0, float(value))
    except (TypeError, ValueError):
        return 1.0
