"""Keeping to Slack's rates: so many calls a second of a kind, after a short burst."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# Calls a second, and how many may go at once. Slack: about one message a second a channel with
# short bursts; tier 3 is 50 a minute, tier 4 is 100 a minute.
RATES: Mapping[str, tuple[float, float]] = {
    "chat.postMessage": (1.0, 4),
    "chat.update": (0.8, 8),
    "chat.postEphemeral": (1.5, 10),
    "reactions.add": (0.8, 8),
    "reactions.remove": (0.8, 8),
    "files.completeUploadExternal": (0.8, 8),
    "files.getUploadURLExternal": (0.3, 4),
    "conversations.replies": (0.8, 8),
    "conversations.history": (0.8, 8),
    "users.info": (1.5, 20),
}


@dataclass
class _Bucket:
    left: float
    at: float
    closed_until: float = 0.0


class Pacing:
    """Waits as long as needed before each call."""

    def __init__(
        self,
        rates: Mapping[str, tuple[float, float]] = RATES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rates = rates
        self._now = monotonic
        self._buckets: dict[str, _Bucket] = {}

    async def wait(self, method: str) -> None:
        """Return when one more call of `method` may be made."""
        if method not in self._rates:
            return
        rate, burst = self._rates[method]
        bucket = self._bucket(method)
        now = self._now()
        bucket.left = min(burst, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        # Taken at once, so that whoever comes next waits behind us.
        bucket.left -= 1
        pause = max(0.0, -bucket.left / rate, bucket.closed_until - now)
        if pause > 0:
            await asyncio.sleep(pause)

    def close(self, method: str, seconds: float) -> None:
        """Slack said to wait so long."""
        self._bucket(method).closed_until = self._now() + seconds

    def closed_for(self, method: str) -> float:
        """Seconds until Slack wants calls of `method` again."""
        return max(0.0, self._bucket(method).closed_until - self._now())

    def _bucket(self, method: str) -> _Bucket:
        if method not in self._buckets:
            burst = self._rates.get(method, (1.0, 1.0))[1]
            self._buckets[method] = _Bucket(burst, self._now())
        return self._buckets[method]
