"""Slack misbehaves: everything appears later, in order, once; nothing an agent does is lost."""

from __future__ import annotations

import re

import pytest

from integrations.desk.slack import intake
from tests.integrations.desk.slack.scene import Scene, scene
from tests.integrations.world import World
from tests.simulators.slack import SlackSimulator

FAULTS = [
    ("rate_limited", {"seconds": 1}),
    ("error", {}),
    ("code", {"code": "service_unavailable"}),
    ("code", {"code": "fatal_error"}),
    ("lost_after", {"seconds": 0.1}),
    ("lost_before", {"seconds": 0.1}),
]


@pytest.mark.parametrize(("fault", "how"), FAULTS, ids=str)
async def test_every_message_stands_there_once_and_in_order(
    desk: Scene, fault: str, how: dict[str, object]
) -> None:
    desk.slack.faults.add("chat.postMessage", fault, times=2, **how)
    conversation_id = await desk.hand_over()
    # From the first try of its card on, what is said is no part of the transcript any more.
    await desk.until(lambda: any(c["method"] == "chat.postMessage" for c in desk.slack.space.calls))
    await desk.world.desk.claim(conversation_id, "Chiara")
    # From here on what is said stands below the transcript, however busy the machine is.
    await desk.desk.mirror.step()
    for number in range(3):
        await desk.world.say(f"riga {number}", channel="push")
        desk.slack.faults.add("chat.postMessage", fault, **how)
    await desk.hurry()
    desk.slack.faults.clear()
    [card] = desk.slack.cards()
    # The transcript so far holds what was said before it could be posted.
    thread = [str(message.blocks or message.text) for message in desk.slack.thread(card.ts)]
    said = [re.findall(r"riga \d", post) for post in thread]
    assert [line for lines in said for line in lines] == ["riga 0", "riga 1", "riga 2"]


async def test_cases_come_later_in_their_order_when_slack_was_away(
    world: World, slack: SlackSimulator
) -> None:
    slack.faults.add("chat.*", "error", times=10_000)
    async with scene(world, slack) as desk:
        names = ["anna", "bea", "carla"]
        for name in names:
            await desk.hand_over(name)
            await world.say(f"sono {name}", conversation=name, channel="push")
        slack.faults.clear()
        await desk.hurry()
        cards = slack.cards()
        assert len(cards) == 3
        for name, card in zip(names, cards, strict=True):
            assert sum(f"sono {name}" in text for text in desk.texts(card)) == 1


async def test_a_new_process_goes_on_where_the_old_one_stopped(
    world: World, slack: SlackSimulator
) -> None:
    async with scene(world, slack) as desk:
        conversation_id = await desk.hand_over()
        await desk.card()
    await world.desk.claim(conversation_id, "Chiara")
    await world.say("mentre nessuno guardava", channel="push")
    world.clock.advance(60.0)
    async with scene(world, slack) as desk:
        await desk.hurry()
        [card] = slack.cards()
        assert sum("mentre nessuno" in text for text in desk.texts(card)) == 1
        assert "In mano a Chiara" in str(card.blocks)


async def test_a_process_that_stops_in_the_middle_of_posting_posts_nothing_twice(
    world: World, slack: SlackSimulator
) -> None:
    slack.faults.add("chat.postMessage", "lost_after", seconds=3)
    async with scene(world, slack) as desk:
        await desk.hand_over()
        await desk.until(lambda: len(slack.cards()) == 1)
    world.clock.advance(120.0)
    async with scene(world, slack) as desk:
        await desk.hurry()
        [card] = slack.cards()
        assert len(desk.texts(card)) >= 1


async def test_a_card_that_slack_refuses_is_posted_plainly(desk: Scene) -> None:
    desk.slack.faults.add("chat.postMessage", "code", code="invalid_blocks")
    await desk.hand_over()
    card = await desk.card()
    assert "ascolto_claim" in str(card.blocks)


async def test_an_update_that_fails_posts_nothing(desk: Scene) -> None:
    conversation_id = await desk.hand_over()
    card = await desk.card()
    desk.slack.faults.add("chat.update", "code", code="message_not_found")
    await desk.world.desk.claim(conversation_id, "Chiara")
    await desk.quiet()
    assert desk.slack.cards() == [card]


async def test_duplicates_do_nothing(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    desk.slack.faults.duplicate_next = 1
    _, event = desk.slack.post(marta, "!una volta sola", thread_ts=card.ts)
    await event.done()
    for _ in range(3):
        await desk.slack.outbox.again(event).done()
    await desk.quiet()
    assert await desk.told() == ["una volta sola"]


async def test_late_and_reordered_events_are_all_done_once(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    desk.slack.faults.hold = True
    events = [desk.slack.post(marta, f"!n{n}", thread_ts=card.ts)[1] for n in range(4)]
    desk.slack.outbox.release(reverse=True)
    for event in events:
        await event.done()
    await desk.quiet()
    assert sorted(await desk.told()) == ["n0", "n1", "n2", "n3"]


async def test_a_change_that_overtakes_its_message_is_noted_after_it(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    outbox = desk.slack.outbox
    desk.slack.faults.hold = True
    ts, written = desk.slack.post(marta, "domani alle nove", thread_ts=card.ts)
    changed = desk.slack.edit(marta, ts, "domani alle dieci")
    outbox.held.clear()
    desk.slack.faults.hold = False
    changed, written = await outbox.again(changed).done(), await outbox.again(written).done()
    for outgoing in outbox.sent:
        outgoing.answered.set()
    await desk.quiet()
    assert await desk.noted() == ["domani alle nove", "✎ domani alle dieci"]


async def test_quick_messages_keep_their_order(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    for number in range(5):
        await desk.slack.post(marta, f"!n{number}", thread_ts=card.ts)[1].done()
    await desk.quiet()
    assert await desk.told() == [f"n{number}" for number in range(5)]


async def test_what_a_process_that_is_gone_had_stored_still_goes_first(desk: Scene) -> None:
    """It was acknowledged, so Slack doesn't send it again; the next words come at once."""
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    desk.slack.faults.hold = True
    _, first = desk.slack.post(marta, "!prima", thread_ts=card.ts)
    desk.slack.faults.hold = False
    what = intake.triage(first.payload, desk.slack.channel)
    now = desk.world.clock.now()
    await desk.world.database.write(lambda conn: intake.store(conn, what, first.payload, now=now))
    await desk.slack.post(marta, "!poi", thread_ts=card.ts)[1].done()
    first.answered.set()
    desk.world.clock.advance(intake.CLAIM_S + 1)
    await desk.quiet()
    assert await desk.told() == ["prima", "poi"]


async def test_words_that_had_to_wait_for_slack_still_go_first(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id = await desk.hand_over()
    card = await desk.card()
    await desk.world.desk.claim(conversation_id, "Marta")
    desk.slack.faults.add("users.info", "error")
    for text in ("!prima", "!poi"):
        await desk.slack.post(marta, text, thread_ts=card.ts)[1].done()
    await desk.quiet()
    assert await desk.told() == ["prima", "poi"]


async def test_a_press_too_late_for_a_modal_says_so(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    _, card = await desk.claimed(marta)
    desk.slack.faults.add("views.open", "code", code="expired_trigger_id")
    await desk.slack.click(marta, card.ts, "ascolto_reply").done()
    await desk.quiet()
    assert desk.slack.modal(marta) is None
    assert any("Slack ha risposto tardi" in e.text for e in desk.slack.shown_to(marta))


async def test_what_needs_slack_to_be_understood_waits_for_it(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id = await desk.hand_over()
    card = await desk.card()
    desk.slack.faults.add("users.info", "error", times=2)
    event = desk.slack.click(marta, card.ts, "ascolto_claim")
    await event.done()
    assert event.acknowledged
    await desk.hurry()
    assert (await desk.handoff(conversation_id)).claimed_by == "Marta"


async def test_a_refused_modal_stays_open_with_its_words(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, card = await desk.claimed(marta)
    view = await desk.modal(marta, card, "ascolto_reply")
    await desk.world.desk.claim(conversation_id, "Chiara")
    submitted = await desk.slack.submit(view.id, {"ascolto_words": "troppo tardi"}).done()
    assert submitted.response["response_action"] == "errors"
    assert "Chiara" in str(submitted.response)
    assert view.open
    assert await desk.told() == []


async def test_socket_mode_does_the_same_and_survives_a_dropped_line(
    world: World, slack: SlackSimulator
) -> None:
    async with scene(world, slack, socket=True) as desk:
        marta = desk.slack.agent("Marta Rossi")
        conversation_id, card = await desk.claimed(marta)
        await desk.post(marta, "!prima", card)
        slack.outbox.drop_sockets()
        await desk.until(lambda: slack.outbox.connections >= 2)
        slack.outbox.retry_pauses = (0.5, 1.0, 5.0)
        _, event = slack.post(marta, "!dopo", thread_ts=card.ts)
        await event.done()
        await desk.slack.click(marta, card.ts, "ascolto_resolve").done()
        await desk.quiet()
        assert await desk.told() == ["prima", "dopo"]
        assert desk.slack.modal(marta) is not None
        assert await desk.owner(conversation_id) == "agent"


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_on_postgresql_too(desk: Scene) -> None:
    marta = desk.slack.agent("Marta Rossi")
    conversation_id, card = await desk.claimed(marta)
    ts = await desk.post(marta, "!buongiorno", card)
    await desk.post(marta, "solo per noi", card)
    await desk.world.say("grazie mille", channel="push")
    await desk.quiet()
    assert await desk.told() == ["buongiorno"]
    assert desk.slack.marks(ts) == ["white_check_mark"]
    assert any("grazie mille" in text for text in desk.texts(card))
    assert await desk.owner(conversation_id) == "agent"
