"""Fetching from platforms that don't call us: in one process at a time, nothing skipped.

Asking for the next batch confirms the one before, so a batch is stored before the next is asked
for, whatever happens meanwhile. Storing one twice changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from integrations.channels.contract import Channel, Envelope, Polls
from integrations.channels.receiving import NOT_STORABLE, Receiving
from integrations.jobs.lease import JobLease
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import AscoltoError, Permanent, Temporary, Unauthenticated
from runtime.logging import get_logger

log = get_logger(__name__)

# How often a lease is looked after, and asked for while another process has it.
LOOK_S = 2.0
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
# A batch that fails for no reason we know is given up after so many tries, or it would stop all.
TRIES_OF_A_BATCH = 5


class Polling:
    """One per gateway process; one task for each channel that has to be asked."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        channels: Mapping[str, Channel],
        receiving: Receiving,
    ) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels
        self._receiving = receiving

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Polling]:
        """Poll while inside."""
        tasks = [
            asyncio.create_task(self._run(name, channel))
            for name, channel in self._channels.items()
            if isinstance(channel, Polls)
        ]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, name: str, channel: Polls) -> None:
        lease = JobLease(self._database, self._clock, f"poll:{name}")
        failures = 0
        try:
            while True:
                if not await self._ours(lease):
                    failures = 0
                    channel.start_over()
                    await asyncio.sleep(LOOK_S)
                    continue
                try:
                    batch = await self._ask(channel, lease)
                except AscoltoError as error:
                    failures += 1
                    await self._pause(name, lease, error, failures)
                    continue
                except Exception as error:  # noqa: BLE001 — what a platform sends must not end this
                    failures += 1
                    reason = Temporary(type(error).__name__)
                    await self._pause(name, lease, reason, failures)
                    continue
                failures = 0
                if batch is None:
                    channel.start_over()
                elif batch:
                    await self._store(name, batch)
        finally:
            with contextlib.suppress(Temporary):
                await lease.release()

    async def _ours(self, lease: JobLease) -> bool:
        try:
            return await lease.hold()
        except Temporary as error:
            log.warning("poll_lease_failed", error=error.message)
            return False

    async def _ask(self, channel: Polls, lease: JobLease) -> list[Envelope] | None:
        """The next batch; None when the lease is lost meanwhile, which ends the asking at once.

        What was given out all the same is not stored: whoever asks now gets it again, and may get
        more of it, an album that was still growing for one.
        """
        asking = asyncio.create_task(channel.poll())
        try:
            while True:
                await asyncio.wait({asking}, timeout=LOOK_S)
                if not await self._ours(lease):
                    return None
                if asking.done():
                    return asking.result()
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _store(self, name: str, batch: list[Envelope]) -> None:
        """Until it is stored: the next question would confirm it."""
        tries = 0
        while True:
            try:
                await self._receiving.take(name, batch)
                return
            except Temporary as error:
                tries += 1
                log.warning("poll_not_stored", channel=name, error=error.message, tries=tries)
                if error.code == NOT_STORABLE and tries >= TRIES_OF_A_BATCH:
                    log.error("poll_given_up", channel=name)
                    return
                await asyncio.sleep(_backoff(tries))

    async def _pause(self, name: str, lease: JobLease, error: AscoltoError, failures: int) -> None:
        """Leave the platform alone for a while, keeping the lease: nobody else need try."""
        wrong = isinstance(error, (Permanent, Unauthenticated))
        wait = LONGEST_RETRY_S if wrong else _backoff(failures)
        wait = max(wait, error.retry_after or 0.0)
        say = log.error if wrong else log.warning
        say("poll_put_off", channel=name, error=error.code, wait_s=round(wait))
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        while (left := until - loop.time()) > 0:
            await asyncio.sleep(min(left, LOOK_S))
            if not await self._ours(lease):
                return


def _backoff(failures: int) -> float:
    return float(min(FIRST_RETRY_S * 2 ** min(failures - 1, 10), LONGEST_RETRY_S))
