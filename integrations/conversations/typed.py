"""A choice that is typed instead of tapped: its number or its title, and nothing else.

Read in the transaction that stores the message, from what was stored before: what the customer had
in view when they wrote decides, whichever process reads it. It becomes what a tap would have been.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from integrations.channels.contract import Capabilities, Envelope, Kind
from integrations.conversations.buttons import Buttons
from integrations.conversations.choices import LONGEST_CHOICE, plain, read_number
from integrations.conversations.inbox import SPOKEN
from integrations.conversations.numbered import as_buttons
from integrations.conversations.outbox import VISIBLE
from integrations.conversations.ownership import BOT_ANSWERS
from integrations.conversations.tables import conversations, inbound, outbound
from runtime.errors import Invalid

# What one exchange says goes as a handful of messages; the choices are among them or nowhere.
_NEWEST = 12
# What customers were told last where the bot answers, newest first.
_TOLD = (
    select(
        outbound.c.id,
        outbound.c.conversation_id,
        outbound.c.seq,
        outbound.c.external_id,
        outbound.c.text,
        outbound.c.buttons,
        outbound.c.turn_id,
    )
    .join_from(conversations, outbound, outbound.c.conversation_id == conversations.c.id)
    .where(
        conversations.c.channel == bindparam("b_channel"),
        conversations.c.account == bindparam("b_account"),
        conversations.c.address == bindparam("b_address"),
        conversations.c.owner.in_(sorted(owner.value for owner in BOT_ANSWERS)),
        outbound.c.state.in_(VISIBLE),
        outbound.c.corrects.is_(None),
    )
    .order_by(outbound.c.seq.desc())
    .limit(_NEWEST)
)
_ANSWERED = select(
    exists().where(
        inbound.c.conversation_id == bindparam("b_conversation"),
        inbound.c.seq > bindparam("b_seq"),
        inbound.c.kind.in_(sorted(kind.value for kind in SPOKEN)),
    )
)
# A number answers such a question, and no button.
_ASKS_HOW_MANY = re.compile(r"\b(?:quant[aei]|how (?:many|much))\b[^.!?]*\?", re.IGNORECASE)


def resolved(
    conn: Connection, envelope: Envelope, buttons: Buttons, capabilities: Capabilities
) -> Envelope:
    """The envelope with the payload of the choice that its text names, if it does.

    The text stays the customer's own. Only the next message after the newest words with choices
    counts, and only while the bot answers.
    """
    text = (envelope.text or "").strip()
    spoken = envelope.kind in SPOKEN and envelope.kind is not Kind.POSTBACK
    if not spoken or envelope.payload or envelope.attachments:
        return envelope
    if not text or len(text) > LONGEST_CHOICE:
        return envelope
    offered = _offered(conn, envelope)
    if offered is None:
        return envelope
    shown_as_buttons = as_buttons(capabilities, offered.buttons)
    chosen = _chosen(text, offered, numbers=not shown_as_buttons or _may_be_numbered(offered))
    if chosen is None:
        return envelope
    try:
        return replace(envelope, payload=buttons.open(envelope.address, str(chosen["payload"])))
    except Invalid:
        # Sealed for an address that the conversation has left since.
        return envelope


def _offered(conn: Connection, envelope: Envelope) -> Any | None:
    """The message whose choices are still the question; None when there is none."""
    place = {
        "b_channel": envelope.channel,
        "b_account": envelope.account,
        "b_address": envelope.address,
    }
    newest = conn.execute(_TOLD, place).all()
    last_turn = newest[0].turn_id if newest else None
    together = [row for row in newest[1:] if last_turn and row.turn_id == last_turn]
    said_at_once = [*newest[:1], *together]
    offered = next((row for row in said_at_once if row.buttons), None)
    if offered is None:
        return None
    quotable = {name for row in said_at_once for name in (row.id, row.external_id)}
    if envelope.reply_to and envelope.reply_to not in quotable:
        # They quote what they answer, and it is something else.
        return None
    here = {"b_conversation": offered.conversation_id, "b_seq": offered.seq}
    return None if conn.execute(_ANSWERED, here).scalar() else offered


def _may_be_numbered(offered: Any) -> bool:
    """Whether a number can mean a button that bears none: not where one is asked for."""
    return len(offered.buttons) > 1 and not _ASKS_HOW_MANY.search(offered.text)


def _chosen(text: str, offered: Any, *, numbers: bool) -> dict[str, str] | None:
    choices: Sequence[dict[str, str]] = offered.buttons
    number = read_number(text, len(choices)) if numbers else None
    if number is not None:
        return choices[number - 1]
    said = _key(text)
    named = [
        choice
        for place, choice in enumerate(choices, start=1)
        if said in (_key(choice["title"]), f"{place} {_key(choice['title'])}")
    ]
    return named[0] if len(named) == 1 else None


def _key(text: str) -> str:
    """How a title is compared: letters and digits alone, or what there is instead of them."""
    return plain(text) or text.strip()
