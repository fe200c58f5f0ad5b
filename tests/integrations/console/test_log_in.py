"""Coming in: one password, limits, sessions that end when they should."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import httpx2
import pytest
from fastapi import FastAPI

from integrations.container import Container, build
from runtime.clock import FakeClock
from runtime.settings import Settings

from .conftest import PASSWORD, console_app
from .programs import Program


async def form(program: Program, **query: str) -> dict[str, str]:
    """The hidden fields of the log-in form."""
    page = await program.http.get("/console/login", params=query)
    assert page.status_code == 200
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))


async def submit(program: Program, fields: dict[str, str], **more: str) -> httpx2.Response:
    given = {"agent": "Marta", "password": PASSWORD, "language": "it", **fields, **more}
    return await program.http.post("/console/login", data=given)


async def test_pages_lead_to_the_log_in_and_back(app: FastAPI) -> None:
    async with Program(app) as visitor:
        answer = await visitor.http.get("/console/c/c123")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/console/login?to=/console/c/c123"

        answer = await submit(visitor, await form(visitor, to="/console/c/c123"))
        assert answer.status_code == 303
        assert answer.headers["location"] == "/console/c/c123"
        assert (await visitor.http.get("/console/c/c123")).status_code == 200
        assert (await visitor.http.get("/console/login")).status_code == 303


async def test_json_without_a_session_is_401(app: FastAPI) -> None:
    async with Program(app) as visitor:
        for path in ("conversations", "conversations/c1", "session", "mails", "events"):
            answer = await visitor.http.get(f"/console/api/{path}")
            assert answer.status_code == 401, path
            assert answer.json()["error"]["code"] == "not_logged_in"


async def test_the_cookie_stays_with_the_browser_and_the_site(app: FastAPI) -> None:
    async with Program(app) as visitor:
        answer = await submit(visitor, await form(visitor))
        cookie = answer.headers.get_list("set-cookie")[0]
        assert cookie.startswith("ascolto_console=")
        for attribute in ("HttpOnly", "SameSite=strict", "Path=/console", "Max-Age=43200"):
            assert attribute in cookie
        assert "Secure" not in cookie


async def test_behind_https_the_cookie_is_secure(new_settings: Callable[..., Settings]) -> None:
    parts = build(new_settings(public_url="https://ascolto.example"), FakeClock())
    async with Program(console_app(parts)) as visitor:
        answer = await visitor.try_log_in("Marta", PASSWORD)
        assert "Secure" in answer.headers["set-cookie"]
    await close(parts)


async def test_a_wrong_password_is_said_in_the_agents_language(app: FastAPI) -> None:
    async with Program(app) as visitor:
        answer = await submit(visitor, await form(visitor), password="sbagliata")
        assert answer.status_code == 401
        assert "La password non è giusta." in answer.text
        assert 'value="Marta"' in answer.text
        assert "sbagliata" not in answer.text
        assert "ascolto_console" not in visitor.http.cookies


async def test_without_a_password_nobody_comes_in(new_settings: Callable[..., Settings]) -> None:
    parts = build(new_settings(operator_password=""), FakeClock())
    async with Program(console_app(parts)) as visitor:
        assert (await visitor.try_log_in("Marta", "")).status_code == 401
        answer = await submit(visitor, await form(visitor), password="")
        assert answer.status_code == 503
        assert "ASCOLTO_OPERATOR_PASSWORD" in answer.text
    await close(parts)


async def test_guessing_is_limited_by_address(app: FastAPI, parts: Container) -> None:
    async with Program(app, "192.0.2.7") as guesser, Program(app, "192.0.2.8") as other:
        for _ in range(20):
            assert (await guesser.try_log_in("Eva", "guess")).status_code == 401
        answer = await guesser.try_log_in("Eva", PASSWORD)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 300
        assert (await other.try_log_in("Marta", PASSWORD)).status_code == 200

        assert isinstance(parts.clock, FakeClock)
        parts.clock.advance(300)
        assert (await guesser.try_log_in("Eva", PASSWORD)).status_code == 200


async def test_guessing_from_one_network_counts_together(app: FastAPI) -> None:
    for number in range(20):
        async with Program(app, f"2001:db8:1:2::{number:x}") as guesser:
            assert (await guesser.try_log_in("Eva", "guess")).status_code == 401
    async with Program(app, "2001:db8:1:2:ffff::1") as guesser:
        assert (await guesser.try_log_in("Eva", "guess")).status_code == 429


async def test_guessing_from_everywhere_is_limited_too(app: FastAPI) -> None:
    statuses = []
    for number in range(61):
        async with Program(app, f"198.51.100.{number}") as guesser:
            statuses.append((await guesser.try_log_in("Eva", "guess")).status_code)
    assert statuses == [401] * 60 + [429]


async def test_the_form_says_how_long_to_wait(app: FastAPI) -> None:
    async with Program(app) as visitor:
        for _ in range(21):
            answer = await submit(visitor, await form(visitor), password="guess")
        assert answer.status_code == 429
        assert "Troppi tentativi" in answer.text
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"csrf": ""}, "without its token"),
        ({"csrf": "a.b"}, "with a token nobody signed"),
    ],
)
async def test_the_form_must_be_ours(app: FastAPI, fields: dict[str, str], reason: str) -> None:
    async with Program(app) as visitor:
        answer = await submit(visitor, await form(visitor) | fields)
        assert answer.status_code == 403, reason
        assert "Questo modulo" in answer.text


async def test_another_browsers_form_is_refused(app: FastAPI) -> None:
    async with Program(app) as visitor, Program(app) as other:
        await form(visitor)
        assert (await submit(visitor, await form(other))).status_code == 403


async def test_an_old_form_is_refused(app: FastAPI, parts: Container) -> None:
    async with Program(app) as visitor:
        fields = await form(visitor)
        assert isinstance(parts.clock, FakeClock)
        parts.clock.advance(3601)
        assert (await submit(visitor, fields)).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"content-type": "text/plain"}, {"sec-fetch-site": "cross-site"}]
)
async def test_another_site_cannot_log_somebody_in(app: FastAPI, headers: dict[str, str]) -> None:
    async with Program(app) as visitor:
        body = json.dumps({"password": PASSWORD, "agent": "Eva"})
        answer = await visitor.http.post(
            "/console/api/session",
            content=body,
            headers={"content-type": "application/json", **headers},
        )
        assert answer.status_code in (403, 422)
        assert "set-cookie" not in answer.headers


async def test_the_log_in_leads_nowhere_else(app: FastAPI) -> None:
    elsewhere = (
        "https://evil.example",
        "//evil.example",
        "/console/../x",
        "/console/c/a b",
        "/channels",
    )
    for to in elsewhere:
        async with Program(app) as visitor:
            answer = await submit(visitor, await form(visitor), to=to)
            assert answer.headers["location"] == "/console", to


async def test_a_name_customers_could_not_read_is_refused(app: FastAPI) -> None:
    async with Program(app) as visitor:
        for name in ("", "M", " \t ", "x" * 61, "1234", "\u202e\u200b", "🧶🧶"):
            answer = await visitor.try_log_in(name, PASSWORD)
            assert answer.status_code == 422, name
            assert answer.json()["error"]["field"] == "agent"


async def test_names_are_tidied(app: FastAPI) -> None:
    async with Program(app) as visitor:
        answer = await visitor.try_log_in("  Marta\u202e \n De\u00a0Luca\x07 ", PASSWORD)
        assert answer.json()["agent"] == "Marta De Luca"


async def test_passwords_that_no_encoding_holds_are_just_wrong(app: FastAPI) -> None:
    async with Program(app) as visitor:
        answer = await visitor.http.post(
            "/console/api/session",
            content=b'{"password": "\\ud800", "agent": "Marta"}',
            headers={"content-type": "application/json"},
        )
        assert answer.status_code in (401, 422)


async def close(parts: Container) -> None:
    await parts.bridge.close()
    await parts.care.close()
    await parts.database.close()
