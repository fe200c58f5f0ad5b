"""All checks on one project."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from studio.validate import names, privacy, reviewed, sameness, shapes, tellings, texts
from studio.validate.engine import Engine
from studio.validate.findings import Finding
from studio.validate.knowledge import Articles
from studio.validate.project import Project
from studio.validate.remembered import Memory


@dataclass
class Outcome:
    """What was found, and what wasn't looked at."""

    findings: list[Finding]
    left_out: list[str] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)


def validate(
    root: Path, bot_python: Path, today: date, *, fast: bool = False, rasa: bool = True
) -> Outcome:
    """Look at everything under `root`.

    `fast` leaves out what has to be computed for long; what is remembered of it is used.
    """
    project, memory = Project(root), Memory(root)
    outcome = Outcome([])
    # The two programs take longest: they compute while we read.
    articles = Articles(root, memory, fast=fast)
    engine = None
    try:
        engine = Engine(project, memory, bot_python, fast=fast or not rasa)
        checks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
            ("shapes", lambda: shapes.check(project)),
            ("names", lambda: names.check(project)),
            ("texts", lambda: texts.check(project)),
            ("tellings", lambda: tellings.check(project)),
            ("sameness", lambda: sameness.check(project, memory, outcome.left_out, fast=fast)),
            ("privacy", lambda: privacy.check(project, memory)),
            ("engine", lambda: engine.findings(outcome.findings)),
            ("articles", lambda: articles.findings(today)),
        )
        for name, check in checks:
            outcome.findings += _guarded(name, check)
    finally:
        articles.stop()
        if engine is not None:
            engine.stop()
    if engine.pending:
        outcome.left_out.append("Rasa's own check of these inputs")
    if articles.pending:
        outcome.left_out.append("the articles' check of these inputs")
    whole = not outcome.left_out
    outcome.findings += project.broken
    outcome.findings += [
        Finding(file, line, "check-failed", f"Python can't read this ({what})", "Correct it.")
        for file, line, what in project.code.broken
    ]
    shown = reviewed.apply(project, _without_echoes(outcome.findings), whole=whole)
    outcome.findings = sorted(set(shown))
    return outcome


def _guarded(name: str, check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """A check's findings; where it breaks on something nobody thought of, that is a finding."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        what = f"the check '{name}' can't make sense of the files ({type(error).__name__}: {error})"
        do = "Correct the other findings first; if this one stays, it is a fault of the check."
        found.append(Finding("domain.yml", 1, "check-failed", what, do))
    return found


def _without_echoes(findings: list[Finding]) -> Iterator[Finding]:
    """A file that can't be read makes others complain of what is missing: those are left away."""
    unreadable = {
        finding.file
        for finding in findings
        if finding.code in ("broken-yaml", "not-utf8", "merge-conflict")
    }
    intents = {Path(file).stem for file in unreadable if file.startswith("data/nlu/")}
    folders = {file.split("/")[1] for file in unreadable if file.count("/") > 1}
    about_names = {
        "rules": {"unused-intent", "unused-form", "unused-action", "unused-response"},
        "stories": {"unused-form", "unused-action"},
        "responses": {"unknown-response", "unknown-action", "form-without-question"},
    }
    echoes = set().union(*(about_names.get(folder, set()) for folder in folders))
    for finding in findings:
        if finding.code in echoes:
            continue
        if finding.code in ("too-few-examples", "intent-without-examples") and any(
            re.search(rf"\b{re.escape(intent)}\b", finding.what) for intent in intents
        ):
            continue
        if finding.code == "rasa" and unreadable:
            continue
        yield finding
