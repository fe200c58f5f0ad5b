"""Rate limits: windows don't disturb each other and pass."""

from __future__ import annotations

from integrations.rates import Rates
from runtime.clock import FakeClock
from runtime.events import EventBus


async def test_a_key_may_be_used_so_often_in_a_window() -> None:
    clock = FakeClock()
    rates = Rates(EventBus(""), clock)
    assert [await rates.allows("a", 2, 10) for _ in range(3)] == [True, True, False]
    clock.advance(10)
    assert await rates.allows("a", 2, 10)


async def test_windows_of_other_lengths_do_not_forgive() -> None:
    rates = Rates(EventBus(""), FakeClock())
    assert [await rates.allows("log-in", 2, 300) for _ in range(2)] == [True, True]
    await rates.allows("api", 100, 10)
    assert not await rates.allows("log-in", 2, 300)
