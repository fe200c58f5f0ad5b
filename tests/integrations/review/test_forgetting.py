"""Erasure, deletion and age: what goes from the inbox, and what follows a moved conversation."""

from __future__ import annotations

import pytest

from integrations.channels.contract import Kind
from integrations.conversations import moving
from integrations.review import queue, storing, windows
from integrations.review.collecting import Finding
from integrations.review.proposing import Decision
from integrations.review.tables import groups, messages, proposals, texts, vectors, watched
from integrations.review.workbench import Encoded
from runtime.errors import NotFound
from understanding.sameness import digest

from .inboxes import MOMENT_S, Inbox
from .test_groups import ALIKE, DAY_S, OTHER, arrive

_FOUND = {column.name for column in messages.c} - {"state", "group_id", "proposal_id"}


async def test_erasing_removes_messages_texts_vectors_and_proposals(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE, OTHER)
    rows = {row.text: row for row in await inbox.rows()}
    await inbox.teach(ALIKE[0], "garment_care")
    await inbox.teach(OTHER, "product_question")
    done = await inbox.erase(rows[ALIKE[0]].conversation_id)
    assert (done.messages, done.proposals, done.examples) == (1, 1, 0)
    gone = digest(ALIKE[0])
    assert await inbox.count(texts, texts.c.digest == gone) == 0
    assert await inbox.count(vectors, vectors.c.digest == gone) == 0
    assert await inbox.count(messages, messages.c.digest == gone) == 0
    await inbox.catch_up()
    assert ALIKE[0] not in await inbox.messages()
    assert [group["title"] for group in await inbox.groups(state="done")] != [ALIKE[0]]
    assert [p["text"] for p in (await inbox.proposals("queued"))["proposals"]] == [OTHER]


async def test_an_erased_conversation_is_not_taken_in_again(inbox: Inbox) -> None:
    conversation_id = await inbox.rejects(OTHER)
    await inbox.catch_up()
    await inbox.erase(conversation_id)
    await inbox.says("buongiorno", intent="greet")
    await inbox.catch_up()
    assert await inbox.rows() == []
    await inbox.rejects("e i fusi?")
    await inbox.catch_up()
    assert list(await inbox.messages()) == ["e i fusi?"]


async def test_an_accepted_example_is_to_be_taken_out_of_the_working_tree(inbox: Inbox) -> None:
    conversation_id = await inbox.rejects(OTHER)
    await inbox.catch_up()
    [proposal] = await inbox.teach(OTHER, "product_question")
    await inbox.pulled(proposal)
    done = await inbox.erase(conversation_id)
    assert (done.messages, done.proposals, done.examples) == (1, 1, 1)
    expected = {"language": "it", "intent": "product_question", "digest": digest(OTHER)}
    assert await inbox.read(queue.to_remove) == [{**expected, "removed": False}]
    assert (await inbox.read(queue.status))["withdrawn"] == 1
    assert await inbox.count(proposals, proposals.c.text == OTHER) == 0
    assert await inbox.write(lambda conn: queue.removed(conn, [digest(OTHER)], now=2.0)) == 1
    assert await inbox.write(lambda conn: queue.removed(conn, [digest(OTHER)], now=3.0)) == 0
    # Another working tree may hold it still.
    assert await inbox.read(queue.to_remove) == [{**expected, "removed": True}]
    assert (await inbox.read(queue.status))["withdrawn"] == 0


async def test_an_example_that_somebody_else_wrote_too_stays(inbox: Inbox) -> None:
    first = await inbox.rejects(OTHER, to="anna")
    await inbox.catch_up()
    [one] = await inbox.teach(OTHER, "product_question")
    await inbox.pulled(one)
    await inbox.write(lambda conn: queue.published(conn, [one], "abc", now=1.0))
    await inbox.rejects(OTHER, to="bruno")
    await inbox.catch_up()
    [two] = await inbox.teach_newest(OTHER, "product_question")
    await inbox.pulled(two)
    await inbox.erase(first)
    assert await inbox.read(queue.to_remove) == []


async def test_what_a_pull_wrote_before_it_was_killed_is_known(inbox: Inbox) -> None:
    first = await inbox.rejects(OTHER)
    await inbox.catch_up()
    [one] = await inbox.teach(OTHER, "product_question")
    assert await inbox.write(lambda conn: queue.writing(conn, [one])) == [one]
    assert (await inbox.erase(first)).examples == 1
    [example] = await inbox.read(queue.to_remove)
    assert example["digest"] == digest(OTHER)
    # What is gone may not be written any more.
    assert await inbox.write(lambda conn: queue.writing(conn, [one])) == []


async def test_what_is_erased_while_it_is_encoded_founds_no_group(inbox: Inbox) -> None:
    conversation_id = await inbox.rejects(OTHER)
    vectors_of = inbox.workbench.vectors

    async def encode(asked: list[str]) -> Encoded:
        found = await vectors_of(asked)
        await inbox.erase(conversation_id)
        return found

    inbox.workbench.vectors = encode  # type: ignore[method-assign]
    await inbox.catch_up()
    assert await inbox.count(groups, groups.c.id.is_not(None)) == 0
    assert await inbox.count(vectors, vectors.c.digest.is_not(None)) == 0


async def test_what_is_erased_while_it_is_judged_is_not_taken_in(inbox: Inbox) -> None:
    conversation_id = await inbox.rejects(OTHER)
    found = await inbox.read(lambda conn: windows.load(conn, [conversation_id]))
    seq = found[0].said[0].seq
    await inbox.catch_up()
    [row] = await inbox.rows()
    await inbox.erase(conversation_id)
    values = {name: value for name, value in row._mapping.items() if name in _FOUND}
    finding = Finding(conversation_id, new=[values], places={row.inbound_id: seq})
    await inbox.write(lambda conn: storing.apply(conn, finding, now=1.0))
    assert await inbox.rows() == []


async def test_the_teams_own_line_stays(inbox: Inbox) -> None:
    conversation_id = await inbox.rejects(OTHER)
    await inbox.catch_up()
    [proposal] = await inbox.teach(OTHER, "product_question")
    await inbox.stood(proposal)
    assert (await inbox.erase(conversation_id)).examples == 0
    assert await inbox.read(queue.to_remove) == []


async def test_who_writes_the_same_later_gives_the_words_a_reason_to_stay(inbox: Inbox) -> None:
    first = await inbox.rejects(OTHER, to="anna")
    await inbox.catch_up()
    [one] = await inbox.teach(OTHER, "product_question")
    await inbox.pulled(one)
    assert (await inbox.erase(first)).examples == 1
    second = await inbox.rejects(OTHER, to="bruno")
    await inbox.catch_up()
    [two] = await inbox.teach_newest(OTHER, "product_question")
    await inbox.pulled(two)
    assert await inbox.read(queue.to_remove) == []
    assert (await inbox.erase(second)).examples == 1


async def test_words_of_two_go_with_the_second(inbox: Inbox) -> None:
    first = await inbox.rejects(OTHER, to="anna")
    await inbox.catch_up()
    [one] = await inbox.teach(OTHER, "product_question")
    await inbox.pulled(one)
    await inbox.write(lambda conn: queue.published(conn, [one], "abc", now=1.0))
    second = await inbox.rejects(OTHER, to="bruno")
    await inbox.catch_up()
    [two] = await inbox.teach_newest(OTHER, "product_question")
    await inbox.stood(two)
    assert (await inbox.erase(first)).examples == 0
    assert (await inbox.erase(second)).examples == 1


async def test_what_others_wrote_is_open_again(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    [proposal] = await inbox.teach(ALIKE[0], "garment_care")
    await inbox.pulled(proposal)
    await inbox.rejects(ALIKE[1], to="zoe")
    await inbox.catch_up()
    before = await inbox.group_of(ALIKE[1])
    rows = {row.text: row for row in await inbox.rows()}
    await inbox.erase(rows[ALIKE[0]].conversation_id)
    await inbox.catch_up()
    group = await inbox.group_of(ALIKE[1])
    assert (group["state"], group["size"]) == ("open", 3)
    assert group["version"] == before["version"] + 1
    assert {row.state for row in await inbox.rows()} == {"open"}
    await inbox.rejects(ALIKE[2], to="yuri")
    await inbox.catch_up()
    assert (await inbox.group_of(ALIKE[1]))["size"] == 4
    await inbox.teach(ALIKE[1], "garment_care")


async def test_what_is_not_useful_stays_so_when_one_of_its_writers_goes(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    group = await inbox.group_of(ALIKE[0])
    await inbox.review.decide(Decision(group["id"], group["version"], "not_useful"), "Dora")
    for row in await inbox.rows():
        assert {each.state for each in await inbox.rows()} == {"dismissed"}
        await inbox.erase(row.conversation_id)
        linked = proposals.c.conversation_id == row.conversation_id
        assert await inbox.count(proposals, linked) == 0


async def test_what_a_customer_deletes_goes(inbox: Inbox) -> None:
    world = inbox.world
    conversation_id = await inbox.rejects(OTHER)
    await inbox.rejects("e i fusi?")
    await inbox.catch_up()
    await world.worker.accept(
        world.envelope(None, message_id="m1", kind=Kind.DELETE, conversation="giulia")
    )
    await world.settled(conversation_id)
    world.clock.advance(MOMENT_S)
    await inbox.catch_up()
    assert list(await inbox.messages()) == ["e i fusi?"]


async def test_what_is_as_old_as_transcripts_get_goes_and_proposals_lose_their_link(
    inbox: Inbox,
) -> None:
    await arrive(inbox, OTHER)
    [proposal] = await inbox.teach(OTHER, "product_question")
    inbox.world.clock.advance(91 * DAY_S)
    await inbox.catch_up()
    assert await inbox.rows() == []
    linked = proposals.c.conversation_id.is_not(None) | proposals.c.message_id.is_not(None)
    assert await inbox.count(proposals, linked) == 0
    assert [each["id"] for each in await inbox.for_pulling()] == [proposal]


async def test_what_moves_with_its_conversation_can_still_be_erased(inbox: Inbox) -> None:
    world = inbox.world
    older = await inbox.says("buongiorno", to="old", intent="greet")
    newer = await inbox.rejects(OTHER, to="new")
    await inbox.catch_up()
    await inbox.teach(OTHER, "product_question")
    now = world.clock.now()
    await inbox.write(
        lambda conn: moving.move(
            conn, channel="pull", account="default", old="old", new="new", now=now
        )
    )
    await inbox.catch_up()
    assert older != newer
    # Who knows the newer conversation alone finds what is left of it.
    done = await inbox.erase(newer)
    assert (done.messages, done.proposals) == (1, 1)


async def test_what_was_erased_is_not_taken_in_again_after_a_move(inbox: Inbox) -> None:
    world = inbox.world
    await inbox.says("buongiorno", to="old", intent="greet")
    newer = await inbox.rejects(OTHER, to="new")
    await inbox.catch_up()
    await inbox.erase(newer)
    now = world.clock.now()
    await inbox.write(
        lambda conn: moving.move(
            conn, channel="pull", account="default", old="old", new="new", now=now
        )
    )
    world.clock.advance(MOMENT_S)
    await inbox.catch_up()
    assert await inbox.rows() == []
    await inbox.rejects("e i fusi?", to="new")
    await inbox.catch_up()
    assert list(await inbox.messages()) == ["e i fusi?"]


async def test_a_conversation_that_nobody_knows_is_not_erased_but_refused(inbox: Inbox) -> None:
    with pytest.raises(NotFound):
        await inbox.erase("c0")
    assert await inbox.count(watched, watched.c.conversation_id == "c0") == 0
