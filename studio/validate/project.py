"""Everything that a designer writes, read once: domain, examples, rules, responses, and the code
that says responses and sets slots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from studio.validate import examples
from studio.validate.code_names import CodeNames, names_in
from studio.validate.examples import EVALUATION_SETS, LANGUAGES, Example
from studio.validate.findings import Finding
from studio.validate.yaml_files import Yaml, read

# Rasa's own; a domain doesn't list them.
OWN_ACTIONS = frozenset(
    [
        "action_listen",
        "action_deactivate_loop",
        "action_restart",
        "action_session_start",
        "action_default_fallback",
        "action_back",
        "action_revert_fallback_events",
        "action_two_stage_fallback",
        "action_default_ask_affirmation",
        "action_default_ask_rephrase",
        "action_unlikely_intent",
        "action_extract_slots",
    ]
)
OWN_SLOTS = frozenset({"requested_slot", "session_started_metadata"})
OWN_INTENTS = frozenset({"restart", "back", "session_start", "out_of_scope", "nlu_fallback"})


@dataclass(frozen=True)
class Place:
    """Where something stands."""

    file: str
    line: int

    def finding(
        self, code: str, what: str, do: str, about: tuple[str, ...] = (), also: str = ""
    ) -> Finding:
        """Something wrong here."""
        return Finding(self.file, self.line, code, what, do, about, also)


@dataclass(frozen=True)
class Response:
    """A response with its variations, as written."""

    name: str
    variations: list[dict[str, Any]]
    file: Yaml

    def place(self, variation: int | None = None, *more: str | int) -> Place:
        """Where it stands, or one of its variations does."""
        way = ("responses", self.name, *(() if variation is None else (variation, *more)))
        return Place(self.file.name, self.file.line(*way))


@dataclass
class Project:
    """The files under `root`; what can't be read is in `broken`, and the rest is there."""

    root: Path
    broken: list[Finding] = field(default_factory=list)

    def files(self, *patterns: str) -> list[Yaml]:
        """The readable files that match, in a stable order."""
        found = []
        for pattern in patterns:
            for path in sorted(self.root.glob(pattern)):
                if path not in self._read:
                    one = read(path, self.root)
                    if isinstance(one, list):
                        self.broken += one
                    self._read[path] = one if isinstance(one, Yaml) else None
                if (file := self._read[path]) is not None:
                    found.append(file)
        return found

    @cached_property
    def _read(self) -> dict[Path, Yaml | None]:
        return {}

    def file(self, name: str) -> Yaml | None:
        """One file, None if it isn't there or can't be read."""
        return next(iter(self.files(name)), None)

    @cached_property
    def domain(self) -> Yaml | None:
        """domain.yml."""
        return self.file("domain.yml")

    def declared(self, part: str) -> dict[str, Place]:
        """The names in a part of the domain (intents, slots …), with where they stand."""
        return {name: place for name, _, place in self.entries(part)}

    def entries(self, part: str) -> Iterator[tuple[str, dict[str, Any], Place]]:
        """Name, details and place of each entry of a part of the domain."""
        if self.domain is None or not isinstance(self.domain.data, dict):
            return
        content = self.domain.data.get(part)
        if isinstance(content, dict):
            for name, about in content.items():
                line = self.domain.line(part, str(name))
                details = about if isinstance(about, dict) else {}
                yield str(name), details, Place(self.domain.name, line)
        for number, entry in enumerate(content if isinstance(content, list) else ()):
            name, about = next(iter(entry.items())) if isinstance(entry, dict) else (entry, {})
            details = about if isinstance(about, dict) else {}
            yield str(name), details, Place(self.domain.name, self.domain.line(part, number))

    @cached_property
    def training(self) -> dict[str, list[Example]]:
        """The training examples by language."""
        found: dict[str, list[Example]] = {}
        for language in LANGUAGES:
            found[language] = []
            for file in self.files(f"data/nlu/{language}/*.yml"):
                good, wrong = examples.training(file, language)
                found[language] += good
                self.broken += wrong
        return found

    @cached_property
    def judged(self) -> dict[str, list[Example]]:
        """The evaluation messages by language: never trained on."""
        return {
            language: [
                message
                for name in EVALUATION_SETS
                for file in self.files(f"tests/nlu/{name}.{language}.yml")
                for message in examples.evaluation(file, language)
            ]
            for language in LANGUAGES
        }

    @cached_property
    def responses(self) -> dict[str, Response]:
        """The responses by name; of two with one name the first."""
        found: dict[str, Response] = {}
        for file in (*self.files("domain.yml"), *self.files("data/responses/*.yml")):
            content = file.data.get("responses") if isinstance(file.data, dict) else None
            for name, said in (content if isinstance(content, dict) else {}).items():
                good = [one for one in said or () if isinstance(one, dict)]
                found.setdefault(str(name), Response(str(name), good, file))
        return found

    @cached_property
    def tellings(self) -> list[tuple[Yaml, str, int, dict[str, Any]]]:
        """File, kind (rules or stories), position and content of each rule and story."""
        found = []
        for kind in ("rules", "stories"):
            for file in self.files(f"data/{kind}/*.yml"):
                content = file.data.get(kind) if isinstance(file.data, dict) else None
                for number, told in enumerate(content if isinstance(content, list) else ()):
                    if isinstance(told, dict):
                        found.append((file, kind, number, told))
        return found

    @cached_property
    def code(self) -> CodeNames:
        """Names that the actions' and the bot's code speaks of."""
        return names_in(self.root, ("actions", "bot"))

    def mentioned(self, slot: str) -> bool:
        """Whether the gateway's code names a slot: it passes on what an agent promised."""
        wanted = re.compile(rf"""["']{re.escape(slot)}["']""")
        sources = (self.root / "integrations").rglob("*.py")
        return any(wanted.search(path.read_text(encoding="utf-8")) for path in sources)
