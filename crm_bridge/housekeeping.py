"""Forgetting what nobody needs any more. Every process may do it: it changes nothing twice."""

from __future__ import annotations

import asyncio

from sqlalchemy.orm import Session

from crm_bridge.idempotency import repository as idempotency
from crm_bridge.idempotency.service import KEPT_S
from crm_bridge.mails import repository as mails
from crm_bridge.storage import in_session
from crm_bridge.verification import repository as verification
from crm_bridge.wiring import Bridge
from runtime.errors import AscoltoError
from runtime.logging import get_logger

log = get_logger(__name__)

CHALLENGES_KEPT_S = 30 * 24 * 3600.0
_EVERY_S = 3600.0


async def run(bridge: Bridge) -> None:
    """Forget once an hour until cancelled."""
    while True:
        await asyncio.sleep(_EVERY_S)
        try:
            await forget(bridge)
        except AscoltoError as error:
            log.warning("housekeeping_delayed", code=error.code)
        except Exception as error:
            log.error("housekeeping_failed", exc_info=error)


async def forget(bridge: Bridge) -> None:
    """Drop stored answers, challenges, mails and counters that are past their use."""
    now = bridge.clock.now()

    def work(session: Session) -> None:
        idempotency.forget_before(session, now - KEPT_S)
        verification.forget_before(session, now - CHALLENGES_KEPT_S)
        mails.forget_letters_before(session, now - CHALLENGES_KEPT_S)

    await bridge.database.write(in_session(work))
