"""Corrections: what an agent changes after it was sent, where the channel can show that."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from integrations.channels.contract import Capabilities
from integrations.conversations.tables import bridge_queue, outbound
from runtime.errors import Conflict, Invalid, NotFound, Permanent, Temporary, UnknownOutcome
from tests.integrations.world import World, until

WRONG, RIGHT = "Arriva lunedì.", "Arriva martedì."


class Editor:
    """Lets the push channel change what it sent."""

    def __init__(self) -> None:
        self.edits: list[tuple[str, str, str]] = []
        self.outcomes: list[BaseException] = []

    async def edit(self, account: str, address: str, external_id: str, text: str) -> None:
        if self.outcomes:
            raise self.outcomes.pop(0)
        self.edits.append((address, external_id, text))


@pytest.fixture
async def editor(world: World, monkeypatch: pytest.MonkeyPatch) -> Editor:
    found = Editor()
    monkeypatch.setattr(world.push, "capabilities", Capabilities(edits=True))
    monkeypatch.setattr(world.push, "edit", found.edit, raising=False)
    return found


async def replied(world: World, channel: str = "push", text: str = WRONG) -> tuple[str, str]:
    """An agent has answered: (conversation, message)."""
    conversation = await world.say("quando arriva?", channel=channel)
    await world.settled(conversation)
    await world.desk.claim(conversation, "Marta")
    message = (await world.desk.reply(conversation, "Marta", text))["id"]
    await until(lambda: fate(world, message, "sent"))
    return conversation, message


async def row(world: World, message_id: str) -> Any:
    query = select(outbound).where(outbound.c.id == message_id)
    return await world.database.read(lambda conn: conn.execute(query).one())


async def fate(world: World, message_id: str, *states: str) -> bool:
    world.clock.advance(1)
    return (await row(world, message_id)).state in states


async def test_a_correction_is_carried_by_the_channel(world: World, editor: Editor) -> None:
    conversation, message = await replied(world)
    sent = len(world.push.sent)
    made = await world.desk.correct(conversation, "Marta", message, RIGHT)
    await until(lambda: fate(world, made["id"], "sent"))
    assert editor.edits == [("giulia", (await row(world, message)).external_id, RIGHT)]
    # Nothing new was said, and what was said is known as it was.
    assert len(world.push.sent) == sent
    assert (await row(world, message)).text == WRONG
    told = await world.messages(conversation)
    assert [(m["text"], "corrected_at" in m) for m in told if m["role"] == "agent"] == [
        (RIGHT, True)
    ]


async def test_where_customers_pull_it_is_there_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.pull, "capabilities", Capabilities(pulls=True, edits=True))
    conversation, message = await replied(world, "pull")
    await world.desk.correct(conversation, "Marta", message, RIGHT)
    assert [m["text"] for m in await world.messages(conversation) if m["role"] == "agent"] == [
        RIGHT
    ]


async def test_a_correction_can_be_corrected_and_is_made_once_a_key(
    world: World, editor: Editor
) -> None:
    conversation, message = await replied(world)
    first = await world.desk.correct(conversation, "Marta", message, RIGHT, key="k1")
    assert first == await world.desk.correct(conversation, "Marta", message, RIGHT, key="k1")
    second = await world.desk.correct(conversation, "Marta", first["id"], "Mai.", key="k2")
    await until(lambda: fate(world, second["id"], "sent"))
    assert [text for *_, text in editor.edits] == [RIGHT, "Mai."]
    assert (await row(world, message)).corrected_text == "Mai."


@pytest.mark.parametrize("away", [Temporary("away"), UnknownOutcome("no answer"), TimeoutError()])
async def test_what_can_be_done_twice_is_tried_again(
    world: World, editor: Editor, away: BaseException
) -> None:
    conversation, message = await replied(world)
    editor.outcomes = [away]
    made = await world.desk.correct(conversation, "Marta", message, RIGHT)
    await until(lambda: fate(world, made["id"], "sent"))
    assert [text for *_, text in editor.edits] == [RIGHT]


async def test_a_refused_correction_changes_nothing(world: World, editor: Editor) -> None:
    conversation, message = await replied(world)
    editor.outcomes = [Permanent("message can't be edited")]
    made = await world.desk.correct(conversation, "Marta", message, RIGHT)
    await until(lambda: fate(world, made["id"], "failed"))
    kept = await row(world, message)
    assert (kept.state, kept.corrected_text, kept.corrected_at) == ("sent", None, None)
    assert RIGHT not in await world.told(conversation)


async def test_what_cannot_be_corrected(world: World, editor: Editor) -> None:
    conversation, message = await replied(world)
    with pytest.raises(Conflict) as other:
        await world.desk.correct(conversation, "Luca", message, RIGHT)
    assert other.value.code == "claimed"
    bots = next(m for m in await world.messages(conversation) if m["role"] == "bot")
    for nobodys in (bots["id"], "o-nothing"):
        with pytest.raises(NotFound):
            await world.desk.correct(conversation, "Marta", nobodys, RIGHT)
    with pytest.raises(Invalid) as long:
        await world.desk.correct(conversation, "Marta", message, "x" * 5000)
    assert long.value.field == "text"
    world.push.outcomes = [Permanent("blocked")]
    lost = (await world.desk.reply(conversation, "Marta", WRONG))["id"]
    await until(lambda: fate(world, lost, "failed"))
    with pytest.raises(Conflict) as never:
        await world.desk.correct(conversation, "Marta", lost, RIGHT)
    assert never.value.code == "never_arrived"
    assert editor.edits == []


async def test_a_channel_that_cannot_edit_is_not_asked_to(world: World) -> None:
    conversation, message = await replied(world)
    with pytest.raises(Conflict) as refused:
        await world.desk.correct(conversation, "Marta", message, RIGHT)
    assert refused.value.code == "no_edits"


async def test_the_bot_and_the_crm_learn_of_it(world: World, editor: Editor) -> None:
    conversation, message = await replied(world)
    made = await world.desk.correct(conversation, "Marta", message, RIGHT)
    await world.desk.return_to_bot(conversation, "Marta")
    await world.settled(conversation)
    learnt = [e["text"] for e in world.bot.learnt if e["type"] == "agent_message"]
    assert learnt == [WRONG, RIGHT]
    query = select(bridge_queue.c.body).where(bridge_queue.c.key == made["id"])
    body = await world.database.read(lambda conn: conn.execute(query).scalar_one())
    [told] = body["interactions"]
    assert (told["kind"], told["text"]) == ("edit", RIGHT)
    assert told["data"] == {"author": "Marta", "corrects": message}
