"""What the gateway says: complete in both languages, filled in, short enough for every channel."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from integrations.conversations.choices import read_choice, read_rating
from integrations.conversations.texts import KEYS, LONGEST_BUTTON, load
from integrations.escalation.desk_settings import WaitEstimate
from integrations.escalation.source import LANGUAGES, PolicyError

SHIPPED = Path(__file__).parents[3] / "policy" / "messages.yml"
TEXT = SHIPPED.read_text(encoding="utf-8")
TEXTS = load(SHIPPED)
VALUES = {
    "company": "Lanificio Aurora",
    "privacy_url": "https://www.lanificioaurora.example/it/aiuto/privacy",
    "wait": "tra circa 10 minuti",
    "agent": "Marta",
    "limit": 4000,
    "minutes": 10,
    "hours": 2,
    "time": "9",
    "weekday": "lunedì",
    "day": 7,
    "month": "gennaio",
    "text": "Il pacco è partito ieri.",
    "effects": "aperta una pratica",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_every_text_can_be_said(key: str, language: str) -> None:
    text = TEXTS.render(key, language, **VALUES)
    assert text == text.strip()
    assert "{" not in text
    assert 0 < len(text.encode()) <= 1000
    if KEYS[key].longest == LONGEST_BUTTON:
        assert len(text) <= LONGEST_BUTTON


@pytest.mark.parametrize("key", KEYS)
def test_the_languages_are_not_copies(key: str) -> None:
    if not key.startswith("rating_") or key == "rating_question":
        assert TEXTS.render(key, "it", **VALUES) != TEXTS.render(key, "en", **VALUES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_disclosure_says_bot_and_links_the_privacy_notice(language: str) -> None:
    text = TEXTS.render("disclosure", language, **VALUES)
    assert re.search(r"\bbot\b", text)
    assert str(VALUES["privacy_url"]) in text
    assert len(text) <= 250


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("option", ["wait", "leave_message", "back_to_bot"])
def test_a_button_typed_by_hand_is_understood(option: str, language: str) -> None:
    options = ("wait", "leave_message", "back_to_bot")
    title = TEXTS.render(f"choice_{option}", language)
    assert read_choice(title, options) == option
    assert read_choice(title.lower(), options) == option


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_buttons_typed_by_hand_are_understood(language: str) -> None:
    assert read_choice(TEXTS.render("repeat_button", language), ("repeat", "arrived")) == "repeat"
    for mark in range(1, 6):
        assert read_rating(TEXTS.render(f"rating_{mark}", language)) == mark


def test_a_language_that_we_do_not_speak_gets_english() -> None:
    assert TEXTS.render("choice_wait", "de") == TEXTS.render("choice_wait", "en")


def test_values_are_inserted_as_they_are() -> None:
    text = TEXTS.render("just_sent", "en", text="{company} {{x}} %s", company="no")
    assert text.endswith("{company} {{x}} %s")


def test_a_value_that_is_missing_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        TEXTS.render("agent_joined", "it")
    with pytest.raises(KeyError):
        TEXTS.render("no_such_text", "it")


NOW = datetime(2026, 11, 20, 18, 30)  # noqa: DTZ001 - a wall clock, as estimates carry


@pytest.mark.parametrize(
    ("estimate", "italian", "english"),
    [
        (WaitEstimate(10, None, NOW), "tra circa 10 minuti", "in about 10 minutes"),
        (WaitEstimate(90, None, NOW), "tra circa 2 ore", "in about 2 hours"),
        (WaitEstimate(None, None, NOW), "appena possibile", "as soon as possible"),
        (
            WaitEstimate(None, NOW.replace(hour=20, minute=5), NOW),
            "appena riapriamo, oggi alle 20:05",
            "when we open again, today at 8:05 pm Italian time",
        ),
        (
            WaitEstimate(None, datetime(2026, 11, 21, 14, 30), NOW),  # noqa: DTZ001
            "appena riapriamo, domani alle 14:30",
            "when we open again, tomorrow at 2:30 pm Italian time",
        ),
        (
            WaitEstimate(None, datetime(2026, 11, 23, 9), NOW),  # noqa: DTZ001
            "appena riapriamo, lunedì alle 9",
            "when we open again, Monday at 9 am Italian time",
        ),
        (
            WaitEstimate(None, datetime(2027, 1, 7, 12), NOW),  # noqa: DTZ001
            "appena riapriamo, giovedì 7 gennaio alle 12",
            "when we open again, Thursday 7 January at 12 pm Italian time",
        ),
    ],
)
def test_how_long_it_takes(estimate: WaitEstimate, italian: str, english: str) -> None:
    assert TEXTS.wait(estimate, "it") == italian
    assert TEXTS.wait(estimate, "en") == english


def test_the_same_weekday_next_week_is_given_with_its_date() -> None:
    estimate = WaitEstimate(None, NOW + timedelta(days=7), NOW)
    assert TEXTS.wait(estimate, "it") == "appena riapriamo, venerdì 27 novembre alle 18:30"


def mistakes(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """The mistakes after replacing texts of the shipped file, as `line: what; what to do`."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "messages.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def line_of(piece: str) -> int:
    return next(n for n, line in enumerate(TEXT.splitlines(), start=1) if piece in line)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "choice_wait: {it: Aspetto qui, en: I'll wait here}",
            "choice_wait: {it: Aspetto qui}",
            "messages.choice_wait has no 'en'; add a line `en: …`",
        ),
        (
            "choice_wait: {it: Aspetto qui, en: I'll wait here}",
            "choice_wait: {it: Aspetto qui finché posso, en: I'll wait here}",
            "messages.choice_wait.it is 24 characters long; shorten it to 20 at most",
        ),
        ("choice_over:", "choice_overr:", "unknown field 'choice_overr' in messages; did you mean"),
        (
            "rating_1: {it: \"1 😞\"",
            "rating_1: {it: 1",
            "messages.rating_1.it must be a text, not '1'; put it between quotes: \"1\"",
        ),
        (
            "minutes: {it: \"tra circa {minutes}",
            "minutes: {it: \"tra circa {minuti}",
            "messages.wait_minutes.it doesn't say '{minutes}'; put {minutes} where it belongs",
        ),
        (
            "wait_unknown: {it: appena possibile",
            "wait_unknown: {it: \"{wait}\"",
            "messages.wait_unknown.it has the unknown placeholder '{wait}'; remove it",
        ),
        (
            "wait_unknown: {it: appena possibile",
            "wait_unknown: {it: \"}\"",
            "messages.wait_unknown.it: its braces don't match",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, what: str) -> None:
    assert mistakes(tmp_path, (old, new))[0].startswith(f"{line_of(old)}: {what}")


def test_the_privacy_notice_cannot_be_left_out(tmp_path: Path) -> None:
    found = mistakes(tmp_path, ("{privacy_url}", "qui"))
    what = "messages.disclosure.it doesn't say '{privacy_url}'; put {privacy_url} where it belongs"
    assert found == [f"{line_of('disclosure:') + 1}: {what}"]


def test_names_of_days_and_months_are_counted(tmp_path: Path) -> None:
    found = mistakes(tmp_path, ("[lunedì, ", "["), ("en: [January, ", "en: ["))
    assert found[0].endswith("weekdays.it has 6 names; write all 7")
    assert found[1].endswith("months.en has 11 names; write all 12")
