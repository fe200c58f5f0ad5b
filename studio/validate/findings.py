"""What a check reports, and how it is shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]

# Every code there is, with what it weighs. docs/validate.md says what to do about each.
CODES: dict[str, Severity] = {
    # Files
    "broken-yaml": "error",
    "not-utf8": "error",
    "merge-conflict": "error",
    "duplicate-key": "error",
    "unknown-key": "error",
    "wrong-shape": "error",
    # Names
    "unknown-intent": "error",
    "unused-intent": "error",
    "intent-without-examples": "error",
    "intent-without-meaning": "error",
    "unknown-response": "error",
    "unused-response": "warning",
    "duplicate-response": "error",
    "unknown-slot": "error",
    "unused-slot": "warning",
    "unknown-form": "error",
    "unused-form": "warning",
    "unknown-action": "error",
    "unused-action": "warning",
    "action-without-code": "error",
    "unknown-entity": "error",
    "unused-entity": "warning",
    "unknown-value": "error",
    # Examples
    "empty-example": "error",
    "bad-annotation": "error",
    "example-twice": "error",
    "example-in-two-intents": "error",
    "near-duplicate": "warning",
    "too-few-examples": "error",
    "evaluation-in-training": "error",
    "nearly-evaluation": "error",
    "personal-data": "error",
    # Responses
    "response-without-language": "error",
    "response-language-missing": "error",
    "channel-without-language": "error",
    "blanks-differ": "error",
    "buttons-differ": "error",
    "bad-button": "error",
    "unfilled-blank": "error",
    "form-without-question": "error",
    "formal-voice": "error",
    # Rules
    "contradicting-rules": "error",
    "duplicate-rule": "error",
    "rasa": "error",
    # Articles
    "article-mistake": "error",
    "article-expired": "warning",
    "article-one-language": "warning",
    "article-unfindable": "error",
    "articles-overlap": "warning",
    # The check itself
    "reviewed-for-nothing": "warning",
    "check-failed": "error",
}


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong at a place; `file` is relative to the project, `line` counts from 1."""

    file: str
    line: int
    code: str
    what: str
    do: str
    # The texts or names that it is about, as a reviewed exception lists them.
    about: tuple[str, ...] = ()
    # The other place where two don't go together, as `file:line`.
    also: str = ""

    @property
    def severity(self) -> Severity:
        """How much it weighs: errors make the command fail."""
        return CODES[self.code]


def as_json(findings: Iterable[Finding], left_out: Iterable[str]) -> str:
    """Everything found, sorted, as a JSON document that is the same for the same data."""
    rows = sorted(set(findings))
    counted = Counter(found.severity for found in rows)
    return json.dumps(
        {
            "errors": counted["error"],
            "warnings": counted["warning"],
            "findings": [
                {"code": row.code, "severity": row.severity}
                | {key: value for key, value in asdict(row).items() if key != "code"}
                | {"about": list(row.about)}
                for row in rows
            ],
            "left_out": sorted(left_out),
        },
        ensure_ascii=False,
        indent=1,
    )


def as_text(findings: Iterable[Finding], left_out: Iterable[str]) -> str:
    """The same for a person: a line for what is wrong, a line for what to do."""
    rows = sorted(set(findings))
    lines = [
        f"{row.file}:{row.line}: {row.severity} {row.code}: {row.what}\n    → {row.do}"
        for row in rows
    ]
    lines += [f"Left out: {one}" for one in sorted(left_out)]
    counted = Counter(found.severity for found in rows)
    if rows:
        lines.append(
            f"{_count(counted['error'], 'error')}, {_count(counted['warning'], 'warning')}."
        )
    else:
        lines.append("Nothing to complain of.")
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
