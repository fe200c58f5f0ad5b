"""Knowledge search, and what customers say of the answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Query, Response

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.fields import Language, ShortText, Storable
from crm_bridge.knowledge import service
from crm_bridge.knowledge.schemas import ArticleAnswer, Feedback, FeedbackRecorded, SearchResult

router = APIRouter(route_class=GuardedRoute, tags=["knowledge"])


@router.get("/knowledge/search", openapi_extra=scopes("knowledge:read"))
async def search(
    q: Annotated[
        str,
        Query(min_length=1, max_length=8000, examples=["come si lava la merino?"]),
        Storable,
    ],
    language: Annotated[Language, Query()],
    bridge: calls.BridgeDep,
    later: BackgroundTasks,
    limit: Annotated[int, Query(ge=1, le=10)] = 3,
) -> SearchResult:
    """The help article that answers, or none, and the nearest articles."""
    result = await service.search(bridge, q, language, limit)
    if result.answer is None:
        later.add_task(service.remember_unanswered, bridge, q, language, result)
    return result


@router.get("/knowledge/articles/{slug}", openapi_extra=scopes("knowledge:read"))
async def get_article(
    slug: Annotated[ShortText, Path(examples=["lavare-merino"])],
    language: Annotated[Language, Query()],
    bridge: calls.BridgeDep,
) -> ArticleAnswer:
    """One help article by its name, as an answer."""
    return service.article(bridge, slug, language)


@router.post(
    "/knowledge/feedback",
    openapi_extra=scopes("knowledge:write"),
    response_model=FeedbackRecorded,
    status_code=201,
)
async def give_feedback(body: Feedback, call: calls.KeyedCall) -> Response:
    """Record whether an article's answer helped."""
    return await call.perform(
        body, lambda session: service.record_feedback(session, body, call.now), status=201
    )
