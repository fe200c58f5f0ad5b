"""The terminal customer's side of the api channel."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2

_TIMEOUT_SECONDS = 15.0
# The gateway says something every 15 s, be it only that it is still there.
_SILENCE_SECONDS = 60.0
_SLOW_DOWN_TRIES = 3


class ChatProblem(Exception):
    """The conversation can't go on; the message says why and what to do."""


@dataclass(frozen=True)
class Entry:
    """One message of the conversation, as the api channel shows it (see its OpenAPI)."""

    data: dict[str, Any]

    @property
    def id(self) -> str:
        """Unique in the conversation."""
        return str(self.data["id"])

    @property
    def seq(self) -> int:
        """Its place; grows."""
        return int(self.data["seq"])

    @property
    def role(self) -> str:
        """customer, bot, agent or system."""
        return str(self.data["role"])

    @property
    def message_id(self) -> str:
        """The customer's own id ("" on what we say)."""
        return str(self.data.get("message_id") or "")

    @property
    def text(self) -> str:
        """What it says ("" for files alone)."""
        return str(self.data.get("text") or "")

    @property
    def buttons(self) -> list[dict[str, str]]:
        """`{title, payload}` each."""
        return list(self.data.get("buttons") or [])

    @property
    def in_reply_to(self) -> list[str]:
        """The customer's message_ids that this answers."""
        return list(self.data.get("in_reply_to") or [])

    @property
    def disposition(self) -> str:
        """How a customer's message ended: answered, relayed, superseded, ignored; "" before."""
        return str(self.data.get("disposition") or "")

    @property
    def reason(self) -> str:
        """Why it was ignored or superseded."""
        return str(self.data.get("reason") or "")

    @property
    def explain(self) -> dict[str, Any]:
        """`{intent, confidence, signals, rules, reasons, …}` of a customer's message."""
        return dict(self.data.get("explain") or {})


@dataclass(frozen=True)
class State:
    """Who answers, and the open hand-over if there is one."""

    owner: str = "bot"
    language: str = ""
    handoff: dict[str, Any] | None = field(default=None)


class Gateway:
    """One customer's conversation over HTTP. Use it as a context manager."""

    def __init__(self, url: str, key: str, conversation: str) -> None:
        self.url = url
        self.conversation = conversation
        self._path = f"/channels/api/conversations/{quote(conversation, safe='')}"
        # Our own machine: a proxy from the environment has no business there.
        self._http = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def say(self, text: str, payload: str | None = None) -> str:
        """Hand in a message (or a tapped button) and return its id. Raises ChatProblem."""
        message_id = uuid.uuid4().hex
        body = {"conversation": self.conversation, "message_id": message_id, "text": text}
        if payload is not None:
            body["payload"] = payload
        for _ in range(_SLOW_DOWN_TRIES):
            answer = self._request("POST", "/channels/api/messages", json=body)
            if answer.status_code != 429:
                break
            time.sleep(min(10.0, float(answer.headers.get("Retry-After", "1"))))
        self._check(answer)
        return message_id

    def entries(self, after: int = 0) -> list[Entry]:
        """What was said after a place, oldest first; [] in a conversation that has not begun."""
        parameters = {"after": after, "explain": 1}
        answer = self._request("GET", f"{self._path}/messages", params=parameters)
        if answer.status_code == 404:
            return []
        self._check(answer)
        return [Entry(data) for data in answer.json()["messages"]]

    def state(self) -> State:
        """Who answers now."""
        answer = self._request("GET", self._path)
        if answer.status_code == 404:
            return State()
        self._check(answer)
        found = answer.json()
        return State(found["owner"], found.get("language") or "", found.get("handoff"))

    def mails(self) -> list[dict[str, str]]:
        """The newest demo mails (`{to, subject, text, at}`), newest first."""
        answer = self._request("GET", "/channels/api/demo/mails")
        if answer.status_code in (403, 404):
            raise ChatProblem("Mails are shown in the demo only (ASCOLTO_DEMO=1).")
        self._check(answer)
        return list(answer.json()["mails"])

    def changes(self) -> Iterator[None]:
        """Yields when something was said (server-sent events) until the connection ends."""
        try:
            with self._http.stream(
                "GET", f"{self._path}/events", timeout=_SILENCE_SECONDS
            ) as answer:
                if answer.status_code != 200:
                    return
                for line in answer.iter_lines():
                    if line.startswith("data:"):
                        yield None
        except httpx2.HTTPError:
            return

    def _request(self, method: str, path: str, **more: Any) -> httpx2.Response:
        try:
            return self._http.request(method, path, **more)
        except httpx2.ConnectError:
            raise ChatProblem(
                f"Nobody answers at {self.url}: start Ascolto with `make run` in another terminal"
                " (the address comes from ASCOLTO_GATEWAY_HOST and ASCOLTO_GATEWAY_PORT)."
            ) from None
        except httpx2.HTTPError as error:
            raise ChatProblem(f"The gateway doesn't answer properly: {error!r}") from None

    def _check(self, answer: httpx2.Response) -> None:
        if answer.status_code == 401:
            raise ChatProblem(
                "The gateway refuses our key: it was started with another ASCOLTO_API_CHANNEL_KEY"
                " or another ASCOLTO_HOME than this terminal sees."
            )
        if answer.status_code >= 400:
            try:
                said = answer.json()["error"]["message"]
            except (ValueError, KeyError, TypeError):
                said = answer.text[:200]
            raise ChatProblem(f"The gateway answers {answer.status_code}: {said}")
