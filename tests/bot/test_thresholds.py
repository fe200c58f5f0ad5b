"""Thresholds and n-grams: what is learnt before anything is classified."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.ambiguity import choose_lead
from bot.nlu.ngrams import NgramVectorizer
from bot.nlu.thresholds import Judged, best_thresholds


def test_thresholds_part_the_known_from_the_unknown() -> None:
    random = np.random.RandomState(0)
    known, unknown = random.uniform(0.6, 1, 200), random.uniform(0, 0.5, 200)
    judged = Judged(
        predicted=np.zeros(400, int),
        second=np.full(400, -1),
        score=np.concatenate([known, unknown]),
        margin=np.ones(400),
        truth=np.repeat([0, -1], 200),
        left_out=np.repeat([False, True], 200),
    )
    thresholds = best_thresholds(judged, most_lost=0.05)
    assert 0.49 < thresholds.score < 0.62
    assert thresholds.margin == 0


def test_thresholds_spare_what_is_understood() -> None:
    random = np.random.RandomState(0)
    judged = Judged(
        predicted=np.zeros(400, int),
        second=np.full(400, -1),
        score=np.concatenate([random.uniform(0.2, 1, 200), random.uniform(0.2, 0.9, 200)]),
        margin=np.ones(400),
        truth=np.repeat([0, -1], 200),
        left_out=np.repeat([False, True], 200),
    )
    known = judged.score[:200]
    spared = best_thresholds(judged, most_lost=0.05)
    assert np.mean(known < spared.score) == pytest.approx(0.05, abs=0.01)
    assert spared.score < best_thresholds(judged, most_lost=1.0).score


def held_out(near: int, helped: float) -> Judged:
    """1,000 examples: `near` have a lead under 0.1 and are wrong, `helped` of them by one place."""
    truth = np.zeros(1000, int)
    predicted, second = np.zeros(1000, int), np.ones(1000, int)
    predicted[:near] = 1
    second[: int(near * helped)] = 0
    second[int(near * helped) : near] = 2
    margin = np.full(1000, 0.6)
    margin[:near] = np.linspace(0.0, 0.099, near)
    return Judged(
        predicted=predicted,
        second=second,
        score=np.ones(1000),
        margin=margin,
        truth=truth,
        left_out=np.zeros(1000, bool),
    )


def test_it_asks_where_asking_spares_wrong_answers() -> None:
    everything = np.ones(1000, bool)
    assert choose_lead(held_out(60, helped=1.0), everything) == pytest.approx(0.1)
    # Neither of the two would be right: the question would only annoy.
    assert choose_lead(held_out(60, helped=0.0), everything) == 0
    # So many questions would make a bot that only asks.
    assert choose_lead(held_out(400, helped=1.0), everything) < 0.1
    assert choose_lead(held_out(60, helped=1.0), ~everything) == 0


def test_ngrams_catch_what_is_misspelt() -> None:
    vectorizer = NgramVectorizer.learn(["spedizione in ritardo", "lavaggio della lana"])
    first, second, typo = vectorizer.matrix(
        ["spedizione in ritardo", "lavaggio della lana", "spedizzione in RITÀRDO!"]
    )
    assert typo.multiply(first).sum() > 3 * typo.multiply(second).sum()
    assert vectorizer.row("")[0].size == 0
