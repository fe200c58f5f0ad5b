"""A changing call happens once: its key, the hash of its request and its answer are one row."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from crm_bridge.idempotency import repository
from runtime.errors import Conflict

KEPT_S = 14 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered with; `body` is JSON."""

    status: int
    body: str
    replayed: bool = False


def request_hash(key: str, route: str, body: str) -> str:
    """A keyed hash: a plain one would let who reads the table try all codes a body can hold."""
    document = f"{route}\0{body}".encode()
    return hmac.new(key.encode(), document, hashlib.sha256).hexdigest()


def once(
    session: Session,
    caller: str,
    key: str,
    hashed: str,
    now: float,
    effect: Callable[[], Answer],
) -> Answer:
    """Run `effect` unless the key was used; then give its answer again.

    An effect that raises leaves no trace, so that the call may be repeated. Raises Conflict when
    the key belongs to another request.
    """
    if repository.reserve(session, caller, key, hashed, now):
        answer = effect()
        repository.keep(session, caller, key, answer.status, answer.body)
        return answer
    row = repository.stored(session, caller, key)
    if not hmac.compare_digest(row.request_hash, hashed):
        raise Conflict(
            "this idempotency key was used for another request",
            code="idempotency_key_reused",
            field="Idempotency-Key",
        )
    return Answer(row.status, row.answer, replayed=True)
