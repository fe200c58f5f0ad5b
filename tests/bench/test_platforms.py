"""What the figures about platforms are computed from."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from bench import slack_card, telegram_turn, webhooks
from bench.aftermath import once_each
from bench.mix import AGAIN_AFTER, EDITED_AFTER, SHARES, key_of, schedule
from bench.open_loop import Request, Sent
from bench.slack_card import POST, UPDATE, complete_at
from bench.targets import SLACK_CARD, TELEGRAM_POLLING
from bench.wire import Unexpected

HERE = "C1"
ORDERS = ("LA-20391", "LA-20400")


def call(
    at: float | None, blocks: str, *, method: str = POST, channel: str = HERE, thread: str = ""
) -> dict[str, Any]:
    arguments = {"channel": channel, "blocks": [{"text": blocks}]}
    if thread:
        arguments["thread_ts"] = thread
    return {"method": method, "arguments": arguments} | ({} if at is None else {"answered_at": at})


def test_a_card_is_complete_with_its_orders_and_its_transcript() -> None:
    card, transcript = call(10.0, "LA-20391 · spedito"), call(10.2, "buongiorno", thread="1.0")
    assert complete_at([card, transcript], HERE, ORDERS) == 10.2
    assert complete_at([card], HERE, ORDERS) is None
    assert complete_at([transcript], HERE, ORDERS) is None
    assert complete_at([], HERE, ORDERS) is None


def test_a_card_that_is_completed_later_counts_from_then() -> None:
    calls = [
        call(10.0, "arriva chi è"),
        call(10.2, "buongiorno", thread="1.0"),
        call(10.5, "LA-20400 · consegnato", method=UPDATE),
        call(11.0, "LA-20400 · consegnato", method=UPDATE),
        call(11.5, "ci sono", thread="1.0"),
    ]
    assert complete_at(calls, HERE, ORDERS) == 10.5


def test_what_has_no_answer_yet_or_stands_elsewhere_does_not_count() -> None:
    transcript = call(10.2, "buongiorno", thread="1.0")
    assert complete_at([call(None, "LA-20391"), transcript], HERE, ORDERS) is None
    assert complete_at([call(9.0, "LA-20391", channel="C2"), transcript], HERE, ORDERS) is None


def test_the_card_is_judged_by_what_it_takes_above_the_simulators_own_delay() -> None:
    assert SLACK_CARD.words == "≤ 200 ms + baseline"
    assert slack_card.figure([204.0, 205.0, 206.0], [5.0], [2, 2, 2]).met is True
    assert slack_card.figure([206.0], [5.0], [2]).met is False
    with pytest.raises(ValueError, match="no excess"):
        SLACK_CARD.figure(100.0)


def test_a_turn_in_telegram_stands_beside_the_api_channels() -> None:
    figure = telegram_turn.figure(TELEGRAM_POLLING, [50.0, 60.0, 70.0], [30.0, 30.0, 31.0])
    assert (figure.value, figure.baseline, figure.ratio, figure.met) == (60.0, 30.0, 2.0, None)


def test_the_mix_keeps_its_shares() -> None:
    kinds = Counter(schedule(4000)[2000:])
    assert kinds == {kind: share * 100 for kind, share in SHARES.items()}
    assert sum(SHARES.values()) == 20
    assert schedule(50) == schedule(50)


def test_nothing_refers_to_what_was_not_sent_before() -> None:
    kinds = schedule(1000)
    assert len(kinds) == 1000
    assert "duplicate" not in kinds[:AGAIN_AFTER]
    assert not {"telegram edit", "slack edit"} & set(kinds[: 2 * EDITED_AFTER])


def test_the_slowest_hundredth_is_that_of_all_ways_in_together() -> None:
    paths = ["/channels/telegram/webhook", "/slack/events", "/slack/interactions"]
    requests = [Request(path, {}, "") for path in [*paths, "/channels/api/messages"]]
    # In the order of the answers; the last request was answered first.
    sent = Sent([3, 0, 1, 2], [1.0, 2.0, 3.0, 40.0], [1.0, 2.0, 3.0, 4.0])
    figure = webhooks.figure(requests, sent, "all is there")
    assert figure.value == 40.0
    assert figure.met is True
    assert "Telegram 1 with p50 2.0" in figure.note
    assert "Slack 2 with p50 21.5 and p99 40" in figure.note
    assert "api 1 with p50 1.0" in figure.note
    assert figure.note.endswith("all is there")


def test_lost_and_doubled_void_the_figure() -> None:
    assert once_each("notes", ["a", "b"], ["b", "a", "another's"]) == 2
    with pytest.raises(Unexpected, match="notes: 1 lost, 0 doubled, such as 'b'"):
        once_each("notes", ["a", "b"], ["a"])
    with pytest.raises(Unexpected, match="notes: 0 lost, 1 doubled, such as 'a'"):
        once_each("notes", ["a", "b"], ["a", "b", "a"])


def test_an_event_is_known_by_its_id_and_a_press_by_its_trigger() -> None:
    assert key_of({"event_id": "Ev1", "event": {}}) == "Ev1"
    assert key_of({"type": "block_actions", "trigger_id": "1.2.x"}) == "1.2.x"
