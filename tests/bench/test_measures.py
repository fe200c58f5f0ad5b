"""Percentiles, pairs and targets of the benchmark."""

from __future__ import annotations

import pytest

from bench.measures import Figure, interval, median, paired_median, percentile
from bench.targets import ADDITION, GROUPS, INIT_TURN, LATE, THROUGHPUT_ONE


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 50) == 50
    assert percentile(values, 99) == 99
    assert percentile(values, 100) == 100
    assert percentile([7.0], 1) == 7.0


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_pairs_cancel_noise_that_hits_both() -> None:
    noise = [0.0, 40.0, 5.0, 100.0, 1.0]
    through = [20.0 + n for n in noise]
    straight = [14.0 + n for n in noise]
    assert paired_median(through, straight) == pytest.approx(6.0)


def test_pairs_must_be_complete() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired_median([1.0, 2.0], [1.0])


def test_the_interval_holds_the_median() -> None:
    values = [float(n % 17) for n in range(200)]
    low, high = interval(values)
    assert low <= median(values) <= high


def test_a_target_about_the_value() -> None:
    assert ADDITION.words == "≤ 12 ms"
    assert ADDITION.figure(11.9).met is True
    assert ADDITION.figure(12.1, ratio=0.1).met is False


def test_a_target_about_the_ratio() -> None:
    assert THROUGHPUT_ONE.words == "≥ 2×"
    assert THROUGHPUT_ONE.figure(50.0, baseline=25.0, ratio=2.0).met is True
    assert THROUGHPUT_ONE.figure(500.0, ratio=1.9).met is False
    assert LATE.figure(30.0, ratio=1.11).met is False
    with pytest.raises(ValueError, match="no ratio"):
        LATE.figure(30.0)


def test_what_could_not_be_measured_is_not_met() -> None:
    assert ADDITION.void("the bot was away") == Figure(
        ADDITION.name, None, "ms", target="≤ 12 ms", met=False, note="the bot was away"
    )


def test_a_comparison_is_neither_met_nor_missed() -> None:
    assert INIT_TURN.figure(40.0).met is None
    assert INIT_TURN.void("it did not train").met is None


def test_no_two_rows_have_one_name() -> None:
    names = [target.name for targets in GROUPS.values() for target in targets]
    assert len(names) == len(set(names))
