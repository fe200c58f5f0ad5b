"""Rate limits: shared through Redis, kept in this process when Redis is away."""

from __future__ import annotations

from runtime.clock import Clock
from runtime.events import EventBus

_KEYS_KEPT = 50_000


class Rates:
    """Fixed windows; a key may be used `limit` times in each."""

    def __init__(self, bus: EventBus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        # key and window's length → (window's number, uses)
        self._counts: dict[tuple[str, int], tuple[int, int]] = {}

    async def allows(self, key: str, limit: int, window_s: int) -> bool:
        """Count one use of `key`; False when that is more than the window's limit."""
        now = self._clock.now()
        window = int(now // window_s)
        counted, uses = self._counts.get((key, window_s), (window, 0))
        here = uses + 1 if counted == window else 1
        if len(self._counts) >= _KEYS_KEPT:
            self._forget_past_windows(now)
        self._counts[key, window_s] = (window, here)
        if here > limit:
            return False
        # Other processes' uses matter only when this one's come near the limit.
        if here * 4 < limit:
            return True
        shared = await self._bus.count(f"ascolto:rate:{key}:{window_s}:{window}", window_s * 2)
        return max(here, shared) <= limit

    def _forget_past_windows(self, now: float) -> None:
        self._counts = {
            (key, window_s): counted
            for (key, window_s), counted in self._counts.items()
            if counted[0] == int(now // window_s)
        }
