"""What this gateway counts, for whoever watches it at `GET /metrics`.

Each gateway counts for itself and begins at nought; adding up is the collector's work.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator

from prometheus_client import CollectorRegistry, Counter

from runtime.errors import Forbidden, TooLarge, TooMany, Unauthenticated
from runtime.logging import get_logger

log = get_logger(__name__)

TOO_LARGE = "too_large"
REGISTRY = CollectorRegistry()
_REFUSED = Counter(
    "ascolto_refused_requests",
    "Requests that were not let in, and log-ins that failed.",
    ["channel", "reason"],
    registry=REGISTRY,
)
_REPEATED = Counter(
    "ascolto_repeated_events",
    "What platforms and customers sent again: acknowledged, and nothing done.",
    ["channel"],
    registry=REGISTRY,
)
_WEBHOOK = re.compile(r"/channels/([a-z0-9_-]{1,40})/")
_PLACES = (("/slack/", "slack"), ("/chat", "webchat"), ("/console", "console"))


def refused(channel: str, reason: str) -> None:
    """Say and count that something was not let in. Both are words of ours, never the caller's."""
    reason = reason.replace(" ", "_")
    _REFUSED.labels(channel, reason).inc()
    log.warning("request_refused", channel=channel, reason=reason)


def repeated(channel: str) -> None:
    """Count what came again, or was replayed, and changed nothing."""
    _REPEATED.labels(channel).inc()


@contextlib.contextmanager
def refusals(channel: str) -> Iterator[None]:
    """Count what is not let in inside. Bodies that are too large are counted as they arrive."""
    try:
        yield
    except (Unauthenticated, Forbidden, TooMany) as error:
        refused(channel, error.code)
        raise
    except TooLarge as error:
        # Without a field it is the whole request that was too large.
        if error.field:
            refused(channel, error.code)
        raise


def place_of(path: str, channels: Collection[str]) -> str:
    """Whose address a path is; `other` for what nobody has, so that callers invent no names."""
    found = _WEBHOOK.match(path)
    if found is not None:
        return found[1] if found[1] in channels else "other"
    return next((name for start, name in _PLACES if path.startswith(start)), "other")
