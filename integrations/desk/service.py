"""The desk: what agents can do with a conversation, whichever home (console, Slack) they use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from integrations.channels.contract import Capabilities, Channel
from integrations.conversations import corrections, outbox
from integrations.conversations.buttons import Buttons
from integrations.conversations.ids import new_id
from integrations.conversations.ownership import Change, Owner
from integrations.conversations.splitting import length
from integrations.conversations.sql import insert_new
from integrations.conversations.tables import agents
from integrations.conversations.texts import Texts
from integrations.desk import checks, records
from integrations.desk.speaking import Also, Speaking
from integrations.desk.wishes import Wishes
from integrations.escalation.desk_settings import DeskSettings
from integrations.files.store import Files
from integrations.insights import repository as insights
from integrations.review import windows as review
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Conflict, Invalid
from runtime.events import EventBus

# What is done to a locked conversation, in the transaction: (connection, row, now) to a result.
Act = Callable[[Connection, Any, float], dict[str, Any]]

_TAKEN_OVER = {
    "code": "taken_over",
    "it": "Presa in carico da una persona senza richiesta del bot",
    "en": "Taken over by a person without the bot asking",
}


@dataclass(frozen=True)
class Claimed:
    """What a claimer should know at once: texts that were already on their way."""

    version: int
    just_sent: list[str]
    voided_turn: str | None


class Desk:
    """Every method is one transaction; Conflict says why something is not possible now."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventBus,
        channels: dict[str, Channel],
        texts: Texts,
        buttons: Buttons,
        settings: DeskSettings,
        *,
        default_language: str,
        wishes: Wishes,
    ) -> None:
        self.wishes = wishes
        self._database = database
        self._clock = clock
        self._bus = bus
        self._settings = settings
        self._speaking = Speaking(channels, texts, buttons, default_language)

    def capabilities(self, channel: str) -> Capabilities:
        """What a channel can carry."""
        return self._speaking.capabilities(channel)

    async def seen(self, agent: str) -> None:
        """The agent is at the desk."""

        def query(conn: Connection) -> None:
            now = self._clock.now()
            if not insert_new(conn, agents, {"name": agent, "last_seen_at": now}):
                conn.execute(agents.update().where(agents.c.name == agent).values(last_seen_at=now))

        await self._database.write(query)

    async def claim(
        self,
        conversation_id: str,
        agent: str,
        *,
        version: int | None = None,
        key: str | None = None,
    ) -> Claimed:
        """Take the conversation; from here on no bot message whose sending had not begun goes.

        With `version` the claim is refused (Conflict) if the conversation has moved on since; with
        `key` the same claim, sent again however late, is answered and changes nothing.
        """

        def take(conn: Connection, row: Any, now: float) -> dict[str, Any]:
            checks.unchanged(row, version)
            handoff = records.open_handoff(conn, row)
            if row.owner == Owner.AGENT and handoff and handoff.claimed_by == agent:
                return vars(Claimed(row.version, [], None))
            fresh = handoff is None or handoff.state not in ("queued", "claimed", "message")
            state = {k: v for k, v in row.state.items() if k not in ("choosing", "awaiting_rating")}
            row = records.change_owner(
                conn, row, Change.CLAIM, now=now, state=state, due_at=now, wrap_up_until=None
            )
            voided = records.void_open_turn(conn, row.id, now=now)
            outbox.refuse_pending_bot(conn, row.id, now=now)
            handoff_id = (
                records.new_takeover(conn, row, _TAKEN_OVER, now=now)
                if fresh or handoff is None
                else handoff.id
            )
            records.update_handoff(
                conn, handoff_id, state="claimed", claimed_by=agent, claimed_at=now, closed_at=None
            )
            self._speaking.announce(conn, row, "agent_joined", now, agent=agent)
            return vars(Claimed(row.version, records.just_sent(conn, row.id), voided))

        claimed = await self._once(conversation_id, key, take)
        self._bus.publish("handoff", conversation=conversation_id)
        return Claimed(**claimed)

    async def reply(
        self,
        conversation_id: str,
        agent: str,
        text: str,
        *,
        key: str | None = None,
        attachments: Sequence[str] = (),
        also: Also | None = None,
    ) -> dict[str, Any]:
        """Send `text` to the customer, once a key; `{"id"}` of the message.

        `attachments` are ids of files that were added before; with some, `text` may be empty.
        `also(conn, id)` is part of the same transaction.
        """
        words = checks.words(text, may_be_empty=bool(attachments))

        def say(conn: Connection, row: Any, now: float) -> dict[str, Any]:
            handoff = records.open_handoff(conn, row)
            records.must_hold(row, handoff, agent)
            described = Files.attach(conn, attachments, now=now) if attachments else []
            checks.carried(self._speaking.capabilities(row.channel), described)
            draft = outbox.Draft(
                role="agent",
                author=agent,
                text=words,
                attachments=tuple(described),
                id=new_id("o"),
            )
            if handoff is not None and handoff.answered_at is None:
                records.update_handoff(conn, handoff.id, answered_at=now)
            heard = words or ", ".join(file["name"] for file in described)
            return {"id": self._speaking.speak(conn, row, draft, heard, also, now)}

        return await self._once(conversation_id, key, say)

    async def correct(
        self,
        conversation_id: str,
        agent: str,
        message_id: str,
        text: str,
        *,
        key: str | None = None,
        also: Also | None = None,
    ) -> dict[str, Any]:
        """Change what the customer reads of the agent's own message; `{"id"}` of the correction.

        Raises Conflict with the code of `corrections.obstacle`, and Invalid for a text that the
        channel doesn't take in one piece. `key` and `also` as in `reply`.
        """
        words = checks.words(text)

        def change(conn: Connection, row: Any, now: float) -> dict[str, Any]:
            records.must_hold(row, records.open_handoff(conn, row), agent)
            capabilities = self._speaking.capabilities(row.channel)
            first = records.own_message(conn, row, message_id, agent)
            why = corrections.obstacle(first, capabilities)
            if why is not None:
                raise Conflict("this can't be changed for the customer", code=why)
            if length(words) > capabilities.max_text:
                raise Invalid(f"at most {capabilities.max_text} characters", field="text")
            draft = outbox.Draft(
                role="agent", author=agent, text=words, corrects=first.id, id=new_id("o")
            )
            result = {"id": self._speaking.speak(conn, row, draft, words, also, now)}
            if capabilities.pulls:
                corrections.show(conn, draft, now=now)
            return result

        return await self._once(conversation_id, key, change)

    async def note(
        self,
        conversation_id: str,
        agent: str,
        text: str,
        *,
        key: str | None = None,
        also: Also | None = None,
    ) -> dict[str, Any]:
        """Write for colleagues only; `{"id"}` of the note. `also` as in `reply`."""
        words = checks.words(text)

        def write(conn: Connection, row: Any, now: float) -> dict[str, Any]:
            result = {"id": records.add_note(conn, row, agent, words, now=now)}
            if also is not None:
                also(conn, result["id"])
            return result

        return await self._once(conversation_id, key, write)

    async def return_to_bot(
        self,
        conversation_id: str,
        agent: str,
        word: str = "",
        *,
        key: str | None = None,
        wanted: str | None = None,
        wanted_words: str | None = None,
    ) -> None:
        """Give the conversation back; `word` is what was agreed, which the bot will remember.

        `wanted` (an intent) and `wanted_words` say what the customer wanted, for designers alone:
        neither the customer nor the bot ever hears of it. Raises Invalid for an unknown intent.
        """
        label = self.wishes.label(wanted, wanted_words)

        def give_back(conn: Connection, row: Any, now: float) -> dict[str, Any]:
            handoff = records.open_handoff(conn, row)
            if row.owner == Owner.AGENT:
                records.must_hold(row, handoff, agent)
            records.relay_waiting(conn, row, now=now)
            row = records.change_owner(conn, row, Change.RETURN_TO_BOT, now=now, due_at=now)
            records.close(conn, row, handoff, "returned", word, now, label=label)
            self._speaking.announce(conn, row, "returned_to_bot", now)
            return {}

        await self._once(conversation_id, key, give_back)

    async def resolve(
        self,
        conversation_id: str,
        agent: str,
        word: str = "",
        *,
        key: str | None = None,
        wanted: str | None = None,
        wanted_words: str | None = None,
    ) -> None:
        """The case is done: the customer is asked how it went, and the bot answers again.

        `word`, what was done, stays with the team; `wanted…` as in `return_to_bot`.
        """
        label = self.wishes.label(wanted, wanted_words)

        def end(conn: Connection, row: Any, now: float) -> dict[str, Any]:
            handoff = records.open_handoff(conn, row)
            if row.owner == Owner.AGENT:
                records.must_hold(row, handoff, agent)
            records.relay_waiting(conn, row, now=now)
            row = records.change_owner(
                conn,
                row,
                Change.RESOLVE,
                now=now,
                due_at=now,
                state={**row.state, "awaiting_rating": True},
                wrap_up_until=now + 60 * self._settings.wrap_up_minutes,
            )
            records.close(conn, row, handoff, "resolved", word, now, label=label)
            self._speaking.announce(
                conn, row, "rating_question", now, buttons=self._speaking.rating_buttons(row)
            )
            return {}

        await self._once(conversation_id, key, end)

    async def relabel(
        self,
        conversation_id: str,
        handoff_id: str,
        *,
        wanted: str | None,
        wanted_words: str | None,
        key: str | None = None,
    ) -> None:
        """Correct what the customer of a closed case wanted; two Nones take the label back.

        Raises NotFound, Conflict (`still_open`), Invalid.
        """
        label = self.wishes.label(wanted, wanted_words)

        def change(conn: Connection, row: Any, now: float) -> dict[str, Any]:
            handoff = records.closed_handoff(conn, row, handoff_id)
            records.update_handoff(conn, handoff.id, **label)
            insights.touch(conn, handoff.requested_at, now=now)
            review.look_again(conn, row.id, now=now)
            return {}

        await self._once(conversation_id, key, change)

    # -- parts -------------------------------------------------------------------------------

    async def _once(self, conversation_id: str, key: str | None, act: Act) -> dict[str, Any]:
        """What `act` gives; when its key comes again, the same without doing it again."""

        def query(conn: Connection) -> dict[str, Any]:
            now = self._clock.now()
            row = records.lock(conn, conversation_id)
            result = records.once(conn, key, now=now)
            if result is None:
                result = act(conn, row, now)
                records.remember(conn, key, result)
            return result

        result = await self._database.write(query)
        self._bus.publish("conversation", id=conversation_id)
        self._bus.publish("due", id=conversation_id)
        self._bus.publish("outbound", id=conversation_id)
        self._bus.publish("bridge_queue")
        return result
