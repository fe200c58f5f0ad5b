"""Looks after a model on trial: compares it with the live one and promotes or withdraws it.

Both change the routing alone, which every gateway follows at once; the processes are brought in
line by who runs them.
"""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection

from integrations.jobs.lease import JobLease
from integrations.models import measures, repository
from integrations.models.canary_policy import CanaryPolicy
from integrations.models.comparison import Served, Verdict, judge
from integrations.models.keeper import Keeper
from integrations.models.routing import Routing
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import AscoltoError
from runtime.logging import get_logger

log = get_logger(__name__)

EVERY_S = 15.0
_HOUR_S = 3600.0


class CanaryJob:
    """Runs in the process that holds the lease."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lease: JobLease,
        policy: CanaryPolicy,
        keeper: Keeper,
    ) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease
        self.policy = policy
        self._keeper = keeper

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                trial = self._keeper.current is not None and self._keeper.current.canary is not None
                if trial and await self._lease.hold():
                    await self.tick()
            except AscoltoError as error:
                log.warning("canary_put_off", error=error.message)
            except Exception as error:
                # One look that fails must not leave a trial on for good.
                log.error("canary_failed", exc_info=error)
            await asyncio.sleep(EVERY_S)

    async def tick(self) -> Verdict | None:
        """Decide if it is time; None when nothing is on trial."""
        now = self._clock.now()
        verdict = await self._database.write(lambda conn: decide(conn, self.policy, now=now))
        if verdict is not None and verdict.decision != "wait":
            log.info("canary_decided", decision=verdict.decision, reason=verdict.reason)
            await self._keeper.changed()
        return verdict


def compare(
    conn: Connection, policy: CanaryPolicy, routing: Routing, *, now: float
) -> tuple[Verdict, dict[str, Served]] | None:
    """The canary beside the live model since it is on trial; None when none is."""
    canary = routing.canary
    if canary is None:
        return None
    found = measures.served(conn, (routing.live, canary.model), since=canary.since)
    hours = (now - canary.since) / _HOUR_S
    return judge(policy, found[routing.live], found[canary.model], hours), found


def decide(conn: Connection, policy: CanaryPolicy, *, now: float) -> Verdict | None:
    """Compare, and change the routing if the rule says so."""
    routing = repository.current(conn, lock=True)
    compared = compare(conn, policy, routing, now=now) if routing is not None else None
    if routing is None or routing.canary is None or compared is None:
        return None
    verdict, _ = compared
    if verdict.decision != "wait":
        live = routing.canary.model if verdict.decision == "promote" else routing.live
        repository.change(
            conn, live=live, version=routing.version, why=verdict.as_json(), now=now
        )
    return verdict
