"""How the workspace misbehaves when told to."""

from __future__ import annotations

import fnmatch
import threading
import time
from dataclasses import dataclass
from typing import Any, Literal

# rate_limited: 429; error: 500; slow: done and answered after `seconds`; lost_before: no answer and
# nothing done; lost_after: no answer but all done; code: `ok: false` with that error.
What = Literal["rate_limited", "error", "slow", "lost_before", "lost_after", "code"]


@dataclass
class Fault:
    """What happens to the next `times` calls of the methods that `method` (a glob) names."""

    method: str
    what: What
    times: int = 1
    seconds: float = 1.0
    code: str = "internal_error"


class Faults:
    """The faults that are still to come, and the rate limit when it is enforced."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self.enforce_rate = False
        self.burst = 4
        self._buckets: dict[str, tuple[float, float]] = {}
        self.limited = 0
        # What goes out to the app.
        self.duplicate_next = 0
        self.hold = False

    def add(self, method: str, what: What, **how: Any) -> None:
        """From now on."""
        with self._lock:
            self._faults.append(Fault(method, what, **how))

    def clear(self) -> None:
        """All is well again."""
        with self._lock:
            self._faults.clear()

    def waiting(self) -> int:
        """How many calls are still going to fail."""
        with self._lock:
            return sum(max(0, fault.times) for fault in self._faults)

    def take(self, method: str) -> Fault | None:
        """What happens to this call."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fnmatch.fnmatch(method, fault.method):
                    fault.times -= 1
                    return fault
        return None

    def over_the_rate(self, channel: str) -> float | None:
        """Seconds to wait when a channel has had too many messages: 1/s after a short burst."""
        if not self.enforce_rate:
            return None
        now = time.monotonic()
        with self._lock:
            left, at = self._buckets.get(channel, (float(self.burst), now))
            left = min(float(self.burst), left + (now - at))
            if left < 1:
                self._buckets[channel] = (left, now)
                self.limited += 1
                return 1.0
            self._buckets[channel] = (left - 1, now)
        return None
