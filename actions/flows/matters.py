"""All matters, by their intent."""

from __future__ import annotations

from actions.flows.address import Address
from actions.flows.cancelling import Cancel
from actions.flows.exchanging import Exchange
from actions.flows.matter import Matter, Steps
from actions.flows.promotions import Promotion
from actions.flows.returning import Return
from actions.flows.telling import Invoice, Points, Refund
from actions.turn import Turn

MATTERS: dict[str, Matter] = {
    matter.intent: matter
    for matter in (
        *(Cancel(), Return(), Exchange(), Refund()),
        *(Address(), Invoice(), Points(), Promotion()),
    )
}
# Messages that only give what a matter was waiting for: a number, a code, a button, a yes.
_GIVING = frozenset({"inform", "correct", "affirm"})


def matter_of(turn: Turn) -> Matter | None:
    """What the message wants done, or what the one before it wanted."""
    if turn.intent in MATTERS:
        return MATTERS[turn.intent]
    return MATTERS.get(str(turn.slot("matter"))) if turn.intent in _GIVING else None


def steps_of(request: dict[str, object] | None) -> Steps | None:
    """The matter whose steps are being asked."""
    matter = MATTERS.get(str((request or {}).get("matter")))
    return matter if isinstance(matter, Steps) else None
