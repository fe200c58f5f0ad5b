"""The rules of the club: what earns points, how long they are good, what they are worth.

Terms: data/knowledge, "Club Aurora: punti e livelli".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from crm_bridge.calendar import day_of, months_after

CENTS_A_POINT = 100
GOOD_FOR_MONTHS = 24
BLOCK, BLOCK_CENTS = 100, 500
_NEVER = "9999-12-31"


class Entry(NamedTuple):
    """One line of the ledger; `expires_on` is YYYY-MM-DD, for points that were earned."""

    at: float
    points: int
    expires_on: str | None


class Balance(NamedTuple):
    """`expiring` of the points are good until `next_expiry` (YYYY-MM-DD) and no longer."""

    points: int
    next_expiry: str | None
    expiring: int

    @property
    def worth_cents(self) -> int:
        """Points are spent in blocks: what is left over is worth nothing yet."""
        return self.points // BLOCK * BLOCK_CENTS


def earned(goods_cents: int) -> int:
    """Points for goods of that price, postage aside."""
    return goods_cents // CENTS_A_POINT


def expiry(at: float) -> str:
    """The last day for points that were earned at that moment."""
    return months_after(day_of(at), GOOD_FOR_MONTHS).isoformat()


def balance(entries: Iterable[Entry], today: date) -> Balance:
    """What is left today. Points that leave are taken from those that would expire first."""
    lots: list[_Lot] = []
    for entry in sorted(entries, key=lambda one: one.at):
        if entry.points > 0:
            lots.append(_Lot(entry.expires_on or _NEVER, entry.points))
        else:
            _take(lots, -entry.points, day_of(entry.at).isoformat())
    left = [lot for lot in lots if lot.points and lot.expires_on >= today.isoformat()]
    first = min((lot.expires_on for lot in left if lot.expires_on != _NEVER), default=None)
    return Balance(
        points=sum(lot.points for lot in left),
        next_expiry=first,
        expiring=sum(lot.points for lot in left if lot.expires_on == first),
    )


@dataclass(slots=True)
class _Lot:
    expires_on: str
    points: int


def _take(lots: list[_Lot], count: int, on: str) -> None:
    good = sorted((lot for lot in lots if lot.expires_on >= on), key=lambda lot: lot.expires_on)
    for lot in good:
        taken = min(count, lot.points)
        lot.points -= taken
        count -= taken
