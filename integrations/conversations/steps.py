"""One step in a claimed conversation: tell the bot what it missed, have a turn answered, commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from integrations.channels.contract import Channel, Types
from integrations.conversations import queues
from integrations.conversations import work as work_module
from integrations.conversations.answering import NO_ANSWER, Answer, Answering
from integrations.conversations.dialogue_turn import DialogueTurn
from integrations.conversations.handing_over import effects
from integrations.conversations.outbox import Draft
from integrations.conversations.outcome import Outcome, Work
from integrations.conversations.ownership import BOT_ANSWERS
from integrations.conversations.presence import Presence
from integrations.conversations.rules import Moment
from integrations.conversations.showing import keep_typing
from integrations.conversations.splitting import fitting
from integrations.conversations.work import Fenced
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import AscoltoError, Conflict, Permanent, Temporary
from runtime.events import EventBus
from runtime.logging import get_logger

log = get_logger(__name__)

RETRY_FIRST_S = 0.25
RETRY_LONGEST_S = 5.0
# Beyond this many refusals a turn is not worth repeating: people get it.
REFUSALS_BEFORE_PEOPLE = 3


class Steps:
    """What a worker does with a conversation that it holds.

    `later(conversation_id)` is called when work that was put off is due again.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventBus,
        channels: dict[str, Channel],
        answering: Answering,
        dialogue: DialogueTurn,
        presence: Presence,
        *,
        lease_s: float,
        later: Callable[[str], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._channels = channels
        self._answering = answering
        self._dialogue = dialogue
        self._presence = presence
        self._lease_s = lease_s
        self._later = later
        self._typing_on = {n: c for n, c in channels.items() if isinstance(c, Types)}

    async def begin(self, conversation_id: str, token: str) -> Work | None:
        """Claim a conversation; None if somebody holds it or nothing waits."""
        return await self._database.write(
            lambda conn: work_module.begin(
                conn,
                conversation_id,
                token=token,
                now=self._clock.now(),
                lease_s=self._lease_s,
            )
        )

    async def advance(self, work: Work, token: str) -> Work | None:
        """Do what is to be done in claimed work; the conversation's next work, if any waits.

        Raises Temporary when the database is away.
        """
        conversation_id = work.conversation.id
        try:
            if work.sync and not await self._sync(work):
                if work.owner in BOT_ANSWERS or not work.messages:
                    await self._put_off(work, token)
                    return None
                work = replace(work, sync=())
            if not work.messages:
                return await self.begin(conversation_id, token)
            return await self._answer(work, token)
        except Fenced:
            # Somebody took over, or our lease ran out: look again, and leave it if it isn't ours.
            return await self.begin(conversation_id, token)

    async def _sync(self, work: Work) -> bool:
        try:
            effects = await self._dialogue.sync(work)
        except (Temporary, Permanent) as error:
            log.warning("bot_sync_put_off", error=error.message)
            return False
        last = work.sync[-1].n

        def done(conn: Connection) -> None:
            queues.synced(conn, work.conversation.id, last)
            queues.add_effects(conn, work.conversation.id, effects)

        await self._database.write(done)
        if effects:
            self._bus.publish("conversation", id=work.conversation.id)
        return True

    async def _answer(self, work: Work, token: str) -> Work | None:
        moment = self._moment(work)
        if work.owner not in BOT_ANSWERS:
            return await self._commit(work, self._answering.with_people(work, moment), token)
        for_bot = [m for m in work.messages if self._answering.needs_bot(work, m)]
        answer: Answer = NO_ANSWER
        if for_bot:
            try:
                answer, state = await self._ask(work, for_bot, moment, token)
            except Conflict:
                # Voided meanwhile: the claim has already said what becomes of the messages.
                raise Fenced from None
            except (Temporary, Permanent) as error:
                return await self._bot_failed(work, token, moment, error)
            work.conversation.state.update(state)
            # What follows from the answer is decided now, not when the question was put.
            moment = replace(moment, now=self._clock.now())
        outcome = self._answering.from_bot(work, answer, moment)
        try:
            return await self._commit(work, outcome, token)
        except Fenced:
            await self._keep_effects(work, answer)
            raise

    async def _ask(
        self, work: Work, messages: list[Any], moment: Moment, token: str
    ) -> tuple[Answer, dict[str, Any]]:
        """Ask the bot; when it takes so long that something must be wrong, say so meanwhile."""
        asking = asyncio.create_task(self._dialogue.ask(work, messages, moment))
        typing = self._show_typing(work)
        try:
            patience = self._answering.rules.desk.outage_word_after_seconds
            await asyncio.wait({asking}, timeout=patience)
            if not asking.done():
                await self._tell_meanwhile(work, token)
            return await asking
        finally:
            asking.cancel()
            if typing is not None:
                typing.cancel()

    def _show_typing(self, work: Work) -> asyncio.Task[None] | None:
        where = work.conversation
        channel = self._typing_on.get(where.channel)
        if channel is None:
            return None
        return asyncio.create_task(keep_typing(channel, where.account, where.address))

    async def _tell_meanwhile(self, work: Work, token: str) -> None:
        word = self._answering.outage_word(work, self._moment(work))
        if not word.drafts or word.state is None:
            return
        word.drafts = self._fitting(work, word)
        await self._database.write(
            lambda conn: work_module.tell_meanwhile(
                conn, work, word, token=token, now=self._clock.now(), pulls=self._pulls(work)
            )
        )
        work.conversation.state.update(word.state)
        self._announce(work)

    async def _keep_effects(self, work: Work, answer: Answer) -> None:
        """A person took over while the bot worked: what it had done belongs on their card."""
        done = effects(answer.get("actions", ()))
        if done and work.turn is not None:
            turn_id = work.turn.id
            await self._database.write(
                lambda conn: queues.add_effects_of_voided(conn, work.conversation.id, turn_id, done)
            )

    async def _commit(self, work: Work, outcome: Outcome, token: str) -> Work | None:
        outcome.drafts = self._fitting(work, outcome)
        following = await self._database.write(
            lambda conn: work_module.commit(
                conn,
                work,
                outcome,
                token=token,
                now=self._clock.now(),
                lease_s=self._lease_s,
                pulls=self._pulls(work),
            )
        )
        conversation_id = work.conversation.id
        self._bus.publish("conversation", id=conversation_id)
        if outcome.drafts and not self._pulls(work):
            self._bus.publish("outbound", id=conversation_id)
        if outcome.bridge:
            self._bus.publish("bridge_queue")
        if outcome.handoff is not None:
            self._bus.publish("handoff", id=outcome.handoff["id"], conversation=conversation_id)
        return following

    async def _bot_failed(
        self, work: Work, token: str, moment: Moment, error: AscoltoError
    ) -> Work | None:
        turn = work.turn
        assert turn is not None
        log.warning("turn_put_off", attempts=turn.attempts + 1, error=error.message)
        since = turn.first_failed_at or moment.now
        minutes = (moment.now - since) / 60
        if isinstance(error, Permanent) and turn.attempts >= REFUSALS_BEFORE_PEOPLE:
            minutes = max(minutes, self._answering.rules.desk.engine_failed_minutes)
        outcome = self._answering.without_bot(work, minutes, moment)
        if outcome is not None:
            return await self._commit(work, outcome, token)
        await self._put_off(work, token)
        return None

    async def _put_off(self, work: Work, token: str) -> None:
        now = self._clock.now()
        attempts = work.turn.attempts if work.turn is not None else 4
        retry_at = now + min(RETRY_FIRST_S * 2 ** min(attempts, 10), RETRY_LONGEST_S)
        word = Outcome()
        if work.turn is not None:
            word = self._answering.outage_word(work, self._moment(work))
            word.drafts = self._fitting(work, word)
        await self._database.write(
            lambda conn: work_module.defer(
                conn,
                work,
                token=token,
                now=now,
                retry_at=retry_at,
                word=word,
                pulls=self._pulls(work),
            )
        )
        if word.drafts:
            self._announce(work)
        asyncio.get_running_loop().call_later(
            max(0.0, retry_at - now) + 0.01, self._later, work.conversation.id
        )

    def _announce(self, work: Work) -> None:
        self._bus.publish("conversation", id=work.conversation.id)
        self._bus.publish("outbound", id=work.conversation.id)
        self._bus.publish("bridge_queue")

    def _moment(self, work: Work) -> Moment:
        theirs = work.handoff.claimed_by if work.handoff is not None else None
        return Moment(
            now=self._clock.now(),
            language=self._dialogue.language(work),
            agent_present=theirs in self._presence.agents,
            people_waiting=self._presence.people_waiting,
        )

    def _fitting(self, work: Work, outcome: Outcome) -> list[Draft]:
        return fitting(outcome.drafts, self._channels[work.conversation.channel].capabilities)

    def _pulls(self, work: Work) -> bool:
        return self._channels[work.conversation.channel].capabilities.pulls
