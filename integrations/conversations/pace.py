"""How fast we may send: each platform's limits, shared by every process through Redis.

The generic cell rate algorithm (ITU-T I.371, as a virtual schedule) without bursts: a message
takes the next free place on its account's schedule and its address's, and goes when that comes.
Without Redis each process keeps the schedules itself: several may then be too fast together, and
the platform's own refusals slow them down.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

from integrations.channels.contract import Capabilities
from runtime.clock import Clock
from runtime.events import EventBus

PAUSED_EVENT = "account_paused"
_KEPT = 20_000

# KEYS: the account's schedule, the address's. ARGV: seconds between two messages on each.
# Answers how long to wait and whether the place is taken, in the server's own time.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local address = tonumber(redis.call('GET', KEYS[2]) or '0')
if address > now then return {tostring(address - now), 0} end
local account = tonumber(redis.call('GET', KEYS[1]) or '0')
local at = math.max(now, account)
local function keep(key, until_)
  redis.call('SET', key, string.format('%.6f', until_),
    'PX', math.ceil((until_ - now) * 1000) + 1000)
end
if tonumber(ARGV[1]) > 0 then keep(KEYS[1], at + ARGV[1]) end
if tonumber(ARGV[2]) > 0 then keep(KEYS[2], at + ARGV[2]) end
return {tostring(at - now), 1}
"""
_PAUSE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now + ARGV[1])
redis.call('SET', KEYS[1], string.format('%.6f', free),
  'PX', math.ceil((free - now) * 1000) + 1000)
return 1
"""


@dataclass(frozen=True)
class Place:
    """When a message may go; `taken`: that moment is kept for it, else ask again then."""

    wait_s: float
    taken: bool


class Pace:
    """One per gateway process."""

    def __init__(self, clock: Clock, bus: EventBus) -> None:
        self._clock = clock
        self._bus = bus
        # Key → when its next message may go.
        self._free: dict[str, float] = {}
        self._paused: dict[str, float] = {}
        # Account → addresses that were refused, and until when.
        self._refused: dict[str, dict[str, float]] = {}
        bus.subscribe(self._on_event)

    async def take(
        self, capabilities: Capabilities, channel: str, account: str, address: str
    ) -> Place:
        """A place on the schedule for one message to `address`."""
        paused = self.paused_s(channel, account)
        if paused > 0:
            return Place(paused, taken=False)
        rate = capabilities.overall_per_s
        between = 1 / rate if rate > 0 else 0.0
        apart = capabilities.per_address_s
        if not between and not apart:
            return Place(0.0, taken=True)
        keys = (_account_key(channel, account), f"{_account_key(channel, account)}:{address}")
        answer = await self._bus.evaluate(_TAKE, keys, (between, apart))
        if answer is not None:
            return Place(float(answer[0]), taken=bool(int(answer[1])))
        return self._take_here(keys, between, apart)

    async def refused(self, channel: str, account: str, address: str, seconds: float) -> None:
        """The platform wants no more for now, and doesn't say of whom.

        One address that is refused concerns nobody else. When a second one is refused before the
        first may be tried again, it is the account.
        """
        key, now = _account_key(channel, account), self._clock.now()
        known = self._refused.get(key, {})
        others = {a: until for a, until in known.items() if until > now and a != address}
        self._refused[key] = {**others, address: now + seconds}
        if others:
            await self.pause(channel, account, seconds)

    async def pause(self, channel: str, account: str, seconds: float) -> None:
        """The platform wants nothing from this account for a while, whoever it is for."""
        key = _account_key(channel, account)
        self._bus.publish(PAUSED_EVENT, key=key, seconds=seconds)
        await self._bus.evaluate(_PAUSE, (key,), (seconds,))

    def paused_s(self, channel: str, account: str) -> float:
        """How long the account still has to be left alone, in seconds."""
        until = self._paused.get(_account_key(channel, account), 0.0)
        return max(0.0, until - self._clock.now())

    def _on_event(self, event: str, data: dict[str, Any]) -> None:
        if event == PAUSED_EVENT:
            key, until = str(data["key"]), self._clock.now() + float(data["seconds"])
            self._paused[key] = max(until, self._paused.get(key, 0.0))
            self._free[key] = max(until, self._free.get(key, 0.0))

    def _take_here(self, keys: tuple[str, str], between: float, apart: float) -> Place:
        now = self._clock.now()
        account, address = keys
        if self._free.get(address, 0.0) > now:
            return Place(self._free[address] - now, taken=False)
        at = max(now, self._free.get(account, 0.0))
        self._free[account] = at + between
        self._free[address] = at + apart
        if len(self._free) > _KEPT:
            later = heapq.nlargest(_KEPT // 2, self._free.items(), key=lambda item: item[1])
            self._free = dict(later)
        return Place(at - now, taken=True)


def _account_key(channel: str, account: str) -> str:
    return f"ascolto:pace:{channel}:{account}"
