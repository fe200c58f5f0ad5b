"""Storing what happens, once, under the person it happened with."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm_bridge.cases import repository as cases
from crm_bridge.fields import ConversationRef
from crm_bridge.people import repository as people
from crm_bridge.people.models import Identity
from crm_bridge.people.service import ensure_identity
from crm_bridge.timeline import repository
from crm_bridge.timeline.schemas import InteractionBatch, InteractionIn, Merge, Merged, Stored
from crm_bridge.verification import repository as verification


def store(session: Session, batch: InteractionBatch, now: float) -> Stored:
    """Store a batch; handles that are new become contacts, and interactions known are skipped."""
    refs = {_address(item.conversation): item.conversation for item in batch.interactions}
    # In one order everywhere, so that two batches never wait for each other in a circle.
    owners = {address: ensure_identity(session, refs[address], now) for address in sorted(refs)}
    rows = [_row(item, owners[_address(item.conversation)]) for item in batch.interactions]
    stored = repository.add(session, rows)
    _remember_speakers(session, batch, owners, now)
    return Stored(stored=stored, duplicates=len(rows) - stored)


def merge(session: Session, merge: Merge, now: float) -> Merged:
    """Give one conversation's lines and cases to another; what was proved in it ends."""
    verification.revoke_of_conversation(session, merge.source, now)
    return Merged(
        interactions=repository.move_conversation(session, merge.source, merge.into),
        cases=cases.move_conversation(session, merge.source, merge.into),
    )


def _remember_speakers(
    session: Session,
    batch: InteractionBatch,
    owners: dict[tuple[str, str, str], Identity],
    now: float,
) -> None:
    spoken = [item for item in batch.interactions if item.role == "customer"]
    newest = {_address(item.conversation): item for item in sorted(spoken, key=lambda i: i.at)}
    for address, item in sorted(newest.items()):
        owner = owners[address]
        people.note_seen(session, owner.id, item.sender_name, item.at)
        if item.language and item.language != owner.person.language:
            people.note_language(session, owner.person_id, item.language)
    for conversation, identity_id in sorted(
        {(item.conversation.id, owners[_address(item.conversation)].id) for item in spoken}
    ):
        # What one person proved must not serve another who speaks in the same conversation.
        verification.revoke_of_others(session, conversation, identity_id, now)


def _address(ref: ConversationRef) -> tuple[str, str, str]:
    return ref.channel, ref.account, ref.handle


def _row(item: InteractionIn, owner: Identity) -> dict[str, object]:
    return {
        "key": item.key,
        "person_id": owner.person_id,
        "identity_id": owner.id,
        "conversation": item.conversation.id,
        "channel": item.conversation.channel,
        "direction": item.direction,
        "role": item.role,
        "kind": item.kind,
        "text": item.text,
        "language": item.language,
        "intent": item.intent,
        "confidence": item.confidence,
        "public": item.public,
        "sender_name": item.sender_name,
        "sender_email": item.sender_email,
        "at": item.at,
        "data": item.data | ({"tone": item.tone.model_dump()} if item.tone else {}),
    }
