"""What people change or delete in a case's thread after they wrote it.

Nothing of it goes anywhere by itself. A note is noted as it is now. What the customer has already
got is changed for them only if its author says so, and only where the channel can; otherwise the
author is told what the customer keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from integrations.conversations import corrections
from integrations.conversations.tables import conversations
from integrations.desk.checks import MAX_TEXT
from integrations.desk.slack import attached, places
from integrations.desk.slack.agents import Agent
from integrations.desk.slack.places import Place
from integrations.desk.slack.tables import slack_messages
from integrations.desk.slack.voice import Voice, part, refusal, text_of
from integrations.desk.slack.written import Written, on_purpose, sent_key
from runtime.errors import AscoltoError, Conflict, Invalid, NotFound, Temporary

# How often a change looks whether its message is there, and after how long again.
LOOKS, LOOK_AGAIN_S = 5, 1.0
PENCIL = "✎ "
# Why the customer doesn't get a correction, and what its author is told of it.
_NOTICES = {
    "on_its_way": "still_on_its_way",
    "never_arrived": "never_arrived",
    "no_edits": "edited",
}


class Altered:
    """Works off changed and deleted messages, and the answer to the question about them."""

    def __init__(self, voice: Voice, written: Written) -> None:
        self._voice = voice
        self._written = written

    async def handle(self, event: Mapping[str, Any], attempts: int = 0) -> str:
        """One such event of the desk's channel, put off so many times before.

        May raise Temporary.
        """
        before, after = part(event, "previous_message"), part(event, "message")
        channel, ts = text_of(event.get("channel")), text_of(before.get("ts"))
        known = await self._written.known(channel, ts)
        place = await self._written.place(channel, text_of(before.get("thread_ts")))
        if known is None and place is not None and attempts < LOOKS:
            # Slack's requests overtake each other: what was changed is still on its way.
            raise Temporary("its message isn't here yet", retry_after=LOOK_AGAIN_S)
        if known is None or place is None:
            return "ignored: not a message of a case"
        deleted = event.get("subtype") == "message_deleted"
        if not deleted and before.get("text") == after.get("text"):
            return "ignored: only its looks changed"
        author = text_of(before.get("user"))
        # Only authors edit, but who runs the workspace may delete as well.
        agent = await (self._voice.agents.of if deleted else self._voice.acting)(author)
        moment = text_of(event.get("ts"))
        if known.outbound_id is None:
            if deleted:
                # What its author took back can't be sent by the question that still stands there.
                await self._voice.database.write(lambda conn: _forget_note(conn, channel, ts))
                return "taken back"
            return await self._noted_again(place, agent, ts, after)
        why = await self._obstacle(known.outbound_id)
        if deleted:
            notice = "removed" if why in (None, "no_edits") else _NOTICES[why]
            await self._written.say(place, agent, notice, once=moment)
            return "ignored: deleted after it was sent"
        if why is None and place.why_not(agent.name) is None:
            return await self._noted_again(place, agent, ts, after, corrects=True)
        await self._written.say(place, agent, _NOTICES[why or "no_edits"], once=moment)
        return "ignored: changed after it was sent"

    async def carry(self, place: Place, agent: Agent, message: Any, note: Any) -> str:
        """The author wants the customer to read a message as it is now."""
        raw = str(note.text).removeprefix(PENCIL)
        bare = on_purpose(raw)
        words = raw if bare is None else bare
        if not words:
            await self._written.say(place, agent, "empty", once=note.id)
            return "nothing to send"
        return await self._correct(place, agent, message, words, once=note.id)

    async def again(self, place: Place, agent: Agent, correction: Any) -> str:
        """A correction that didn't arrive, or perhaps didn't, is to be tried again."""
        message = await self._voice.database.read(
            lambda conn: places.of_outbound(conn, correction.id)
        )
        if message is None:
            return "ignored: there is a newer correction"
        return await self._correct(place, agent, message, correction.text, once=correction.id)

    async def _correct(
        self, place: Place, agent: Agent, message: Any, words: str, *, once: str
    ) -> str:
        now = self._voice.clock.now()

        def also(conn: Connection, outbound_id: str) -> None:
            places.corrected(conn, message, outbound_id, now=now)

        try:
            await self._voice.desk.correct(
                place.conversation_id,
                agent.name,
                message.outbound_id,
                words,
                key=f"{sent_key(place.channel, message.ts)}:{once}"[:120],
                also=also,
            )
        except (Conflict, Invalid, NotFound) as error:
            await self._refused(place, agent, error, once=once)
            return f"refused: {error.code}"
        return "corrected for the customer"

    async def _refused(self, place: Place, agent: Agent, error: AscoltoError, *, once: str) -> None:
        fresh = await self._voice.database.read(
            lambda conn: places.of_handoff(conn, place.handoff_id)
        )
        why = fresh.why_not(agent.name) if fresh is not None else None
        if why is not None:
            text = self._voice.obstacle(why, short=True)
            await self._voice.tell(place, agent.user, text, f"{place.handoff_id}:not:{once}")
            return
        notice = _NOTICES.get(error.code, refusal(error))
        await self._written.say(place, agent, notice, once=once)

    async def _noted_again(
        self,
        place: Place,
        agent: Agent,
        ts: str,
        after: Mapping[str, Any],
        *,
        corrects: bool = False,
    ) -> str:
        """A changed message is noted as it is now. It stays inside, also with a `!` in front."""
        now = self._voice.clock.now()
        files = attached.files_in(after)
        text = attached.named(self._written.plain(text_of(after.get("text"))), files)
        if not text:
            return "ignored: nothing is left"
        moment = text_of(part(after, "edited").get("ts")) or str(len(text))

        def also(conn: Connection, note_id: str) -> None:
            places.remember(conn, place, ts, now=now, note_id=note_id)

        try:
            noted = await self._voice.desk.note(
                place.conversation_id,
                agent.name,
                f"{PENCIL}{text}"[:MAX_TEXT],
                key=f"{sent_key(place.channel, ts)}:{moment}"[:120],
                also=also,
            )
        except AscoltoError as error:
            if isinstance(error, Temporary):
                raise
            return f"ignored: {error.code}"
        if place.why_not(agent.name) is None:
            found = attached.references(files)
            await self._voice.ask(
                place, agent.user, str(noted["id"]), corrects=corrects, files=found
            )
        return "noted again"

    async def _obstacle(self, outbound_id: str) -> str | None:
        def query(conn: Connection) -> str | None:
            first = corrections.original(conn, outbound_id)
            if first is None:
                return "no_edits"
            channel = conn.execute(
                select(conversations.c.channel).where(conversations.c.id == first.conversation_id)
            ).scalar_one()
            return corrections.obstacle(first, self._voice.desk.capabilities(channel))

        return await self._voice.database.read(query)


def _forget_note(conn: Connection, channel: str, ts: str) -> None:
    m = slack_messages.c
    conn.execute(
        update(slack_messages).where(m.channel == channel, m.ts == ts).values(note_id=None)
    )
