"""Asking for a code and answering it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.verification import service
from crm_bridge.verification.schemas import (
    AnswerRequest,
    AnswerResult,
    ChallengeMade,
    ChallengeRequest,
)

router = APIRouter(route_class=GuardedRoute, tags=["verification"])


@router.post(
    "/verification/challenges",
    openapi_extra=scopes("verification:write"),
    response_model=ChallengeMade,
    status_code=202,
)
async def make_challenge(body: ChallengeRequest, call: calls.KeyedCall) -> Response:
    """Send a code to the order's buyer. The answer never tells whether there is such an order."""
    bridge = call.bridge
    answer = await call.perform(
        body,
        lambda session: service.challenge(session, body, call.now, bridge.codes, bridge.limits),
        status=202,
    )
    bridge.mail_waits.set()
    return answer


@router.post(
    "/verification/answers",
    openapi_extra=scopes("verification:write"),
    response_model=AnswerResult,
)
async def answer_challenge(body: AnswerRequest, call: calls.KeyedCall) -> Response:
    """Judge the code a customer wrote."""
    bridge = call.bridge
    return await call.perform(
        body,
        lambda session: service.answer(session, body, call.now, bridge.codes, bridge.limits),
    )
