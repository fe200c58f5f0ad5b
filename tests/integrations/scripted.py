"""What surrounds the gateway in tests: channels, a bot and a bridge that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from integrations.channels.contract import (
    Capabilities,
    Envelope,
    IncomingRequest,
    OutboundMessage,
    Sent,
)
from runtime.errors import Conflict


class PullChannel:
    """Like the api channel: being written is being delivered."""

    name = "pull"
    capabilities = Capabilities(pulls=True)

    def verify(self, request: IncomingRequest) -> str:
        return "default"

    def parse(self, payload: Any, *, account: str, now: float) -> list[Envelope]:
        return []

    async def send(self, message: OutboundMessage) -> Sent:
        raise AssertionError("customers of this channel fetch their messages")


class PushChannel(PullChannel):
    """Like a messenger: each message is sent, and the test says how that goes."""

    name = "push"
    capabilities = Capabilities()

    def __init__(self) -> None:
        self.sent: list[OutboundMessage] = []
        self.outcomes: list[BaseException | None] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.started = asyncio.Event()

    async def send(self, message: OutboundMessage) -> Sent:
        self.started.set()
        await self.gate.wait()
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        self.sent.append(message)
        return Sent(f"x{len(self.sent)}")


class ScriptedBot:
    """The care channel's behaviour, scripted by what customers say; idempotent by turn."""

    def __init__(self) -> None:
        self.turns: list[dict[str, Any]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.voided: set[str] = set()
        self.learnt: list[dict[str, Any]] = []
        self.failing: BaseException | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()
        self.on_message: Callable[[dict[str, Any]], dict[str, Any]] = echo

    async def turn(self, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.set()
        if self.failing is not None:
            raise self.failing
        turn_id = request["turn_id"]
        if turn_id in self.voided:
            raise Conflict("voided", code="turn_voided")
        if turn_id not in self.answers:
            self.turns.append(request)
            self.answers[turn_id] = self._answer(request)
        await self.gate.wait()
        return self.answers[turn_id]

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "turn_id": request["turn_id"],
            "replies": [],
            "nlu": [],
            "signals": [],
            "handoff": None,
            "active_form": None,
            "slots": {},
            "actions": [],
            "model_sha": "m1",
        }
        for message in request["messages"]:
            part = self.on_message(message)
            intent = part.get("intent", "greet")
            answer["nlu"].append(
                {
                    "message_id": message["id"],
                    "intent": intent,
                    "confidence": part.get("confidence", 0.9),
                    "ranking": part.get("ranking", []),
                    "entities": part.get("entities", []),
                    "rejected": part.get("rejected", False),
                    **({"also": part["also"]} if "also" in part else {}),
                }
            )
            if part.get("text"):
                answer["replies"].append(
                    {
                        "text": part["text"],
                        "buttons": part.get("buttons", []),
                        "in_reply_to": [message["id"]],
                    }
                )
            answer["signals"] += part.get("signals", [])
            answer["actions"] += part.get("actions", [])
            answer["active_form"] = part.get("form")
            answer["slots"] = {"requested_slot": part["slot"]} if "slot" in part else {}
            answer["handoff"] = part.get("handoff") or answer["handoff"]
        return answer

    async def events(self, conversation: str, events: Sequence[dict[str, Any]]) -> None:
        if self.failing is not None:
            raise self.failing
        known = {event["id"] for event in self.learnt}
        self.learnt += [event for event in events if event["id"] not in known]

    async def void_turn(self, conversation: str, turn_id: str) -> list[dict[str, Any]]:
        if self.failing is not None:
            raise self.failing
        self.voided.add(turn_id)
        actions: list[dict[str, Any]] = self.answers.get(turn_id, {}).get("actions", [])
        return actions


def echo(message: dict[str, Any]) -> dict[str, Any]:
    """What the scripted bot says unless a test wants otherwise."""
    text = str(message["text"] or "")
    if "persona" in text or "person" in text:
        return {
            "intent": "talk_to_human",
            "text": "Va bene.",
            "handoff": {"reason": "asked", "collected": {"order_number": "LA-20398"}},
        }
    if "silenzio" in text:
        return {"intent": "order_status"}
    if "pacco" in text:
        effect = {"it": "Ha aperto la pratica C-7K2MP", "en": "Opened case C-7K2MP"}
        return {
            "intent": "delivery_problem",
            "text": "Ho aperto la pratica C-7K2MP.",
            "actions": [{"name": "open_case", "ok": True, "effect": effect}],
        }
    if "grazie" in text:
        return {"intent": "thank", "text": "Di nulla!"}
    return {"intent": "product_question", "text": f"Hai scritto: {text}"}


class ScriptedBridge:
    """Briefs only; what is queued for the bridge stays in the queue."""

    def __init__(self) -> None:
        self.brief: dict[str, Any] = {"level": "unknown", "open_case": False}

    async def bot_brief(self, conversation: dict[str, str]) -> dict[str, Any]:
        return self.brief
