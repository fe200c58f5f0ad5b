"""The states that policies look at, kept between the predictions of a turn.

Policies ask for the state before every action of a conversation, two or three times for each
prediction, and Rasa replays the whole history for each. Here the replay goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from rasa.shared.core.constants import ACTIVE_LOOP, PREVIOUS_ACTION, SLOTS, USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.speed.trackers import known_applied_events

ORIGINAL = Domain.states_for_tracker_history
_KEY = "_replayed_history"
State = dict[str, dict[str, Any]]


def apply() -> None:
    """Put the faster version in place; safe to call more than once."""
    Domain.states_for_tracker_history = states_for_tracker_history


@dataclass
class _Point:
    """The conversation before one action: its state and what hiding turns depends on."""

    state: State
    previous_action: dict[str, Any] | None
    followup: bool
    loop_ran: bool
    message: UserUttered | None
    # What of the message may still change: whether its text or its intent counts, entities.
    reading: tuple[Any, int] | None
    hide_rule_turn: bool = False

    def copy_of_state(self, domain: Domain) -> State:
        """The state, to be changed at will; read anew if the message is read differently now."""
        if self.message is not None and _reading(self.message) != self.reading:
            self.state = _with_user(self.state, _user(domain, self.message))
            self.reading = _reading(self.message)
        return {kind: dict(features) for kind, features in self.state.items()}


@dataclass
class _Replay:
    """A tracker that follows another one, and the points it came by."""

    domain: Domain
    shadow: DialogueStateTracker
    done: list[Event] = field(default_factory=list)
    points: list[_Point] = field(default_factory=list)
    last: _Point | None = None
    followed: list[Event] | None = None

    def follow(self, applied: list[Event]) -> bool:
        """Go on to the end of `applied`; False when it doesn't begin with what was replayed."""
        if applied is self.followed:
            return True
        count = len(self.done)
        if len(applied) < count or any(
            a is not b
            # Python 3.10: only as far as both go; the rest is new.
            for a, b in zip(self.done, applied)  # noqa: B905
        ):
            return False
        for event in applied[count:]:
            if isinstance(event, ActionExecuted):
                point = _point(self.domain, self.shadow)
                point.hide_rule_turn = event.hide_rule_turn
                self.points.append(point)
            self.shadow.update(event)
            self.done.append(event)
        self.last = _point(self.domain, self.shadow)
        self.followed = applied
        return True


def states_for_tracker_history(
    domain: Domain,
    tracker: DialogueStateTracker,
    omit_unset_slots: bool = False,
    ignore_rule_only_turns: bool = False,
    rule_only_data: dict[str, Any] | None = None,
) -> list[State]:
    """The same as Rasa's: the state before each action that counts, and the present one."""
    if omit_unset_slots:  # in training only
        states: list[State] = ORIGINAL(
            domain, tracker, omit_unset_slots, ignore_rule_only_turns, rule_only_data
        )
        return states
    points = _points(domain, tracker)
    if not ignore_rule_only_turns:
        return [point.copy_of_state(domain) for point in points]
    return _without_rule_turns(domain, points, rule_only_data)


def _without_rule_turns(
    domain: Domain, points: list[_Point], rule_only_data: dict[str, Any] | None
) -> list[State]:
    """Rasa's own steps: what only rules know of is hidden from policies that know stories."""
    states: list[State] = []
    last_action: dict[str, Any] | None = None
    hidden = False
    for point in points:
        if not hidden:
            last_action = point.previous_action
        if not point.followup and not point.loop_ran:
            hidden = point.hide_rule_turn
        if hidden:
            continue
        state = point.copy_of_state(domain)
        domain._remove_rule_only_features(state, rule_only_data)
        if states:
            domain._substitute_rule_only_user_input(state, states[-1])
        if last_action:
            state[PREVIOUS_ACTION] = last_action
        states.append(domain._clean_state(state))
    return states


def _points(domain: Domain, tracker: DialogueStateTracker) -> list[_Point]:
    applied = known_applied_events(tracker)
    replay: _Replay | None = tracker.__dict__.get(_KEY)
    if replay is None or replay.domain is not domain or not replay.follow(applied):
        replay = _Replay(domain, tracker.init_copy())
        replay.follow(applied)
        tracker.__dict__[_KEY] = replay
    assert replay.last is not None
    return [*replay.points, replay.last]


def _point(domain: Domain, tracker: DialogueStateTracker) -> _Point:
    message = tracker.latest_message
    return _Point(
        state=domain.get_active_state(tracker),
        previous_action=domain._get_prev_action_sub_state(tracker),
        followup=bool(tracker.followup_action),
        loop_ran=tracker.latest_action_name == tracker.active_loop_name,
        message=message,
        reading=None if message is None else _reading(message),
    )


def _reading(message: UserUttered) -> tuple[Any, int]:
    return message.use_text_for_featurization, len(message.entities)


def _user(domain: Domain, message: UserUttered) -> dict[str, Any]:
    features: dict[str, Any] = domain._get_user_sub_state(SimpleNamespace(latest_message=message))
    return features


def _with_user(state: State, user: dict[str, Any]) -> State:
    changed = {USER: user, **{kind: state[kind] for kind in _KINDS if kind in state}}
    return {kind: features for kind, features in changed.items() if features}


_KINDS = (SLOTS, PREVIOUS_ACTION, ACTIVE_LOOP)
