"""What agents change and delete in a thread after they wrote it."""

from __future__ import annotations

import pytest

from integrations.channels.contract import Capabilities
from runtime.errors import Permanent, Temporary
from tests.integrations.desk.slack.scene import Scene

WRONG, RIGHT = "Arriva lunedì.", "Arriva martedì."
QUESTION = "Questo è già stato inviato"


@pytest.fixture
def edits(desk: Scene, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The push channel can change what it sent; what it was asked to."""
    made: list[str] = []
    push = desk.world.push
    monkeypatch.setattr(push, "capabilities", Capabilities(edits=True))

    async def edit(account: str, address: str, external_id: str, text: str) -> None:
        if push.outcomes:
            raise push.outcomes.pop(0) or AssertionError
        made.append(text)

    monkeypatch.setattr(push, "edit", edit, raising=False)
    return made


async def edited(desk: Scene, agent: str, ts: str, text: str) -> None:
    await desk.slack.edit(agent, ts, text).done()
    await desk.quiet()


async def pressed(desk: Scene, agent: str, ts: str, action: str) -> None:
    await desk.slack.click(agent, ts, action).done()
    await desk.quiet()


async def told_wrong(desk: Scene) -> tuple[str, str]:
    """Marta has the case and told the customer something wrong: (Marta, her message)."""
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    return marta, await desk.post(marta, f"!{WRONG}", card)


def asked(desk: Scene, agent: str) -> bool:
    return any(QUESTION in shown.text for shown in desk.slack.shown_to(agent))


@pytest.mark.parametrize("text", [RIGHT, f"!{RIGHT}"])
async def test_a_sent_message_is_changed_for_the_customer_on_purpose(
    desk: Scene, edits: list[str], text: str
) -> None:
    marta, ts = await told_wrong(desk)
    await edited(desk, marta, ts, text)
    assert edits == []
    assert asked(desk, marta)
    await pressed(desk, marta, desk.ask(marta), "ascolto_correct")
    assert edits == [RIGHT]
    assert await desk.told() == [WRONG]
    assert desk.slack.marks(ts) == ["white_check_mark"]
    assert not asked(desk, marta)


async def test_a_message_emptied_but_for_its_mark_changes_nothing(
    desk: Scene, edits: list[str]
) -> None:
    marta, ts = await told_wrong(desk)
    await edited(desk, marta, ts, "!")
    await pressed(desk, marta, desk.ask(marta), "ascolto_correct")
    assert edits == []
    assert any("non c'è niente da inviare" in shown.text for shown in desk.slack.shown_to(marta))


async def test_left_as_it_is_the_customer_keeps_what_was_sent(
    desk: Scene, edits: list[str]
) -> None:
    marta, ts = await told_wrong(desk)
    await edited(desk, marta, ts, RIGHT)
    await pressed(desk, marta, desk.ask(marta), "ascolto_keep")
    assert edits == []
    assert await desk.noted() == [f"✎ {RIGHT}"]
    assert not asked(desk, marta)


async def test_the_last_of_several_changes_is_the_one_that_goes(
    desk: Scene, edits: list[str]
) -> None:
    marta, ts = await told_wrong(desk)
    await edited(desk, marta, ts, "Arriva mai.")
    old = desk.ask(marta)
    await edited(desk, marta, ts, RIGHT)
    new = desk.ask(marta)
    await pressed(desk, marta, old, "ascolto_correct")
    assert edits == []
    await pressed(desk, marta, new, "ascolto_correct")
    assert edits == [RIGHT]


async def test_a_correction_that_fails_is_said_and_can_be_tried_again(
    desk: Scene, edits: list[str]
) -> None:
    marta, ts = await told_wrong(desk)
    await edited(desk, marta, ts, RIGHT)
    desk.world.push.outcomes = [Permanent("message can't be edited")]
    await pressed(desk, marta, desk.ask(marta), "ascolto_correct")
    assert desk.slack.marks(ts) == ["x"]
    [card] = desk.slack.cards()
    [line] = [m for m in desk.slack.thread(card.ts) if "ascolto_retry" in str(m.blocks)]
    assert "La correzione non è arrivata" in str(line.blocks)
    await pressed(desk, marta, line.ts, "ascolto_retry")
    assert edits == [RIGHT]
    assert desk.slack.marks(ts) == ["white_check_mark"]
    # Nothing new was said to the customer.
    assert await desk.told() == [WRONG]


@pytest.mark.parametrize("what", ["edit", "delete"])
async def test_where_the_channel_cannot_the_agent_is_told_what_the_customer_keeps(
    desk: Scene, what: str
) -> None:
    marta, ts = await told_wrong(desk)
    if what == "edit":
        await edited(desk, marta, ts, RIGHT)
        expected = "qui non si può modificare"
    else:
        await desk.slack.delete(marta, ts).done()
        await desk.quiet()
        expected = "cancellarlo qui non lo toglie a lui"
    assert any(expected in shown.text for shown in desk.slack.shown_to(marta))
    assert await desk.told() == [WRONG]
    assert await desk.noted() == []


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Permanent("blocked"), "Al cliente non è mai arrivato"),
        (Temporary("away", retry_after=3600), "È ancora in viaggio"),
    ],
)
async def test_what_never_went_is_told_as_it_is(
    desk: Scene, edits: list[str], outcome: BaseException, expected: str
) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    desk.world.push.outcomes = [outcome]
    ts, written = desk.slack.post(marta, f"!{WRONG}", thread_ts=card.ts)
    await written.done()
    await desk.until(lambda: desk.world.push.outcomes == [])
    await desk.slack.edit(marta, ts, RIGHT).done()
    await desk.until(lambda: any(expected in e.text for e in desk.slack.shown_to(marta)))
    assert edits == []


async def test_only_who_holds_the_case_is_asked(desk: Scene, edits: list[str]) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, card = await desk.claimed(marta)
    ts = await desk.post(marta, f"!{WRONG}", card)
    await desk.world.desk.return_to_bot(conversation_id, "Marta")
    await desk.quiet()
    await edited(desk, marta, ts, RIGHT)
    assert not asked(desk, marta)
    assert edits == []


async def test_a_case_given_back_meanwhile_carries_nothing(desk: Scene, edits: list[str]) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, card = await desk.claimed(marta)
    ts = await desk.post(marta, f"!{WRONG}", card)
    await edited(desk, marta, ts, RIGHT)
    question = desk.ask(marta)
    await desk.world.desk.return_to_bot(conversation_id, "Marta")
    await pressed(desk, marta, question, "ascolto_correct")
    assert edits == []
    assert any("Questo caso è chiuso" in shown.text for shown in desk.slack.shown_to(marta))
