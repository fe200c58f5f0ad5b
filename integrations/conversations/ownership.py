"""Who speaks to the customer: one table, and nothing else decides.

Only the escalation policy and people cause these events. Each change increments the
conversation's version, which fences whatever was begun before.
"""

from __future__ import annotations

from enum import StrEnum

from runtime.errors import Conflict


class Owner(StrEnum):
    """Who answers."""

    BOT = "bot"
    QUEUED = "queued"
    AGENT = "agent"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


class Change(StrEnum):
    """What can happen to a conversation's ownership."""

    HAND_OVER = "hand_over"
    CLAIM = "claim"
    CUSTOMER_LEAVES_MESSAGE = "customer_leaves_message"
    CUSTOMER_PREFERS_BOT = "customer_prefers_bot"
    RETURN_TO_BOT = "return_to_bot"
    RESOLVE = "resolve"
    RATED = "rated"
    WRAP_UP_OVER = "wrap_up_over"
    REOPEN = "reopen"
    CLOSE = "close"
    NEW_MESSAGE = "new_message"


TRANSITIONS: dict[tuple[Owner, Change], Owner] = {
    (Owner.BOT, Change.HAND_OVER): Owner.QUEUED,
    (Owner.BOT, Change.CLAIM): Owner.AGENT,
    (Owner.BOT, Change.REOPEN): Owner.AGENT,
    (Owner.BOT, Change.CLOSE): Owner.CLOSED,
    (Owner.QUEUED, Change.CLAIM): Owner.AGENT,
    (Owner.QUEUED, Change.CUSTOMER_LEAVES_MESSAGE): Owner.BOT,
    (Owner.QUEUED, Change.CUSTOMER_PREFERS_BOT): Owner.BOT,
    (Owner.QUEUED, Change.RETURN_TO_BOT): Owner.BOT,
    (Owner.QUEUED, Change.RESOLVE): Owner.WRAP_UP,
    (Owner.AGENT, Change.CLAIM): Owner.AGENT,
    (Owner.AGENT, Change.RETURN_TO_BOT): Owner.BOT,
    (Owner.AGENT, Change.RESOLVE): Owner.WRAP_UP,
    (Owner.WRAP_UP, Change.HAND_OVER): Owner.QUEUED,
    (Owner.WRAP_UP, Change.REOPEN): Owner.AGENT,
    (Owner.WRAP_UP, Change.CLAIM): Owner.AGENT,
    (Owner.WRAP_UP, Change.RATED): Owner.BOT,
    (Owner.WRAP_UP, Change.WRAP_UP_OVER): Owner.BOT,
    (Owner.CLOSED, Change.NEW_MESSAGE): Owner.BOT,
    (Owner.CLOSED, Change.CLAIM): Owner.AGENT,
}

# From here on a person speaks: whatever the bot had not begun to send is refused.
FENCING: frozenset[Change] = frozenset({Change.CLAIM, Change.REOPEN})

BOT_ANSWERS: frozenset[Owner] = frozenset({Owner.BOT, Owner.WRAP_UP, Owner.CLOSED})


def after(owner: Owner, change: Change) -> Owner:
    """The owner after `change`. Raises Conflict where the table has no such row."""
    try:
        return TRANSITIONS[owner, change]
    except KeyError:
        raise Conflict(
            f"the conversation is with '{owner}': '{change}' is not possible now",
            code="wrong_owner",
        ) from None
