"""Dialogues through the whole system: api channel, gateway, policy, bot, bridge with demo data."""

from __future__ import annotations

import asyncio
import re
import time
from itertools import count
from typing import Any

import httpx2

from ops.chat_client import Entry, Gateway
from ops.system import System
from tests.conversations.dialogue import Button, Reply

WAIT_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.05
STILL_THE_SAME_LOOKS = 6
_CODE = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})(?!\d)")
_names = count(1)


class GatewayCustomer:
    """A customer of the api channel."""

    def __init__(self, system: System) -> None:
        self._system = system
        name = f"dialogue-{next(_names)}-{time.time_ns()}"
        self._gateway = Gateway(system.gateway_url, system.secret("API_CHANNEL_KEY"), name)
        self._mailed_before = self._mails()[:1]

    async def say(self, text: str, attachments: int = 0) -> Reply:
        """Write a text."""
        assert not attachments, "pictures are sent directly only: leave out `gateway`"
        return await asyncio.to_thread(self._exchange, text, None)

    async def tap(self, button: Button) -> Reply:
        """Tap a button: its title is shown, its signed payload is what counts."""
        return await asyncio.to_thread(self._exchange, button.title, button.payload)

    async def code(self) -> str:
        """The code in the newest mail."""
        return await asyncio.to_thread(self._newest_code)

    async def proof_over(self) -> None:
        """Takes half an hour: played directly only."""
        raise AssertionError("a proof can only run out directly: leave out `gateway`")

    async def promised(self, promise: str) -> None:
        """Needs an agent at the console: played directly only."""
        raise AssertionError("a promise can only be arranged directly: leave out `gateway`")

    def close(self) -> None:
        """Let go of the connections."""
        self._gateway.__exit__(None, None, None)

    def _exchange(self, text: str, payload: str | None) -> Reply:
        message_id = self._gateway.say(text, payload)
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            entries = self._gateway.entries()
            [asked] = [e for e in entries if e.message_id == message_id] or [Entry({"id": ""})]
            answers = [e for e in entries if e.role == "bot" and message_id in e.in_reply_to]
            # A hand-over may drop the bot's words; anything else is answered.
            if asked.disposition and (answers or asked.disposition != "answered"):
                return self._reply(asked, answers)
            time.sleep(LOOK_AGAIN_SECONDS)
        raise AssertionError(f"no answer to {text!r} within {WAIT_SECONDS:.0f} s")

    def _reply(self, asked: Entry, answers: list[Entry]) -> Reply:
        return Reply(
            text="\n\n".join(entry.text for entry in answers),
            buttons=[Button(b["title"], b["payload"]) for e in answers for b in e.buttons],
            intents=[str(asked.explain["intent"])] if asked.explain.get("intent") else None,
            signals=[str(name) for name in asked.explain.get("signals", [])],
        )

    def _newest_code(self) -> str:
        deadline = time.monotonic() + WAIT_SECONDS
        seen: list[dict[str, Any]] = []
        looks = 0
        # Mails leave in the background: the first for this customer, or a newer one, may still be
        # on its way.
        while time.monotonic() < deadline:
            mails = self._mails()
            looks = looks + 1 if mails == seen else 0
            if mails[:1] != self._mailed_before and looks >= STILL_THE_SAME_LOOKS:
                match = _CODE.search(mails[0]["text"])
                assert match, "the newest mail has no code in it"
                return "".join(match.groups())
            seen = mails
            time.sleep(LOOK_AGAIN_SECONDS)
        raise AssertionError("no mail came")

    def _mails(self) -> list[dict[str, Any]]:
        answer = httpx2.get(
            f"{self._system.bridge_url}/v1/mails",
            headers={"Authorization": f"Bearer {self._system.secret('BRIDGE_TOKEN_GATEWAY')}"},
            trust_env=False,
            timeout=WAIT_SECONDS,
        )
        return list(answer.json()["mails"])


class GatewaySystem:
    """The running system as the dialogues see it."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._customers: list[GatewayCustomer] = []

    async def customer(
        self, language: str, memory: dict[str, Any] | None, *, public: bool
    ) -> GatewayCustomer:
        """A new customer; language, memory and audience are the gateway's own to find out."""
        assert memory is None, "memory can only be arranged directly: leave out `gateway`"
        assert not public, "the api channel is private: leave out `gateway`"
        customer = GatewayCustomer(self._system)
        self._customers.append(customer)
        return customer

    async def bridge(self, *, up: bool) -> None:
        """Kill or start the bridge."""
        if up != self._system.is_running("bridge"):
            if up:
                await asyncio.to_thread(lambda: self._system.start("bridge", wait=True))
            else:
                await asyncio.to_thread(self._system.kill, "bridge")

    def close(self) -> None:
        """Let go of all customers' connections."""
        for customer in self._customers:
            customer.close()
