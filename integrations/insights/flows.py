"""How the forms of a session went: what each asked, and how each ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from integrations.insights.sessions import Said, Session, Turn
from integrations.insights.traces import FORM_FILLED, flow_of

DONE, LEFT, SILENT = "done", "left", "silent"
HANDED_OVER, INTERRUPTED, GOING_ON = "handed_over", "interrupted", "going_on"
GAVE_UP = frozenset({LEFT, SILENT})
# Steps of a form that says none of its own.
NO_STEP = ""


@dataclass
class Attempt:
    """One filling-in of a form. `steps` are those asked, in order; `again`: asked once more."""

    flow: str
    at: float
    steps: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    messages: int = 0
    fate: str = GOING_ON
    # The customer's last message in it.
    last: Said | None = None

    @property
    def answered(self) -> list[str]:
        """The steps that were got past."""
        return self.steps if self.fate == DONE else self.steps[:-1]

    def ask(self, step: str) -> None:
        """The bot has asked a step, for the first time or once more."""
        if self.steps and self.steps[-1] == step:
            self.again.append(step)
        elif step in self.steps:
            # Back to an earlier one: what came after has to be asked anew.
            self.again.append(step)
            self.steps = self.steps[: self.steps.index(step) + 1]
        else:
            self.steps.append(step)


def attempts(session: Session, *, over: bool) -> list[Attempt]:
    """Every attempt of a session in its order; `over`: nobody will go on with it any more."""
    found: list[Attempt] = []
    current: Attempt | None = None
    for turn in sorted(session.turns, key=lambda each: each.created_at):
        said = session.of_turn(turn)
        filled = [flow_of(data) for data in turn.told(FORM_FILLED)]
        called = session.handed_over_in(turn)
        if current is not None:
            current.fate = _go_on(current, turn, said, filled, called=called)
            if current.fate == GOING_ON:
                continue
            filled = [flow for flow in filled if not _same(current.flow, flow)]
            handed_over = current.fate == HANDED_OVER
            current = None
            if handed_over:
                continue
        found += _at_once(turn, filled, said)
        if turn.form is not None:
            begun = _begun(turn, turn.form, said)
            begun.fate = HANDED_OVER if called else GOING_ON
            found.append(begun)
            current = None if called else begun
    if current is not None:
        called = any(handoff.at >= current.at for handoff in session.handoffs)
        current.fate = HANDED_OVER if called else SILENT if over else GOING_ON
    return found


def _go_on(
    attempt: Attempt, turn: Turn, said: Sequence[Said], filled: Sequence[str], *, called: bool
) -> str:
    """The next turn of an open attempt; how the attempt stands after it."""
    attempt.messages += len(said)
    attempt.last = said[-1] if said else attempt.last
    if any(_same(attempt.flow, flow) for flow in filled):
        return DONE
    if called:
        return HANDED_OVER
    if turn.form is None:
        return LEFT
    if not _same(attempt.flow, turn.form):
        return INTERRUPTED
    attempt.flow = max(attempt.flow, turn.form, key=len)
    attempt.ask(turn.asked or NO_STEP)
    return GOING_ON


def _begun(turn: Turn, flow: str, said: Sequence[Said]) -> Attempt:
    last = said[-1] if said else None
    attempt = Attempt(flow, turn.created_at, messages=len(said), last=last)
    attempt.ask(turn.asked or NO_STEP)
    return attempt


def _at_once(turn: Turn, filled: Sequence[str], said: Sequence[Said]) -> Iterator[Attempt]:
    """Forms that one message filled in, before anything was asked."""
    for flow in filled:
        last = said[-1] if said else None
        yield Attempt(flow, turn.created_at, messages=len(said), fate=DONE, last=last)


def _same(one: str, other: str) -> bool:
    """Whether two names stand for one flow; a form may not say yet which of its flows it is in."""
    form, _, flow = one.partition("/")
    form_of_other, _, flow_of_other = other.partition("/")
    return form == form_of_other and (not flow or not flow_of_other or flow == flow_of_other)
