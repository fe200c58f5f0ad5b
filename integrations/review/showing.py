"""Rows as the page and the commands get them; times ISO 8601."""

from __future__ import annotations

from typing import Any

from integrations.review import reasons
from integrations.review.summaries import weeks
from runtime.clock import iso


def group(row: Any, *, now: float) -> dict[str, Any]:
    """A group. `size` and all that follows count its open messages, all of them if none is open;
    `total` counts all."""
    summary = row.summary
    by_week = weeks(summary["days"], now)
    return {
        "id": row.id,
        "version": row.version,
        "title": row.title,
        "language": row.language,
        "languages": summary["languages"],
        "channels": summary["channels"],
        "size": row.size,
        "total": summary["total"],
        "trend": {"last7": by_week[-1], "before7": by_week[-2], "weeks": by_week},
        "reasons": summary["reasons"],
        "next": summary["next"],
        "reading": summary["reading"],
        "labels": summary["labels"],
        "first_at": iso(row.first_at),
        "last_at": iso(row.last_at),
        "state": row.state,
        "changed_by": row.changed_by,
        "changed_at": _time(row.changed_at),
    }


def message(row: Any) -> dict[str, Any]:
    """A message of the inbox."""
    return {
        "id": row.id,
        "group": row.group_id,
        "text": row.text,
        "spans": row.spans,
        "language": row.language,
        "channel": row.channel,
        "at": iso(row.at),
        "reasons": reasons.names(row.reasons),
        "reading": {"intent": row.intent, "confidence": row.confidence, "ranking": row.ranking},
        "label": row.label,
        "label_words": row.label_words,
        "next": row.next,
        "state": row.state,
        "entities": row.entities,
        "model": row.model,
    }


def proposal(row: Any) -> dict[str, Any]:
    """What a designer proposed."""
    return {
        "id": row.id,
        "kind": row.kind,
        "intent": row.intent,
        "article": row.article,
        "text": row.text,
        "entities": row.entities,
        "language": row.language,
        "author": row.author,
        "created_at": iso(row.created_at),
        "state": row.state,
        "pulled_at": _time(row.pulled_at),
        "published_at": _time(row.published_at),
        "file": row.file,
        "model": row.model,
        "group": row.group_id,
    }


def _time(at: float | None) -> str | None:
    return None if at is None else iso(at)
