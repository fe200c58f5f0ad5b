"""What people write in a case's thread: internal, unless they send it on purpose."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from integrations.desk.checks import MAX_TEXT
from integrations.desk.slack import attached, places
from integrations.desk.slack.agents import Agent
from integrations.desk.slack.mrkdwn import cut_escaped, plain
from integrations.desk.slack.places import Place
from integrations.desk.slack.voice import Voice, refusal, text_of
from runtime.errors import Conflict, Invalid, Permanent, Temporary, TooLarge

# One "!" and then something: "!!" is how people shout, "!=" how they write code.
_ON_PURPOSE = re.compile(r"\s*!(?![!=])")


def on_purpose(text: str) -> str | None:
    """The words for the customer if the text begins with `!`; None if it is internal."""
    match = _ON_PURPOSE.match(text)
    return text[match.end() :].strip() if match else None


class Written:
    """Works off message events. Every method says what became of it and may raise Temporary."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    async def handle(self, event: Mapping[str, Any]) -> str:
        """One message of the desk's channel, as it was written."""
        channel, ts = text_of(event.get("channel")), text_of(event.get("ts"))
        place = await self.place(channel, text_of(event.get("thread_ts")))
        if place is None:
            return "ignored: not a case's thread"
        if await self.known(channel, ts):
            return "done before"
        agent = await self._voice.acting(text_of(event.get("user")))
        if agent.outsider:
            await self.say(place, agent, "outsider", once="outsider")
            return "ignored: written by an outsider"
        raw, files = text_of(event.get("text")), attached.files_in(event)
        written = self.plain(raw)
        # Looked for in what was typed: a mention that goes must not bring a `!` to the front.
        words = on_purpose(raw)
        if words is None:
            return await self._internal(place, agent, ts, written, files)
        return await self.send(place, agent, ts, self.plain(words), files, written=written)

    def plain(self, text: str) -> str:
        """Slack's markup as plain text, people by the names that customers know."""
        return plain(text, self._voice.agents.names().get)

    async def send(
        self,
        place: Place,
        agent: Agent,
        ts: str,
        words: str,
        files: Sequence[Mapping[str, Any]] = (),
        *,
        written: str,
    ) -> str:
        """Send a message of the thread to the customer; kept as a note if that isn't possible."""
        why = place.why_not(agent.name)
        if why is not None:
            await self._note(place, agent, ts, written)
            await self._voice.tell(
                place, agent.user, self._voice.obstacle(why), f"{place.handoff_id}:not:{ts}"
            )
            return f"kept internal: {why[0]}"
        if not words and not files:
            await self.say(place, agent, "empty", once=ts)
            return "nothing to send"
        try:
            attachments = await attached.fetch(self._voice, files)
        except (Permanent, Invalid, TooLarge) as error:
            await self._note(place, agent, ts, written)
            text = self._voice.words.say(
                "notice.file_failed" if self._voice.keep_file else "notice.files",
                name=cut_escaped(error.field or "?", 80),
                reason=cut_escaped(error.message, 120),
            )
            await self._voice.tell(place, agent.user, text, f"{place.handoff_id}:file:{ts}")
            return "kept internal: file"
        return await self._reply(place, agent, ts, words, attachments, written=written)

    async def _reply(
        self,
        place: Place,
        agent: Agent,
        ts: str,
        words: str,
        attachments: list[str],
        *,
        written: str,
    ) -> str:
        now = self._voice.clock.now()

        def also(conn: Connection, outbound_id: str) -> None:
            places.remember(conn, place, ts, now=now, outbound_id=outbound_id)

        more: dict[str, Any] = {"attachments": attachments} if attachments else {}
        try:
            await self._voice.desk.reply(
                place.conversation_id,
                agent.name,
                words,
                key=sent_key(place.channel, ts),
                also=also,
                **more,
            )
        except (Conflict, Invalid) as error:
            fresh = await self._voice.database.read(
                lambda conn: places.of_handoff(conn, place.handoff_id)
            )
            why = fresh.why_not(agent.name) if fresh is not None else None
            if why is not None:
                text = self._voice.obstacle(why)
            elif attachments and isinstance(error, Invalid):
                reason = cut_escaped(error.message, 120)
                text = self._voice.words.say("notice.file_failed", name="–", reason=reason)
            else:
                text = self._voice.words.say(f"notice.{refusal(error)}")
            await self._note(place, agent, ts, written)
            await self._voice.tell(place, agent.user, text, f"{place.handoff_id}:not:{ts}")
            return f"kept internal: {error.code}"
        return "sent to the customer"

    async def _internal(
        self,
        place: Place,
        agent: Agent,
        ts: str,
        written: str,
        files: Sequence[Mapping[str, Any]],
    ) -> str:
        text = attached.named(written, files)
        if not text.strip():
            return "ignored: nothing was written"
        note_id = await self._note(place, agent, ts, text)
        why = place.why_not(agent.name)
        if why is not None:
            once = f"{place.handoff_id}:why:{agent.user}:{why[0]}:{why[1]}"
            await self._voice.tell(place, agent.user, self._voice.obstacle(why), once)
        elif len(text) > MAX_TEXT:
            await self.say(place, agent, "too_long", once=ts)
        elif note_id is not None:
            await self._voice.ask(place, agent.user, note_id, files=attached.references(files))
        return "noted"

    async def _note(self, place: Place, agent: Agent, ts: str, text: str) -> str | None:
        now = self._voice.clock.now()

        def also(conn: Connection, note_id: str) -> None:
            places.remember(conn, place, ts, now=now, note_id=note_id)

        try:
            noted = await self._voice.desk.note(
                place.conversation_id,
                agent.name,
                text[:MAX_TEXT],
                key=f"{sent_key(place.channel, ts)}:note",
                also=also,
            )
        except Invalid:
            return None
        return str(noted["id"])

    # -- parts -------------------------------------------------------------------------------

    async def place(self, channel: str, thread_ts: str) -> Place | None:
        """The case whose thread this is. Raises Temporary while nobody can say."""

        def query(conn: Connection) -> tuple[Place | None, bool]:
            place = places.of_thread(conn, channel, thread_ts)
            return place, place is None and places.being_posted(conn)

        place, soon = await self._voice.database.read(query)
        if soon:
            raise Temporary("a card is being posted: this may be its thread", retry_after=3.0)
        return place

    async def known(self, channel: str, ts: str) -> Any | None:
        """What a message stands for."""
        return await self._voice.database.read(lambda conn: places.message(conn, channel, ts))

    async def say(self, place: Place, agent: Agent, notice: str, *, once: str) -> None:
        """A word of ours to who wrote, once."""
        key = f"{place.handoff_id}:{notice}:{agent.user}:{once}"
        await self._voice.tell(place, agent.user, self._voice.words.say(f"notice.{notice}"), key)


def sent_key(channel: str, ts: str) -> str:
    """Under this a message of the thread goes to the customer once, whichever way it is sent."""
    return f"slack:{channel}:{ts}"[:100]
