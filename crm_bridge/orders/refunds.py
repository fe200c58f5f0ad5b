"""Money that goes back: what is owed, by when it leaves, and how an order shows it.

The days are the shop's terms (data/knowledge, "Quando arriva il rimborso" and "Modificare o
annullare un ordine").
"""

from __future__ import annotations

from crm_bridge.calendar import day_of, working_days_after
from crm_bridge.fields import euros
from crm_bridge.orders.models import Order, Refund
from crm_bridge.orders.schemas import RefundView

AFTER_CANCELLATION_DAYS = 1
AFTER_RETURN_DAYS = 7
# A card's bank takes three to five working days to show it.
BANK_DAYS = 5


def of_cancellation(order: Order, now: float) -> Refund:
    """What is owed for an order that was paid and is undone now."""
    return Refund(
        order_number=order.number,
        return_reference=None,
        amount_cents=order.total_cents,
        due_at=now,
        expected_by=working_days_after(day_of(now), AFTER_CANCELLATION_DAYS).isoformat(),
        sent_at=None,
    )


def shown(order: Order) -> RefundView | None:
    """The refund that matters now: the newest that is due, or else the newest sent."""
    newest = sorted(order.refunds, key=lambda refund: refund.sent_at or refund.due_at)
    due = [refund for refund in newest if refund.sent_at is None]
    return view((due or newest)[-1]) if newest else None


def view(refund: Refund) -> RefundView:
    """One refund; once it was sent, it is expected on the account and not on its way."""
    if refund.sent_at is None:
        return RefundView(
            amount=euros(refund.amount_cents),
            status="due",
            at=refund.due_at,
            expected_by=refund.expected_by,
        )
    return RefundView(
        amount=euros(refund.amount_cents),
        status="sent",
        at=refund.sent_at,
        expected_by=working_days_after(day_of(refund.sent_at), BANK_DAYS).isoformat(),
    )
