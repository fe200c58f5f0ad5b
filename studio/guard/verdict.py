"""Whether a model may be served: the rules that a comparison must pass.

A balance is kept for each intent over both languages, for each language over all intents, and for
messages the bot is for that it turns away. Finer cells (98 of intent and language, some thirty
messages each) would tip by chance at every training: one model serves both languages, and a border
that moves between two intents mostly moves in both. Coarser ones would let an intent pay for
another: a customer with a lost parcel isn't helped by better small talk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from studio.guard.accepted import FILE as ACCEPTED_FILE
from studio.guard.accepted import Accepted, Mistake, covering
from studio.guard.comparing import Change, Comparison
from studio.guard.predictions import FOLDER, LANGUAGES, Mark, Prediction

UPDATE = "make guard UPDATE=1"
# A balance that is no intent's: messages the bot is for, and that it rejects.
TURNED_AWAY = "in scope, turned away"


@dataclass(frozen=True)
class Balance:
    """Messages of one group that are read better and worse than before; accepted losses count as
    neither."""

    name: str
    gains: int
    losses: int
    accepted: int = 0

    @property
    def net(self) -> int:
        """Losses beyond gains; above zero it fails."""
        return self.losses - self.gains


@dataclass(frozen=True)
class Finding:
    """One reason not to serve the model. `kind`: net_loss, critical, dialogue, acceptance or
    outdated; `place` is a file with line, an intent or a dialogue's name."""

    kind: str
    place: str
    message: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What the guard says. Without a reference (`compared` is False) nothing is known about
    losses."""

    comparison: Comparison
    compared: bool
    balances: tuple[Balance, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[tuple[Accepted, Prediction], ...] = ()
    dialogues: int | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether the model may be served."""
        return not self.findings


def judge(
    comparison: Comparison,
    now: Sequence[Prediction],
    accepted: Sequence[Accepted],
    mistakes: Sequence[Mistake] = (),
    *,
    compared: bool = True,
) -> Verdict:
    """Apply the rules to a comparison of `now` with what was before."""
    borne = [
        (entry, change)
        for change in comparison.worse
        if (entry := covering(accepted, change.now, change.was.predicted)) is not None
    ]
    losses = [c for c in comparison.worse if c not in {change for _, change in borne}]
    balances = list(_balances(comparison, losses, [change for _, change in borne]))
    by_name = _groups()
    findings = [
        Finding(
            "net_loss",
            balance.name,
            f"{balance.name}: {balance.losses} worse, {balance.gains} better",
            tuple(change for change in losses if by_name(balance.name, change)),
        )
        for balance in balances
        if balance.net > 0
    ]
    flipped = {change.now.key for change in comparison.borderline}
    used = [(entry, change.now) for entry, change in borne]
    for prediction in now:
        if not prediction.critical or prediction.mark is not Mark.WRONG:
            continue
        if entry := covering(accepted, prediction):
            used.append((entry, prediction))
        elif prediction.key not in flipped:
            findings.append(_critical(prediction))
    needed = {entry.line for entry, _ in used}
    # On a border it may be needed on another machine.
    near = {prediction.key for prediction in now if prediction.on_border}
    needed |= {entry.line for entry in accepted if (entry.language, entry.text) in near}
    findings += [
        Finding("acceptance", f"{ACCEPTED_FILE}:{mistake.line}", mistake.message)
        for mistake in mistakes
    ]
    return Verdict(
        comparison=comparison,
        compared=compared,
        balances=tuple(balances),
        findings=tuple(findings),
        accepted=tuple({entry.line: (entry, now) for entry, now in used}.values()),
        # Nobody is kept from serving a model because it reads better.
        notes=tuple(
            f"{ACCEPTED_FILE}:{entry.line} accepts a loss that isn't there any more; take it out:"
            f" {entry.text!r}"
            for entry in accepted
            if entry.line not in needed
        ),
    )


def outdated(kept: Comparison) -> Finding | None:
    """The finding if the committed file isn't what the model says; `kept` compares the two."""
    flipped = [change for change in kept.changes if not change.borderline]
    if kept.same_messages and not flipped:
        return None
    counts = (
        (len(flipped), "read otherwise"),
        (len(kept.added), "new"),
        (len(kept.removed), "gone"),
        (len(kept.relabelled), "labelled anew"),
    )
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    message = f"the predictions under git aren't this model's ({said}): {UPDATE}, and commit them"
    return Finding("outdated", str(FOLDER), message)


def _balances(
    comparison: Comparison, losses: Sequence[Change], borne: Sequence[Change]
) -> Iterable[Balance]:
    belongs = _groups()
    intents = sorted({change.now.expected for change in (*comparison.better, *comparison.worse)})
    for name in (*intents, *LANGUAGES):
        yield Balance(
            name,
            gains=sum(belongs(name, change) for change in comparison.better),
            losses=sum(belongs(name, change) for change in losses),
            accepted=sum(belongs(name, change) for change in borne),
        )
    settled = {change.now.key for change in borne}
    moved = [
        change.newly_refused
        for change in comparison.changes
        if not change.borderline and change.now.key not in settled
    ]
    yield Balance(TURNED_AWAY, gains=moved.count(-1), losses=moved.count(1))


def _groups() -> Callable[[str, Change], bool]:
    def belongs(name: str, change: Change) -> bool:
        if name == TURNED_AWAY:
            return change.newly_refused > 0
        return name in (change.now.expected, change.now.language)

    return belongs


def _critical(prediction: Prediction) -> Finding:
    return Finding(
        "critical",
        f"tests/nlu/{prediction.set}.{prediction.language}.yml",
        f"critical message read as {prediction.reading}, not {prediction.expected}:"
        f" {prediction.text!r}",
    )
