"""What people submit in a modal: an answer, a promise for the bot, a note on how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.desk.slack import cards, modals, places
from integrations.desk.slack.agents import Agent
from integrations.desk.slack.places import Place
from integrations.desk.slack.pressed import Pressed
from integrations.desk.slack.voice import Voice, part, text_of
from runtime.errors import AscoltoError, Invalid, Temporary

_ACTIONS = {
    modals.REPLY_VIEW: cards.REPLY,
    modals.RETURN_VIEW: cards.RETURN,
    modals.RESOLVE_VIEW: cards.RESOLVE,
}


class Submitted:
    """Works off submissions. A modal that is refused stays open, with what was written in it."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    async def handle(self, body: Mapping[str, Any]) -> tuple[str, str | None]:
        """(What became of it, the words to show in the modal or None). May raise Temporary."""
        view = part(body, "view")
        callback, view_id = text_of(view.get("callback_id")), text_of(view.get("id"))
        handoff_id = modals.handoff_of(view) or ""
        place = await self._voice.database.read(lambda conn: places.of_handoff(conn, handoff_id))
        if place is None or not view_id:
            return "ignored: not a case", self._say("not_here")
        agent = await self._voice.acting(text_of(part(body, "user").get("id")))
        if agent.outsider:
            return "ignored: an outsider", self._say("outsider")
        text, key = modals.words_in(view), f"slack:view:{view_id}"[:120]
        if await self._done_before(key):
            return "done before", None
        why = Pressed.why_not(place, agent, _ACTIONS.get(callback, ""))
        if why is not None:
            return f"refused: {why[0]}", self._voice.obstacle(why, short=True, plain=True)
        try:
            await self._do(callback, place, agent, text, key, modals.wanted_in(view))
        except Temporary:
            raise
        except Invalid:
            return "refused: invalid", self._say("too_long" if text.strip() else "empty")
        except AscoltoError as error:
            return f"refused: {error.code}", self._say("try_again")
        return "done", None

    async def _do(
        self,
        callback: str,
        place: Place,
        agent: Agent,
        text: str,
        key: str,
        label: Mapping[str, str | None],
    ) -> None:
        desk, now = self._voice.desk, self._voice.clock.now()
        if callback == modals.REPLY_VIEW:
            await desk.reply(
                place.conversation_id,
                agent.name,
                text,
                key=key,
                also=lambda conn, new: places.post_copy(conn, place, new, now=now),
            )
        elif callback == modals.RETURN_VIEW:
            await desk.return_to_bot(place.conversation_id, agent.name, text, key=key, **label)
        else:
            await desk.resolve(place.conversation_id, agent.name, text, key=key, **label)

    async def _done_before(self, key: str) -> bool:
        return await self._voice.database.read(lambda conn: places.done(conn, key))

    def _say(self, notice: str) -> str:
        return self._voice.words.say(f"notice.{notice}").replace("*", "")
