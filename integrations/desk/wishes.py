"""What customers may have wanted, in words for agents: the choices of one question at a case's end.

The answer becomes training data: it is kept with the case, for designers alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, select

from integrations.console import catalogue
from integrations.conversations.tables import inbound
from integrations.escalation.policy import Policy
from integrations.escalation.source import LANGUAGES
from runtime.errors import Invalid

LONGEST_WORDS = 300
# The customer's last messages before the case, whose readings are offered first.
LOOKED_AT = 4
LIKELY = 4
# A reading less sure than this is no help.
_LEAST = 0.1
# Everybody whose case this is wanted a person; what they wanted of that person is the question.
CALLING = "talk_to_human"

Titles = Mapping[str, Mapping[str, str]]


class Wishes:
    """Intents by name with their titles in each language."""

    def __init__(self, titles: Titles) -> None:
        self._titles = titles

    def options(self, language: str) -> list[tuple[str, str]]:
        """(name, title) of every wish, by title."""
        named = [(name, self.title(name, language)) for name in self._titles]
        return sorted(named, key=lambda option: option[1].casefold())

    def title(self, name: str, language: str) -> str:
        """A wish in words; its name made readable if nobody gave it any."""
        titles = self._titles.get(name, {})
        return titles.get(language) or titles.get("en") or name.replace("_", " ")

    def label(self, wanted: str | None, words: str | None) -> dict[str, str | None]:
        """A label's columns. Raises Invalid for an intent that isn't offered or too many words."""
        if wanted and wanted not in self._titles:
            raise Invalid("not one of the wishes", field="wanted")
        said = " ".join((words or "").replace("\x00", "").split())
        if len(said) > LONGEST_WORDS:
            raise Invalid(f"at most {LONGEST_WORDS} characters", field="wanted_words")
        return {"wanted": wanted or None, "wanted_words": said or None}

    def likely(self, conn: Connection, handoff: Any | None) -> list[str]:
        """What a case is probably about, likeliest first: what the bot read, what it collected."""
        if handoff is None:
            return []
        found = [*_collected(handoff), *_signalled(handoff), *_read(conn, handoff)]
        known = [name for name in dict.fromkeys(found) if name in self._titles]
        return [name for name in known if name != CALLING][:LIKELY]


def load(meanings: Path, policy: Policy) -> Wishes:
    """Everything that the bot can tell apart as a wish, in the desk's own words where it has any.

    `meanings` is the bot's file of what it may ask "which of the two?" about: without it, what the
    policy names. Raises ValueError when the file isn't one.
    """
    asked: Any = yaml.safe_load(meanings.read_text("utf-8")) if meanings.is_file() else {}
    if not isinstance(asked, dict) or not all(isinstance(each, dict) for each in asked.values()):
        raise ValueError(f"{meanings} must hold intents with a title in each language")
    named = policy.words.get("intent", {})
    ours = {language: catalogue.load()[language] for language in LANGUAGES}
    return Wishes(
        {
            name: {
                language: str(
                    named.get(name, {}).get(language)
                    or ours[language].get(f"intent.{name}")
                    or asked.get(name, {}).get(language)
                    or name.replace("_", " ")
                )
                for language in LANGUAGES
            }
            for name in (*asked, *(name for name in named if name not in asked))
        }
    )


def _collected(handoff: Any) -> Sequence[str]:
    matter = (handoff.collected or {}).get("matter")
    return [matter] if isinstance(matter, str) else []


def _signalled(handoff: Any) -> list[str]:
    data = [(signal.get("data") or {}) for signal in handoff.signals or ()]
    return [str(each["intent"]) for each in data if each.get("intent")]


def _read(conn: Connection, handoff: Any) -> list[str]:
    i = inbound.c
    readings = conn.execute(
        select(i.reading)
        .where(
            i.conversation_id == handoff.conversation_id,
            i.received_at <= handoff.requested_at,
            i.reading.is_not(None),
        )
        .order_by(i.seq.desc())
        .limit(LOOKED_AT)
    ).scalars()
    ranked: dict[str, float] = {}
    for age, reading in enumerate(readings):
        for other in [reading, *(reading.get("ranking") or ())]:
            name, sure = other.get("intent"), float(other.get("confidence") or 0.0)
            if isinstance(name, str) and sure >= _LEAST:
                # The newer a message, the more it says about why a person was needed.
                ranked[name] = max(ranked.get(name, 0.0), sure / (1 + age))
    return sorted(ranked, key=lambda name: -ranked[name])
