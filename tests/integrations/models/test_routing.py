"""Which model answers whom: a steady share, and the same model for a conversation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from integrations.models.routing import Canary, Routing, place

NAMES = [f"c{number}" for number in range(4000)]


def trial(share: float, model: str = "new") -> Routing:
    return Routing("old", canary=Canary(model, share, 0.0))


def test_without_a_canary_everybody_gets_the_live_model() -> None:
    assert {Routing("old", "older").wanted(name) for name in NAMES} == {"old"}


def test_about_the_share_gets_the_canary() -> None:
    found = sum(trial(0.1).wanted(name) == "new" for name in NAMES)
    assert 320 <= found <= 480


@given(st.text(min_size=1), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_who_has_the_canary_keeps_it_when_the_share_grows(
    name: str, one: float, other: float
) -> None:
    small, large = sorted((one, other))
    if trial(small).wanted(name) == "new":
        assert trial(large).wanted(name) == "new"


def test_another_canary_is_tried_on_others() -> None:
    first = {name for name in NAMES if place("one", name) < 0.1}
    second = {name for name in NAMES if place("other", name) < 0.1}
    assert len(first & second) < len(first) / 3
