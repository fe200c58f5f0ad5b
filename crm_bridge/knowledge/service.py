"""Answering from the articles, and remembering what they don't answer."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from crm_bridge.knowledge import repository
from crm_bridge.knowledge.articles import Article
from crm_bridge.knowledge.models import AnswerFeedback, UnansweredQuestion
from crm_bridge.knowledge.schemas import (
    ArticleAnswer,
    Candidate,
    Feedback,
    FeedbackRecorded,
    SearchResult,
)
from crm_bridge.storage import in_session
from crm_bridge.wiring import Bridge
from runtime.errors import AscoltoError, Invalid, NotFound
from runtime.logging import get_logger, redact

log = get_logger(__name__)

_READ_CHARACTERS = 1000
_KEPT_CHARACTERS = 500
_PATHS = {"it": "it/aiuto", "en": "en/help"}
_ANY_NUMBER = re.compile(r"\d[\d\s./-]{2,}\d")


async def search(bridge: Bridge, query: str, language: str, limit: int) -> SearchResult:
    """The article that answers, if one does, and the nearest. Raises Invalid for a blank query."""
    text = readable(query)
    if not text:
        raise Invalid("ask something", field="q")
    today = _today(bridge)
    # Encoding takes milliseconds of a processor: other requests go on meanwhile.
    matches, threshold = await asyncio.to_thread(bridge.library.search, text, language, today)
    best = matches[0] if matches else None
    answer = None
    if best is not None and best.score >= threshold:
        answer = _answer(bridge, best.article, best.score)
    candidates = [
        Candidate(
            slug=match.article.slug,
            title=match.article.title,
            score=round(match.score, 4),
            url=_url(bridge, match.article),
        )
        for match in matches[:limit]
    ]
    return SearchResult(answer=answer, candidates=candidates)


def article(bridge: Bridge, slug: str, language: str) -> ArticleAnswer:
    """One article by its name. Raises NotFound when there is none today."""
    found = bridge.library.article(slug, language, _today(bridge))
    if found is None:
        raise NotFound("there is no such article")
    return _answer(bridge, found, 1.0)


def readable(query: str) -> str:
    """As much of a question as is searched for; empty for a blank one."""
    return query.strip()[:_READ_CHARACTERS]


async def remember_unanswered(
    bridge: Bridge, query: str, language: str, result: SearchResult
) -> None:
    """Keep a question that got no answer, without personal data; failing to is no error."""
    nearest = result.candidates[0] if result.candidates else None
    question = {
        "at": bridge.clock.now(),
        "language": language,
        "text": redacted(query)[:_KEPT_CHARACTERS],
        "nearest_slug": nearest.slug if nearest else None,
        "nearest_score": nearest.score if nearest else None,
    }

    def add(session: Session) -> None:
        repository.add_unanswered(session, UnansweredQuestion(**question))

    try:
        await bridge.database.write(in_session(add))
    except AscoltoError as error:
        log.warning("unanswered_question_not_kept", code=error.code)


def record_feedback(session: Session, feedback: Feedback, now: float) -> FeedbackRecorded:
    """Keep what a customer said of an answer, without personal data.

    The article may be gone by now: what was said of it still counts.
    """
    repository.add_feedback(
        session,
        AnswerFeedback(
            at=now,
            language=feedback.language,
            slug=feedback.slug,
            text=redacted(feedback.question)[:_KEPT_CHARACTERS],
            helped=feedback.helped,
        ),
    )
    return FeedbackRecorded(slug=feedback.slug, helped=feedback.helped, at=now)


def redacted(text: str) -> str:
    """The question without addresses and numbers: order numbers, phones, codes."""
    return _ANY_NUMBER.sub("⟦number⟧", redact(text.strip()))


def _answer(bridge: Bridge, found: Article, score: float) -> ArticleAnswer:
    return ArticleAnswer(
        slug=found.slug,
        title=found.title,
        text=found.answer,
        url=_url(bridge, found),
        score=round(score, 4),
    )


def _url(bridge: Bridge, found: Article) -> str:
    base = bridge.settings.help_url.rstrip("/")
    return f"{base}/{_PATHS[found.language]}/{found.slug}"


def _today(bridge: Bridge) -> date:
    return datetime.fromtimestamp(bridge.clock.now(), UTC).date()
