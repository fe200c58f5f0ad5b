"""The review page's JSON, for designers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Path, Query
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from integrations.console.access import Designer, Parts, TrustedDesigner
from integrations.review.checks import PersonalData
from integrations.review.inbox import MOST, PAGE, Filters
from integrations.review.proposing import Decision, Example, Stale
from runtime.errors import AscoltoError
from runtime.web import problem

router = APIRouter(prefix="/console/api/review", include_in_schema=False)

LONGEST_TEXT = 2000
LONGEST_NAME = 80
MOST_SETTLED = 5000


def _storable(text: str) -> str:
    # PostgreSQL holds no null characters, and nobody types one.
    return text.replace("\x00", "")


Id = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Name = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Word = Annotated[str, Query(max_length=LONGEST_NAME), AfterValidator(_storable)]
After = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_storable)]
Language = Literal["it", "en"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TryIn(_Body):
    """One example, and the group whose messages are looked at, too."""

    text: Text
    language: Language
    intent: Annotated[str, Field(max_length=LONGEST_NAME)]
    group: Name | None = None


class EntityIn(_Body):
    """A part of an example; `value` where it is another than the words."""

    start: int = Field(ge=0, le=LONGEST_TEXT)
    end: int = Field(ge=0, le=LONGEST_TEXT)
    entity: Annotated[str, Field(max_length=LONGEST_NAME)]
    value: Annotated[str, Field(max_length=200), AfterValidator(_storable)] | None = None


class ExampleIn(_Body):
    """A message's text, perhaps edited."""

    message: Name
    text: Text
    entities: list[EntityIn] = Field(default_factory=list, max_length=50)


class DecisionIn(_Body):
    """What becomes of a group's messages; without `messages` of all that are open."""

    group: Name
    version: int
    kind: Literal["intent", "article_question", "out_of_scope", "not_useful"]
    intent: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None
    article: Annotated[str, Field(max_length=200)] | None = None
    examples: list[ExampleIn] = Field(default_factory=list, max_length=200)
    messages: list[Name] | None = Field(default=None, max_length=MOST_SETTLED)


class SplitIn(_Body):
    """The messages that become a group of their own."""

    version: int
    messages: list[Name] = Field(min_length=1, max_length=MOST_SETTLED)


@router.get("/groups")
async def groups(
    _session: Designer,
    parts: Parts,
    background: BackgroundTasks,
    state: Literal["open", "done"] = "open",
    reason: Word = "",
    language: Word = "",
    channel: Word = "",
    intent: Word = "",
    q: Word = "",
    sort: Literal["frequency", "newest", "trend"] = "frequency",
    after: After = None,
    limit: Limit = PAGE,
) -> dict[str, Any]:
    """A page of groups, with how many there are and how many messages wait to be grouped."""
    # Who is at the inbox will ask what an example would change.
    background.add_task(parts.review.workbench.prepare)
    filters = Filters(reason, language, channel, intent, q.strip())
    return await parts.review.groups(filters, state=state, sort=sort, after=after, limit=limit)


@router.get("/groups/{group_id}")
async def group(
    group_id: Id,
    _session: Designer,
    parts: Parts,
    after: After = None,
    limit: Limit = PAGE,
) -> dict[str, Any]:
    """A group and its messages, the newest first."""
    return await parts.review.group(group_id, after=after, limit=limit)


@router.get("/messages/{message_id}/dialogue")
async def dialogue(message_id: Id, _session: Designer, parts: Parts) -> dict[str, Any]:
    """What was said around a message, redacted."""
    return await parts.review.dialogue(message_id)


@router.post("/try")
async def try_example(body: TryIn, _session: TrustedDesigner, parts: Parts) -> dict[str, Any]:
    """Would this change anything? 503 (`workbench_away`) when nobody can say."""
    return await parts.review.try_example(body.text, body.language, body.intent, body.group)


@router.post("/proposals", response_model=None)
async def propose(
    body: DecisionIn, session: TrustedDesigner, parts: Parts
) -> dict[str, Any] | JSONResponse:
    """Settle messages and queue what is proposed. 409 (`stale`) when a colleague was faster."""
    decision = Decision(
        body.group,
        body.version,
        body.kind,
        body.intent,
        body.article,
        [
            Example(
                each.message,
                each.text,
                [entity.model_dump(exclude_none=True) for entity in each.entities],
            )
            for each in body.examples
        ],
        body.messages,
    )
    try:
        return await parts.review.decide(decision, session.agent)
    except Stale as error:
        return _told(error, by=error.by, at=error.at)
    except PersonalData as error:
        return _told(error, where=error.where)


@router.post("/groups/{group_id}/split", response_model=None)
async def split(
    group_id: Id, body: SplitIn, session: TrustedDesigner, parts: Parts
) -> dict[str, Any] | JSONResponse:
    """Make a group of some of a group's messages. 409 (`stale`) as above."""
    try:
        return await parts.review.split(group_id, body.version, body.messages, session.agent)
    except Stale as error:
        return _told(error, by=error.by, at=error.at)


@router.post("/proposals/{proposal_id}/withdraw")
async def withdraw(proposal_id: Id, session: TrustedDesigner, parts: Parts) -> dict[str, Any]:
    """Take a proposal back that nobody has pulled yet."""
    await parts.review.withdraw(proposal_id, session.agent)
    return {}


@router.get("/proposals")
async def proposals(
    _session: Designer,
    parts: Parts,
    state: Literal["queued", "pulled", "published", "withdrawn", "not_useful"] | None = None,
    after: After = None,
    limit: Limit = PAGE,
) -> dict[str, Any]:
    """What designers proposed, the newest first."""
    return await parts.review.proposals(state=state, after=after, limit=limit)


@router.get("/vocabulary")
async def vocabulary(_session: Designer, parts: Parts) -> dict[str, Any]:
    """Intents, entities and articles to choose from."""
    return (await parts.review.vocabulary()).as_json()


def _told(error: AscoltoError, **more: Any) -> JSONResponse:
    """An error as everywhere, with what more there is to know of it."""
    answer = problem(error)
    body: dict[str, Any] = {"code": error.code, "message": error.message, **more}
    if error.field:
        body["field"] = error.field
    return JSONResponse({"error": body}, answer.status_code)
