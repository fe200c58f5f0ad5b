"""What designers decide: once, though there are two of them."""

from __future__ import annotations

import asyncio

import pytest

from integrations.review import queue
from integrations.review.checks import PersonalData
from integrations.review.proposing import Decision, Example, Stale
from runtime.errors import AscoltoError, Conflict, Invalid, NotFound
from understanding.sameness import digest

from .inboxes import Inbox
from .test_groups import ALIKE, OTHER, arrive


async def test_a_decision_settles_the_group_and_queues_its_examples(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    shown = await inbox.messages()
    group = await inbox.group_of(ALIKE[0])
    text = "come si salva un maglione infeltrito"
    marked = [{"start": 13, "end": 31, "entity": "product"}]
    decision = Decision(
        group["id"],
        group["version"],
        "intent",
        intent="garment_care",
        examples=[
            Example(shown[ALIKE[0]]["id"], text, marked),
            Example(shown[ALIKE[2]]["id"], ALIKE[2]),
        ],
    )
    made = await inbox.review.decide(decision, "Dora")
    assert (made["group"]["state"], made["group"]["version"]) == ("done", group["version"] + 1)
    queued = (await inbox.proposals("queued"))["proposals"]
    assert [(p["text"], p["language"], p["intent"], p["author"]) for p in queued] == [
        (text, "it", "garment_care", "Dora"),
        (ALIKE[2], "en", "garment_care", "Dora"),
    ] or [p["text"] for p in queued] == [ALIKE[2], text]
    assert next(p for p in queued if p["text"] == text)["entities"] == marked
    assert {each["state"] for each in (await inbox.messages()).values()} == {"proposed"}


async def test_two_designers_never_settle_the_same_message(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    group = await inbox.group_of(ALIKE[0])
    outcomes = await asyncio.gather(
        *(
            inbox.teach(ALIKE[0], "garment_care", by=name, group=group)
            for name in ("Dora", "Elio", "Fede", "Gaia")
        ),
        return_exceptions=True,
    )
    failed = [each for each in outcomes if isinstance(each, BaseException)]
    assert len(failed) == 3
    assert all(
        isinstance(each, Stale) and each.by in ("Dora", "Elio", "Fede", "Gaia") for each in failed
    )
    assert (await inbox.proposals("queued"))["counts"]["queued"] == 1


async def test_who_is_late_is_told_who_was_faster(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    group = await inbox.group_of(ALIKE[0])
    ids = {text: each["id"] for text, each in (await inbox.messages()).items()}
    await inbox.review.split(group["id"], group["version"], [ids[ALIKE[2]]], "Elio")
    with pytest.raises(Stale) as refused:
        await inbox.teach(ALIKE[0], "garment_care", group=group)
    assert refused.value.by == "Elio"


async def test_some_messages_can_be_settled_and_the_rest_stays_open(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    group = await inbox.group_of(ALIKE[0])
    ids = {text: each["id"] for text, each in (await inbox.messages()).items()}
    chosen = [Example(ids[ALIKE[0]], ALIKE[0])]
    decision = Decision(
        group["id"], group["version"], "out_of_scope", examples=chosen, settled=[ids[ALIKE[1]]]
    )
    made = await inbox.review.decide(decision, "Dora")
    assert (made["group"]["state"], made["group"]["size"], made["group"]["total"]) == ("open", 1, 3)
    queued = (await inbox.proposals("queued"))["proposals"]
    assert [(each["kind"], each["intent"]) for each in queued] == [("out_of_scope", "out_of_scope")]


async def test_what_is_not_useful_is_dismissed_and_no_command_hears_of_it(inbox: Inbox) -> None:
    await arrive(inbox, OTHER)
    group = await inbox.group_of(OTHER)
    made = await inbox.review.decide(Decision(group["id"], group["version"], "not_useful"), "Dora")
    assert (await inbox.messages())[OTHER]["state"] == "dismissed"
    assert (await inbox.for_pulling()) == []
    waiting, aside = await inbox.proposals("queued"), await inbox.proposals("not_useful")
    assert (waiting["proposals"], waiting["counts"]["queued"]) == ([], 0)
    assert len(aside["proposals"]) == aside["counts"]["not_useful"] == 1
    await inbox.review.withdraw(made["proposals"][0], "Dora")
    assert (await inbox.messages())[OTHER]["state"] == "open"


async def test_withdrawing_brings_the_messages_back(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    [proposal] = await inbox.teach(ALIKE[0], "garment_care")
    await inbox.review.withdraw(proposal, "Elio")
    group = await inbox.group_of(ALIKE[0])
    assert (group["state"], group["size"], group["changed_by"]) == ("open", 3, "Elio")
    assert (await inbox.proposals("withdrawn"))["counts"] == {
        "queued": 0,
        "pulled": 0,
        "published": 0,
        "withdrawn": 1,
        "not_useful": 0,
    }
    # Whoever was interrupted while taking several back starts again.
    await inbox.review.withdraw(proposal, "Elio")
    assert (await inbox.group_of(ALIKE[0]))["version"] == group["version"]
    with pytest.raises(NotFound):
        await inbox.review.withdraw("p0", "Elio")


async def test_withdrawing_brings_back_what_came_in_with_the_same_words_since(
    inbox: Inbox,
) -> None:
    await arrive(inbox, *ALIKE)
    [proposal] = await inbox.teach(ALIKE[0], "garment_care")
    await arrive(inbox, ALIKE[1])
    await inbox.review.withdraw(proposal, "Elio")
    group = await inbox.group_of(ALIKE[0])
    assert (group["state"], group["size"]) == ("open", 4)


async def test_what_a_pull_is_writing_is_taken_out_when_it_is_withdrawn(inbox: Inbox) -> None:
    await arrive(inbox, OTHER)
    [proposal] = await inbox.teach(OTHER, "product_question")
    await inbox.write(lambda conn: queue.writing(conn, [proposal]))
    await inbox.review.withdraw(proposal, "Elio")
    [example] = await inbox.read(queue.to_remove)
    assert example["intent"] == "product_question"


async def test_what_was_pulled_and_is_not_wanted_is_open_again(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    [proposal] = await inbox.teach(ALIKE[0], "garment_care")
    await inbox.pulled(proposal)
    await inbox.review.withdraw(proposal, "Dora")
    assert (await inbox.group_of(ALIKE[0]))["state"] == "open"
    [example] = await inbox.read(queue.to_remove)
    assert (example["intent"], example["digest"]) == ("garment_care", digest(ALIKE[0]))
    await inbox.rejects(ALIKE[1], to="zoe")
    await inbox.catch_up()
    assert (await inbox.group_of(ALIKE[0]))["size"] == 4


async def test_what_was_published_can_not_be_withdrawn(inbox: Inbox) -> None:
    await arrive(inbox, OTHER)
    [proposal] = await inbox.teach(OTHER, "product_question")
    await inbox.pulled(proposal)
    await inbox.write(lambda conn: queue.published(conn, [proposal], "abc", now=1.0))
    with pytest.raises(Conflict) as refused:
        await inbox.review.withdraw(proposal, "Dora")
    assert refused.value.code == "too_late"


async def test_the_same_words_again_are_settled_until_the_fix_is_published(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    [proposal] = await inbox.teach(ALIKE[0], "garment_care")
    await arrive(inbox, ALIKE[1])
    assert await inbox.groups() == []
    await inbox.pulled(proposal)
    await inbox.write(lambda conn: queue.published(conn, [proposal], "abc", now=1.0))
    await inbox.rejects(ALIKE[1], to="zoe")
    await inbox.catch_up()
    assert [(group["size"], group["total"]) for group in await inbox.groups()] == [(1, 5)]
    [shown] = (await inbox.proposals("published"))["proposals"]
    assert (shown["model"], shown["file"]) == ("abc", "data/nlu/it/garment_care.yml")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"intent": "no_such_intent"}, "intent"),
        ({"kind": "article_question", "article": "no-such-article"}, "article"),
        ({"examples": ()}, "examples"),
        ({"kind": "not_useful"}, "examples"),
        ({"entities": [{"start": 3, "end": 99, "entity": "product"}]}, "entities"),
        ({"entities": [{"start": 0, "end": 4, "entity": "no_such"}]}, "entities"),
        ({"entities": [{"start": 0, "end": 4, "entity": "choice"}]}, "entities"),
        (
            {
                "entities": [
                    {"start": 0, "end": 4, "entity": "product"},
                    {"start": 3, "end": 6, "entity": "product"},
                ]
            },
            "entities",
        ),
    ],
)
async def test_what_can_not_be_is_refused_and_changes_nothing(
    inbox: Inbox, change: dict[str, object], field: str
) -> None:
    await arrive(inbox, OTHER)
    group = await inbox.group_of(OTHER)
    message = (await inbox.messages())[OTHER]["id"]
    entities = change.get("entities", ())
    values = {
        "kind": "intent",
        "intent": "product_question",
        "examples": [Example(message, OTHER, entities)],  # type: ignore[arg-type]
        **{name: value for name, value in change.items() if name != "entities"},
    }
    with pytest.raises(Invalid) as refused:
        await inbox.review.decide(
            Decision(group["id"], group["version"], **values),  # type: ignore[arg-type]
            "Dora",
        )
    assert refused.value.field == field
    assert (await inbox.group_of(OTHER)) == group


async def test_an_articles_question_needs_the_articles_language(inbox: Inbox) -> None:
    await arrive(inbox, ALIKE[2], OTHER)
    for text, allowed in ((ALIKE[2], False), (OTHER, True)):
        group = await inbox.group_of(text)
        message = (await inbox.messages())[text]["id"]
        decision = Decision(
            group["id"],
            group["version"],
            "article_question",
            article="capo-infeltrito",
            examples=[Example(message, text)],
        )
        if allowed:
            await inbox.review.decide(decision, "Dora")
        else:
            with pytest.raises(Invalid):
                await inbox.review.decide(decision, "Dora")
    [queued] = await inbox.for_pulling()
    assert (queued["kind"], queued["article"], queued["text"]) == (
        "article_question",
        "capo-infeltrito",
        OTHER,
    )


async def test_a_message_of_another_group_is_no_example(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE, OTHER)
    group = await inbox.group_of(ALIKE[0])
    foreign = (await inbox.messages())[OTHER]["id"]
    decision = Decision(
        group["id"],
        group["version"],
        "intent",
        intent="garment_care",
        examples=[Example(foreign, OTHER)],
    )
    with pytest.raises(AscoltoError):
        await inbox.review.decide(decision, "Dora")
    assert (await inbox.group_of(ALIKE[0]))["state"] == "open"


async def test_a_trial_asks_the_workbench_with_the_groups_messages(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    group = await inbox.group_of(ALIKE[0])
    answer = await inbox.review.try_example(ALIKE[0], "it", "garment_care", group["id"])
    assert answer["compared"] == 3
    asked = inbox.bench.tried[0]
    assert asked["examples"] == [{"text": ALIKE[0], "language": "it", "intent": "garment_care"}]
    assert {each["text"] for each in asked["also"]} == set(ALIKE)
    assert {each["expected"] for each in asked["also"]} == {"garment_care"}
    inbox.bench.away = True
    with pytest.raises(AscoltoError) as refused:
        await inbox.review.try_example(ALIKE[0], "it", "garment_care", None)
    assert (refused.value.status, refused.value.code) == (503, "workbench_away")


async def test_the_writers_own_name_is_personal_whatever_it_means(inbox: Inbox) -> None:
    await arrive(inbox, OTHER)
    await inbox.named("customer-0-vende", "Zelinda Brusaporci")
    with pytest.raises(PersonalData):
        await inbox.teach(OTHER, "product_question", edited="zelinda chiede dei telai")
