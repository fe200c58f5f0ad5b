"""How often a code may be sent and how often one may be wrong."""

from __future__ import annotations

from dataclasses import dataclass

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` times in any `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """All of these hold over all conversations: starting a new one resets nothing."""

    code_lifetime_s: float = 600.0
    wrong_per_challenge: int = 5
    wrong_per_order: Window = Window(10, DAY_S)
    wrong_per_handle: Window = Window(10, DAY_S)
    sent_per_order: tuple[Window, ...] = (Window(5, HOUR_S), Window(12, DAY_S))
    sent_per_address: tuple[Window, ...] = (Window(5, HOUR_S), Window(12, DAY_S))
    sent_per_handle: tuple[Window, ...] = (Window(5, HOUR_S), Window(12, DAY_S))
    sent_overall: tuple[Window, ...] = (Window(1000, HOUR_S),)
    grant_idle_s: float = 30 * 60.0
    grant_total_s: float = 12 * HOUR_S


def left(moments: list[float], windows: tuple[Window, ...], now: float) -> int:
    """How many more are allowed now."""
    return min(w.count - sum(1 for m in moments if m > now - w.seconds) for w in windows)
