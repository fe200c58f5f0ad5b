"""What the handlers share: who is acting where, and a word back to one person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from integrations.desk.service import Desk
from integrations.desk.slack import queue
from integrations.desk.slack.agents import Agent, Agents
from integrations.desk.slack.client import SlackClient
from integrations.desk.slack.config import SlackConfig
from integrations.desk.slack.mrkdwn import cut_escaped
from integrations.desk.slack.places import Place
from integrations.desk.slack.wording import Wording
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import AscoltoError, Conflict
from runtime.events import EventBus

# A word about what somebody just did is of no use much later.
NOTICE_S = 900.0
# (connection, name, type, bytes) → the file's id.
KeepFile = Callable[[Connection, str, str, bytes], str]


@dataclass(frozen=True)
class Voice:
    """The parts that handlers work with."""

    database: Database
    clock: Clock
    bus: EventBus
    desk: Desk
    agents: Agents
    client: SlackClient
    config: SlackConfig
    words: Wording
    keep_file: KeepFile | None = None

    async def acting(self, user: str) -> Agent:
        """Who does something here just now, and so is at the desk."""
        agent = await self.agents.of(user)
        if not agent.outsider:
            await self.desk.seen(agent.name)
        return agent

    async def tell(self, place: Place, user: str, text: str, key: str) -> None:
        """A word that only this person sees, once a key, as soon as Slack takes it."""
        now = self.clock.now()
        await self.database.write(
            lambda conn: queue.add(
                conn,
                place.handoff_id,
                queue.NOTICE,
                key[:200],
                {"user": user, "text": text},
                now=now,
                lifetime_s=NOTICE_S,
            )
        )
        self.bus.publish("slack")

    async def ask(
        self,
        place: Place,
        user: str,
        note_id: str,
        *,
        corrects: bool = False,
        files: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """Ask the author of a note whether it should go to the customer, with its files.

        `corrects`: in the place of what the same message said when it went.
        """
        body = {"user": user, "note": note_id, "corrects": corrects, "files": list(files)}
        now = self.clock.now()
        await self.database.write(
            lambda conn: queue.add(
                conn,
                place.handoff_id,
                queue.ASK,
                queue.asking(place.handoff_id, note_id),
                body,
                now=now,
                lifetime_s=NOTICE_S,
            )
        )
        self.bus.publish("slack")

    def obstacle(self, why: tuple[str, str], *, short: bool = False, plain: bool = False) -> str:
        """Why somebody may not do that, in words; `short` where nothing was written."""
        code, holder = why
        if short:
            code = {"not_yours": "held", "claim_first": "claim_first_short"}.get(code, code)
        text = self.words.say(f"notice.{code}", agent=holder if plain else cut_escaped(holder, 120))
        return text.replace("*", "") if plain else text


def refusal(error: AscoltoError) -> str:
    """Why the desk refused, as the key of a notice."""
    if isinstance(error, Conflict):
        return "try_again"
    return "too_long" if error.field == "text" else "try_again"


def text_of(value: Any) -> str:
    """A string of somebody's JSON, or nothing."""
    return value if isinstance(value, str) else ""


def part(value: Any, *path: str) -> Mapping[str, Any]:
    """A mapping inside somebody's JSON, or an empty one."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
