"""One-time codes: asking for one and answering it.

Whether an order exists, whether its buyer has an address and whether a limit was reached changes
no statement, no answer and no timing: a challenge and a row in the outbox are written in any case,
and the background sender alone knows which rows hold a mail.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm_bridge.mails import repository as mails
from crm_bridge.orders import repository as orders
from crm_bridge.orders.numbers import normalised
from crm_bridge.people import repository as people
from crm_bridge.people.models import Identity
from crm_bridge.people.service import ensure_identity, join_by_proof
from crm_bridge.storage import new_id
from crm_bridge.verification import grants, repository
from crm_bridge.verification.codes import Codes, digits_of
from crm_bridge.verification.limits import Limits, left
from crm_bridge.verification.models import Challenge
from crm_bridge.verification.schemas import (
    AnswerRequest,
    AnswerResult,
    ChallengeMade,
    ChallengeRequest,
)
from runtime.security import same

PURPOSE = "person"


def challenge(
    session: Session, request: ChallengeRequest, now: float, codes: Codes, limits: Limits
) -> ChallengeMade:
    """Make a challenge for an order's buyer; its code goes out later, if at all."""
    identity = ensure_identity(session, request.conversation, now)
    number = normalised(request.order_number)
    buyer = orders.buyer(session, number)
    person_id, address = buyer if buyer is not None else (None, None)
    order_key = codes.key_of("order", number)
    address_key = codes.key_of("address", (address or f"nobody:{number}").strip().lower())
    allowed = _take_sending(
        session, order_key, address_key, identity.id, now, limits, real=address is not None
    )
    state = "withheld" if not allowed else "open" if address else "decoy"
    made = Challenge(
        id=new_id("v"),
        conversation=request.conversation.id,
        identity_id=identity.id,
        purpose=PURPOSE,
        order_key=order_key,
        person_id=person_id,
        language=request.language,
        state=state,
        wrong=0,
        created_at=now,
        expires_at=now + limits.code_lifetime_s,
    )
    repository.add_challenge(session, made)
    mails.queue(session, made.id, now)
    return ChallengeMade(challenge_id=made.id, expires_in_s=int(limits.code_lifetime_s))


def answer(
    session: Session, request: AnswerRequest, now: float, codes: Codes, limits: Limits
) -> AnswerResult:
    """Judge a code. A right one verifies the handle, joins it to the person and earns a grant.

    A challenge of another conversation or handle is as good as none, and so is one that was used,
    has expired, or was never sent; wrong codes are counted for these last too.
    """
    identity = people.identity_of(session, request.conversation, lock=True)
    made = repository.challenge_for_update(session, request.challenge_id)
    expected = codes.of(request.challenge_id, request.conversation.id, PURPOSE)
    right = same(digits_of(request.code), expected)
    if identity is None or made is None or not _still_open(made, request, identity, now):
        return _result(session, request, identity, now, verified=False, attempts_left=0)

    order_key, handle_key = _wrong_order(made.order_key), _wrong_handle(identity.id)
    moments = repository.moments_for_update(session, (order_key, handle_key), now)

    def attempts_left() -> int:
        return max(
            0,
            min(
                limits.wrong_per_challenge - made.wrong,
                left(moments[order_key], (limits.wrong_per_order,), now),
                left(moments[handle_key], (limits.wrong_per_handle,), now),
            ),
        )

    if attempts_left() == 0:
        return _result(session, request, identity, now, verified=False, attempts_left=0)
    if right and made.state == "open" and made.person_id is not None:
        made.state = "used"
        join_by_proof(session, identity, made.person_id, now)
        grants.give(session, identity, made.conversation, made.person_id, now, limits)
        return AnswerResult(verified=True, attempts_left=attempts_left(), level="verified")
    made.wrong += 1
    for key in (order_key, handle_key):
        moments[key].append(now)
    repository.keep_moments(session, moments, now)
    return _result(session, request, identity, now, verified=False, attempts_left=attempts_left())


def _take_sending(
    session: Session,
    order_key: str,
    address_key: str,
    identity_id: str,
    now: float,
    limits: Limits,
    *,
    real: bool,
) -> bool:
    """Whether a code may go out now, and count it. Locks and writes the same rows in any case."""
    windows = {
        f"sent:order:{order_key}": limits.sent_per_order,
        f"sent:address:{address_key}": limits.sent_per_address,
        f"sent:handle:{identity_id}": limits.sent_per_handle,
        "sent:overall": limits.sent_overall,
        _wrong_order(order_key): (limits.wrong_per_order,),
        _wrong_handle(identity_id): (limits.wrong_per_handle,),
    }
    moments = repository.moments_for_update(session, tuple(windows), now)
    allowed = all(left(moments[key], windows[key], now) > 0 for key in windows)
    if allowed:
        for key in windows:
            # Asking for orders that don't exist must not use up what all customers share.
            if key.startswith("sent:") and (real or key != "sent:overall"):
                moments[key].append(now)
    repository.keep_moments(session, moments, now)
    return allowed


def _still_open(made: Challenge, request: AnswerRequest, identity: Identity, now: float) -> bool:
    return (
        made.conversation == request.conversation.id
        and made.identity_id == identity.id
        and made.purpose == PURPOSE
        and made.state != "used"
        and now < made.expires_at
    )


def _result(
    session: Session,
    request: AnswerRequest,
    identity: Identity | None,
    now: float,
    *,
    verified: bool,
    attempts_left: int,
) -> AnswerResult:
    grant = repository.live_grant(session, request.conversation.id, now)
    level = grants.level_of(identity, grant)
    return AnswerResult(verified=verified, attempts_left=attempts_left, level=level)


def _wrong_order(order_key: str) -> str:
    return f"wrong:order:{order_key}"


def _wrong_handle(identity_id: str) -> str:
    return f"wrong:handle:{identity_id}"
