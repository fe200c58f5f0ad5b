"""Days are those of the desk's clock on the wall, and what becomes true later counts as well."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from integrations.insights import answers, repository
from integrations.insights.days import day, day_of
from integrations.insights.repository import Filter
from integrations.insights.rollups import Rollups
from integrations.insights.tables import insight_cases, insight_counts
from integrations.jobs.lease import JobLease
from runtime.clock import FakeClock
from runtime.database import Database
from tests.integrations.world import World

from .conftest import NOON, ROME
from .planting import DAY_S, HOUR_S, Talk


@pytest.mark.parametrize(
    ("on", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-18", 24)]
)
def test_a_day_is_as_long_as_on_the_wall(on: str, hours: int) -> None:
    found = day(date.fromisoformat(on), ROME)
    assert found.ends_at - found.starts_at == hours * 3600
    assert day_of(found.starts_at, ROME) == day_of(found.ends_at - 1, ROME) == found


async def test_midnight_is_romes(database: Database, rollups: Rollups) -> None:
    midnight = day(date(2026, 11, 18), ROME).starts_at

    def plant(conn: Connection) -> None:
        # A minute passes before each message.
        Talk(conn, midnight - 120).says("ieri", "greet")
        Talk(conn, midnight).says("oggi", "greet")

    await database.write(plant)
    await rollups.catch_up()
    days = await database.read(
        lambda conn: repository.by_day(conn, Filter("2026-11-01", "2026-11-30"))
    )
    counted = {name: answers.rates(numbers)["messages"] for name, numbers in days.items()}
    assert counted == {"2026-11-17": 1, "2026-11-18": 1}


async def test_a_session_past_midnight_counts_where_it_began(
    database: Database, rollups: Rollups
) -> None:
    midnight = day(date(2026, 11, 18), ROME).starts_at

    def plant(conn: Connection) -> None:
        talk = Talk(conn, midnight - HOUR_S).says("ci siete?", "greet")
        talk.later(2).says("una persona", "talk_to_human").handed_over()

    await database.write(plant)
    await rollups.catch_up()
    days = await database.read(
        lambda conn: repository.by_day(conn, Filter("2026-11-01", "2026-11-30"))
    )
    rates = answers.rates(days["2026-11-17"])
    assert (rates["messages"], rates["sessions"], rates["handoffs"]) == (2, 1, 1)
    assert "2026-11-18" not in days


async def test_counting_again_gives_the_same(database: Database, rollups: Rollups) -> None:
    await database.write(lambda conn: Talk(conn, NOON).says("mah", rejected=True))
    await rollups.catch_up()
    before = await rows(database)
    await database.write(lambda conn: repository.touch(conn, NOON, now=NOON + 3 * DAY_S))
    assert await rollups.catch_up() > 0
    assert await rows(database) == before


async def test_settled_days_are_left_alone(
    database: Database, rollups: Rollups, clock: FakeClock
) -> None:
    await database.write(lambda conn: Talk(conn, NOON).says("ciao", "greet"))
    clock.advance(10 * DAY_S)
    await rollups.catch_up()
    # Only today and yesterday may still change by themselves.
    clock.advance(3600.0)
    assert await rollups.catch_up() == 2


async def test_two_processes_count_a_day_once(database: Database, clock: FakeClock) -> None:
    await database.write(lambda conn: Talk(conn, NOON).says("ciao", "greet"))
    both = [Rollups(database, clock, JobLease(database, clock, name), ROME) for name in "ab"]
    await asyncio.gather(*(each.catch_up() for each in both))
    numbers = await database.read(lambda conn: repository.totals(conn, EVER))
    assert answers.rates(numbers)["messages"] == 1


async def test_a_forgotten_conversation_leads_nowhere(database: Database, rollups: Rollups) -> None:
    talk = await database.write(lambda conn: Talk(conn, NOON).says("mah", rejected=True))
    await rollups.catch_up()
    assert await database.write(lambda conn: repository.forget(conn, talk.id)) == 1
    assert (await rows(database))[1] == 0


EVER = Filter("2020-01-01", "2030-12-31")


async def rows(database: Database) -> tuple[int, int]:
    def query(conn: Connection) -> Any:
        return tuple(
            conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (insight_counts, insight_cases)
        )

    return await database.read(query)


async def numbers_of(world: World) -> Any:
    await world.rollups.catch_up()
    return await world.database.read(lambda conn: repository.totals(conn, EVER))


async def test_a_rating_that_comes_days_later_is_counted(world: World) -> None:
    conversation_id = await world.say("Vorrei parlare con una persona")
    await world.settled(conversation_id)
    await numbers_of(world)
    world.clock.advance(9 * DAY_S)
    await world.desk.claim(conversation_id, "Marta")
    await world.desk.resolve(conversation_id, "Marta")
    [row] = answers.reasons(await numbers_of(world), await numbers_of(world), {})
    assert (row["states"], row["rated"]) == ({"resolved": 1}, 0)
    await world.say("5", conversation="giulia")
    await world.settled(conversation_id)
    [row] = answers.reasons(await numbers_of(world), await numbers_of(world), {})
    assert (row["rated"], row["rating"]) == (1, 5.0)


async def test_a_corrected_label_is_counted(world: World) -> None:
    conversation_id = await world.say("Vorrei parlare con una persona")
    await world.settled(conversation_id)
    await world.desk.claim(conversation_id, "Marta")
    await world.desk.resolve(conversation_id, "Marta", wanted="idea")
    assert answers.wishes(await numbers_of(world)) == [{"intent": "idea", "count": 1}]
    world.clock.advance(30 * DAY_S)
    await numbers_of(world)
    handoff = await world.handoff(conversation_id)
    await world.desk.relabel(conversation_id, handoff.id, wanted="promo_code", wanted_words=None)
    assert answers.wishes(await numbers_of(world)) == [{"intent": "promo_code", "count": 1}]
