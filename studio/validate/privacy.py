"""Personal data in what is trained on: what stands in git is public for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from studio.validate import reviewed
from studio.validate.examples import Example, normalised
from studio.validate.findings import Finding
from studio.validate.project import Place, Project
from studio.validate.remembered import Memory, digest
from understanding import personal_data

CODE = Path(__file__).resolve().parents[2]
# Addresses at these domains are nobody's (RFC 2606).
_NOBODY = ("@example.com", "@example.org", "@example.net")


def check(project: Project, memory: Memory) -> Iterator[Finding]:
    """Examples in which somebody could be recognised."""
    files = sorted((CODE / "understanding" / "personal_data").rglob("*.*"))
    rules = digest(CODE, [path for path in files if "__pycache__" not in path.parts], "1")
    known: dict[str, list[list[str]]] = memory.recall("personal", rules) or {}
    kept: dict[str, list[list[str]]] = {}
    nobody = reviewed.invented(project)
    for language, listed in project.training.items():
        for example in listed:
            key = hashlib.sha256(f"{language} {example.plain}".encode()).hexdigest()[:24]
            if (found := known.get(key)) is None:
                found = [[kind, text] for kind, text in personal(example.plain, language)]
            kept[key] = found
            for kind, text in found:
                if normalised(text) not in nobody:
                    yield _finding(example, kind, text)
    if kept != known:
        memory.keep("personal", {rules: kept})


def personal(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Kind and text of what in a text without annotations belongs to somebody."""
    spans = personal_data.find(text, language=language)
    if not spans:
        return
    redacted = personal_data.redact(text, language=language)
    for span, stand_in in zip(spans, redacted.spans, strict=True):
        # What redaction puts in a name's place is nobody's.
        if span.text != stand_in.text and not _harmless(span.kind, span.text):
            yield span.kind, span.text


def _harmless(kind: str, text: str) -> bool:
    if kind == "email":
        return text.lower().endswith(_NOBODY)
    # An order number alone is nobody's, and the bot has to learn to read them.
    return kind == "order_number"


def _finding(example: Example, kind: str, text: str) -> Finding:
    what = f"somebody may be recognised by '{text}' ({kind.replace('_', ' ')}): {example.plain}"
    do = (
        "Put a stand-in in its place, or take the words out; if nobody is meant, list the words "
        "under `invented` in data/reviewed.yml."
    )
    place = Place(example.file, example.line)
    return place.finding("personal-data", what, do, (text,))
