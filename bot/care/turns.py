"""One turn: the customer's messages one by one through Rasa, stored whole with its answer."""

from __future__ import annotations

from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot import settings
from bot.care import dropping, late_taps
from bot.care.action_endpoint import ActionEndpoint, current_output
from bot.care.customer_text import cleaned
from bot.care.not_ready import NotReady
from bot.care.output import CareOutput
from bot.care.requests import IncomingMessage, Memory, TurnRequest
from bot.care.signals import question_repeated
from bot.care.tones import heard
from bot.care.wishes import two_wishes
from bot.nlu.deciding import REJECTED
from bot.nlu.language import LANGUAGE, language_entity
from bot.tracker_store import CareTrackerStore, OpenTurn

STREAK = "rejected_streak"


class TurnHandler:
    """Handles turns with a loaded agent and the project's own tracker store."""

    def __init__(self, agent: Agent, store: CareTrackerStore, model_sha: str) -> None:
        assert agent.processor is not None
        self._processor: MessageProcessor = agent.processor
        self._locks = agent.lock_store
        self._store = store
        self.model_sha = model_sha
        self.domain = agent.processor.domain

    async def handle(self, request: TurnRequest) -> dict[str, Any]:
        """Answer a turn, or give the stored answer of an earlier attempt.

        Raises Voided, StoreUnavailable, Taken, LockError or NotReady; nothing of the turn is
        stored then.
        """
        async with (
            self._locks.lock(request.conversation, settings.LOCK_SECONDS),
            self._store.turn(request.conversation, request.turn_id) as turn,
        ):
            if turn.answer is not None:
                return turn.answer
            answer = await self._answer(request, turn)
            return await self._store.commit(turn, answer)

    async def close(self) -> None:
        """Close the connections to the action server."""
        endpoint = self._processor.action_endpoint
        if isinstance(endpoint, ActionEndpoint):
            await endpoint.close()

    async def parse(self, text: str) -> dict[str, Any]:
        """What the model understands of a text."""
        return dict(await self._processor.parse_message(UserMessage(cleaned(text))))

    async def _answer(self, request: TurnRequest, turn: OpenTurn) -> dict[str, Any]:
        output = CareOutput(request.context.channel)
        token = current_output.set(output)
        try:
            tracker = await self._processor.fetch_tracker_and_update_session(
                request.conversation, output
            )
            self._remember(tracker, request.context.memory)
            replies, understood = [], []
            for message in request.messages:
                output.next_message()
                understood.append(await self._message(request, message, tracker, output))
                reply = output.said.reply(message.id)
                if reply:
                    replies.append(reply)
        finally:
            current_output.reset(token)
        return {
            "turn_id": request.turn_id,
            "replies": replies,
            "nlu": understood,
            "signals": output.signals,
            "handoff": output.handoff,
            "active_form": turn.tracker.active_loop_name,
            "slots": _public_slots(turn.tracker),
            "actions": output.actions,
            "model_sha": self.model_sha,
        }

    async def _message(
        self,
        request: TurnRequest,
        message: IncomingMessage,
        tracker: DialogueStateTracker,
        output: CareOutput,
    ) -> dict[str, Any]:
        context = request.context
        late = late_taps.is_late(message, tracker)
        if late:
            message = late_taps.in_its_place(message, tracker)
        dropped = dropping.in_form(message, _text(message), tracker)
        metadata = {
            "turn_id": request.turn_id,
            "message_id": message.id,
            "language": message.language,
            "at": message.at,
            "channel": context.channel,
            "account": context.account,
            "handle": context.handle,
            "public": context.public,
            "more_to_come": message.part == 1,
            "drops": dropped is not None,
            "attachments": message.attachments,
            "late_tap": late,
        }
        incoming = UserMessage(
            text=_text(message),
            output_channel=output,
            sender_id=request.conversation,
            input_channel=context.channel,
            message_id=message.id,
            metadata=metadata,
        )
        if message.payload is not None:
            incoming.parse_data = _parsed_payload(message)
        else:
            incoming.parse_data = await self._processor.parse_message(incoming, tracker)
        tone = heard(message, incoming.text or "", output)
        parts = two_wishes(message, incoming.parse_data, tracker)
        if dropped:
            whole, form = incoming.parse_data["intent"]["name"], dropping.heard_by(tracker)
            rest = await dropping.wish(dropped.rest, self.parse, whole, form)
            parts = dropping.halves(message, dropped.words, rest) if rest else parts
        if parts:
            both = await self._both(request, parts, incoming.parse_data, tracker, output)
            return {**both, "tone": tone}
        parsed = incoming.parse_data
        self._signal(parsed, incoming.text or "", tracker, output)
        asked = _asked(tracker)
        await self._processor.handle_message(incoming)
        if output.actions_away:
            # Nothing of the turn is stored; the gateway asks again when actions run again.
            raise NotReady("the action server does not answer")
        rejected = parsed["intent"]["name"] == REJECTED
        if rejected and asked and _asked(tracker) != asked:
            # No intent, and none was needed: the open form took the text as its answer.
            rejected = False
            self._set(tracker, STREAK, 0.0)
        if rejected:
            output.signal("rejected", {"streak": int(tracker.get_slot(STREAK) or 1)})
        if tracker.latest_action_name != ACTION_LISTEN_NAME:
            # Rasa stopped predicting in the middle; the next message must find the bot listening.
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)
        return {**_understood(message.id, parsed, rejected=rejected), "tone": tone}

    async def _both(
        self,
        request: TurnRequest,
        parts: tuple[IncomingMessage, IncomingMessage],
        whole: dict[str, Any],
        tracker: DialogueStateTracker,
        output: CareOutput,
    ) -> dict[str, Any]:
        """Answer the two wishes of a message one after the other, in one reply; where the first
        only drops what was asked, the message is read as the second."""
        first, second = [await self._message(request, part, tracker, output) for part in parts]
        drops = parts[0].payload is not None
        main, other = (second, first) if drops else (first, second)
        understood = {
            **_understood(first["message_id"], whole, rejected=False),
            **{key: main[key] for key in ("intent", "confidence")},
            "rejected": main["rejected"] and (drops or other["rejected"]),
            "also": {key: other[key] for key in ("intent", "confidence")},
        }
        return {**understood, "ranking": main["ranking"]} if drops else understood

    def _signal(
        self,
        parsed: dict[str, Any],
        text: str,
        tracker: DialogueStateTracker,
        output: CareOutput,
    ) -> None:
        """Signals that depend on the message and what came before it; counts rejections in a
        slot, so that responses can look at it."""
        intent = parsed["intent"]["name"]
        streak = tracker.get_slot(STREAK) or 0.0
        if intent == REJECTED:
            self._set(tracker, STREAK, float(streak) + 1)
        elif streak:
            self._set(tracker, STREAK, 0.0)
        least = settings.SIGNAL_INTENTS.get(intent)
        if least is not None and parsed["intent"]["confidence"] >= least:
            output.signal(intent, {})
        repeated = question_repeated(tracker, intent, text)
        if repeated:
            output.signal("question_repeated", repeated)

    def _remember(self, tracker: DialogueStateTracker, memory: Memory | None) -> None:
        if memory is None:
            return
        told = {
            "customer_level": memory.level,
            "first_name": memory.first_name,
            "open_case": memory.open_case,
        }
        for name, value in told.items():
            if name in tracker.slots and tracker.get_slot(name) != value:
                self._set(tracker, name, value)

    def _set(self, tracker: DialogueStateTracker, slot: str, value: Any) -> None:
        if slot in tracker.slots:
            tracker.update(SlotSet(slot, value), self.domain)


def _text(message: IncomingMessage) -> str:
    if message.payload is not None and not (message.text or "").strip():
        return ""
    return cleaned(message.text or "")


def _parsed_payload(message: IncomingMessage) -> dict[str, Any]:
    """Parse data of a payload that the gateway verified: no model is asked."""
    assert message.payload is not None
    entities: list[dict[str, Any]] = [
        {"entity": name, "value": value, "confidence": 1.0}
        for name, value in message.payload.entities.items()
    ]
    language = language_entity(message.language)
    if language:
        entities.append(language)
    intent = {"name": message.payload.intent, "confidence": 1.0}
    return {
        "text": _text(message),
        "intent": intent,
        "intent_ranking": [intent],
        "entities": entities,
    }


def _asked(tracker: DialogueStateTracker) -> tuple[str, Any] | None:
    """The open form and what it asks for."""
    form = tracker.active_loop_name
    return None if form is None else (form, tracker.get_slot(REQUESTED_SLOT))


def _understood(message_id: str, parsed: dict[str, Any], *, rejected: bool) -> dict[str, Any]:
    intent = parsed["intent"]
    return {
        "message_id": message_id,
        "intent": intent["name"],
        "confidence": round(float(intent["confidence"]), 4),
        "ranking": [
            {"intent": item["name"], "confidence": round(float(item["confidence"]), 4)}
            for item in parsed.get("intent_ranking", [])[:3]
        ],
        "entities": [
            {key: entity.get(key) for key in ("entity", "value", "start", "end")}
            for entity in parsed["entities"]
            if entity["entity"] != LANGUAGE
        ],
        "rejected": rejected,
    }


def _public_slots(tracker: DialogueStateTracker) -> dict[str, Any]:
    values = {
        name: tracker.slots[name].value for name in settings.PUBLIC_SLOTS if name in tracker.slots
    }
    return {name: value for name, value in values.items() if value is not None}
