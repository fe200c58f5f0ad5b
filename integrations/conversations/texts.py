"""What the gateway itself says, read from `policy/messages.yml` and filled in.

The bot's answers are not here: they are responses of the dialogue engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from integrations.escalation.desk_settings import WaitEstimate
from integrations.escalation.source import LANGUAGES, Value, read, suggestion
from integrations.escalation.template import Template, TemplateError

FALLBACK_LANGUAGE = "en"
"""For a customer whose language is neither of ours."""
LONGEST_TEXT = 900
"""Characters: the narrowest channel carries 1,000 bytes, and names and figures are filled in."""
LONGEST_BUTTON = 20
"""Characters: the narrowest channel's button title."""
LONGEST_DISCLOSURE = 160
"""Characters without company and address, so that it stays under 250 with them."""
HOURS_FROM_MINUTES = 90


@dataclass(frozen=True)
class Spec:
    """What a text may and must contain."""

    allowed: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    longest: int = LONGEST_TEXT


def _text(*allowed: str, required: tuple[str, ...] = (), longest: int = LONGEST_TEXT) -> Spec:
    return Spec(frozenset(allowed + required), frozenset(required), longest)


def _button() -> Spec:
    return _text(longest=LONGEST_BUTTON)


KEYS: Mapping[str, Spec] = {
    "disclosure": _text("company", required=("privacy_url",), longest=LONGEST_DISCLOSURE),
    "handover": _text("company", required=("wait",)),
    "choice_wait": _button(),
    "choice_leave_message": _button(),
    "choice_back_to_bot": _button(),
    "chose_wait": _text("company", "wait"),
    "chose_leave_message": _text("company", "wait"),
    "message_taken": _text("company"),
    "chose_back_to_bot": _text("company"),
    "choice_over": _text("company"),
    "offer_person": _text("company"),
    "offer_person_button": _button(),
    "agent_joined": _text("company", required=("agent",)),
    "reopened": _text("company", "agent"),
    "returned_to_bot": _text("company", "agent"),
    "rating_question": _text("company"),
    **{f"rating_{mark}": _button() for mark in range(1, 6)},
    "thanks_for_rating": _text("company"),
    "thanks_for_low_rating": _text("company"),
    "closed": _text("company"),
    "outage": _text("company"),
    "did_it_arrive": _text("company"),
    "repeat_button": _button(),
    "no_reply": _text("company"),
    "attachment_unreadable": _text("company"),
    "message_too_long": _text("company", "limit"),
    "edit_noted": _text("company"),
    "wait_minutes": _text(required=("minutes",)),
    "wait_hours": _text(required=("hours",)),
    "wait_today": _text(required=("time",)),
    "wait_tomorrow": _text(required=("time",)),
    "wait_weekday": _text(required=("weekday", "time")),
    "wait_date": _text("weekday", required=("day", "month", "time")),
    "wait_unknown": _text(),
    "just_sent": _text(required=("text",)),
    "voided": _text(required=("effects",)),
    "voided_without_effects": _text(),
}
"""Every text there must be, and the placeholders whose values the code passes."""


@dataclass(frozen=True)
class Texts:
    """The texts of both languages, complete and checked."""

    templates: Mapping[tuple[str, str], Template]
    calendar: Mapping[tuple[str, str], tuple[str, ...]]

    def render(self, key: str, language: str, /, **values: object) -> str:
        """The text in Italian for `it`, else in English; values it has no place for are ignored.

        Raises KeyError for an unknown key, and for a placeholder whose value wasn't passed.
        """
        template = self.templates[key, _known(language)]
        return template.render({name: str(value) for name, value in values.items()})

    def wait(self, estimate: WaitEstimate, language: str) -> str:
        """How long it takes, as it stands inside a sentence: "in about 10 minutes"."""
        if estimate.minutes is not None:
            if estimate.minutes < HOURS_FROM_MINUTES:
                return self.render("wait_minutes", language, minutes=estimate.minutes)
            return self.render("wait_hours", language, hours=-(-estimate.minutes // 60))
        if estimate.opens is None:
            return self.render("wait_unknown", language)
        days = (estimate.opens.date() - estimate.now.date()).days
        nearest = {0: "wait_today", 1: "wait_tomorrow"}
        key = nearest.get(days, "wait_weekday" if days < 7 else "wait_date")
        return self.render(
            key,
            language,
            time=_time(estimate.opens, language),
            weekday=self.calendar["weekdays", _known(language)][estimate.opens.weekday()],
            day=estimate.opens.day,
            month=self.calendar["months", _known(language)][estimate.opens.month - 1],
        )


def load(path: Path | str, voice: str = "informal") -> Texts:
    """All texts in a voice; raises PolicyError with every mistake, each as `file:line: what; what
    to do`. The formal voice is laid over the informal one, from `messages.formal.yml` beside it.
    """
    texts = _informal(path)
    if voice == "informal":
        return texts
    return Texts({**texts.templates, **load_formal(formal_file(path))}, texts.calendar)


def formal_file(path: Path | str) -> Path:
    """Where the formal voice of a file of messages stands: `messages.formal.yml`."""
    path = Path(path)
    return path.with_name(f"{path.stem}.formal{path.suffix}")


def load_formal(path: Path | str) -> dict[tuple[str, str], Template]:
    """The texts that differ in the formal voice, by key and language. Raises PolicyError."""
    root = read(path)
    fields = root.fields(required=("messages",)) or {}
    messages = fields["messages"].fields(optional=KEYS) if "messages" in fields else None
    templates = _templates(
        (key, language, text)
        for key, value in (messages or {}).items()
        for language, text in (value.fields(optional=LANGUAGES) or {}).items()
    )
    root.report.check()
    return templates


def _informal(path: Path | str) -> Texts:
    root = read(path)
    fields = root.fields(required=("messages", "weekdays", "months")) or {}
    messages = fields["messages"].fields(required=KEYS) if "messages" in fields else None
    templates = _templates(
        (key, language, text)
        for key, value in (messages or {}).items()
        for language, text in (value.fields(required=LANGUAGES) or {}).items()
    )
    calendar: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, length in (("weekdays", 7), ("months", 12)):
        names = fields[name].fields(required=LANGUAGES) if name in fields else None
        for language, value in (names or {}).items():
            words = tuple(text for entry in value.entries() or () if (text := entry.text()))
            if len(words) != length:
                value.wrong(f"{value.name} has {len(words)} names", f"write all {length}")
            calendar[name, language] = words
    root.report.check()
    return Texts(templates, calendar)


def _templates(texts: Iterable[tuple[str, str, Value]]) -> dict[tuple[str, str], Template]:
    read_so_far = ((key, language, _template(text, KEYS[key])) for key, language, text in texts)
    return {(key, language): found for key, language, found in read_so_far if found is not None}


def _template(value: Value, spec: Spec) -> Template | None:
    text = value.text()
    if text is None:
        return None
    try:
        template = Template.parse(text.strip())
    except TemplateError as error:
        value.wrong(f"{value.name}: {error}", "write {name}, and {{ for a brace itself")
        return None
    for name in sorted(template.names - spec.allowed):
        fix = suggestion(name, spec.allowed) if spec.allowed else "remove it"
        value.wrong(f"{value.name} has the unknown placeholder '{{{name}}}'", fix)
    for name in sorted(spec.required - template.names):
        value.wrong(f"{value.name} doesn't say '{{{name}}}'", f"put {{{name}}} where it belongs")
    length = sum(len(literal) for literal, _ in template.pieces)
    if length > spec.longest:
        value.wrong(
            f"{value.name} is {length} characters long", f"shorten it to {spec.longest} at most"
        )
    return template


def _known(language: str) -> str:
    return language if language in LANGUAGES else FALLBACK_LANGUAGE


def _time(moment: datetime, language: str) -> str:
    """9, 14:30 in Italian; 9 am, 2:30 pm in English."""
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    if _known(language) == "it":
        return f"{moment.hour}{minutes}"
    return f"{(moment.hour - 1) % 12 + 1}{minutes} {'am' if moment.hour < 12 else 'pm'}"
