"""What says the same stands together, as messages come in."""

from __future__ import annotations

import pytest

from integrations.review.checks import PersonalData
from runtime.errors import Invalid

from .inboxes import Inbox

DAY_S = 86_400.0
ALIKE = (
    "il maglione si è infeltrito in lavatrice",
    "mi si è infeltrito il maglione in lavatrice",
    "my jumper felted in the washing machine",
)
OTHER = "vendete anche telai da tavolo?"


async def arrive(inbox: Inbox, *texts: str) -> None:
    for number, text in enumerate(texts):
        await inbox.rejects(text, to=f"customer-{number}-{text[:5]}")
    await inbox.catch_up()


async def test_the_same_question_is_one_group_whatever_its_words_and_language(
    inbox: Inbox,
) -> None:
    await arrive(inbox, *ALIKE, OTHER)
    groups = await inbox.groups()
    assert [group["size"] for group in groups] == [3, 1]
    assert groups[0]["title"] in ALIKE
    assert groups[0]["languages"] == {"it": 2, "en": 1}
    assert groups[0]["reasons"] == {"rejected": 3}
    assert groups[0]["trend"] == {"last7": 3, "before7": 0, "weeks": [0, 0, 0, 0, 0, 0, 0, 3]}


async def test_what_comes_later_joins_and_equal_texts_are_encoded_once(inbox: Inbox) -> None:
    await arrive(inbox, ALIKE[0], OTHER)
    inbox.bench.encoded.clear()
    await inbox.rejects("Il maglione si è infeltrito, in lavatrice!", to="anna")
    await inbox.rejects(ALIKE[1], to="bruno")
    await inbox.catch_up()
    assert (await inbox.groups())[0]["size"] == 3
    assert inbox.bench.encoded == [ALIKE[1]]


async def test_without_the_workbench_equal_texts_are_together_and_the_rest_catches_up(
    inbox: Inbox,
) -> None:
    inbox.bench.away = True
    await arrive(inbox, *ALIKE)
    await inbox.rejects(ALIKE[0], to="dario")
    await inbox.catch_up()
    page = await inbox.page()
    assert sorted(group["size"] for group in page["groups"]) == [1, 1, 2]
    assert page["behind"] == 4
    inbox.bench.away = False
    await inbox.catch_up()
    page = await inbox.page()
    assert [group["size"] for group in page["groups"]] == [4]
    assert page["behind"] == 0


async def test_what_was_decided_meanwhile_keeps_its_group(inbox: Inbox) -> None:
    inbox.bench.away = True
    await arrive(inbox, *ALIKE)
    decided = await inbox.group_of(ALIKE[0])
    await inbox.teach(ALIKE[0], "garment_care")
    inbox.bench.away = False
    await inbox.catch_up()
    # What is like it joins it, and is still to be decided.
    group = (await inbox.groups())[0]
    assert (group["id"], group["size"], group["total"]) == (decided["id"], 2, 3)


async def test_another_encoder_leaves_the_groups_as_they_are(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE, OTHER)
    before = [(group["id"], group["size"]) for group in await inbox.groups()]
    inbox.bench.encoder = "another"
    await inbox.rejects(ALIKE[0] + " ieri", to="anna")
    await inbox.catch_up()
    after = {group["id"]: group["size"] for group in await inbox.groups()}
    assert after == dict(before) | {before[0][0]: 4}
    assert (await inbox.page())["behind"] == 0


async def test_a_restart_takes_nothing_in_twice(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    inbox.job = inbox.new_job()
    inbox.world.clock.advance(60)
    await inbox.rejects(OTHER, to="anna")
    await inbox.catch_up()
    assert [group["size"] for group in await inbox.groups()] == [3, 1]


async def test_two_processes_collect_once(inbox: Inbox) -> None:
    for text in ALIKE:
        await inbox.rejects(text, to=text[:4])
    # Whoever has lost the lease without knowing it.
    await inbox.new_job("another").tick()
    await inbox.catch_up()
    assert len(await inbox.rows()) == 3


async def test_order_and_pages(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    inbox.world.clock.advance(8 * DAY_S)
    await arrive(inbox, OTHER, "avete un negozio a Torino?")
    await inbox.catch_up()
    first = await inbox.page(limit=1)
    second = await inbox.page(limit=1, after=first["next"])
    third = await inbox.page(limit=1, after=second["next"])
    assert [page["groups"][0]["size"] for page in (first, second, third)] == [3, 1, 1]
    assert third["next"] is None
    assert (await inbox.groups(sort="newest"))[-1]["size"] == 3
    trends = [group["trend"] for group in await inbox.groups(sort="trend")]
    assert [(trend["last7"], trend["before7"]) for trend in trends] == [(1, 0), (1, 0), (0, 3)]
    assert first["totals"] == {"open": 3, "done": 0}


async def test_filters(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE, OTHER)
    hurt = [{"name": "legal_safety", "data": {}}]
    await inbox.says("mi sono punta", to="zeno", intent="legal_safety", signals=hurt)
    await inbox.catch_up()
    assert [g["title"] for g in await inbox.groups(reason="escalated")] == ["mi sono punta"]
    assert [g["title"] for g in await inbox.groups(intent="legal_safety")] == ["mi sono punta"]
    assert [g["size"] for g in await inbox.groups(language="en")] == [3]
    assert [g["title"] for g in await inbox.groups(q="TELAI")] == [OTHER]
    assert [g["title"] for g in await inbox.groups(q="100%")] == []
    assert await inbox.groups(channel="push") == []
    assert (await inbox.page(q="telai"))["totals"] == {"open": 1, "done": 0}


async def test_a_split_holds(inbox: Inbox) -> None:
    washing = ("come lavo il maglione di lana?", "come si lava un maglione di lana?")
    drying = ("come asciugo il maglione di lana?", "come si asciuga un maglione di lana?")
    await arrive(inbox, *washing, *drying)
    group = await inbox.group_of(washing[0])
    assert group["size"] == 4
    moved = [(await inbox.messages())[text]["id"] for text in drying]
    made = await inbox.review.split(group["id"], group["version"], moved, "Dora")
    assert (made["group"]["size"], made["new_group"]["size"]) == (2, 2)
    assert made["group"]["title"] in washing
    assert made["new_group"]["title"] in drying
    await inbox.rejects("come si deve asciugare il maglione di lana?", to="anna")
    await inbox.rejects("come si deve lavare il maglione di lana?", to="bruno")
    await inbox.rejects(drying[0].upper(), to="carla")
    await inbox.catch_up()
    assert (await inbox.group_of("come si deve asciugare il maglione di lana?"))["id"] == (
        made["new_group"]["id"]
    )
    assert (await inbox.group_of("come si deve lavare il maglione di lana?"))["id"] == group["id"]
    assert (await inbox.group_of(drying[0].upper()))["id"] == made["new_group"]["id"]


async def test_a_split_must_leave_something(inbox: Inbox) -> None:
    await arrive(inbox, *ALIKE)
    group = await inbox.group_of(ALIKE[0])
    everything = [each["id"] for each in (await inbox.messages()).values()]
    with pytest.raises(Invalid):
        await inbox.review.split(group["id"], group["version"], everything, "Dora")


async def test_an_example_with_personal_data_is_refused_with_its_place(inbox: Inbox) -> None:
    await arrive(inbox, "sono Teresa Bianchi e il maglione punge")
    text = next(iter(await inbox.messages()))
    assert "Teresa" not in text
    # What stands in for the name may stay.
    group = await inbox.group_of(text)
    with pytest.raises(PersonalData) as refused:
        await inbox.teach(text, "garment_care", edited=f"{text}, scrivi a t.bianchi@posta.it")
    where = refused.value.where[0]
    assert (where["example"], where["kind"], where["start"]) == (0, "email", len(text) + 11)
    assert await inbox.teach(text, "garment_care", group=group)
