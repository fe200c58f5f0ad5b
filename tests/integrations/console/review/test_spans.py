"""Places in a text: what an edit does to marks, and what is meant by a selection. In a browser."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.console import assets

from .inbox import Inbox
from .pages import ReviewPage

CALL = """
    const [address, name, given, done] = arguments;
    import(address).then((module) => done(module[name](...given)));
"""


def called(page: ReviewPage, inbox: Inbox, name: str, *given: Any) -> Any:
    """A function of the page's module, called in the page."""
    address = inbox.url + assets.address("review-spans.js")
    return page.browser.driver.execute_async_script(CALL, address, name, list(given))


@pytest.fixture
def opened(page: ReviewPage) -> ReviewPage:
    page.log_in()
    return page


EDITS = [
    ("put before it", "ordine LA-1 qui", "mio ordine LA-1 qui", "LA-1"),
    ("put behind it", "ordine LA-1 qui", "ordine LA-1 qui ora", "LA-1"),
    ("a word in front", "LA-1", "è LA-1", "LA-1"),
    ("typed on", "ordine LA-1", "ordine LA-12", "LA-12"),
    ("a blank behind", "ordine LA-1", "ordine LA-1 ", "LA-1"),
    ("changed inside", "ordine LA-1 qui", "ordine LA-21 qui", "LA-21"),
    ("all of it replaced", "LA-1 qui", "XY-9 qui", "XY-9"),
    ("its end cut off with more", "ordine LA-1 qui", "ordine LAqui", "LA"),
    ("its beginning cut off with more", "ordine LA-1 qui", "ord-1 qui", "-1"),
    ("taken out", "ordine LA-1 qui", "ordine qui", None),
    ("everything taken out", "ordine LA-1", "", None),
    ("an emoji before it", "ordine LA-1", "🧶 ordine LA-1", "LA-1"),
]


def test_marks_follow_what_is_edited(opened: ReviewPage, inbox: Inbox) -> None:
    found = {}
    for name, before, after, _ in EDITS:
        start = before.index("LA-1")
        span = {"start": start, "end": start + 4, "entity": "order_number"}
        followed = called(opened, inbox, "follow", before, after, [span])
        # The browser's places count two for an emoji.
        units = after.encode("utf-16-le")
        found[name] = (
            units[2 * followed[0]["start"] : 2 * followed[0]["end"]].decode("utf-16-le")
            if followed
            else None
        )
    assert found == {name: kept for name, _, _, kept in EDITS}


def test_a_value_goes_with_the_words_it_stood_for(opened: ReviewPage, inbox: Inbox) -> None:
    span = {"start": 0, "end": 8, "entity": "city", "value": "Biella"}
    [kept] = called(opened, inbox, "follow", "a Biella", "a Biella sì", [span])
    assert kept["value"] == "Biella"
    [changed] = called(opened, inbox, "follow", "a Biella", "a Bielle", [span])
    assert "value" not in changed


def test_places_count_characters_for_the_gateway(opened: ReviewPage, inbox: Inbox) -> None:
    text = "🧶👩‍👧 LA-1 qui"
    start = text.index("LA")
    [units] = called(opened, inbox, "toUnits", text, [{"start": start, "end": start + 4}])
    assert (
        text.encode("utf-16-le")[2 * units["start"] : 2 * units["end"]].decode("utf-16-le")
        == "LA-1"
    )
    assert called(opened, inbox, "toPoints", text, [units]) == [{"start": start, "end": start + 4}]
    outside = [{"start": 3, "end": 90}, {"start": -1, "end": 2}, {"start": 4, "end": 4}]
    assert called(opened, inbox, "toUnits", text, outside) == []


def test_the_word_at_the_caret_is_meant_without_its_full_stop(
    opened: ReviewPage, inbox: Inbox
) -> None:
    text = "il mio (LA-10000), grazie"
    for at in (8, 12, 16):
        meant = called(opened, inbox, "meant", text, at, at)
        assert text[meant["start"] : meant["end"]] == "LA-10000"
    selected = called(opened, inbox, "meant", text, 2, 7)
    assert text[selected["start"] : selected["end"]] == "mio"
    assert called(opened, inbox, "meant", "   ", 0, 3) is None
