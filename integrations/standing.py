"""How we stand with a platform: the last call that succeeded, and what is wrong since.

A part of `/readyz`. Calls that are made anyway say how they went; only when none was made lately is
one made for the sake of the question.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from runtime.clock import iso

READY, CONNECTING, FAILING = "ready", "connecting", "failing"
# A word that is older than this is asked for anew.
FRESH_S = 30.0
# Nobody who asks whether we are well waits longer for a platform; the answer shows up next time.
PATIENCE_S = 1.5


@dataclass(frozen=True)
class Standing:
    """`how` we reach it, `state`, and the `problems` that make it failing, for operators."""

    how: str
    state: str
    last_success_at: float | None = None
    problems: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For `/readyz`."""
        found: dict[str, Any] = {"state": self.state, "how": self.how}
        if self.last_success_at is not None:
            found["last_success_at"] = iso(self.last_success_at)
        if self.problems:
            found["problems"] = list(self.problems)
        return found


@runtime_checkable
class Stands(Protocol):
    """Knows how it stands with its platform."""

    async def standing(self) -> Standing: ...


class Contact:
    """What calls of one platform came to.

    A failure is remembered under the name of what failed until that succeeds again; one without a
    name (no answer, a refused token) until anything does.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._problems: dict[str, str] = {}
        self._success_at: float | None = None
        self._heard_at = self._asked_at = -FRESH_S
        self._asking: asyncio.Task[None] | None = None

    def worked(self, what: str = "") -> None:
        """The platform answered as it should."""
        self._success_at = self._heard_at = self._now()
        self._problems.pop(what, None)
        self._problems.pop("", None)

    def failed(self, why: str, what: str = "") -> None:
        """It didn't. `why` is for operators and holds nothing that customers wrote."""
        self._heard_at = self._now()
        self._problems[what] = why

    def mended(self, what: str) -> None:
        """What failed by that name is no matter any more."""
        self._problems.pop(what, None)

    async def standing(
        self, how: str, ask: Callable[[], Awaitable[Any]], *, insist: bool = False
    ) -> Standing:
        """How things stand; `ask` makes a call, whose outcome it reports here, and never raises.

        `insist`: other calls don't answer what `ask` would.
        """
        now = self._now()
        known = self._asked_at if insist else self._heard_at
        if now - known > FRESH_S:
            if self._asking is None or self._asking.done():
                self._asked_at = now
                self._asking = asyncio.create_task(_done(ask))
            await asyncio.wait({self._asking}, timeout=PATIENCE_S)
        state = FAILING if self._problems else CONNECTING if self._success_at is None else READY
        problems = tuple(sorted(set(self._problems.values())))
        return Standing(how, state, self._success_at, problems)

    async def close(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
            self._asking = None


async def _done(ask: Callable[[], Awaitable[Any]]) -> None:
    await ask()
