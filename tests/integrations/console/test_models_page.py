"""The models' page: who serves whom, the trial, and ending it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Connection

from integrations.console import catalogue
from integrations.container import Container
from integrations.models import repository
from runtime.settings import Settings
from tests.integrations.models.served_turns import talk

from .browsing import Browser
from .conftest import console_app
from .gateways import Gateway
from .pages import DeskPage
from .programs import Program
from .test_layout import no_sideways

OLD, NEW = "a1b2c3d4e5f60718", "0f1e2d3c4b5a6978"
REPORT = {
    "sets": {
        "evaluation.it": {"messages": 420, "right": 398, "accuracy": 0.9476},
        "evaluation.en": {"messages": 380, "right": 351, "accuracy": 0.9237},
    }
}
GUARD = {"ok": True, "better": 7, "worse": 2, "dialogues": 64, "balances": []}


def a_trial(conn: Connection, now: float) -> None:
    """A live model, one on trial since yesterday, and their conversations."""
    for sha, author in ((OLD, "Nora Bianchi"), (NEW, "Piero <b>Verdi</b>")):
        repository.record(
            conn,
            {
                "sha": sha,
                "name": f"ascolto-{sha[:12]}.tar.gz",
                "author": author,
                "revision": "9e2ff20c1a2b",
                "trained_at": now - 90_000,
                "report": REPORT,
                "guard": GUARD,
            },
            now=now - 90_000,
        )
    repository.change(conn, live=OLD, author="Nora Bianchi", now=now - 90_000)
    repository.change(conn, live=OLD, canary=(NEW, 0.1), author="Piero", now=now - 86_400)
    for number in range(60):
        talk(conn, OLD, at=now - 80_000 + number, rejected=number % 10 == 0)
    for number in range(12):
        talk(conn, NEW, at=now - 70_000 + number, escalated=number % 6 == 0, rating=5)


async def test_designers_see_models_with_what_came_of_them(
    parts: Container, marta: Program, write: Callable[..., Any]
) -> None:
    now = parts.clock.now()
    await write(lambda conn: a_trial(conn, now))
    found = await marta.get("/models")
    by_sha = {model["sha"]: model for model in found["models"]}
    assert by_sha[OLD]["served"]["conversations"] == 60
    assert by_sha[OLD]["served"]["rejection"] == 0.1
    assert by_sha[OLD]["state"] == "live"
    assert found["routing"]["canary"] == {
        "model": NEW,
        "share": 0.1,
        "since": found["routing"]["canary"]["since"],
    }
    assert found["trial"]["decision"] == "wait"
    assert {each["measure"] for each in found["trial"]["differences"]} == {
        *("rejection", "escalation", "satisfaction")
    }


async def test_a_model_that_was_never_published_is_known_by_its_turns(
    parts: Container, marta: Program, write: Callable[..., Any]
) -> None:
    now = parts.clock.now()
    await write(lambda conn: talk(conn, OLD, at=now - 60, rejected=True))
    await write(lambda conn: talk(conn, NEW, at=now - 8 * 86_400))
    found = await marta.get("/models")
    [model] = found["models"]
    assert (model["sha"], model["state"], model["name"]) == (OLD, "unrecorded", None)
    assert (model["served"]["conversations"], model["served"]["rejection"]) == (1, 1.0)
    assert model["answered_at"]
    assert found["routing"]["live"] is None


async def test_a_trial_is_ended_once_and_by_name(
    parts: Container, marta: Program, luca: Program, write: Callable[..., Any]
) -> None:
    now = parts.clock.now()
    await write(lambda conn: a_trial(conn, now))
    ended = await marta.do("/models/trial", {"decision": "promote", "version": 2})
    assert (ended["routing"]["live"], ended["routing"]["canary"]) == (NEW, None)
    assert (ended["changes"][0]["what"], ended["changes"][0]["author"]) == ("promoted", "Marta")
    refused = await luca.refused("/models/trial", {"decision": "withdraw", "version": 2})
    assert refused == (409, "stale")


async def test_it_is_the_designers_page(new_settings: Callable[..., Settings]) -> None:
    from integrations.container import build
    from runtime.clock import FakeClock

    settings = new_settings(agent_password="per-il-banco", designer_password="per-chi-scrive")
    parts = build(settings, FakeClock())
    app: FastAPI = console_app(parts)
    async with Program(app) as agent, Program(app, "192.0.2.2") as designer:
        await agent.log_in("Marta", "per-il-banco")
        await designer.log_in("Nora", "per-chi-scrive")
        assert (await agent.http.get("/console/api/models")).status_code == 403
        assert (await agent.http.get("/console/models")).headers["location"] == "/console"
        assert (await designer.http.get("/console/models")).status_code == 200
        nothing = await designer.get("/models")
    assert (nothing["routing"]["live"], nothing["trial"], nothing["models"]) == (None, None, [])
    for closing in (parts.bridge.close, parts.care.close, parts.database.close):
        await closing()


def test_every_code_has_its_words() -> None:
    from integrations.models.canary_policy import MEASURES

    texts = catalogue.load()["it"]
    codes = {
        "state": ("live", "previous", "canary", "recorded", "retired", "withdrawn"),
        "decision": ("worse", "good", "too_early", "undecided", "time_over"),
        "measure_state": ("fine", "worse", "open", "few"),
        "change": ("published", "rolled_back", "canary", "promoted", "withdrawn", "share"),
    }
    wanted = {f"models.{group}.{code}" for group, known in codes.items() for code in known}
    assert wanted | {f"models.{measure}" for measure in MEASURES} <= texts.keys()


def test_on_a_narrow_page_every_figure_has_its_name_beside_it(
    desk: DeskPage, gateway: Gateway, browser: Browser
) -> None:
    gateway.write(lambda conn: a_trial(conn, gateway.container.clock.now()))
    desk.log_in()
    browser.driver.get(f"{gateway.url}/console/models")
    browser.see("tra −24,7 e +9,0 punti; consentiti fino a 3,0 punti in più", "#trial")
    named = """
        return [...document.querySelectorAll("#trial tbody td")].map((cell) => [
            getComputedStyle(cell, "::before").content, cell.getBoundingClientRect().width,
        ])
    """
    assert {name for name, _ in browser.measure(named)} == {"none"}
    for width in (390, 320):
        browser.size(width, 800)
        no_sideways(browser)
        cells = browser.measure(named)
        assert all("attr(data-head)" in name or ": " in name for name, _ in cells)
        # No column so narrow that it breaks words.
        assert min(wide for _, wide in cells) > 100


def test_a_trial_is_seen_and_withdrawn_with_a_confirmation(
    desk: DeskPage, gateway: Gateway, browser: Browser
) -> None:
    gateway.write(lambda conn: a_trial(conn, gateway.container.clock.now()))
    desk.log_in()
    browser.driver.get(f"{gateway.url}/console/models")
    browser.see("In prova", "#trial")
    browser.see("10%", "#trial")
    browser.see("Piero <b>Verdi</b>", "#models")
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    browser.see("valutazione, inglese: 92,4% corretti su 380", "#models")
    desk.click("#withdraw")
    browser.see("Ritirare il modello in prova?", "#sure")
    desk.click("#sure-yes")
    desk.gone("#trial")
    browser.see(f"ascolto-{NEW[:12]} ritirato", "#changes")
    browser.see("da Marta", "#changes")
    routing = gateway.read(repository.current)
    assert routing is not None
    assert (routing.live, routing.canary) == (OLD, None)


def test_the_page_fits_a_phone_and_speaks_english(
    desk: DeskPage, gateway: Gateway, browser: Browser
) -> None:
    gateway.write(lambda conn: a_trial(conn, gateway.container.clock.now()))
    browser.size(380, 760)
    desk.log_in(language="en")
    browser.driver.get(f"{gateway.url}/console/models")
    browser.see("On trial", "#trial")
    width = "return [document.documentElement.scrollWidth, window.innerWidth]"
    page, window = browser.measure(width)
    assert page <= window
