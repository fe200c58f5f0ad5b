"""Verified customers: through the api channel, straight to the care channel, and to stock Rasa.

All three say the same kind of things and check every answer; an unexpected one voids the figure.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from bench.people import Buyer, Mailbox
from bench.texts import Utterance
from bench.wire import Http, Unexpected
from ops.system import System

REPLY_SECONDS = 60.0


@dataclass(frozen=True)
class Turn:
    """What one message took, in milliseconds: until it was acknowledged and until its reply."""

    acknowledged: float
    replied: float
    text: str


class Customer(Protocol):
    """One conversation, verified before anything is measured."""

    buyer: Buyer

    async def verify(self, mailbox: Mailbox) -> None:
        """Earn the grant to see their own orders."""

    async def say(self, utterance: Utterance) -> Turn:
        """Say something and wait for the reply. Raises Unexpected if it isn't the right kind."""

    def close(self) -> None:
        """Hang up."""


async def prove(buyer: Buyer, exchange: Callable[[str], Awaitable[Turn]], mailbox: Mailbox) -> None:
    """Ask for one's order and say the code that was mailed. Raises Unexpected."""
    question = {"it": "dov'è il mio ordine {}?", "en": "where is my order {}?"}
    order = buyer.orders[0]
    async with mailbox.address(buyer.email):
        await exchange(question[buyer.language].format(order))
        code = await mailbox.code(buyer.email)
    turn = await exchange(code)
    if order not in turn.text:
        raise Unexpected(f"verification led to {turn.text!r}")


class ApiCustomer:
    """Writes through the gateway's api channel and reads replies from its event stream."""

    def __init__(self, system: System, buyer: Buyer) -> None:
        self.name = f"bench-{uuid.uuid4().hex[:12]}"
        self.buyer = buyer
        self._http = Http(system.gateway_url, system.api_headers)
        self._stream = Http(system.gateway_url, system.api_headers)
        self._waiting: dict[str, asyncio.Future[tuple[float, dict[str, Any]]]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._cursor = 0
        self._sent = 0
        self.said: list[tuple[str, Utterance]] = []

    async def verify(self, mailbox: Mailbox) -> None:
        await prove(self.buyer, self.exchange, mailbox)

    async def say(self, utterance: Utterance) -> Turn:
        turn = await self.exchange(utterance.text)
        self.said.append((str(self._sent), utterance))
        if not utterance.is_answered_by(turn.text):
            await self.check()
            raise Unexpected(f"{utterance.text!r} led to {turn.text!r}")
        return turn

    async def exchange(self, text: str) -> Turn:
        """Say any text and wait for the bot's reply."""
        loop = asyncio.get_running_loop()
        self._sent += 1
        message_id = str(self._sent)
        self._waiting[message_id] = loop.create_future()
        body = {"conversation": self.name, "message_id": message_id, "text": text}
        begun = time.perf_counter()
        answer = await self._http.request("POST", "/channels/api/messages", body)
        if answer.status != 202:
            raise Unexpected(f"a message was answered {answer.status}")
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        try:
            async with asyncio.timeout(REPLY_SECONDS):
                at, entry = await self._waiting[message_id]
        except TimeoutError:
            raise Unexpected(f"no reply to {text!r}") from None
        if entry["role"] != "bot":
            raise Unexpected(f"{text!r} was answered by {entry['role']}: {entry['text']!r}")
        return Turn((answer.at - begun) * 1000, (at - begun) * 1000, entry["text"])

    async def ask(self, text: str) -> None:
        """Say something without waiting for a reply."""
        self._sent += 1
        body = {"conversation": self.name, "message_id": str(self._sent), "text": text}
        await self._http.post("/channels/api/messages", body, 202)

    async def state(self) -> Any:
        """Who answers now, and the hand-over if there is one."""
        return await self._http.get(f"/channels/api/conversations/{self.name}")

    async def check(self) -> None:
        """Raise Unexpected unless the bot still owns it and took every message as intended."""
        state = await self.state()
        if state["owner"] != "bot":
            reasons = [reason["en"] for reason in (state["handoff"] or {}).get("reasons", ())]
            last = [(n, u.text) for n, u in self.said[-6:]]
            raise Unexpected(f"a conversation went to {state['owner']} ({reasons}) after {last}")
        entries = await self._entries()
        read = {e["message_id"]: e for e in entries if e["role"] == "customer"}
        for message_id, utterance in self.said:
            intent = read[message_id]["explain"]["intent"]
            if intent != utterance.intent:
                raise Unexpected(f"{utterance.text!r} was taken for {intent}")

    async def is_handled(self, message_id: str) -> bool:
        """Whether one of the newest messages has its disposition."""
        path = f"/channels/api/conversations/{self.name}/messages?after={self._cursor}"
        page = await self._http.get(path)
        return any(
            entry.get("message_id") == message_id and entry.get("disposition")
            for entry in page["messages"]
        )

    async def replies(self) -> dict[str, str]:
        """The bot's replies by the message they answer."""
        return {
            message_id: entry["text"]
            for entry in await self._entries()
            if entry["role"] == "bot"
            for message_id in entry.get("in_reply_to") or ()
        }

    async def _entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = 0
        while True:
            path = f"/channels/api/conversations/{self.name}/messages?explain=1&after={cursor}"
            page = await self._http.get(path)
            if not page["messages"]:
                return found
            found += page["messages"]
            cursor = page["cursor"]

    async def _listen(self) -> None:
        path = f"/channels/api/conversations/{self.name}/events?after={self._cursor}"
        async for at, name, entry in self._stream.events(path):
            if name != "message":
                continue
            self._cursor = entry["seq"]
            for message_id in entry.get("in_reply_to") or ():
                if (future := self._waiting.get(message_id)) and not future.done():
                    future.set_result((at, entry))

    def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None
        self._http.close()
        self._stream.close()


class _Verified:
    """Customers that the gateway doesn't know: verified at the bridge."""

    def __init__(self, system: System, buyer: Buyer) -> None:
        self.id = f"c{uuid.uuid4().hex[:20]}"
        self.handle = f"bench-{uuid.uuid4().hex[:12]}"
        self.buyer = buyer
        self._bridge_url = system.bridge_url
        self._bridge_token = system.secret("BRIDGE_TOKEN_ACTIONS")

    async def verify(self, mailbox: Mailbox) -> None:
        bridge = Http(self._bridge_url, {"Authorization": f"Bearer {self._bridge_token}"})
        reference = {
            "id": self.id,
            "channel": "api",
            "account": "default",
            "handle": self.handle,
        }
        asked = {
            "conversation": reference,
            "order_number": self.buyer.orders[0],
            "language": self.buyer.language,
        }
        async with mailbox.address(self.buyer.email):
            made = await bridge.post(
                "/v1/verification/challenges", asked, 202, Idempotency_Key=uuid.uuid4().hex
            )
            code = await mailbox.code(self.buyer.email)
        answered = {
            "conversation": reference,
            "challenge_id": made["challenge_id"],
            "code": code,
        }
        result = await bridge.post(
            "/v1/verification/answers", answered, Idempotency_Key=uuid.uuid4().hex
        )
        bridge.close()
        if not result["verified"]:
            raise Unexpected("the bridge refused the code")


class CareCustomer(_Verified):
    """Writes straight to the care channel, as the gateway would."""

    def __init__(self, system: System, buyer: Buyer) -> None:
        super().__init__(system, buyer)
        token = {"Authorization": f"Bearer {system.secret('CARE_TOKEN')}"}
        self._http = Http(system.rasa_urls[0], token)
        self._sent = 0

    async def say(self, utterance: Utterance) -> Turn:
        self._sent += 1
        body = {
            "turn_id": f"t{self.id}{self._sent}",
            "conversation": self.id,
            "messages": [
                {
                    "id": f"m{self.id}{self._sent}",
                    "text": utterance.text,
                    "payload": None,
                    "language": self.buyer.language,
                    "at": "2026-01-01T00:00:00.000Z",
                }
            ],
            "context": {
                "channel": "api",
                "account": "default",
                "handle": self.handle,
                "public": False,
                "new_conversation": self._sent == 1,
                "memory": {"level": "verified", "first_name": "Anna", "open_case": False},
            },
        }
        begun = time.perf_counter()
        answer = await self._http.request("POST", "/webhooks/care/turn", body)
        took = (answer.at - begun) * 1000
        if answer.status != 200:
            raise Unexpected(f"the care channel answered {answer.status}")
        content = answer.json()
        reply = "\n\n".join(reply["text"] for reply in content["replies"])
        understood = content["nlu"][0]["intent"]
        if understood != utterance.intent or not utterance.is_answered_by(reply):
            raise Unexpected(f"{utterance.text!r} ({understood}) led to {reply!r}")
        return Turn(took, took, reply)

    def close(self) -> None:
        self._http.close()


class StockCustomer(_Verified):
    """Writes to Rasa's own REST channel."""

    def __init__(self, system: System, buyer: Buyer, url: str) -> None:
        super().__init__(system, buyer)
        self._http = Http(url)

    async def say(self, utterance: Utterance) -> Turn:
        metadata = {
            "language": self.buyer.language,
            "channel": "api",
            "account": "default",
            "handle": self.handle,
        }
        return await self.write(utterance, metadata)

    async def write(self, utterance: Utterance, metadata: dict[str, str] | None = None) -> Turn:
        """One message; without metadata the language stays the bot's default."""
        body: dict[str, Any] = {"sender": self.id, "message": utterance.text}
        if metadata:
            body["metadata"] = metadata
        begun = time.perf_counter()
        answer = await self._http.request("POST", "/webhooks/rest/webhook", body)
        took = (answer.at - begun) * 1000
        if answer.status != 200:
            raise Unexpected(f"stock Rasa answered {answer.status}")
        reply = "\n\n".join(part["text"] for part in answer.json() if part.get("text"))
        if not utterance.is_answered_by(reply):
            raise Unexpected(f"{utterance.text!r} led stock Rasa to {reply!r}")
        return Turn(took, took, reply)

    def close(self) -> None:
        self._http.close()
