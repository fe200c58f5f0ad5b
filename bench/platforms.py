"""Telegram and Slack for a measurement: their simulators, and a system connected to both."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.customers import REPLY_SECONDS, Turn, prove
from bench.people import Buyer, Mailbox
from bench.stand import Plan, servers
from bench.texts import Utterance
from bench.wire import Unexpected
from ops.system import System
from tests.simulators.slack import SlackSimulator
from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.customers import Person
from tests.simulators.telegram.state import Call

POLL_S = 0.002
CONNECTED_S = 30.0
# Telegram takes a message a second in a chat, and the gateway keeps to it.
CHAT_PAUSE_S = 1.1


@dataclass(frozen=True)
class Platforms:
    """Both simulators; `secret` is what Telegram says at the webhook, empty when it is polled."""

    telegram: TelegramSimulator
    slack: SlackSimulator
    secret: str
    answers: Answers

    def settings(self) -> dict[str, str]:
        """What connects a system with them, Slack by signed requests."""
        called = {"TELEGRAM_WEBHOOK_SECRET": self.secret} if self.secret else {}
        return {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "ASCOLTO_TELEGRAM_API_URL": self.telegram.url,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "ASCOLTO_SLACK_API_URL": self.slack.api_url,
            "ASCOLTO_SLACK_CHANNEL": self.slack.channel,
            **called,
        }


class Answers:
    """What the bot sent by Telegram, chat by chat, with the moment when the simulator took it."""

    def __init__(self, telegram: TelegramSimulator) -> None:
        self._telegram = telegram
        self._read = 0
        self._by_chat: dict[int, list[Call]] = {}

    def of(self, chat_id: int) -> list[Call]:
        """All messages to a chat that were accepted, oldest first."""
        with self._telegram.state.lock:
            fresh = self._telegram.state.calls[self._read :]
            self._read += len(fresh)
        for call in fresh:
            if call.ok and call.method == "sendmessage":
                self._by_chat.setdefault(int(call.parameters["chat_id"]), []).append(call)
        return self._by_chat.get(chat_id, [])


@contextmanager
def connected(
    plan: Plan, name: str, *, polling: bool = False
) -> Iterator[tuple[System, Platforms]]:
    """Start the simulators and a system that works with them, on its own databases."""
    slack = SlackSimulator()
    with TelegramSimulator() as telegram, slack.serving():
        secret = "" if polling else secrets.token_hex(16)
        platforms = Platforms(telegram, slack, secret, Answers(telegram))
        more = platforms.settings()
        with servers(plan, name, compared=False, settings=more, public=True) as (system, _):
            slack.deliver_to(system.gateway_url)
            _wait_for(telegram, polling=polling)
            yield system, platforms


def _wait_for(telegram: TelegramSimulator, *, polling: bool) -> None:
    if polling:
        if not telegram.polled.wait(CONNECTED_S):
            raise Unexpected("the gateway doesn't ask Telegram for updates")
        return
    end = time.monotonic() + CONNECTED_S
    while telegram.state.webhook is None:
        if time.monotonic() > end:
            raise Unexpected("the gateway hasn't registered its webhook")
        time.sleep(0.05)


@dataclass
class TelegramCustomer:
    """Writes in Telegram's app and reads what the bot sends there."""

    platforms: Platforms
    buyer: Buyer
    person: Person
    said: list[Utterance] = field(default_factory=list)
    _free_at: float = 0.0

    @classmethod
    def make(cls, platforms: Platforms, buyer: Buyer) -> TelegramCustomer:
        """Somebody new, whose app speaks the buyer's language."""
        name = f"Cliente{platforms.telegram.state.number()}"
        return cls(platforms, buyer, platforms.telegram.person(name, buyer.language))

    @property
    def chat(self) -> int:
        """The chat's id, which is the conversation's address."""
        return self.person.private.id

    async def verify(self, mailbox: Mailbox) -> None:
        """Earn the grant to see their own orders. Raises Unexpected."""
        await prove(self.buyer, self.exchange, mailbox)

    async def say(self, utterance: Utterance) -> Turn:
        """Say something and wait for the answer. Raises Unexpected if it is of another kind."""
        turn = await self.exchange(utterance.text)
        if not utterance.is_answered_by(turn.text):
            raise Unexpected(f"{utterance.text!r} in Telegram led to {turn.text!r}")
        self.said.append(utterance)
        return turn

    async def exchange(self, text: str) -> Turn:
        """Write when the chat may be answered at once; until Telegram has accepted the answer."""
        await asyncio.sleep(self._free_at - time.time())
        before = len(self.platforms.answers.of(self.chat))
        begun = time.time()
        self.person.text(text)
        end = begun + REPLY_SECONDS
        while len(sent := self.platforms.answers.of(self.chat)) == before:
            if time.time() > end:
                raise Unexpected(f"no answer to {text!r} in Telegram")
            await asyncio.sleep(POLL_S)
        answer = sent[before]
        self._free_at = answer.at + CHAT_PAUSE_S
        took = (answer.at - begun) * 1000
        return Turn(took, took, str(_text(answer.parameters)))

    def close(self) -> None:
        """Nothing of theirs is open."""


def _text(parameters: dict[str, Any]) -> Any:
    return parameters.get("text") or parameters.get("caption") or ""
