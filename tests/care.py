"""A customer and an agent of a running system, as tests speak for them."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx2

from ops.system import System

PATIENCE_S = 60.0


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE_S) -> Any:
    """Wait for a condition and return what it returned; says what never came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"in {seconds:.0f} s never came true: {what}")


class Place(Protocol):
    """A running system, as those who use it see it."""

    @property
    def home(self) -> Path: ...

    @property
    def gateway_url(self) -> str: ...

    @property
    def gateway_urls(self) -> tuple[str, ...]: ...

    @property
    def api_headers(self) -> dict[str, str]: ...

    def secret(self, name: str) -> str: ...


class Customer:
    """One conversation on the api channel."""

    def __init__(self, system: Place, name: str | None = None, gateway: int = 0) -> None:
        self.system = system
        self.name = name or f"customer-{uuid.uuid4().hex[:8]}"
        self.http = httpx2.Client(
            base_url=system.gateway_urls[gateway], headers=system.api_headers, timeout=PATIENCE_S
        )
        self.sent: list[str] = []

    def close(self) -> None:
        self.http.close()

    def send(self, text: str | None = None, **more: Any) -> str:
        """Hand in one message; its message_id. It is accepted or the test fails."""
        message_id = more.pop("message_id", None) or f"{len(self.sent) + 1}"
        body = {"conversation": self.name, "message_id": message_id, **more}
        if text is not None:
            body["text"] = text
        answer = self.http.post("/channels/api/messages", json=body)
        assert answer.status_code == 202, answer.text
        self.sent.append(message_id)
        return message_id

    def messages(self, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            answer = self.http.get(
                f"/channels/api/conversations/{self.name}/messages",
                params={"after": after, "explain": 1},
            )
            answer.raise_for_status()
            page = answer.json()
            found += page["messages"]
            if not page["messages"] or page["cursor"] == after:
                return found
            after = page["cursor"]

    def heard(self, *roles: str) -> list[str]:
        """The texts that the customer was told, by `bot`, `agent` or `system` (all by default)."""
        wanted = roles or ("bot", "agent", "system")
        return [str(m["text"]) for m in self.messages() if m["role"] in wanted]

    def replies_to(self, message_id: str) -> list[dict[str, Any]]:
        """Everything that answers one of the customer's messages."""
        return [m for m in self.messages() if message_id in m.get("in_reply_to", [])]

    def state(self) -> dict[str, Any]:
        answer = self.http.get(f"/channels/api/conversations/{self.name}")
        answer.raise_for_status()
        state: dict[str, Any] = answer.json()
        return state

    def say(self, text: str | None = None, seconds: float = PATIENCE_S, **more: Any) -> str:
        """Say something and wait for the bot's reply to it; the reply's text."""
        return str(self.exchange(text, seconds, **more)["text"])

    def exchange(
        self, text: str | None = None, seconds: float = PATIENCE_S, **more: Any
    ) -> dict[str, Any]:
        """The whole reply to what is said."""
        message_id = self.send(text, **more)

        def reply() -> dict[str, Any] | None:
            for message in self.messages():
                if message_id in message.get("in_reply_to", []):
                    return message
            return None

        found: dict[str, Any] = until(reply, f"a reply to message {message_id}", seconds)
        return found

    def tap(self, reply: dict[str, Any], title: str) -> str:
        """Tap one of a reply's buttons and wait for the answer's text."""
        [payload] = [b["payload"] for b in reply["buttons"] if b["title"] == title]
        return self.say(payload=payload)

    def handled(self, message_id: str, seconds: float = PATIENCE_S) -> dict[str, Any]:
        """Wait until a message has its disposition."""

        def found() -> dict[str, Any] | None:
            for message in self.messages():
                if message.get("message_id") == message_id and message.get("disposition"):
                    return message
            return None

        handled: dict[str, Any] = until(found, f"a disposition of {message_id}", seconds)
        return handled

    def explain(self, message_id: str) -> dict[str, Any]:
        """How a message was understood."""
        [said] = [m for m in self.messages() if m.get("message_id") == message_id]
        explanation: dict[str, Any] = said["explain"]
        return explanation


class Mailbox:
    """The demo's mails, as the bridge wrote them."""

    def __init__(self, system: System) -> None:
        self.http = httpx2.Client(
            base_url=system.bridge_url,
            headers={"Authorization": f"Bearer {system.secret('BRIDGE_TOKEN_GATEWAY')}"},
            timeout=PATIENCE_S,
        )

    def to(self, address: str) -> list[dict[str, Any]]:
        """Mails to an address, newest first."""
        answer = self.http.get("/v1/mails")
        answer.raise_for_status()
        return [mail for mail in answer.json()["mails"] if address in str(mail["to"])]

    def code(self, address: str, *, more_than: int = 0) -> str:
        """The newest one-time code, once more than so many mails have come."""
        mails = until(
            lambda: len(found := self.to(address)) > more_than and found, f"a mail to {address}"
        )
        match = re.search(r"\b(\d{3})[ -]?(\d{3})\b", mails[0]["text"])
        assert match, "the mail holds no code"
        return match.group(1) + match.group(2)


class Bridge(Mailbox):
    """Reads what the bridge holds, as the gateway may (and, where it says so, the actions)."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.actions = {"Authorization": f"Bearer {system.secret('BRIDGE_TOKEN_ACTIONS')}"}

    def brief(self, kind: str, conversation_id: str, handle: str) -> dict[str, Any]:
        """The brief for the `bot` or the `agent`."""
        reference = {
            "id": conversation_id,
            "channel": "api",
            "account": "default",
            "handle": handle,
        }
        answer = self.http.post(f"/v1/brief/{kind}", json=reference)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def order(self, number: str, conversation_id: str) -> dict[str, Any] | None:
        """An order as the actions get it; None when the bridge refuses for want of a grant."""
        answer = self.http.get(
            f"/v1/orders/{number}", params={"conversation": conversation_id}, headers=self.actions
        )
        if answer.status_code == 403:
            return None
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def cases(self, conversation_id: str) -> list[dict[str, Any]]:
        answer = self.http.get("/v1/cases", params={"conversation": conversation_id})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["cases"]
        return found


class Agent:
    """Somebody at the desk, through the console's JSON."""

    def __init__(
        self, system: Place, name: str = "Marta", language: str = "it", gateway: int = 0
    ) -> None:
        self.name = name
        self.http = httpx2.Client(
            base_url=f"{system.gateway_urls[gateway]}/console/api", timeout=PATIENCE_S
        )
        answer = self.http.post(
            "/session",
            json={
                "password": system.secret("OPERATOR_PASSWORD"),
                "agent": name,
                "language": language,
            },
        )
        assert answer.status_code == 200, answer.text
        self.http.headers["X-CSRF-Token"] = answer.json()["csrf"]

    def close(self) -> None:
        self.http.close()

    def find(self, handle: str) -> str:
        """Our own id of a customer's conversation."""
        answer = self.http.get("/conversations", params={"q": handle})
        answer.raise_for_status()
        found = [
            conversation["id"]
            for section in answer.json()["sections"]
            for conversation in section["conversations"]
            if conversation["handle"] == handle
        ]
        assert len(found) == 1, f"{len(found)} conversations of {handle}"
        return str(found[0])

    def open(self, conversation_id: str) -> dict[str, Any]:
        """What the conversation's page shows: `conversation`, `card`, `messages`."""
        answer = self.http.get(f"/conversations/{conversation_id}")
        answer.raise_for_status()
        page: dict[str, Any] = answer.json()
        return page

    def card(self, conversation_id: str) -> dict[str, Any]:
        card: dict[str, Any] = self.open(conversation_id)["card"]
        return card

    def claim(self, conversation_id: str) -> dict[str, Any]:
        return self._do(conversation_id, "claim", {})

    def reply(self, conversation_id: str, text: str) -> dict[str, Any]:
        return self._do(conversation_id, "reply", {"text": text, "key": uuid.uuid4().hex})

    def note(self, conversation_id: str, text: str) -> dict[str, Any]:
        return self._do(conversation_id, "note", {"text": text, "key": uuid.uuid4().hex})

    def return_to_bot(self, conversation_id: str, word: str = "") -> None:
        self._do(conversation_id, "return", {"word": word})

    def resolve(self, conversation_id: str, word: str = "", wanted: str | None = None) -> None:
        self._do(conversation_id, "resolve", {"word": word, "wanted": wanted})

    def _do(self, conversation_id: str, action: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.post(f"/conversations/{conversation_id}/{action}", json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result


@contextmanager
def agent(system: System, name: str = "Marta", language: str = "it") -> Iterator[Agent]:
    """Somebody at the desk who goes home at the end."""
    someone = Agent(system, name, language)
    try:
        yield someone
    finally:
        someone.close()


@contextmanager
def customer(system: System, name: str | None = None) -> Iterator[Customer]:
    """A customer who hangs up at the end."""
    someone = Customer(system, name)
    try:
        yield someone
    finally:
        someone.close()
