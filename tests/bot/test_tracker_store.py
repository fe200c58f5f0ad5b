"""A bounded store must be indistinguishable from unlimited memory."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet

from bot import settings
from bot.care.action_endpoint import ActionEndpoint
from bot.care.output import CareOutput
from bot.lock_store import ConversationLocks
from bot.tracker_store import CareTrackerStore, Voided
from bot.trackers.database import Taken
from tests.bot.conftest import TINY, Actions

Message = tuple[str, dict[str, Any]]

MESSAGES: tuple[Message, ...] = (
    ("greet", {}),
    ("goodbye", {}),
    ("affirm", {}),
    ("deny", {}),
    ("order_status", {}),
    ("order_status", {"order_number": "LA-20398"}),
    ("inform", {"order_number": "LA-20417"}),
    ("inform", {"code": "482913"}),
    ("inform", {"code": "111222"}),
    ("inform", {}),
    ("product_question", {}),
    ("complaint", {}),
    ("nlu_fallback", {}),
    ("out_of_scope", {"language": "en"}),
    ("restart", {}),
)


def incoming(conversation: str, message: Message, output: CareOutput) -> UserMessage:
    intent, entities = message
    parsed = {
        "text": intent,
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }
    return UserMessage(intent, output, conversation, parse_data=parsed)


def observable(tracker: Any, output: CareOutput) -> dict[str, Any]:
    """What a conversation's state means to the next message and to the gateway."""
    loop = tracker.active_loop
    return {
        "said": output.said.texts,
        "slots": tracker.current_slot_values(),
        "loop": loop and (loop.name, loop.rejected, loop.is_interrupted),
        "latest_action": tracker.latest_action_name,
        "paused": tracker.is_paused(),
    }


class Clock:
    """Time that a test moves on by itself."""

    def __init__(self) -> None:
        self._real = time.time
        self.ahead = 0.0

    def __call__(self) -> float:
        return self._real() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moving = Clock()
    monkeypatch.setattr(time, "time", moving)
    return moving


# Rasa hides turns that only rules made from its memory of stories, so a story may go on after any
# number of them; with us after as many as the window holds. Three are too few for the tiny story.
WITHOUT_STORY = tuple(message for message in MESSAGES if message[0] != "product_question")


@pytest.mark.parametrize(
    ("window", "vocabulary"), [(3, WITHOUT_STORY), (settings.WINDOW_TURNS, MESSAGES)]
)
async def test_random_conversations_go_as_with_unlimited_memory(
    window: int,
    vocabulary: tuple[Message, ...],
    tiny_model: Path,
    tmp_path: Path,
    actions: Actions,
    clock: Clock,
) -> None:
    store = CareTrackerStore(host=f"sqlite:///{tmp_path / 'bot.sqlite3'}", window=window)
    bounded = Agent.load(str(tiny_model), tracker_store=store, lock_store=ConversationLocks())
    unlimited = Agent.load(str(tiny_model))
    for agent in (bounded, unlimited):
        assert agent.processor is not None
        agent.processor.action_endpoint = ActionEndpoint(actions.url, agent.processor.domain)
    bounded.processor.tracker_store = store
    for seed in range(16):
        chance = random.Random(seed)
        conversation = f"c{seed}"
        for turn in range(chance.randint(6, 18)):
            clock.ahead += chance.choice([1, 1, 1, 1, 30, 4000])
            messages = [chance.choice(vocabulary) for _ in range(chance.choice([1, 1, 1, 2, 3]))]
            first, second = CareOutput("api"), CareOutput("api")
            async with store.turn(conversation, f"t{turn}") as opened:
                for message in messages:
                    await bounded.processor.handle_message(incoming(conversation, message, first))
                await store.commit(opened, {})
            for message in messages:
                await unlimited.processor.handle_message(incoming(conversation, message, second))
            expected = await unlimited.tracker_store.retrieve(conversation)
            found = await store.retrieve(conversation)
            where = f"seed {seed}, turn {turn}, {messages}"
            assert observable(opened.tracker, first) == observable(expected, second), where
            assert observable(found, first) == observable(expected, second), where
    for agent in (bounded, unlimited):
        await agent.processor.action_endpoint.close()
    store.close()


@pytest.fixture
def store(database_url: str) -> Iterator[CareTrackerStore]:
    opened = CareTrackerStore(host=database_url)
    opened.domain = Domain.load(str(TINY / "domain.yml"))
    yield opened
    opened.close()


@pytest.fixture
def conversation() -> str:
    return uuid.uuid4().hex


async def put(store: CareTrackerStore, conversation: str, turn_id: str, **slots: Any) -> None:
    async with store.turn(conversation, turn_id) as turn:
        for name, value in slots.items():
            turn.tracker.update(SlotSet(name, value))
        await store.commit(turn, {"turn": turn_id})


async def test_a_turn_is_stored_when_it_is_committed_and_not_before(
    store: CareTrackerStore, conversation: str
) -> None:
    async with store.turn(conversation, "t1") as turn:
        turn.tracker.update(SlotSet("topic", "lost"))
        await store.save(turn.tracker)
        assert await store.retrieve(conversation) is turn.tracker
    assert await store.retrieve(conversation) is None
    await put(store, conversation, "t1", topic="kept")
    assert (await store.retrieve(conversation)).get_slot("topic") == "kept"
    assert await store.answer_to(conversation, "t1") == {"turn": "t1"}
    assert await store.answer_to(conversation, "t2") is None


async def test_rivals_do_not_both_write_the_next_turn(
    store: CareTrackerStore, conversation: str
) -> None:
    async with store.turn(conversation, "mine") as turn:
        await put(store, conversation, "theirs", topic="first")
        with pytest.raises(Taken):
            await store.commit(turn, {})
    assert (await store.retrieve(conversation)).get_slot("topic") == "first"


async def test_the_same_turn_of_a_rival_gives_its_answer(
    store: CareTrackerStore, conversation: str
) -> None:
    async with store.turn(conversation, "same") as turn:
        await put(store, conversation, "same")
        assert await store.commit(turn, {"turn": "another answer"}) == {"turn": "same"}


async def test_a_turn_voided_meanwhile_is_not_stored(
    store: CareTrackerStore, conversation: str
) -> None:
    async with store.turn(conversation, "gone") as turn:
        turn.tracker.update(SlotSet("topic", "gone"))
        await store.void(conversation, "gone")
        with pytest.raises(Voided):
            await store.commit(turn, {})
    assert await store.retrieve(conversation) is None


async def test_a_read_takes_a_bounded_number_of_turns(
    store: CareTrackerStore, conversation: str
) -> None:
    await put(store, conversation, "first", topic="remembered")
    for number in range(3 * settings.WINDOW_TURNS):
        await put(store, conversation, f"t{number}", open_case=bool(number % 2))
    tracker = await store.retrieve(conversation)
    assert tracker.get_slot("topic") == "remembered"
    assert len(tracker.events) < 2 * settings.WINDOW_TURNS


async def test_what_rasa_saves_by_itself_is_kept_too(
    store: CareTrackerStore, conversation: str
) -> None:
    await put(store, conversation, "t1", topic="before")
    tracker = await store.retrieve(conversation)
    tracker.update(SlotSet("topic", "after"))
    await store.save(tracker)
    assert (await store.retrieve(conversation)).get_slot("topic") == "after"


@pytest.mark.parametrize("value", ["\x00", "\ud800", "😀", 'quote " and \\ back', "’"])
async def test_any_text_survives(store: CareTrackerStore, conversation: str, value: str) -> None:
    await put(store, conversation, "t1", topic=value)
    assert (await store.retrieve(conversation)).get_slot("topic") == value


async def test_a_slot_that_the_domain_dropped_is_forgotten(
    store: CareTrackerStore, conversation: str
) -> None:
    for number in range(settings.WINDOW_TURNS + 2):
        await put(store, conversation, f"t{number}", topic="old")
    domain = store.domain
    domain.slots = [slot for slot in domain.slots if slot.name != "topic"]
    assert "topic" not in (await store.retrieve(conversation)).slots


async def test_two_processes_share_a_database(
    store: CareTrackerStore, conversation: str, database_url: str
) -> None:
    other = CareTrackerStore(host=database_url)
    other.domain = store.domain
    await put(store, conversation, "t1", topic="here")
    await put(other, conversation, "t2", open_case=True)
    tracker = await store.retrieve(conversation)
    assert (tracker.get_slot("topic"), tracker.get_slot("open_case")) == ("here", True)
    other.close()
