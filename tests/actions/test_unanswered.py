"""Calls whose answer never came, as a conversation keeps them."""

from __future__ import annotations

from actions.unanswered import KEPT_S, Unanswered, call_hash


def test_the_first_key_and_time_are_kept_however_often_it_is_tried() -> None:
    calls = Unanswered(None, now=1000.0)
    calls.lost("case", "first")
    again = Unanswered(calls.kept, now=1060.0)
    assert again.key("case", "second", 120.0) == "first"
    again.lost("case", "first")
    assert not again.changed
    assert again.kept == [{"call": "case", "key": "first", "at": 1000.0}]


def test_an_answer_ends_it() -> None:
    calls = Unanswered([{"call": "case", "key": "first", "at": 1000.0}], now=1001.0)
    calls.answered("case")
    assert calls.changed
    assert calls.kept == []
    assert calls.key("case", "second", 120.0) == "second"


def test_what_is_too_old_for_a_call_starts_anew() -> None:
    calls = Unanswered([{"call": "code", "key": "first", "at": 1000.0}], now=1121.0)
    assert calls.key("code", "second", 120.0) == "second"
    assert calls.key("code", "second", KEPT_S) == "first"
    calls.lost("code", "second")
    assert calls.kept == [{"call": "code", "key": "second", "at": 1121.0}]


def test_what_is_too_old_for_any_is_forgotten() -> None:
    calls = Unanswered([{"call": "case", "key": "first", "at": 0.0}], now=KEPT_S + 1)
    assert calls.changed
    assert calls.kept == []


def test_the_newest_few_are_kept() -> None:
    calls = Unanswered(None, now=1.0)
    for number in range(7):
        calls.lost(f"call {number}", "key")
    assert [call["call"] for call in calls.kept] == [f"call {n}" for n in range(2, 7)]


def test_a_call_is_told_by_all_that_is_sent() -> None:
    one = call_hash("POST", "/v1/cases", {"summary": "rotto", "topic": "problem"})
    assert one == call_hash("POST", "/v1/cases", {"topic": "problem", "summary": "rotto"})
    assert one != call_hash("POST", "/v1/cases", {"summary": "bagnato", "topic": "problem"})
    assert one != call_hash("POST", "/v1/consents", {"summary": "rotto", "topic": "problem"})
    assert "rotto" not in one
