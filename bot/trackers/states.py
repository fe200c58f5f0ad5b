"""The state between two turns, and what remains of a turn that is taken back.

A tracker is rebuilt from the newest turns alone. What came before them is a state: the slots that
differ from their initial values and the open form. As events it stands at the head of the tracker.
What is lost is what a story would need of turns before the window, counting those that rules made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
)
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

VOIDED = "voided"


def state_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What a later tracker has to know of this one, as JSON."""
    changed = {
        name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value
    }
    loop = tracker.active_loop
    return {
        "slots": changed,
        "loop": tracker.active_loop_name,
        "rejected": bool(loop and loop.rejected),
        "interrupted": bool(loop and loop.is_interrupted),
    }


def state_events(state: dict[str, Any], at: float, slots: Iterable[Slot]) -> list[Event]:
    """Events that bring an empty tracker into `state`; `at` is their time (epoch seconds)."""
    known = {slot.name for slot in slots}
    events: list[Event] = [SessionStarted(timestamp=at)]
    # A slot that the domain has dropped since is forgotten.
    settings = {name: value for name, value in state["slots"].items() if name in known}
    requested = settings.pop(REQUESTED_SLOT, None)
    events += [SlotSet(name, value, timestamp=at) for name, value in settings.items()]
    if state["loop"]:
        # The form ran before; without its execution the next one would count as its first.
        events.append(ActionExecuted(state["loop"], timestamp=at))
        events.append(ActiveLoop(state["loop"], timestamp=at))
    if requested is not None:
        events.append(SlotSet(REQUESTED_SLOT, requested, timestamp=at))
    events.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=at))
    if state["rejected"]:
        events.append(ActionExecutionRejected(state["loop"], timestamp=at))
    if state["interrupted"]:
        events.append(LoopInterrupted(is_interrupted=True, timestamp=at))
    return events


def rebuilt(
    conversation: str, events: Sequence[Event], slots: Iterable[Slot]
) -> DialogueStateTracker:
    """A tracker that went through `events`, as Rasa's own stores rebuild it."""
    return DialogueStateTracker.from_events(conversation, list(events), slots)


def without_the_bot(events: Sequence[Event]) -> list[Event]:
    """What remains of a turn that nobody is to remember: the customer's messages.

    The bot's words, slots and forms go. A session that began with the turn did begin; slots that
    were set before the first message of the turn (carried over, or told by the bridge) stay.
    """
    kept: list[Event] = []
    spoken = False
    for event in events:
        if isinstance(event, UserUttered):
            spoken = True
            event.metadata = {**event.metadata, VOIDED: True}
            kept += [event, ActionExecuted(ACTION_LISTEN_NAME, timestamp=event.timestamp)]
        elif not spoken and _opens_a_session(event):
            kept.append(event)
    return kept


def _opens_a_session(event: Event) -> bool:
    if isinstance(event, ActionExecuted):
        return event.action_name in (ACTION_SESSION_START_NAME, ACTION_LISTEN_NAME)
    return isinstance(event, (SessionStarted, SlotSet))
