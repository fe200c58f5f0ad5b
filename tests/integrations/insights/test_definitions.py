"""What is counted, by example: planted turns in, numbers and the conversations behind them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from integrations.insights import answers, repository
from integrations.insights.counting import What
from integrations.insights.repository import Filter
from integrations.insights.rollups import Rollups
from runtime.clock import FakeClock
from runtime.database import Database

from .conftest import NOON
from .planting import Talk, filled, gap, given, not_helped

EVER = Filter("2026-01-01", "2026-12-31")
FORM = "order_status_form"
RETURN = "request_form/return_item"


@pytest.fixture
def counted(database: Database, rollups: Rollups) -> Callable[..., Any]:
    """Plant, count up, and give the numbers of all days."""

    async def count(plant: Callable[[Connection], object], on: Filter = EVER) -> Counter[What]:
        await database.write(plant)
        await rollups.catch_up()
        return await database.read(lambda conn: repository.totals(conn, on))

    return count


async def test_understanding_is_of_typed_messages_that_the_bot_read(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        talk = Talk(conn, NOON)
        talk.says("dov'è l'ordine").says("e la taglia?", "size_question")
        talk.says("mah", rejected=True).says("cambiarlo", ambiguous=True)
        # A button is not a message to understand, nor is a file without a word.
        talk.says("Ordine", tapped=True).says(None)

    rates = answers.rates(await counted(plant))
    assert rates["messages"] == 4
    assert (rates["understanding"], rates["rejection"]) == (0.5, 0.25)


async def test_nothing_is_no_rate(counted: Any) -> None:
    rates = answers.rates(await counted(lambda conn: None))
    assert rates["understanding"] is None
    assert rates["self_service_rate"] is None
    assert rates["handoffs"] == 0


async def test_a_session_ends_after_four_hours_of_the_customers_silence(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        talk = Talk(conn, NOON - 6 * 3600).says("ciao", "greet")
        talk.later(3.9).says("ancora io", "greet")
        talk.later(4.1).says("eccomi", "greet")

    assert answers.rates(await counted(plant))["sessions"] == 2


async def test_self_service_is_without_a_person_and_without_giving_up(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        Talk(conn, NOON).says("grazie", "thank")
        Talk(conn, NOON).says("una persona", "talk_to_human").handed_over()
        # Dropped with a word, and without one.
        talk = Talk(conn, NOON).says("ordine?", form=FORM, asked="order_number")
        talk.says("lascia stare", "deny")
        Talk(conn, NOON).says("ordine?", form=FORM, asked="order_number")
        Talk(conn, NOON).says("ordine?", form=FORM, asked="code").says(
            "123 456", "inform", signals=[filled(FORM)]
        )

    rates = answers.rates(await counted(plant))
    assert rates["sessions"] == 5
    assert (rates["self_service"], rates["gave_up"], rates["handoffs"]) == (2, 2, 1)
    assert rates["self_service_rate"] == 0.4


async def test_who_may_still_answer_a_form_does_not_count_yet(
    counted: Any, clock: FakeClock
) -> None:
    def plant(conn: Connection) -> None:
        Talk(conn, clock.now() - 3600).says("ordine?", form=FORM, asked="order_number")
        Talk(conn, clock.now() - 3600).says("grazie", "thank")

    numbers = await counted(plant)
    assert answers.rates(numbers)["sessions"] == 1
    [flow] = answers.flows(numbers)
    assert flow["fates"]["going_on"] == 1


async def test_a_handover_counts_once_under_its_strongest_rule(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        for rating in (2, 5, None):
            talk = Talk(conn, NOON).says("mah", rejected=True)
            talk.handed_over("not-understood-twice", rating=rating)
        Talk(conn, NOON).says("ciao", "greet").handed_over(
            "taken_over", rules=["serious-matter", "asked-for-a-person"], state="returned"
        )
        Talk(conn, NOON).says("ciao", "greet").handed_over("taken_over", rules=[])

    rows = answers.reasons(await counted(plant), Counter(), {})
    assert [(row["rule"], row["count"]) for row in rows] == [
        ("not-understood-twice", 3),
        ("serious-matter", 1),
        ("taken_over", 1),
    ]
    assert (rows[0]["rated"], rows[0]["rating"]) == (2, 3.5)
    assert rows[1]["states"] == {"returned": 1}


async def test_a_flow_loses_people_step_by_step(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        def begun() -> Talk:
            return Talk(conn, NOON).says("un reso", "return_item", form=RETURN, asked="items")

        done = begun().says("blu", form=RETURN, asked="reason")
        done.says("boh", form=RETURN, asked="reason").says("grande", form=RETURN, asked="confirm")
        done.says("sì", "affirm", signals=[filled("request_form", "return_item")])
        quick = begun().says("blu, grande", form=RETURN, asked="confirm")
        quick.says("sì", "affirm", signals=[filled("request_form", "return_item")])
        begun()
        begun().says("blu", form=RETURN, asked="reason").says("niente", "deny")
        begun().says("una persona!", "talk_to_human", form=RETURN, asked="items").handed_over()
        begun().says("è rotto", "item_damaged", form="delivery_problem_form", asked="photo")

    numbers = await counted(plant)
    flow = next(row for row in answers.flows(numbers) if row["flow"] == RETURN)
    assert flow["started"] == 6
    assert flow["fates"] == {
        "done": 2,
        "left": 1,
        "silent": 1,
        "handed_over": 1,
        "interrupted": 1,
        "going_on": 0,
    }
    items, reason, confirm = flow["steps"]
    assert (items["step"], items["asked"], items["answered"]) == ("items", 6, 3)
    assert items["ended"]["silent"] == items["ended"]["handed_over"] == 1
    assert items["ended"]["interrupted"] == 1
    assert (reason["asked"], reason["answered"], reason["again"]) == (2, 1, 1)
    assert reason["ended"]["left"] == 1
    assert (confirm["asked"], confirm["answered"]) == (2, 2)
    # Five messages and three: the median lies between.
    assert flow["messages"] == 4.0


async def test_a_form_that_one_message_fills_was_started_and_done(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        story = "Il pacco LA-20398 è arrivato bagnato"
        Talk(conn, NOON).says(story, "item_damaged", signals=[filled("delivery_problem_form")])

    [flow] = answers.flows(await counted(plant))
    assert (flow["started"], flow["fates"]["done"], flow["steps"]) == (1, 1, [])
    assert flow["messages"] == 1.0


async def test_one_flow_may_lead_into_the_next(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        talk = Talk(conn, NOON).says("un reso", "return_item", form=FORM, asked="code")
        talk.says("123 456", "inform", form=RETURN, asked="items", signals=[filled(FORM)])
        talk.says("blu", "inform", signals=[filled("request_form", "return_item")])

    flows = {row["flow"]: row for row in answers.flows(await counted(plant))}
    assert flows[FORM]["fates"]["done"] == flows[RETURN]["fates"]["done"] == 1


async def test_gaps_are_what_no_article_answered_or_not_well(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        intent, near = "shipping_info", "spedizioni-estero"
        for _ in range(2):
            Talk(conn, NOON).says("Islanda?", intent, signals=[gap(intent, near)])
        chosen = Talk(conn, NOON).says("Islanda?", intent, signals=[gap(intent, near)])
        chosen.says("Estero", intent, tapped=True, signals=[given(near, intent, chosen=True)])
        care = "garment_care"
        missed = Talk(conn, NOON).says("lavare?", care, signals=[given("lavare-merino", care)])
        missed.says("non mi serve", "deny", signals=[not_helped("lavare-merino", care)])
        Talk(conn, NOON).says("orari?", "store_info", signals=[gap("store_info")])

    numbers = await counted(plant)
    rows = {(row["intent"], row["article"]): row for row in answers.gaps(numbers, {})}
    abroad = rows["shipping_info", "spedizioni-estero"]
    assert (abroad["unanswered"], abroad["chosen"], abroad["not_helped"]) == (2, 1, 0)
    assert rows["garment_care", "lavare-merino"]["not_helped"] == 1
    assert rows["store_info", None]["unanswered"] == 1
    assert [row["article"] for row in answers.articles(numbers)] == [
        "lavare-merino",
        "spedizioni-estero",
    ]


async def test_wishes_are_what_agents_said(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        for wanted in ("promo_code", "promo_code", None):
            words = None if wanted else "tinta su misura"
            Talk(conn, NOON).says("ciao").handed_over(wanted=wanted, wanted_words=words)
        Talk(conn, NOON).says("ciao").handed_over()

    rows = answers.wishes(await counted(plant))
    assert rows == [{"intent": "promo_code", "count": 2}, {"intent": None, "count": 1}]


async def test_numbers_can_be_had_of_one_channel_or_language(counted: Any) -> None:
    def plant(conn: Connection) -> None:
        Talk(conn, NOON, channel="telegram").says("ciao", "greet").says("mah", rejected=True)
        Talk(conn, NOON, language="en").says("hello", "greet")

    numbers = await counted(plant, Filter("2026-11-01", "2026-11-30", channel="telegram"))
    assert answers.rates(numbers)["messages"] == 2
    english = await counted(lambda conn: None, Filter("2026-11-01", "2026-11-30", language="en"))
    assert answers.rates(english)["understanding"] == 1.0


async def test_behind_each_number_stand_its_conversations(counted: Any, database: Database) -> None:
    found: dict[str, Talk] = {}

    def plant(conn: Connection) -> None:
        found["lost"] = Talk(conn, NOON).says("mah", rejected=True)
        found["dropped"] = Talk(conn, NOON).says("ordine?", form=FORM, asked="order_number")

    numbers = await counted(plant)
    whats = (
        {"measure": "message", "name": "rejected"},
        {"measure": "step", "name": FORM, "detail": "order_number", "fate": "silent"},
    )
    for talk, what in zip(found.values(), whats, strict=True):
        [case] = await database.read(
            lambda conn, what=what: repository.cases(conn, EVER, what, before=None, limit=10)
        )
        assert (case.conversation_id, case.message_id) == (talk.id, talk.messages[-1])
    assert numbers[What("step", FORM, "order_number", "silent")] == 1
