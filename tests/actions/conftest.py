"""One action, one message: run against a bridge over real HTTP, read back what it did."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.bridge_client import close_session
from tests.actions.fake_bridge import TOKEN, FakeBridge
from tests.actions.responses import rendered

CONVERSATION = "c1"
EXECUTOR = ActionExecutor()
EXECUTOR.register_package("actions")


@dataclass
class Outcome:
    """What one action did."""

    responses: list[str] = field(default_factory=list)
    text: str = ""
    buttons: list[dict[str, str]] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    signals: dict[str, dict[str, Any]] = field(default_factory=dict)
    handoff: dict[str, Any] | None = None
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def rejected(self) -> bool:
        """Whether the form left the message to the rules."""
        return any(e["event"] == "action_execution_rejected" for e in self.events)

    @property
    def follows(self) -> str | None:
        """The action that comes next whatever the rules say."""
        return next((e["name"] for e in self.events if e["event"] == "followup"), None)

    @property
    def form_ended(self) -> bool:
        """Whether nothing more is asked."""
        return "requested_slot" in self.slots and self.slots["requested_slot"] is None


def found(*values: tuple[str, str] | tuple[str, str, str]) -> list[dict[str, str]]:
    """Entities of a message: kind and value, maybe with a role."""
    return [dict(zip(("entity", "value", "role"), value, strict=False)) for value in values]


def user_event(
    message_id: str, text: str, intent: str, entities: Sequence[dict[str, str]] = ()
) -> dict[str, Any]:
    """A customer's message in a tracker."""
    return {
        "event": "user",
        "text": text,
        "parse_data": {"intent": {"name": intent}, "entities": list(entities)},
        "metadata": {"message_id": message_id},
    }


async def perform(
    action: str,
    text: str = "",
    intent: str = "nlu_fallback",
    *,
    entities: dict[str, str] | Sequence[dict[str, str]] | None = None,
    slots: dict[str, Any] | None = None,
    language: str = "it",
    form: str | None = None,
    starts: bool = False,
    answered: str | None = None,
    previous: tuple[str, str] = ("m1", "greet"),
    named_before: Sequence[dict[str, str]] = (),
    public: bool = False,
    message_id: str = "m2",
    said: Sequence[dict[str, Any]] = (),
    readings: Sequence[str] = (),
    attachments: int = 0,
    drops: bool = False,
) -> Outcome:
    """Run an action on a message.

    `form` is active, `starts` says by this very message; `answered` names an action that has
    answered the message before (an interruption); `previous` is id and intent of the message
    before, `named_before` its entities, `said` what the bot answered to it; `readings` are the
    classifier's, likeliest first; `drops`: it begins by dropping what was asked.
    """
    if isinstance(entities, dict):
        entities = found(*entities.items())
    events = [
        user_event(previous[0], "…", previous[1], named_before),
        *said,
        user_event(message_id, text, intent),
    ]
    if starts:
        events.append({"event": "active_loop", "name": form})
    if answered:
        events.append({"event": "action", "name": answered})
    if form:
        events.append({"event": "action", "name": form})
    metadata = {
        "turn_id": "t1",
        "message_id": message_id,
        "channel": "api",
        "account": "default",
        "handle": "giulia-app",
        "public": public,
        "attachments": attachments,
        "drops": drops,
    }
    values = {"language": language, **(slots or {})}
    tracker = Tracker.from_dict(
        {
            "sender_id": CONVERSATION,
            "slots": values,
            "latest_message": {
                "text": text,
                "intent": {"name": intent},
                "intent_ranking": [{"name": name} for name in readings],
                "entities": list(entities or ()),
                "metadata": metadata,
            },
            "events": events,
            "paused": False,
            "followup_action": None,
            "active_loop": {"name": form} if form else {},
            "latest_action_name": "action_listen",
        }
    )
    dispatcher = CollectingDispatcher()
    events_out = await EXECUTOR.actions[action](dispatcher, tracker, {})
    return _outcome(action, events_out, dispatcher.messages, values)


def _outcome(
    action: str, events: list[dict[str, Any]], messages: list[dict[str, Any]], slots: dict[str, Any]
) -> Outcome:
    outcome = Outcome(events=events)
    outcome.slots = {e["name"]: e["value"] for e in events if e["event"] == "slot"}
    texts = []
    for message in messages:
        if message["response"]:
            name = message["response"]
            text, buttons = rendered(name, slots["language"], {**slots, **message})
            outcome.responses.append(name)
            texts.append(text)
            outcome.buttons = [*buttons, *message["buttons"]] or outcome.buttons
        elif message["text"]:
            texts.append(message["text"])
            outcome.buttons = message["buttons"] or outcome.buttons
        report = message["custom"].get("ascolto", {})
        if "signal" in report:
            outcome.signals[report["signal"]["name"]] = report["signal"]["data"]
        outcome.handoff = report.get("handoff", outcome.handoff)
        outcome.report = report.get("action", outcome.report)
    outcome.text = "\n\n".join(texts)
    assert outcome.report["name"] == action, "every action reports itself, last"
    return outcome


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBridge]:
    """A running bridge that the actions are configured for."""
    with FakeBridge() as fake:
        monkeypatch.setenv("ASCOLTO_BRIDGE_URL", fake.url)
        monkeypatch.setenv("ASCOLTO_BRIDGE_TOKEN_ACTIONS", TOKEN)
        yield fake


@pytest.fixture
def carla(bridge: FakeBridge) -> FakeBridge:
    """A verified customer whose order came six days ago."""
    bridge.grant(CONVERSATION, "carla")
    return bridge


@pytest.fixture(params=["refused", "500", "slow", "garbage"])
def broken(request: pytest.FixtureRequest, bridge: FakeBridge) -> Callable[[str], None]:
    """Breaks the bridge for the next call to a path, in each of the ways a bridge can be away."""

    def break_path(path: str) -> None:
        if request.param == "refused":
            bridge.stop()
        elif request.param == "slow":
            bridge.stall(path)
        elif request.param == "garbage":
            bridge.garble(path)
        else:
            bridge.fail(path, 500)

    return break_path


@pytest_asyncio.fixture(autouse=True)
async def closed_connections() -> AsyncIterator[None]:
    """Each test has its own event loop, and closes what it opened."""
    yield
    await close_session()
