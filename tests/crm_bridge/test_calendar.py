"""Days on the shop's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crm_bridge.calendar import day_of, is_working_day, months_after, working_days_after


def test_the_shop_lives_in_italy() -> None:
    assert day_of(datetime(2026, 7, 1, 22, 30, tzinfo=UTC).timestamp()) == date(2026, 7, 2)
    assert day_of(datetime(2026, 12, 31, 23, 30, tzinfo=UTC).timestamp()) == date(2027, 1, 1)


@pytest.mark.parametrize(
    "day",
    [date(2026, 4, 6), date(2027, 3, 29), date(2038, 4, 26), date(2026, 6, 2), date(2026, 12, 8),
     date(2026, 11, 21), date(2026, 11, 22)],
)  # fmt: skip
def test_nobody_works_on_holidays_and_weekends(day: date) -> None:
    assert not is_working_day(day)


def test_working_days_pass_over_the_others() -> None:
    assert working_days_after(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert working_days_after(date(2026, 12, 23), 2) == date(2026, 12, 28)
    assert working_days_after(date(2026, 11, 23), 7) == date(2026, 12, 2)


def test_months_end_where_they_end() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 12, 15), 24) == date(2028, 12, 15)
