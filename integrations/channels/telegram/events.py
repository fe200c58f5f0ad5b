"""What customers do without saying anything: they block us, react, move."""

from __future__ import annotations

from telegram import Message, ReactionType, ReactionTypeEmoji, ReactionTypePaid, Update

from integrations.channels.contract import Envelope, Kind
from integrations.channels.telegram import groups
from integrations.channels.telegram.config import NAME
from integrations.channels.telegram.content import language_of, number, string
from integrations.channels.telegram.place import Converted, Ignored, Place
from integrations.channels.telegram.whereabouts import address_of, sender_of, user_of

# The customer blocked the bot, or a group put it out.
_OUT = frozenset({"kicked", "left"})


def membership(update: Update, place: Place) -> Converted:
    change = update.my_chat_member
    assert change is not None
    before, after = (
        member.status in _OUT for member in (change.old_chat_member, change.new_chat_member)
    )
    if before == after or change.chat.type == "channel":
        return Ignored(update.update_id, "membership")
    return Envelope(
        channel=NAME,
        account=place.account,
        dedup_key=str(update.update_id),
        external_id=f"membership:{update.update_id}",
        address=address_of(change.chat, None),
        sender=user_of(change.from_user),
        kind=Kind.RECEIPT,
        public=change.chat.type in groups.TYPES,
        context={"membership": "blocked" if after else "unblocked"},
        reachable=not after,
        sent_at=change.date.timestamp(),
        received_at=place.now,
    )


def reaction(update: Update, place: Place) -> Converted:
    """What somebody's reactions to a message are now; none means that they took theirs back."""
    change = update.message_reaction
    assert change is not None
    if change.user is None:
        # In the name of a group or channel: nobody whom we talk with.
        return Ignored(update.update_id, "anonymous_reaction")
    now = [_emoji(each) for each in change.new_reaction]
    return Envelope(
        channel=NAME,
        account=place.account,
        dedup_key=str(update.update_id),
        external_id=str(number(change.message_id, "message_id")),
        address=address_of(change.chat, None),
        sender=user_of(change.user),
        kind=Kind.REACTION,
        text=" ".join(now) or None,
        public=change.chat.type in groups.TYPES,
        language=language_of(change.user),
        sent_at=change.date.timestamp(),
        received_at=place.now,
    )


def _emoji(reaction: ReactionType) -> str:
    if isinstance(reaction, ReactionTypeEmoji):
        return string(reaction.emoji, "emoji") or ""
    return "⭐" if isinstance(reaction, ReactionTypePaid) else "(emoji)"


def moved(update_id: int, message: Message, other: int, place: Place) -> Envelope:
    """Telegram says it twice: in the old group and in the new one."""
    here = number(message.chat.id, "chat.id")
    old, new = (here, other) if message.migrate_to_chat_id else (other, here)
    return Envelope(
        channel=NAME,
        account=place.account,
        dedup_key=str(update_id),
        external_id=f"moved:{update_id}",
        address=str(new),
        moved_from=str(old),
        sender=sender_of(message),
        kind=Kind.RECEIPT,
        public=True,
        sent_at=message.date.timestamp(),
        received_at=place.now,
    )
