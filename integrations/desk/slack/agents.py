"""Who somebody in Slack is at the desk: one name each, the one that customers read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from integrations.conversations.sql import insert_new
from integrations.desk.slack.client import SlackClient
from integrations.desk.slack.config import SlackConfig
from integrations.desk.slack.tables import slack_agents
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Permanent, Temporary, UnknownOutcome

FRESH_S = 86_400.0
NAME_CHARS = 60


@dataclass(frozen=True)
class Agent:
    """`name` is unique. An outsider reads along but may do nothing."""

    user: str
    name: str
    outsider: bool


class Agents:
    """Looks people up in Slack once a day and remembers them."""

    def __init__(
        self, database: Database, clock: Clock, client: SlackClient, config: SlackConfig
    ) -> None:
        self._database = database
        self._clock = clock
        self._client = client
        self._config = config
        self._known: dict[str, tuple[Agent, float]] = {}

    async def of(self, user: str) -> Agent:
        """Who this is. Raises Temporary while Slack can't say and nobody remembers."""
        cached = self._known.get(user)
        if cached is not None and time.monotonic() - cached[1] < FRESH_S:
            return cached[0]
        kept = await self._database.read(
            lambda conn: conn.execute(
                select(slack_agents).where(slack_agents.c.user_id == user)
            ).first()
        )
        now = self._clock.now()
        if kept is not None and kept.checked_at > now - FRESH_S:
            agent = Agent(user, kept.name, kept.outsider)
        else:
            agent = await self._ask(user, kept)
        self._known[user] = (agent, time.monotonic())
        return agent

    def names(self) -> Mapping[str, str]:
        """The names of those seen lately, by Slack id."""
        return {user: agent.name for user, (agent, _) in self._known.items()}

    async def _ask(self, user: str, kept: Any | None) -> Agent:
        try:
            answer = await self._client.call("users.info", user=user)
        except Permanent:
            return Agent(user, user, outsider=True)
        except (Temporary, UnknownOutcome) as error:
            if kept is not None:
                return Agent(user, kept.name, kept.outsider)
            raise Temporary(error.message, retry_after=error.retry_after) from error
        person = answer.get("user") or {}
        wanted = _candidates(user, person, self._config.names)
        outsider = bool(person.get("is_bot") or person.get("deleted") or person.get("is_stranger"))
        now = self._clock.now()

        def store(conn: Connection) -> str:
            return _named(conn, user, wanted, outsider=outsider, now=now)

        return Agent(user, await self._database.write(store), outsider)


def _candidates(user: str, person: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """Names from the best on; the last is free for sure."""
    profile = person.get("profile") or {}
    own = [
        str(name).strip()
        for name in (
            profile.get("display_name"),
            profile.get("real_name") or person.get("real_name"),
            person.get("name"),
        )
        if name and str(name).strip()
    ]
    configured = [names[key] for key in (user, *own) if key in names]
    # A name that policy gave to somebody is theirs, whatever others call themselves.
    free = [name for name in own if name not in names.values()]
    base = (configured or free or own or [user])[0][:NAME_CHARS]
    more = [f"{base} {number}" for number in range(2, 20)]
    found = [*configured, *free, *more, f"{base} {user}"]
    return list(dict.fromkeys(" ".join(name.split())[:NAME_CHARS] for name in found))


def _named(conn: Connection, user: str, wanted: list[str], *, outsider: bool, now: float) -> str:
    """Give somebody the first of their names that nobody else has; an earlier one stays."""
    a = slack_agents.c
    kept = conn.execute(select(slack_agents).where(a.user_id == user)).first()
    if kept is not None and kept.name in wanted:
        taken = conn.execute(
            select(a.user_id).where(a.name == wanted[0], a.user_id != user)
        ).first()
        name = str(kept.name) if taken is not None else wanted[0]
        values = {"name": name, "outsider": outsider, "checked_at": now}
        conn.execute(update(slack_agents).where(a.user_id == user).values(values))
        return name
    for name in wanted:
        if conn.execute(select(a.user_id).where(a.name == name, a.user_id != user)).first():
            continue
        row = {"user_id": user, "name": name, "outsider": outsider, "checked_at": now}
        if kept is None:
            if insert_new(conn, slack_agents, row):
                return name
        else:
            conn.execute(update(slack_agents).where(a.user_id == user).values(row))
            return name
    raise Temporary("no name is free")
