"""Sessions end when they should, and every change carries its session's token."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from integrations.console import actions, api, live, pages
from integrations.console.sessions import Sessions
from integrations.container import Container, build
from runtime.clock import FakeClock
from runtime.errors import Unauthenticated
from runtime.settings import Settings

from .conftest import console_app
from .programs import Program

CHANGES = [
    f"/console/api/conversations/c1/{action}"
    for action in (
        *("claim", "reply", "note", "return", "resolve", "brief", "typing"),
        "handoffs/h1/wanted",
    )
]


async def test_a_session_lasts_twelve_hours(marta: Program, parts: Container) -> None:
    assert isinstance(parts.clock, FakeClock)
    parts.clock.advance(12 * 3600 - 1)
    assert (await marta.http.get("/console/api/session")).status_code == 200
    parts.clock.advance(1)
    assert (await marta.http.get("/console/api/session")).status_code == 401
    answer = await marta.http.get("/console")
    assert answer.headers["location"] == "/console/login?ended=true"
    page = await marta.http.get(answer.headers["location"], headers={"accept-language": "it"})
    assert "La sessione è scaduta" in page.text


async def test_a_session_can_not_be_altered(app: FastAPI, marta: Program) -> None:
    cookie = marta.http.cookies["ascolto_console"]
    head, _, mac = cookie.partition(".")
    for altered in (head[:-2] + "AA." + mac, head + ".", cookie[:-1], "", "x"):
        async with Program(app) as thief:
            thief.http.cookies.set("ascolto_console", altered)
            assert (await thief.http.get("/console/api/session")).status_code == 401


async def test_a_token_is_not_a_session(app: FastAPI, marta: Program) -> None:
    async with Program(app) as thief:
        thief.http.cookies.set("ascolto_console", marta.token)
        assert (await thief.http.get("/console/api/session")).status_code == 401


async def test_a_new_password_ends_every_session(
    new_settings: Callable[..., Settings], marta: Program
) -> None:
    cookie = marta.http.cookies["ascolto_console"]
    parts = build(new_settings(operator_password="un'altra"), FakeClock())
    async with Program(console_app(parts)) as later:
        later.http.cookies.set("ascolto_console", cookie)
        assert (await later.http.get("/console/api/session")).status_code == 401
    await close(parts)


async def test_logging_out_ends_the_session_wherever_its_cookie_was_copied(
    app: FastAPI, marta: Program
) -> None:
    async with Program(app) as thief:
        thief.http.cookies.set("ascolto_console", marta.http.cookies["ascolto_console"])
        assert (await thief.http.get("/console/api/session")).status_code == 200
        answer = await marta.http.post("/console/logout", data={"csrf": marta.token})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/console/login"
        assert "ascolto_console" not in marta.http.cookies
        assert (await thief.http.get("/console/api/session")).status_code == 401


async def test_another_site_cannot_log_anybody_out(marta: Program) -> None:
    assert (await marta.http.post("/console/logout")).status_code == 403
    assert (await marta.http.get("/console/api/session")).status_code == 200


async def test_every_change_carries_the_sessions_own_token(marta: Program, luca: Program) -> None:
    attempts: list[dict[str, str]] = [
        {},
        {"X-CSRF-Token": "x"},
        {"X-CSRF-Token": luca.token},
        {"X-CSRF-Token": marta.http.cookies["ascolto_console"]},
        {"X-CSRF-Token": marta.token, "Sec-Fetch-Site": "cross-site"},
    ]
    for path, headers in itertools.product(CHANGES, attempts):
        answer = await marta.http.post(path, json={}, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf"), path


async def test_no_other_change_exists() -> None:
    """Whoever adds a POST adds it to the list above."""
    posts = {
        route.path
        for router in (actions.router, api.router, live.router, pages.router)
        for route in router.routes
        if "POST" in route.methods
    }
    known = {
        path.replace("c1", "{conversation_id}").replace("h1", "{handoff_id}") for path in CHANGES
    }
    forms = {f"/console/{name}" for name in ("login", "logout", "language")}
    assert posts == known | forms | {"/console/api/session"}


async def test_the_language_can_be_changed(marta: Program) -> None:
    assert "Conversazioni" in (await marta.http.get("/console")).text
    answer = await marta.http.post(
        "/console/language", data={"language": "en", "csrf": marta.token, "to": "/console/c/c1"}
    )
    assert answer.headers["location"] == "/console/c/c1"
    assert "Conversations" in (await marta.http.get("/console")).text
    for fields in ({"language": "fr", "csrf": marta.token}, {"language": "it"}):
        answer = await marta.http.post("/console/language", data=fields)
        assert answer.status_code in (403, 422)


async def close(parts: Container) -> None:
    await parts.bridge.close()
    await parts.care.close()
    await parts.database.close()


def test_each_password_opens_what_its_role_may(new_settings: Callable[..., Settings]) -> None:
    settings = new_settings(agent_password="agenti", designer_password="autori")
    sessions = Sessions(settings, FakeClock())
    operator = sessions.start(settings.operator_password.get_secret_value(), "Anna Neri", "it")
    agent = sessions.start("agenti", "Anna Neri", "it")
    designer = sessions.start("autori", "Anna Neri", "it")
    assert [s.may("agent") for s in (operator, agent, designer)] == [True, True, False]
    assert [s.may("designer") for s in (operator, agent, designer)] == [True, False, True]


def test_a_password_that_was_not_set_opens_nothing(new_settings: Callable[..., Settings]) -> None:
    with pytest.raises(Unauthenticated):
        Sessions(new_settings(), FakeClock()).start("", "Anna Neri", "it")
