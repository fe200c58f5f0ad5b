"""Telegram's published pace: 1 message a second in a chat, 20 a minute in a group, 30/s in all."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

from tests.simulators.telegram.errors import too_many

# What is a little early is let pass: on a busy machine a call may take longer than the next one.
CHAT = (1, 0.7)
GROUP = (20, 60.0)
ALL = (30, 1.0)


class RateLimits:
    """Counts what was accepted; refuses what comes too early."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._times: dict[int | str, deque[float]] = defaultdict(deque)

    def count(self, chat_id: int, *, group: bool) -> None:
        """Count a message. Raises ApiError 429 with the seconds to wait."""
        now = self._now()
        windows: list[tuple[int | str, int, float]] = [(chat_id, *CHAT), ("all", *ALL)]
        if group:
            windows.append((f"group {chat_id}", *GROUP))
        for key, limit, seconds in windows:
            times = self._times[key]
            while times and times[0] <= now - seconds:
                times.popleft()
            if len(times) >= limit:
                raise too_many(times[0] + seconds - now)
        for key, _limit, _seconds in windows:
            self._times[key].append(now)
