"""Answers from the help articles."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from crm_bridge.fields import Document, Language, Moment, Request, Storable


class ArticleAnswer(Document):
    """The article that answers; `text` is its first paragraph."""

    slug: str
    title: str
    text: str
    url: str
    score: float


class Candidate(Document):
    """An article that came near."""

    slug: str
    title: str
    score: float
    url: str


class SearchResult(Document):
    """An answer, or none: then nothing came near enough."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "answer": {
                        "slug": "lavare-merino",
                        "title": "Come lavare la lana merino",
                        "text": "A mano in acqua fredda, o in lavatrice con il programma lana.",
                        "url": "https://www.lanificioaurora.example/it/aiuto/lavare-merino",
                        "score": 0.83,
                    },
                    "candidates": [
                        {
                            "slug": "lavare-merino",
                            "title": "Come lavare la lana merino",
                            "score": 0.83,
                            "url": "https://www.lanificioaurora.example/it/aiuto/lavare-merino",
                        }
                    ],
                }
            ]
        },
    )

    answer: ArticleAnswer | None
    candidates: list[Candidate]


class Feedback(Request):
    """What a customer said of an article's answer to their question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "question": "posso lavare il cardigan in lavatrice?",
                    "slug": "lavare-superwash",
                    "language": "it",
                    "helped": False,
                }
            ]
        },
    )

    question: Annotated[str, Field(min_length=1, max_length=8000), Storable]
    slug: Annotated[str, Field(max_length=128, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    language: Language
    helped: bool


class FeedbackRecorded(Document):
    """What now stands."""

    slug: str
    helped: bool
    at: Moment
