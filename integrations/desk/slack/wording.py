"""The words of the desk in Slack: its own, and those that it shares with the console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from integrations.console import catalogue
from integrations.escalation.source import LANGUAGES

_FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Wording:
    """One language's texts by key (`card.why`); times are told in `zone`."""

    language: str
    texts: Mapping[str, str]
    zone: ZoneInfo

    def say(self, key: str, **values: object) -> str:
        """The text, filled in. Values are marked-up text: escape what somebody wrote."""
        text = self.texts[key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def word(self, group: str, code: object) -> str:
        """A code in words, or the code itself when it has none."""
        return self.texts.get(f"{group}.{code}", str(code))

    def mine(self, texts: Mapping[str, object]) -> str:
        """The desk's language of a text that is kept in both."""
        return str(texts.get(self.language) or texts.get("en") or texts.get("it") or "")


@lru_cache(maxsize=8)
def load(language: str, zone: ZoneInfo) -> Wording:
    """The words of a language. Raises ValueError when the languages don't say the same things."""
    own = {name: _flat(_read(name)) for name in LANGUAGES}
    keys = {name: set(texts) for name, texts in own.items()}
    for name in LANGUAGES:
        missing = set().union(*keys.values()) - keys[name]
        if missing:
            raise ValueError(f"slack/texts/{name}.yml lacks: {', '.join(sorted(missing))}")
    return Wording(language, {**catalogue.load()[language], **own[language]}, zone)


def _read(language: str) -> Mapping[str, Mapping[str, str]]:
    content: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        (_FOLDER / f"{language}.yml").read_text(encoding="utf-8")
    )
    return content


def _flat(tree: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        f"{group}.{name}": text for group, texts in tree.items() for name, text in texts.items()
    }
