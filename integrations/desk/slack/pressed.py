"""What people press: the buttons of a card, of questions and of failures, and the shortcut."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from slack_sdk.webhook.async_client import AsyncWebhookClient
from sqlalchemy import Connection, select

from integrations.conversations.tables import handoffs, outbound
from integrations.desk.slack import attached, cards, messages, modals, places, reading
from integrations.desk.slack.agents import Agent
from integrations.desk.slack.altered import PENCIL, Altered
from integrations.desk.slack.mrkdwn import cut_escaped
from integrations.desk.slack.places import Place
from integrations.desk.slack.voice import Voice, part, text_of
from integrations.desk.slack.written import Written, on_purpose
from runtime.errors import AscoltoError, Conflict, Permanent, Temporary, UnknownOutcome
from runtime.logging import get_logger

log = get_logger(__name__)

CLAIM_TRIES = 4
_ABOUT_NOTES = frozenset({messages.SEND, messages.CORRECT})
_OPENS = frozenset({cards.REPLY, cards.RETURN, cards.RESOLVE})


class Pressed:
    """Works off block actions and message shortcuts. May raise Temporary."""

    def __init__(self, voice: Voice, written: Written, altered: Altered) -> None:
        self._voice = voice
        self._written = written
        self._altered = altered

    async def handle(self, body: Mapping[str, Any], key: str) -> str:
        """One press of a button of ours."""
        actions = body.get("actions")
        action = part({"a": actions[0]}, "a") if isinstance(actions, list) and actions else {}
        action_id, value = text_of(action.get("action_id")), text_of(action.get("value"))
        if action_id == messages.KEEP:
            await self._take_away(body)
            return "kept internal"
        if action_id in _OPENS:
            return await self._open(body, action_id, value, key)
        user = text_of(part(body, "user").get("id"))
        place = await self._place(body, action_id, value)
        if place is None:
            return "ignored: not a case"
        agent = await self._voice.acting(user)
        if agent.outsider:
            await self._tell(place, agent, "outsider", key)
            return "ignored: an outsider"
        if action_id == cards.CLAIM:
            return await self._claim(place, agent, key)
        if action_id in _ABOUT_NOTES:
            return await self._about_note(body, place, agent, action_id, value, key)
        return await self._retry(place, agent, value, key)

    async def shortcut(self, body: Mapping[str, Any], key: str) -> str:
        """*Send to customer* on a message of the thread."""
        message = part(body, "message")
        channel = text_of(part(body, "channel").get("id"))
        ts = text_of(body.get("message_ts")) or text_of(message.get("ts"))
        thread_ts = text_of(message.get("thread_ts"))
        user = text_of(part(body, "user").get("id"))
        place = await self._voice.database.read(
            lambda conn: places.of_thread(conn, channel, thread_ts)
        )
        if place is None or ts == thread_ts:
            await self._respond(body, self._voice.words.say("notice.not_here"))
            return "ignored: not a message of a case"
        agent = await self._voice.acting(user)
        if agent.outsider:
            await self._tell(place, agent, "outsider", key)
            return "ignored: an outsider"
        if message.get("bot_id") or text_of(message.get("user")) != user:
            await self._tell(place, agent, "own_only", key)
            return "ignored: somebody else's message"
        known = await self._voice.database.read(lambda conn: places.message(conn, channel, ts))
        if known is not None and known.outbound_id is not None:
            await self._tell(place, agent, "already", key)
            return "done before"
        raw = text_of(message.get("text"))
        bare = on_purpose(raw)
        words = self._written.plain(raw if bare is None else bare)
        return await self._written.send(
            place, agent, ts, words, attached.files_in(message), written=words or "…"
        )

    # -- one button each ---------------------------------------------------------------------

    async def _claim(self, place: Place, agent: Agent, key: str) -> str:
        for _ in range(CLAIM_TRIES):
            case = place.case
            if not case.current or not case.open:
                code = "newer" if not case.current else "over"
                await self._tell(place, agent, code, key)
                return f"refused: {code}"
            if case.state == "claimed" and case.claimed_by not in (None, agent.name):
                why = ("not_yours", case.claimed_by or "")
                await self._voice.tell(
                    place, agent.user, self._voice.obstacle(why, short=True), f"{key}:held"
                )
                return "refused: held"
            try:
                claimed = await self._voice.desk.claim(
                    place.conversation_id, agent.name, version=case.version, key=once("claim", key)
                )
            except Conflict:
                fresh = await self._case(place.handoff_id)
                if fresh is None:
                    break
                place = fresh
                continue
            say = self._voice.words.say
            lines = [say("notice.claimed")]
            lines += [
                say("notice.just_sent", text=cut_escaped(text, 500)) for text in claimed.just_sent
            ]
            if claimed.voided_turn:
                lines.append(say("notice.voided"))
            await self._voice.tell(place, agent.user, "\n".join(lines), f"{key}:claimed")
            return "claimed"
        await self._tell(place, agent, "try_again", key)
        return "refused: it keeps changing"

    async def _about_note(
        self,
        body: Mapping[str, Any],
        place: Place,
        agent: Agent,
        action_id: str,
        note_id: str,
        key: str,
    ) -> str:
        found, files = await self._voice.database.read(
            lambda conn: (
                places.of_note(conn, note_id),
                places.files_asked_about(conn, place, note_id),
            )
        )
        await self._take_away(body)
        if found is None or found[0].handoff_id != place.handoff_id:
            await self._tell(place, agent, "not_here", key)
            return "ignored: it was changed or taken back"
        message, note = found
        if note.author != agent.name:
            await self._tell(place, agent, "own_only", key)
            return "ignored: somebody else's message"
        if action_id == messages.CORRECT:
            return await self._altered.carry(place, agent, message, note)
        if message.outbound_id is not None:
            await self._tell(place, agent, "already", key)
            return "done before"
        written = note.text.removeprefix(PENCIL)
        text = attached.unnamed(written, files)
        bare = on_purpose(text)
        words = text if bare is None else bare
        return await self._written.send(place, agent, message.ts, words, files, written=written)

    async def _retry(self, place: Place, agent: Agent, outbound_id: str, key: str) -> str:
        why = place.why_not(agent.name)
        if why is not None:
            notice = self._voice.obstacle(why, short=True)
            await self._voice.tell(place, agent.user, notice, f"{key}:why")
            return f"refused: {why[0]}"

        def query(conn: Connection) -> tuple[Any, str, list[str]] | None:
            row = conn.execute(select(outbound).where(outbound.c.id == outbound_id)).first()
            ours = row is not None and row.conversation_id == place.conversation_id
            if row is None or not ours or row.role != "agent":
                return None
            return (row, *reading.not_arrived(conn, row.id))

        found = await self._voice.database.read(query)
        if found is None:
            return "ignored: not a message of this case"
        row, text, files = found
        if row.corrects is not None:
            return await self._altered.again(place, agent, row)
        now = self._voice.clock.now()
        more: dict[str, Any] = {"attachments": files} if files and self._voice.keep_file else {}
        try:
            await self._voice.desk.reply(
                place.conversation_id,
                agent.name,
                text,
                key=f"slack:retry:{outbound_id}",
                also=lambda conn, new: places.post_copy(conn, place, new, now=now),
                **more,
            )
        except AscoltoError as error:
            if isinstance(error, Temporary):
                raise
            await self._tell(place, agent, "try_again", key)
            return f"refused: {error.code}"
        return "sent again"

    async def _open(
        self, body: Mapping[str, Any], action_id: str, handoff_id: str, key: str
    ) -> str:
        """A modal at once, as long as the press allows one; what stands in it follows."""
        words, user = self._voice.words, text_of(part(body, "user").get("id"))
        try:
            opened = await self._voice.client.call(
                "views.open",
                paced=False,
                trigger_id=text_of(body.get("trigger_id")),
                view=modals.loading(handoff_id, words),
            )
        except (Permanent, Temporary, UnknownOutcome) as error:
            log.info("slack_modal_not_opened", reason=error.code)
            place = await self._voice.database.read(
                lambda conn: places.of_handoff(conn, handoff_id)
            )
            if place is not None:
                await self._voice.tell(place, user, words.say("notice.slow"), f"{key}:slow")
            return f"refused: {error.code}"
        view_id = text_of(part(opened, "view").get("id"))
        view = await self._filled(action_id, handoff_id, user)
        await self._voice.client.call("views.update", paced=False, view_id=view_id, view=view)
        return "modal opened"

    async def _filled(self, action_id: str, handoff_id: str, user: str) -> modals.View:
        words = self._voice.words
        place = await self._voice.database.read(lambda conn: places.of_handoff(conn, handoff_id))
        if place is None:
            return modals.sorry(words.say("notice.not_here"), handoff_id, words)
        agent = await self._voice.acting(user)
        why = ("outsider", "") if agent.outsider else self.why_not(place, agent, action_id)
        if why is not None:
            return modals.sorry(self._voice.obstacle(why, short=True), handoff_id, words)
        if action_id != cards.REPLY:
            callback = modals.RETURN_VIEW if action_id == cards.RETURN else modals.RESOLVE_VIEW
            return await self._closing(callback, handoff_id)
        recent = await self._voice.database.read(
            lambda conn: reading.recent(conn, place.conversation_id)
        )
        console = self._voice.config.console(place.conversation_id)
        return modals.reply(handoff_id, recent, agent.name, words, console=console)

    async def _closing(self, callback: str, handoff_id: str) -> modals.View:
        wishes = self._voice.desk.wishes

        def query(conn: Connection) -> list[str]:
            handoff = conn.execute(select(handoffs).where(handoffs.c.id == handoff_id)).first()
            return wishes.likely(conn, handoff)

        likely = await self._voice.database.read(query)
        return modals.closing(callback, handoff_id, self._voice.words, wishes=wishes, likely=likely)

    @staticmethod
    def why_not(place: Place, agent: Agent, action_id: str) -> tuple[str, str] | None:
        """Why not; a case that nobody claimed may be closed by anybody."""
        unclaimed = place.case.current and place.case.state == "queued"
        if unclaimed and action_id in (cards.RETURN, cards.RESOLVE):
            return None
        return place.why_not(agent.name)

    # -- parts -------------------------------------------------------------------------------

    async def _place(self, body: Mapping[str, Any], action_id: str, value: str) -> Place | None:
        if action_id == cards.CLAIM:
            return await self._voice.database.read(lambda conn: places.of_handoff(conn, value))
        container = part(body, "container")
        channel = text_of(container.get("channel_id"))
        thread_ts = text_of(container.get("thread_ts")) or text_of(
            part(body, "message").get("thread_ts")
        )

        def query(conn: Connection) -> Place | None:
            if thread_ts:
                return places.of_thread(conn, channel, thread_ts)
            found = places.of_note(conn, value) if action_id in _ABOUT_NOTES else None
            return places.of_handoff(conn, found[0].handoff_id) if found is not None else None

        return await self._voice.database.read(query)

    async def _case(self, handoff_id: str) -> Place | None:
        return await self._voice.database.read(lambda conn: places.of_handoff(conn, handoff_id))

    async def _tell(self, place: Place, agent: Agent, notice: str, key: str) -> None:
        text = self._voice.words.say(f"notice.{notice}")
        await self._voice.tell(place, agent.user, text, f"{key}:{notice}")

    async def _take_away(self, body: Mapping[str, Any]) -> None:
        await self._answer(body, {"delete_original": True})

    async def _respond(self, body: Mapping[str, Any], text: str) -> None:
        await self._answer(body, {"text": text, "response_type": "ephemeral"})

    async def _answer(self, body: Mapping[str, Any], message: dict[str, Any]) -> None:
        """Use the address that came with a press; of no importance if it fails."""
        url = text_of(body.get("response_url"))
        if not url:
            return
        try:
            await AsyncWebhookClient(url, timeout=5, retry_handlers=[]).send_dict(message)
        except Exception as error:  # noqa: BLE001 — the question just stays where it is
            log.info("slack_response_failed", error=type(error).__name__)


def once(action: str, key: str) -> str:
    """An action of the desk under the name of the press that caused it."""
    return f"slack:{action}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"
