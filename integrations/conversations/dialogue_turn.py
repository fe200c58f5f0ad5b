"""Putting a turn to the bot: in which language, with what memory, after what it missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integrations.bridge import records
from integrations.bridge.client import BridgeClient
from integrations.conversations.handing_over import effects
from integrations.conversations.outcome import Work
from integrations.conversations.rules import Moment
from integrations.dialogue.client import CareClient
from runtime.clock import iso
from runtime.errors import Permanent, Temporary
from runtime.logging import get_logger
from understanding.language import detect

log = get_logger(__name__)

# After so long a silence the relationship is looked up again.
SESSION_S = 30 * 60.0
# What a classifier needs of a long message stands at its beginning.
MAX_CHARS_TO_BOT = 4000


class DialogueTurn:
    """The gateway's side of a turn."""

    def __init__(self, care: CareClient, bridge: BridgeClient, default_language: str) -> None:
        self._care = care
        self._bridge = bridge
        self._default_language = default_language

    def language(self, work: Work) -> str:
        """The language to answer in: the newest message's, else the conversation's."""
        language = work.conversation.language
        for message in work.messages:
            language = self._language_of(message, language)
        return language or self._default_language

    async def ask(
        self, work: Work, messages: Sequence[Any], moment: Moment
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The bot's answer to `messages`, and what to remember of the conversation.

        Raises Temporary when the bot is away, Conflict when the turn was voided.
        """
        assert work.turn is not None
        conversation = work.conversation
        state = await self._remember(conversation, moment.now)
        language = conversation.language
        said = []
        for message in messages:
            # The only message's language is the moment's already: detecting it costs half a ms.
            alone = len(work.messages) == 1
            language = moment.language if alone else self._language_of(message, language)
            said.append(
                {
                    "id": message.id,
                    "text": None
                    if message.payload
                    else (message.text or "")[:MAX_CHARS_TO_BOT] or None,
                    "payload": message.payload,
                    "attachments": len(message.attachments or ()),
                    "language": language or self._default_language,
                    "at": iso(message.received_at),
                }
            )
        answer = await self._care.turn(
            {
                "turn_id": work.turn.id,
                "conversation": conversation.id,
                "messages": said,
                "context": {
                    "channel": conversation.channel,
                    "account": conversation.account,
                    "handle": conversation.handle,
                    "public": any(message.public for message in messages),
                    "new_conversation": not conversation.state.get("disclosed"),
                    "memory": _for_bot(state.get("memory")),
                },
            }
        )
        memory = state.get("memory") or {}
        did_something = any(action.get("effect") for action in answer.get("actions") or ())
        if did_something and memory.get("level") != "verified":
            # They may have proved who they are in this turn: look them up before the next.
            state["memory_at"] = None
        state["asked_at"] = moment.now
        return answer, state

    async def sync(self, work: Work) -> list[dict[str, Any]]:
        """Tell the bot what it missed; what voided turns had already done in the CRM."""
        conversation_id = work.conversation.id
        had_done: list[dict[str, Any]] = []
        pending: list[dict[str, Any]] = []
        for row in work.sync:
            if row.event["type"] != "void":
                pending.append(row.event)
                continue
            if pending:
                await self._care.events(conversation_id, pending)
                pending = []
            done = await self._care.void_turn(conversation_id, row.event["turn_id"])
            had_done += effects(done)
        if pending:
            await self._care.events(conversation_id, pending)
        return had_done

    async def _remember(self, conversation: Any, now: float) -> dict[str, Any]:
        state = dict(conversation.state)
        fresh = state.get("memory_at") and now - (state.get("asked_at") or 0) < SESSION_S
        if fresh:
            return {"memory": state.get("memory"), "memory_at": state["memory_at"]}
        try:
            brief = await self._bridge.bot_brief(records.reference(conversation))
        except (Temporary, Permanent) as error:
            # Without memory the bot still answers; it only knows nobody.
            log.info("no_brief", error=error.message)
            return {"memory": state.get("memory"), "memory_at": None}
        memory = {
            "level": brief.get("level", "unknown"),
            "first_name": brief.get("first_name"),
            "open_case": bool(brief.get("open_case") or brief.get("open_cases")),
            "tier": brief.get("tier"),
        }
        return {"memory": memory, "memory_at": now}

    def _language_of(self, message: Any, previous: str | None) -> str | None:
        # Before they have written anything that tells, the language of their app may.
        known = previous or message.language
        # A button's title is our own wording.
        if message.text and not message.payload:
            return detect(message.text, known) or known
        return known


def _for_bot(memory: dict[str, Any] | None) -> dict[str, Any] | None:
    # What the customer is worth is for the policy, not for the dialogue.
    if memory is None:
        return None
    return {key: memory.get(key) for key in ("level", "first_name", "open_case")}
