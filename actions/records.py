"""Wishes that only need putting on record: who asked, in their own words, and what happens next."""

from __future__ import annotations

from actions.bridge_client import BridgeClient
from actions.care_action import CareAction, Events
from actions.intents import topic_of
from actions.reply import Reply
from actions.turn import Turn

# Read by others, these would say something of a person's affairs.
_PERSONAL = frozenset({"newsletter", "privacy"})
# Purpose and whether it is granted, for wishes that are a consent or its withdrawal.
_CONSENTS = {
    "newsletter_on": ("newsletter", True),
    "newsletter_off": ("newsletter", False),
    "stop_messages": ("messages", False),
}
# What colleagues must still do where no address on file is certainly this customer's.
_NEEDS_ADDRESS = frozenset({"newsletter_on", "newsletter_off"})


class Record(CareAction):
    """Keeps a consent, or the wish as a case of its topic, and says what happens next."""

    action_name = "action_record"
    apology = "utter_trouble_record"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if turn.public and topic_of(turn.intent) in _PERSONAL:
            reply.say("utter_write_privately")
            return []
        if not turn.words:
            reply.say("utter_ask_question")
            return []
        if turn.intent in _CONSENTS and await self._consent(turn, reply, bridge):
            return []
        draft = {"topic": topic_of(turn.intent), "summary": turn.words[:1000]}
        case = await bridge.open_case(
            turn.conversation, draft, turn.language, turn.key(self.action_name)
        )
        reference = str(case["reference"])
        reply.say(f"utter_recorded_{turn.intent}", reference=reference)
        reply.did({"it": f"Ha registrato {reference}", "en": f"Recorded {reference}"})
        return []

    async def _consent(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> bool:
        """Record a consent; whether nothing more is to be done about it."""
        purpose, granted = _CONSENTS[turn.intent]
        recorded = await bridge.record_consent(
            turn.conversation,
            purpose,
            granted=granted,
            words=turn.words[:1000],
            key=turn.key(self.action_name, 2),
        )
        verb = {"it": "Ha registrato il consenso" if granted else "Ha registrato la revoca",
                "en": "Recorded the consent" if granted else "Recorded the withdrawal"}  # fmt: skip
        reply.did({language: f"{words}: {purpose}" for language, words in verb.items()})
        if turn.intent in _NEEDS_ADDRESS and not recorded.get("has_email"):
            return False
        reply.say(f"utter_consent_{turn.intent}")
        return True
