"""What replaces a function of Rasa gives what Rasa's own gives."""

from __future__ import annotations

import ast
import copy
import inspect
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionReverted,
    Restarted,
    SlotSet,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.schemas.events import EVENT_SCHEMA

from bot import speed
from bot.care.action_endpoint import ActionEndpoint
from bot.care.output import CareOutput
from bot.speed import actions as speedy_actions
from bot.speed import debug_lines, history, rules, trackers
from tests.bot.conftest import Actions
from tests.bot.test_tracker_store import MESSAGES, incoming

# Things that happen to conversations between the turns.
HAPPENINGS: tuple[Any, ...] = (
    list,
    list,
    list,
    lambda: [SlotSet("topic", "lost")],
    lambda: [ActionReverted()],
    lambda: [UserUtteranceReverted()],
    lambda: [Restarted()],
)


@pytest.fixture
async def agent(tiny_model: Path, actions: Actions) -> AsyncIterator[Agent]:
    loaded = Agent.load(str(tiny_model))
    speed.apply()
    assert loaded.processor is not None
    loaded.processor.action_endpoint = ActionEndpoint(actions.url, loaded.processor.domain)
    yield loaded
    await loaded.processor.action_endpoint.close()


class Compared:
    """Calls a function of Rasa's beside its replacement, and notes what they were called with."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self._patch = patch

    def __call__(self, owner: type, name: str, ours: Any, rasas: Any) -> None:
        def both(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            expected = copy.deepcopy(rasas(*args, **kwargs))
            found = ours(*args, **kwargs)
            assert found == expected
            return found

        self._patch.setattr(owner, name, both)


async def talk(agent: Agent, seed: int) -> None:
    """A random conversation, with things that turn its history over."""
    processor = agent.processor
    assert processor is not None
    chance = random.Random(seed)
    conversation = f"c{seed}"
    for _ in range(chance.randint(4, 14)):
        message = chance.choice(MESSAGES)
        await processor.handle_message(incoming(conversation, message, CareOutput("api")))
        tracker = await agent.tracker_store.retrieve(conversation)
        assert tracker is not None
        tracker.update_with_events(chance.choice(HAPPENINGS)(), processor.domain)
        await agent.tracker_store.save(tracker)


async def test_policies_see_the_states_that_rasa_would_show_them(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = Compared(monkeypatch)
    compare(
        Domain,
        "states_for_tracker_history",
        history.states_for_tracker_history,
        history.ORIGINAL,
    )
    for seed in range(24):
        await talk(agent, seed)
    assert compare.calls > 500


async def test_the_events_that_count_are_those_that_rasa_counts(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = Compared(monkeypatch)
    compare(DialogueStateTracker, "applied_events", trackers.applied_events, trackers.ORIGINAL)
    for seed in range(8):
        await talk(agent, seed)
    assert compare.calls > 100


async def test_the_rules_that_fit_are_those_that_rasa_finds(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = Compared(monkeypatch)
    compare(RulePolicy, "_get_possible_keys", rules.possible_keys, rules.ORIGINAL)
    for seed in range(16):
        await talk(agent, seed)
    assert compare.calls > 100


def test_a_list_of_events_is_the_callers_own(agent: Agent) -> None:
    tracker = DialogueStateTracker.from_events("c", [SlotSet("topic", "lost")], [])
    tracker.applied_events().clear()
    assert len(tracker.applied_events()) == 1


def copies(module: ModuleType) -> Iterator[tuple[str, bool]]:
    """Each use of the module `copy`, and whether it stands inside a debug line."""

    def visit(node: ast.AST, inside: bool) -> Iterator[tuple[str, bool]]:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            named = owner.id if isinstance(owner, ast.Name) else ""
            inside = inside or (named == "structlogger" and node.func.attr == "debug")
        if isinstance(node, ast.Name) and node.id == "copy":
            yield f"{module.__name__}:{node.lineno}", inside
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inside)

    yield from visit(ast.parse(inspect.getsource(module)), False)


@pytest.mark.parametrize("module", debug_lines.MODULES, ids=lambda module: module.__name__)
def test_nothing_but_debug_lines_loses_its_copies(module: ModuleType) -> None:
    uses = list(copies(module))
    assert uses
    assert [place for place, inside in uses if not inside] == []


EVENTS: list[Any] = [
    {"event": "slot", "name": "topic", "value": None, "timestamp": None},
    {"event": "slot", "name": "topic"},
    {"event": "slot", "name": 5, "value": 1},
    {"event": "slot", "name": "topic", "value": 1, "timestamp": "now"},
    {"event": "bot", "text": "Ciao", "metadata": {}},
    {"event": "bot", "metadata": "none"},
    {"event": "active_loop", "name": None},
    {"event": "action", "name": "x", "policy": 5},
    {"event": "user", "text": "ciao", "parse_data": {"intent": {"name": "greet"}}},
    {"event": "user", "parse_data": {"entities": [{"entity": "x"}]}},
    {"event": "entities"},
    {"event": "unheard_of"},
    {"event": None},
    {"name": "no event"},
    {},
    "slot",
    None,
]
ANSWERS: list[Any] = [
    {},
    {"events": [], "responses": []},
    {"events": {}, "responses": []},
    {"events": [], "responses": [{"text": "Ciao"}]},
    {"events": [], "responses": ["Ciao"]},
    {"events": [], "responses": None},
    [],
    None,
    "ok",
]


@pytest.mark.parametrize(
    "answer", [*ANSWERS, *({"events": [event], "responses": []} for event in EVENTS)], ids=repr
)
def test_an_actions_answer_is_judged_as_rasa_judges_it(answer: Any) -> None:
    schema = RemoteAction.action_response_format_spec()
    expected = jsonschema.Draft7Validator(schema).is_valid(answer)
    action = RemoteAction("action_x", None)
    if expected:
        assert speedy_actions.validate(action, answer)
    else:
        with pytest.raises(jsonschema.ValidationError):
            speedy_actions.validate(action, answer)


def test_each_kind_of_event_has_one_schema() -> None:
    names = [one["properties"]["event"]["const"] for one in EVENT_SCHEMA["oneOf"]]
    assert len(names) == len(set(names))
