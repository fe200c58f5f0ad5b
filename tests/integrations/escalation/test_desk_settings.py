"""Office hours, what a waiting customer is told, and the mistakes of desk.yml."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.escalation import DeskSettings, PolicyError, expected_wait, load_desk
from integrations.escalation.desk_settings import first_answer_due
from integrations.escalation.opening_hours import easter
from tests.integrations.escalation.policies import SHIPPED

ROME = ZoneInfo("Europe/Rome")
TEXT = (SHIPPED / "desk.yml").read_text(encoding="utf-8")
DESK = load_desk(SHIPPED / "desk.yml")
Change = Callable[..., DeskSettings]


def at(text: str) -> float:
    """Epoch seconds of a moment on Rome's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME).timestamp()


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """The shipped settings with some texts replaced: `changed(("old", "new"), …)`."""

    def load(*changes: tuple[str, str]) -> DeskSettings:
        text = TEXT
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "desk.yml"
        path.write_text(text, encoding="utf-8")
        return load_desk(path)

    return load


def opens(settings: DeskSettings, now: str) -> str | None:
    estimate = expected_wait(settings, at(now), 0)
    return estimate.opens and estimate.opens.strftime("%Y-%m-%d %H:%M")


def test_the_shipped_settings() -> None:
    assert DESK.bot_reply_expiry_minutes == 15
    assert DESK.first_answer_minutes == {"normal": 60, "high": 30, "urgent": 15}
    assert DESK.hours.timezone.key == "Europe/Rome"


@pytest.mark.parametrize(
    ("waiting", "minutes"), [(0, 10), (1, 15), (2, 20), (5, 30), (10, 50), (-3, 10)]
)
def test_the_wait_grows_with_those_before(waiting: int, minutes: int) -> None:
    estimate = expected_wait(DESK, at("2026-11-23T10:00"), waiting)
    assert estimate.minutes == minutes
    assert estimate.opens is None


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-23T08:59", "2026-11-23 09:00"),
        ("2026-11-23T12:55", "2026-11-23 14:00"),  # it closes before their turn comes
        ("2026-11-23T13:00", "2026-11-23 14:00"),
        ("2026-11-27T16:55", "2026-11-30 09:00"),
        ("2026-11-28T10:00", "2026-11-30 09:00"),  # Saturday
        ("2026-12-07T18:00", "2026-12-09 09:00"),  # the 8th is a holiday
        ("2026-12-24T18:00", "2026-12-28 09:00"),
        ("2027-03-26T17:00", "2027-03-30 09:00"),  # Easter Monday; summer time began on the 28th
    ],
)
def test_a_closed_desk_says_when_it_opens(now: str, opening: str) -> None:
    assert expected_wait(DESK, at(now), 0).minutes is None
    assert opens(DESK, now) == opening


def test_open_until_the_last_minute_that_suffices() -> None:
    assert expected_wait(DESK, at("2026-11-23T12:50"), 0).minutes == 10


def test_a_long_queue_late_in_the_day_is_answered_tomorrow() -> None:
    estimate = expected_wait(DESK, at("2026-11-23T17:30"), 20)
    assert estimate.opens == datetime(2026, 11, 24, 9, tzinfo=ROME)


def test_a_holiday_may_fall_on_one_day_only(changed: Change) -> None:
    settings = changed(('- "01-01"', '- 2026-11-23\n  - "01-01"'))
    assert opens(settings, "2026-11-23T10:00") == "2026-11-24 09:00"
    assert expected_wait(settings, at("2027-11-23T10:00"), 0).minutes == 10


def test_a_desk_that_never_opens_promises_nothing(changed: Change) -> None:
    week = [('["09:00-13:00", "14:00-18:00"]', "[]"), ('["09:00-13:00", "14:00-17:00"]', "[]")]
    settings = changed(*week)
    estimate = expected_wait(settings, at("2026-11-23T10:00"), 0)
    assert estimate.minutes is None
    assert estimate.opens is None
    assert first_answer_due(settings, 1000.0, 5) == 1300.0


def test_a_desk_that_never_closes(changed: Change) -> None:
    settings = changed(
        ('["09:00-13:00", "14:00-18:00"]', '["00:00-24:00"]'),
        ('["09:00-13:00", "14:00-17:00"]', '["00:00-24:00"]'),
        ("saturday: []", 'saturday: ["00:00-24:00"]'),
        ("sunday: []", 'sunday: ["00:00-24:00"]'),
    )
    assert expected_wait(settings, at("2026-11-23T23:58"), 0).minutes == 10
    assert settings.hours.is_open(at("2026-11-24T00:00"))


def test_hours_follow_the_timezone(changed: Change) -> None:
    london = changed(("Europe/Rome", "Europe/London"))
    assert not london.hours.is_open(at("2026-11-23T09:30"))
    assert london.hours.is_open(at("2026-11-23T10:00"))


def test_nine_in_the_morning_is_nine_in_summer_and_in_winter() -> None:
    for day in ("2027-03-26", "2027-03-31", "2027-10-29", "2027-11-02"):
        assert not DESK.hours.is_open(at(f"{day}T08:59:59"))
        assert DESK.hours.is_open(at(f"{day}T09:00"))


@pytest.mark.parametrize(
    ("now", "minutes", "due"),
    [
        ("2026-11-23T10:00", 60, "2026-11-23T11:00"),
        ("2026-11-23T12:30", 60, "2026-11-23T14:30"),
        ("2026-11-23T20:00", 30, "2026-11-24T09:30"),
        ("2026-11-27T16:30", 60, "2026-11-30T09:30"),
        ("2026-11-23T12:30", 30, "2026-11-23T13:00"),
        ("2026-11-23T09:00", 480 + 60, "2026-11-24T10:00"),
    ],
)
def test_promises_count_office_hours(now: str, minutes: int, due: str) -> None:
    assert first_answer_due(DESK, at(now), minutes) == at(due)


@given(st.floats(at("2026-01-01T00:00"), at("2030-01-01T00:00")), st.integers(0, 60))
def test_what_is_told_is_always_kept(now: float, waiting: int) -> None:
    estimate = expected_wait(DESK, now, waiting)
    if estimate.minutes is not None:
        assert DESK.hours.is_open(now)
        assert first_answer_due(DESK, now, estimate.minutes) == now + estimate.minutes * 60
    else:
        assert estimate.opens is not None
        assert estimate.opens.timestamp() > now
        assert DESK.hours.is_open(estimate.opens.timestamp())


@given(st.floats(at("2026-01-01T00:00"), at("2030-01-01T00:00")), st.integers(1, 3000))
def test_a_later_promise_is_never_due_earlier(now: float, minutes: int) -> None:
    assert now < first_answer_due(DESK, now, minutes) <= first_answer_due(DESK, now, minutes + 1)


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (2024, (3, 31)),
        (2025, (4, 20)),
        (2026, (4, 5)),
        (2027, (3, 28)),
        (2038, (4, 25)),
        (2285, (3, 22)),
    ],
)
def test_easter(year: int, sunday: tuple[int, int]) -> None:
    assert easter(year) == date(year, *sunday)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("Europe/Rome", "Europe/Biella", "the timezone 'Europe/Biella' is unknown; write a name"),
        ("Europe/Rome", "../../etc/passwd", "the timezone '../../etc/passwd' is unknown"),
        ("sunday:", "sundai:", "unknown field 'sundai' in office_hours; did you mean 'sunday'?"),
        ("sunday: []", "sunday: closed", "office_hours.sunday must be a list"),
        ("sunday: []", 'sunday: ["9-13"]', "'9-13' is not a stretch of one day; write from–to"),
        ("sunday: []", 'sunday: ["18:00-09:00"]', "'18:00-09:00' is not a stretch of one day"),
        ("sunday: []", 'sunday: ["09:00-24:30"]', "'09:00-24:30' is not a stretch of one day"),
        ("sunday: []", 'sunday: ["10:00-12:00", "11:00-13:00"]', "'11:00-13:00' begins before"),
        ('- "12-25"', '- "25-12"', "'25-12' is not a day; write \"12-25\" (every year)"),
        ('- "12-25"', "- 2026-13-01", "'2026-13-01' is not a day"),
        ('- "12-25"', "- []", "holidays[10] must be a text, not a list; write a text"),
        (
            "wrap_up_minutes: 30",
            "wrap_up_minutes: 0",
            "wrap_up_minutes is 0; write a number from 1",
        ),
        ("wrap_up_minutes: 30", "wrap_up_minutes: half", "wrap_up_minutes must be a whole number"),
        ("urgent: 15", "urgent: soon", "first_answer_minutes.urgent must be a whole number"),
    ],
)
def test_mistakes_are_named(changed: Change, old: str, new: str, mistake: str) -> None:
    with pytest.raises(PolicyError) as caught:
        changed((old, new))
    found = caught.value.mistakes[0]
    assert f"{found.what}; {found.fix}".startswith(mistake)
    assert found.line == 1 + TEXT[: TEXT.index(old)].count("\n")


@pytest.mark.parametrize(
    ("old", "mistake"),
    [
        ("  sunday: []", "office_hours has no 'sunday'; add a line `sunday: …`"),
        (", urgent: 15", "first_answer_minutes has no 'urgent'; add a line `urgent: …`"),
        ("wrap_up_minutes: 30", "file has no 'wrap_up_minutes'; add a line `wrap_up_minutes: …`"),
    ],
)
def test_what_is_missing_is_named(changed: Change, old: str, mistake: str) -> None:
    with pytest.raises(PolicyError) as caught:
        changed((old, ""))
    assert [f"{found.what}; {found.fix}" for found in caught.value.mistakes] == [mistake]


def test_all_mistakes_are_listed_at_once(changed: Change) -> None:
    with pytest.raises(PolicyError) as caught:
        changed(
            ("Europe/Rome", "Rome"), ('"12-25"', '"x"'), ("lease_seconds: 30", "lease_seconds: 1")
        )
    assert len(caught.value.mistakes) == 3
