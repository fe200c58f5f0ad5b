"""Two sets of predictions, message by message: what got better, what got worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from studio.guard.predictions import OUT_OF_SCOPE, Mark, Prediction


@dataclass(frozen=True)
class Change:
    """One message that is read otherwise. Both readings are judged by the label of today, so a
    message that was labelled anew counts as better or worse only if the model changed."""

    was: Prediction
    now: Prediction

    @property
    def step(self) -> int:
        """Above zero: better; below: worse; zero: otherwise, but as right or wrong as before."""
        return int(self.now.mark) - int(self.was.marked(self.now.expected))

    @property
    def borderline(self) -> bool:
        """Whether it stood on a border before and stands on it now, so that another machine's
        arithmetic explains the change as well as any other cause."""
        return self.was.on_border and self.now.on_border

    @property
    def newly_refused(self) -> int:
        """1 if a message the bot is for is now turned away, -1 if it no longer is, else 0."""
        if self.now.expected == OUT_OF_SCOPE:
            return 0
        return int(self.now.refused) - int(self.was.refused)


@dataclass(frozen=True)
class Comparison:
    """What differs between two sets of predictions. `added` and `removed` are messages that only
    one of them has; `relabelled` have another label or weight (critical) than they had."""

    changes: tuple[Change, ...]
    added: tuple[Prediction, ...]
    removed: tuple[Prediction, ...]
    relabelled: tuple[Change, ...]

    @cached_property
    def borderline(self) -> tuple[Change, ...]:
        """Changes that prove nothing."""
        return tuple(change for change in self.changes if change.borderline)

    @cached_property
    def better(self) -> tuple[Change, ...]:
        """Messages that are read better, those on a border left out."""
        return tuple(c for c in self.changes if c.step > 0 and not c.borderline)

    @cached_property
    def worse(self) -> tuple[Change, ...]:
        """Messages that are read worse, those on a border left out."""
        return tuple(c for c in self.changes if c.step < 0 and not c.borderline)

    @cached_property
    def otherwise(self) -> tuple[Change, ...]:
        """Messages that are read otherwise and are as wrong as before (or as right: an
        out-of-scope message may be rejected or recognised)."""
        return tuple(c for c in self.changes if c.step == 0 and not c.borderline)

    @property
    def same_messages(self) -> bool:
        """Whether both are about the same messages with the same labels."""
        return not (self.added or self.removed or self.relabelled)


def compare(was: Iterable[Prediction], now: Iterable[Prediction]) -> Comparison:
    """Compare by language and text; a message may move from one set to another."""
    before = {prediction.key: prediction for prediction in was}
    after = {prediction.key: prediction for prediction in now}
    both = [Change(before[key], after[key]) for key in after if key in before]
    return Comparison(
        changes=tuple(
            change
            for change in both
            if (change.was.predicted, change.was.asked) != (change.now.predicted, change.now.asked)
        ),
        added=tuple(after[key] for key in after if key not in before),
        removed=tuple(before[key] for key in before if key not in after),
        relabelled=tuple(
            change
            for change in both
            if (change.was.expected, change.was.critical, change.was.set)
            != (change.now.expected, change.now.critical, change.now.set)
        ),
    )


@dataclass(frozen=True)
class Tally:
    """Messages, how many are read rightly, asked about or wrongly."""

    messages: int
    right: int
    asked: int

    @property
    def wrong(self) -> int:
        """Messages that get the wrong answer."""
        return self.messages - self.right - self.asked

    @property
    def accuracy(self) -> float:
        """Share that is read rightly, 0 to 1; 0 without messages."""
        return self.right / self.messages if self.messages else 0.0


def tally(predictions: Iterable[Prediction]) -> Tally:
    """Count the marks."""
    marks = Counter(prediction.mark for prediction in predictions)
    return Tally(marks.total(), marks[Mark.RIGHT], marks[Mark.ASKED])
