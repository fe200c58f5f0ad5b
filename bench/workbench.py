"""Measure "would this change anything?" in the bot's environment, from the repository's root.

    .venv/bot/bin/python -m bench.workbench [--trials N] [--agreement N]

Trials are made as `POST /v1/try` makes them, on the working tree's data and the current model: one
example each, and 200 messages beside the evaluation's. The examples are evaluation messages, every
second one labelled as the model's second guess has it.

prepare_seconds    from nothing to the first trial; vectors kept by an earlier training are used.
p50, p95           seconds of a trial.
cpu_p50            seconds of processor that a trial took, on all cores together.
megabytes          resident memory at the end of the trials.
With --agreement N, N trials are held against a training of both linear models on all examples, from
nothing (some ten seconds of processor each; the current model must be trained on the present data):
changes_foretold   of the evaluation messages whose reading the training changed, those that the
                   trial changed too, and
changes_that_came  the other way round; counts of both kinds stand beside them.
largest_difference between a probability foretold and the trained one, before calibration.

The last line printed is one JSON object with these names.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from dataclasses import replace

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np
from scipy.sparse import csr_matrix, vstack
from scipy.special import expit

from bot.nlu.linear import Weights, fit_against_rest, fit_encoder
from bot.nlu.text import for_features
from bot.workbench import ground as grounds
from bot.workbench import trial
from bot.workbench.current import Current
from bot.workbench.ground import Ground
from bot.workbench.judging import Judge, Judged
from bot.workbench.recent import Recent
from bot.workbench.requests import Example, Trial

ALSO = 200
SEED = 5
# An intent's n-grams are trained again when the example's residual is larger.
_SAYS_SOMETHING = 0.003


def examples(ground: Ground, count: int) -> list[Example]:
    """Messages to try; ever the same ones."""
    texts = ground.evaluation
    mixed = _judged(ground, ground.judge).mixed
    found: list[Example] = []
    for place in np.random.RandomState(SEED).permutation(len(texts.labelled)):
        one = texts.labelled[place]
        if one.intent in ground.judge.intents and len(found) < count:
            second = ground.judge.intents[int(np.argsort(-mixed[place])[1])]
            found.append(Example(one.text, one.language, second if len(found) % 2 else one.intent))
    return found


def measure(ground: Ground, chosen: list[Example], encoding: Recent) -> dict[str, float]:
    """Times of trials, each with messages that were seen before, as an inbox's are."""
    also = tuple(
        Example(one.text, one.language, one.intent) for one in ground.evaluation.labelled[:ALSO]
    )
    trial.run(ground, Trial((), also), encoding.of)
    seconds, processor = [], []
    for example in chosen:
        started, spent = time.perf_counter(), time.process_time()
        trial.run(ground, Trial((example,), also), encoding.of)
        seconds.append(time.perf_counter() - started)
        processor.append(time.process_time() - spent)
    return {
        "p50": float(np.quantile(seconds, 0.5)),
        "p95": float(np.quantile(seconds, 0.95)),
        "cpu_p50": float(np.quantile(processor, 0.5)),
    }


def agreement(ground: Ground, chosen: list[Example], encoding: Recent) -> dict[str, float]:
    """Trials against whole trainings."""
    before = _judged(ground, ground.judge)
    foretold_and_came = foretold_all = came_all = 0
    largest = 0.0
    for example in chosen:
        readable = [for_features(example.text)]
        vectors, rows = encoding.of(readable), ground.vectorizer.matrix(readable)
        label = np.array([ground.judge.intents.index(example.intent)])
        moved = _judged(ground, grounds.moved(ground, vectors, rows, label))
        trained = _judged(ground, _trained(ground, vectors, rows, label))
        foretold = set(before.unlike(moved))
        came = set(before.unlike(trained))
        both = len(foretold & came)
        foretold_all, came_all = foretold_all + len(foretold), came_all + len(came)
        foretold_and_came += both
        largest = max(largest, float(np.abs(moved.mixed - trained.mixed).max()))
        print(
            f"foretold {len(foretold)}, came {len(came)}, both {len(foretold & came)}", flush=True
        )
    return {
        "changes_foretold": foretold_and_came / came_all if came_all else 1.0,
        "came": came_all,
        "changes_that_came": foretold_and_came / foretold_all if foretold_all else 1.0,
        "foretold": foretold_all,
        "largest_difference": largest,
    }


def _trained(ground: Ground, vectors: np.ndarray, rows: csr_matrix, label: np.ndarray) -> Judge:
    """The judge after a training with this example more; intents whose n-grams it says nothing
    about keep theirs."""
    judge, learnt = ground.judge, ground.learnt
    labels = np.append(learnt.labels, label)
    encoder = fit_encoder(
        np.vstack([learnt.vectors, vectors]),
        labels,
        len(judge.intents),
        judge.settings.encoder_c,
    )
    all_rows = vstack([learnt.rows, rows], format="csr")
    wrong = np.abs(expit(rows @ judge.ngrams.matrix + judge.ngrams.bias)[0])
    wrong[label] = 1 - wrong[label]
    matrix, bias = judge.ngrams.matrix.copy(), judge.ngrams.bias.copy()
    for intent in np.flatnonzero(wrong > _SAYS_SOMETHING):
        matrix[:, intent], bias[intent] = fit_against_rest(
            all_rows, labels == intent, judge.settings.ngram_c
        )
    return replace(judge, encoder=encoder, ngrams=Weights(matrix, bias))


def _judged(ground: Ground, judge: Judge) -> Judged:
    texts = ground.evaluation
    return judge.judged(texts.vectors, texts.rows, texts.similarity)


def main() -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bench.workbench", description=__doc__)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--agreement", type=int, default=0)
    options = parser.parse_args()
    started = time.perf_counter()
    ground = Current().ground()
    figures: dict[str, float] = {"prepare_seconds": time.perf_counter() - started}
    encoding = Recent()
    chosen = examples(ground, max(options.trials, options.agreement))
    figures |= measure(ground, chosen[: options.trials], encoding)
    figures["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures), flush=True)
    if options.agreement:
        figures |= agreement(ground, chosen[: options.agreement], encoding)
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
