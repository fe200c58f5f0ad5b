"""The report as one page: no other file, no script, readable in light and dark and by ear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from studio.guard.comparing import Change, Comparison
from studio.guard.predictions import LANGUAGES, SETS, Mark, Prediction
from studio.guard.shares import Share
from studio.nlu_report import pictures
from studio.nlu_report.figures import (
    Confusion,
    Held,
    calibration,
    calibration_error,
    confusions,
    scores,
)

_STYLE = Path(__file__).with_name("style.css")
_LANGUAGE = {"it": "Italian", "en": "English"}
_EXAMPLES = 8
_REVIEWED = 5


@dataclass(frozen=True)
class Review:
    """Messages of customers behind a confusion, redacted; `away` says why there are none."""

    messages: Mapping[tuple[str, str], Sequence[str]]
    away: str = ""


@dataclass(frozen=True)
class Content:
    """Everything the page shows. `families` are groups of intents in their order, `since` names
    what the comparison is with (empty: nothing)."""

    model: str
    seconds: float
    families: Sequence[tuple[str, Sequence[str]]]
    held: Sequence[Held]
    now: Sequence[Prediction]
    comparison: Comparison | None
    since: str
    review: Review


def page(content: Content) -> str:
    """The whole page."""
    parts = [
        _summary(content),
        _changes(content),
        *(_language(content, language) for language in LANGUAGES),
    ]
    title = f"How well the bot reads: {escape(content.model)}"
    links = "".join(
        f'<a href="#{anchor}">{name}</a>'
        for anchor, name in (
            ("accuracy", "Accuracy"),
            ("changes", "What changed"),
            *((f"{code}-confusions", f"{name}") for code, name in _LANGUAGE.items()),
        )
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{_STYLE.read_text('utf-8')}</style></head>"
        f"<body><main><h1>{title}</h1><nav>{links}</nav>{''.join(parts)}</main></body></html>\n"
    )


def _summary(content: Content) -> str:
    rows: list[tuple[object, ...]] = []
    for name in SETS:
        for language in LANGUAGES:
            some = [one for one in content.now if (one.set, one.language) == (name, language)]
            share = Share(sum(one.mark is Mark.RIGHT for one in some), len(some))
            asked = sum(one.mark is Mark.ASKED for one in some)
            rows.append((f"{name}, {_LANGUAGE[language]}", *_share(share), asked))
    for language in LANGUAGES:
        held = [one for one in content.held if one.language == language]
        share = Share(sum(one.right for one in held), len(held))
        rows.append((f"its own examples, {_LANGUAGE[language]}", *_share(share), ""))
    table = _table(("Messages", "How many", "Read rightly", "95 % interval", "Asked about"), rows)
    return (
        f'<section id="accuracy"><h2>Accuracy</h2>{table}<p>The first four are messages that are '
        "never trained on (<code>tests/nlu</code>). Of its own examples each was read by one of "
        f"five models that were fitted without it ({content.seconds:.0f} s); they are harder than "
        "what customers write: whoever adds examples looks for wordings that others lack. "
        "“Asked about”: the bot asks which of two is meant, and one of "
        "them is right; among its own examples the likelier one counts."
        "</p></section>"
    )


def _share(share: Share) -> tuple[str, str, str]:
    low, high = share.interval
    return f"{share.of:,}", f"{share.value:.1%}", f"{low:.1%} – {high:.1%}"


def _changes(content: Content) -> str:
    head = '<section id="changes"><h2>What changed</h2>'
    comparison = content.comparison
    if comparison is None:
        return f"{head}<p>There is nothing to compare with yet.</p></section>"
    if not comparison.changes:
        told = f"Every evaluation message is read as by {escape(content.since)}."
        return f"{head}<p>{told}</p></section>"
    counts = (
        f"<p>Against {escape(content.since)}: {len(comparison.better)} evaluation messages are "
        f"read better, {len(comparison.worse)} worse, {len(comparison.otherwise)} otherwise, "
        f"{len(comparison.borderline)} stand on a border.</p>"
    )
    groups = (("Worse", comparison.worse), ("Better", comparison.better))
    tables = "".join(_change_table(title, some) for title, some in groups if some)
    return f"{head}{counts}{tables}</section>"


def _change_table(title: str, some: Sequence[Change]) -> str:
    rows = [
        (
            change.now.text,
            _LANGUAGE[change.now.language],
            change.now.expected + (" (critical)" if change.now.critical else ""),
            change.was.reading,
            change.now.reading,
        )
        for change in some
    ]
    return f"<h3>{title} ({len(rows)})</h3>" + _table(
        ("Message", "Language", "Expected", "Was", "Is"), rows
    )


def _language(content: Content, language: str) -> str:
    held = [one for one in content.held if one.language == language]
    name = _LANGUAGE[language]
    bins = calibration(held)
    points = _table(
        ("Confidence", "Messages", "Mean confidence", "Right"),
        [
            (
                f"{b.low:.1f} – {b.high:.1f}",
                f"{b.count:,}",
                f"{b.confidence:.1%}",
                f"{b.accuracy:.1%}",
            )
            for b in bins
            if b.count
        ],
    )
    error = calibration_error(bins)
    worst = confusions(held)
    return (
        f'<section id="{language}-confusions"><h2>{name}</h2>'
        f"<h3>Which intents are confused</h3>"
        "<p>A row is what the example is labelled, a column what it was read as; only mistakes "
        "are coloured. Intents of one family stand together.</p>"
        f'<div class="wide">{pictures.matrix(held, content.families)}</div>'
        f"{_confusion_table(worst)}{_behind(worst, content.review)}"
        f"<h3>How sure it is</h3><div class='pair'><figure>{pictures.histogram(held)}"
        "<figcaption>Confidence of what it reads rightly and wrongly, each adding up to "
        f"100 %</figcaption></figure><figure>{pictures.curve(bins)}<figcaption>Calibration: "
        f"expected calibration error {error:.1%}. Above the dashes it is right more often "
        f"than it says, below less often.</figcaption></figure></div>"
        f"<details><summary>The points of the curve</summary>{points}</details>"
        f"<h3>Intent by intent</h3>{_intents(held, content.families)}</section>"
    )


def _confusion_table(worst: Sequence[Confusion]) -> str:
    rows = [(one.expected, one.decided, len(one.examples)) for one in worst]
    return "<h3>The fifteen worst confusions</h3>" + _table(("Label", "Read as", "Examples"), rows)


def _behind(worst: Sequence[Confusion], review: Review) -> str:
    blocks = []
    for one in worst:
        items = "".join(
            f"<li>{escape(held.text)} <code>{escape(held.place)}</code> "
            f"<span>{held.confidence:.0%} sure</span></li>"
            for held in one.examples[:_EXAMPLES]
        )
        if (rest := len(one.examples) - _EXAMPLES) > 0:
            items += f"<li>and {rest} more</li>"
        said = review.messages.get((one.expected, one.decided), ())[:_REVIEWED]
        customers = "".join(f"<li>{escape(text)}</li>" for text in said)
        if customers:
            customers = f"<p>Customers’ messages in review:</p><ul>{customers}</ul>"
        elif not review.away:
            customers = "<p>No customer’s message in review.</p>"
        blocks.append(
            f"<details><summary>{escape(one.expected)} read as {escape(one.decided)} "
            f"({len(one.examples)})</summary><ul>{items}</ul>{customers}</details>"
        )
    away = f"<p>Customers’ messages are missing: {escape(review.away)}</p>" if review.away else ""
    return f"<h3>Their examples</h3>{away}{''.join(blocks)}"


def _intents(held: Sequence[Held], families: Sequence[tuple[str, Sequence[str]]]) -> str:
    rows: list[tuple[object, ...]] = []
    for family, members in families:
        rows += [
            (
                family,
                one.intent,
                one.examples,
                f"{one.precision:.1%}",
                f"{one.recall:.1%}",
                f"{one.f1:.1%}",
            )
            for one in scores(held, members)
        ]
    return _table(("Family", "Intent", "Examples", "Precision", "Recall", "F1"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(value: object) -> str:
    text = str(value)
    number = text[:1].isdigit() and text[-1:] in "0123456789%"
    return f'<td class="number">{escape(text)}</td>' if number else f"<td>{escape(text)}</td>"
