"""Insight as JSON: whose it is, what its filters do, and that nothing personal is in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection

from integrations.container import Container, build
from runtime.clock import FakeClock
from runtime.settings import Settings
from tests.integrations.insights.planting import DAY_S, HOUR_S, Talk, gap

from . import factory
from .conftest import console_app
from .programs import Program

NOON = 1_794_999_600.0
TODAY = "2026-11-20"
PERSONAL = (
    "Giulia",
    "Ferraris",
    "giulia.ferraris@posta.example",
    "347 123 4567",
    "LA-20398",
    "4111 1111 1111 1111",
)
SAID = (
    "Sono Giulia Ferraris, giulia.ferraris@posta.example, 347 123 4567: dov'è LA-20398? "
    "Ho pagato con 4111 1111 1111 1111"
)


@pytest.fixture
async def parts(new_settings: Callable[..., Settings]) -> AsyncIterator[Container]:
    """Two days after the planted noon; an agent and a designer have passwords of their own."""
    settings = new_settings(agent_password="banco-di-prova", designer_password="telaio-di-prova")
    container = build(settings, FakeClock(NOON + 2 * DAY_S))
    yield container
    await container.bridge.close()
    await container.care.close()
    await container.database.close()


@pytest.fixture
def app(parts: Container) -> FastAPI:
    return console_app(parts)


async def logged_in(app: FastAPI, password: str) -> Program:
    program = Program(app)
    await program.log_in("Dora", password)
    return program


@pytest.fixture
async def dora(app: FastAPI) -> AsyncIterator[Program]:
    """A designer."""
    async with await logged_in(app, "telaio-di-prova") as program:
        yield program


@pytest.fixture
async def agent(app: FastAPI) -> AsyncIterator[Program]:
    async with await logged_in(app, "banco-di-prova") as program:
        yield program


@pytest.fixture
def plant(parts: Container) -> Callable[..., Any]:
    """Write conversations, and have their days counted."""

    async def write(scene: Callable[[Connection], Any]) -> Any:
        made = await parts.database.write(scene)
        await parts.rollups.catch_up()
        return made

    return write


async def test_the_numbers_of_a_period_and_of_the_one_before(dora: Program, plant: Any) -> None:
    def scene(conn: Connection) -> None:
        Talk(conn, NOON).says("mah", rejected=True).says("ordine?")
        Talk(conn, NOON - 28 * DAY_S).says("ordine?")

    await plant(scene)
    found = await dora.get("/insights")
    assert (found["from"], found["to"], found["zone"]) == ("2026-10-24", TODAY, "Europe/Rome")
    assert found["headline"]["understanding"] == 0.5
    assert found["before"]["understanding"] == 1.0
    assert len(found["series"]) == 28
    by_day = {day["day"]: day["messages"] for day in found["series"]}
    assert (by_day["2026-11-18"], by_day[TODAY]) == (2, 0)
    assert found["behind"] == 0


async def test_filters_leave_what_they_name(dora: Program, plant: Any) -> None:
    def scene(conn: Connection) -> None:
        Talk(conn, NOON, channel="telegram").says("ordine?")
        Talk(conn, NOON, channel="webchat", language="en").says("what", rejected=True)

    await plant(scene)
    found = await dora.get("/insights", channel="telegram")
    assert found["headline"]["messages"] == 1
    assert found["known"] == {"channels": ["telegram", "webchat"], "languages": ["en", "it"]}
    assert (await dora.get("/insights", language="en"))["headline"]["rejection"] == 1.0
    before = await dora.get("/insights", **{"from": "2026-11-01", "to": "2026-11-17"})
    assert before["headline"]["messages"] == 0
    assert (await dora.get("/insights", days=1))["from"] == TODAY


@pytest.mark.parametrize(
    "query", ["from=2026-11-20&to=2026-11-01", "from=2020-01-01", "from=x", "days=9999"]
)
async def test_a_period_that_is_none_is_refused(dora: Program, query: str) -> None:
    assert (await dora.http.get(f"/console/api/insights?{query}")).status_code == 422


async def test_todays_numbers_are_there_at_once(dora: Program, parts: Container) -> None:
    now = parts.clock.now()
    await parts.database.write(lambda conn: Talk(conn, now - HOUR_S).says("ordine?"))
    assert (await dora.get("/insights"))["headline"]["messages"] == 1


async def test_days_not_counted_yet_are_told(dora: Program, parts: Container) -> None:
    await parts.database.write(lambda conn: Talk(conn, NOON).says("ordine?"))
    assert (await dora.get("/insights"))["behind"] == 2


async def test_from_a_number_to_its_conversations(dora: Program, plant: Any) -> None:
    def scene(conn: Connection) -> list[str]:
        gaps = [gap("store_info", "negozio-orari")]
        return [
            Talk(conn, NOON + n * HOUR_S).says(f"orari {n}?", "store_info", signals=gaps).id
            for n in range(35)
        ]

    ids = await plant(scene)
    what = {"measure": "gap", "name": "store_info", "detail": "negozio-orari"}
    first = await dora.get("/insights/cases", **what)
    assert [case["conversation"] for case in first["cases"]] == ids[::-1][:30]
    assert first["cases"][0]["excerpt"]["text"] == "orari 34?"
    rest = await dora.get("/insights/cases", **what, after=first["next"])
    assert [case["conversation"] for case in rest["cases"]] == ids[::-1][30:]
    assert rest["next"] is None
    other = await dora.get("/insights/cases", **{**what, "fate": "not_helped"})
    assert other["cases"] == []
    refused = await dora.http.get("/console/api/insights/cases?measure=gap&after=eyJ9")
    assert refused.status_code == 422


async def test_a_conversation_is_read_with_what_the_bot_made_of_it(
    dora: Program, plant: Any
) -> None:
    def scene(conn: Connection) -> str:
        talk = Talk(conn, NOON).says("un reso", form="request_form/return_item", asked="items")
        talk.says("mah", rejected=True, rules=["not-understood-twice"])
        talk.handed_over("not-understood-twice", wanted="return_item", wanted_words="di Giulia")
        return talk.told("Sono Marta, ci penso io.", role="agent", author="Marta").id

    conversation_id = await plant(scene)
    found = await dora.get(f"/insights/conversations/{conversation_id}")
    roles = [entry["role"] for entry in found["entries"]]
    assert sorted(roles) == ["agent", "bot", "bot", "customer", "customer", "handoff"]
    first, second = (entry for entry in found["entries"] if entry["role"] == "customer")
    assert first["turn"]["form"] == "request_form/return_item"
    assert (first["turn"]["asked"], first["turn"]["model"]) == ("items", "m1")
    assert second["reading"]["rejected"]
    assert second["turn"]["rules"] == ["not-understood-twice"]
    # What a rule says, without what it said of this customer.
    assert "…" in found["rules"]["not-understood-twice"]["it"]
    handoff = next(entry for entry in found["entries"] if entry["role"] == "handoff")
    assert handoff["wanted"] == "return_item"


async def test_a_long_conversation_comes_in_pages(dora: Program, plant: Any) -> None:
    def scene(conn: Connection) -> str:
        talk = Talk(conn, NOON - DAY_S)
        for number in range(80):
            talk.says(f"riga {number}")
        return talk.id

    conversation_id = await plant(scene)
    newest = await dora.get(f"/insights/conversations/{conversation_id}")
    older = await dora.get(f"/insights/conversations/{conversation_id}", before=newest["before"])
    said = [e["text"] for e in [*older["entries"], *newest["entries"]] if e["role"] == "customer"]
    assert said == [f"riga {number}" for number in range(80)]
    assert older["before"] is None


async def test_nothing_personal_reaches_a_designer(dora: Program, plant: Any) -> None:
    def scene(conn: Connection) -> str:
        values = {"sender_name": "Giulia Ferraris", "sender_email": PERSONAL[2]}
        talk = Talk(conn, NOON, **values).says(SAID, rejected=True, answer=SAID)
        talk.told(f"Ecco: {SAID}", role="agent", author="Marta")
        talk.told(SAID, buttons=[{"title": "LA-20398 di Giulia", "payload": "p"}])
        talk.handed_over(
            wanted_words=SAID,
            closing_word="PAROLA-DEL-TEAM",
            collected={"email": PERSONAL[2]},
            reasons=[{"code": "x", "it": SAID, "en": SAID}],
            brief={"person": {"first_name": "Giulia", "last_name": "Ferraris"}},
        )
        factory.noted(conn, talk.id, "NOTA-DEL-TEAM", at=NOON)
        return talk.id

    conversation_id = await plant(scene)
    seen = [
        await dora.get("/insights"),
        await dora.get(f"/insights/conversations/{conversation_id}"),
    ]
    measures = ("message", "session", "handoff", "step", "gap", "wanted")
    seen += [await dora.get("/insights/cases", measure=measure) for measure in measures]
    for secret in (*PERSONAL, "NOTA-DEL-TEAM", "PAROLA-DEL-TEAM", "Marta", "indirizzo-"):
        assert secret not in str(seen), secret
    assert len(seen[1]["entries"]) == 5


@pytest.mark.parametrize("path", ["", "/cases?measure=gap", "/conversations/c1"])
async def test_insight_is_the_designers(app: FastAPI, agent: Program, path: str) -> None:
    answer = await agent.http.get(f"/console/api/insights{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_role")
    async with Program(app) as nobody:
        assert (await nobody.http.get(f"/console/api/insights{path}")).status_code == 401


async def test_an_agent_is_led_to_the_desk_and_a_designer_here(
    agent: Program, dora: Program
) -> None:
    for program, asked, led in (
        (agent, "/console/insights", "/console"),
        (agent, "/console/insights/c/c1", "/console"),
        (dora, "/console", "/console/review"),
    ):
        answer = await program.http.get(asked)
        assert (answer.status_code, answer.headers["location"]) == (303, led)
    assert (await dora.http.get("/console/insights")).status_code == 200
    assert "to-desk" not in (await dora.http.get("/console/insights/c/c1")).text


async def test_a_conversation_that_is_not_there(dora: Program) -> None:
    answer = await dora.http.get("/console/api/insights/conversations/cnone")
    assert answer.status_code == 404
