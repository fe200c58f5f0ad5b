"""What leaves for the browser: headers, no inline code, words that are all there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, update

from integrations.console import assets, catalogue
from integrations.container import build
from integrations.conversations.moving import MOVED, MOVED_INTO
from integrations.conversations.tables import conversations
from runtime.clock import FakeClock
from runtime.settings import Settings

from .conftest import PASSWORD, console_app
from .programs import Program

CONSOLE = Path(assets.__file__).parent
STATIC = CONSOLE / "static"
SCRIPTS = sorted(STATIC.glob("*.js"))
TEMPLATES = sorted((CONSOLE / "templates").glob("*.html"))


@pytest.mark.parametrize(
    "path",
    [
        "/console",
        "/console/login",
        "/console/api/session",
        "/console/nowhere",
        "/console/static/x/y.js",
    ],
)
async def test_every_answer_is_locked_down(marta: Program, path: str) -> None:
    answer = await marta.http.get(path)
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


async def test_files_are_kept_only_under_their_own_digest(marta: Program) -> None:
    answer = await marta.http.get(assets.address("desk.js"))
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    old = await marta.http.get("/console/static/0123456789ab/desk.js")
    assert old.text == answer.text
    assert old.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["..%2fapp.py", "%2e%2e/app.py", "app.py", "base.html"])
async def test_no_other_file_is_served(marta: Program, name: str) -> None:
    assert (await marta.http.get(f"/console/static/{assets.DIGEST}/{name}")).status_code == 404


async def test_the_console_is_not_part_of_the_apis_documentation(app: FastAPI) -> None:
    assert not [path for path in app.openapi()["paths"] if path.startswith("/console")]


class Inline(HTMLParser):
    """Collects what a strict policy would refuse, or what comes from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.found.append(tag)
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.found.append(f"{tag} {name}")
            if (
                name in ("src", "href", "action")
                and value
                and not value.startswith(("/console", "#"))
            ):
                self.found.append(f"{tag} {name}={value}")


async def test_pages_hold_no_inline_code_and_nothing_from_elsewhere(
    new_settings: Callable[..., Settings],
) -> None:
    parts = build(new_settings(demo=True), FakeClock())
    async with Program(console_app(parts)) as program:
        login = (await program.http.get("/console/login")).text
        await program.log_in("Marta", PASSWORD)
        pages = [login] + [
            (await program.http.get(path)).text
            for path in ("/console", "/console/mails", "/console/review", "/console/insights")
        ]
    for page in pages:
        parser = Inline()
        parser.feed(page)
        assert parser.found == []
    await parts.database.close()
    await parts.bridge.close()
    await parts.care.close()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_turns_text_into_markup_or_code(script: Path) -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|"
        r"createContextualFragment|\beval\b|new Function"
    )
    assert re.findall(forbidden, script.read_text(encoding="utf-8")) == []


async def test_an_agents_name_is_only_text(app: FastAPI) -> None:
    async with Program(app) as program:
        await program.log_in('<b onclick="x">Eva', PASSWORD)
        page = (await program.http.get("/console")).text
    assert "<b onclick" not in page
    assert "&lt;b onclick=" in page


def test_both_languages_have_every_text_with_the_same_places() -> None:
    texts = catalogue.load()
    assert texts["it"].keys() == texts["en"].keys()
    for key, text in texts["it"].items():
        assert text, key
        places = [set(re.findall(r"\{(\w+)\}", texts[language][key])) for language in ("it", "en")]
        assert places[0] == places[1], key


def test_a_missing_text_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for language, texts in (("it", "{title: Elenco}"), ("en", "{title: List, all: All}")):
        (tmp_path / language).mkdir()
        (tmp_path / language / "desk.yml").write_text(f"list: {texts}\n", encoding="utf-8")
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"texts/it lacks: list\.all"):
        catalogue.load()


def test_two_pages_do_not_share_a_group_of_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language in ("it", "en"):
        (tmp_path / language).mkdir()
        for page in ("desk", "review"):
            (tmp_path / language / f"{page}.yml").write_text("list: {a: b}\n", encoding="utf-8")
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"texts/it/review\.yml has again: list"):
        catalogue.load()


def test_every_text_that_is_asked_for_exists() -> None:
    texts = catalogue.load()["en"]
    asked: set[str] = set()
    for path in (*SCRIPTS, *TEMPLATES):
        asked |= set(re.findall(r"""\bt\((?:late \? )?["']([\w.]+)["']""", path.read_text("utf-8")))
    assert len(asked) > 100
    assert sorted(key for key in asked if key not in texts and not key.endswith(".")) == []


def test_every_group_of_texts_that_is_asked_for_exists() -> None:
    groups = {key.partition(".")[0] for key in catalogue.load()["en"]}
    asked: set[str] = set()
    for path in SCRIPTS:
        source = path.read_text("utf-8")
        asked |= set(re.findall(r"""\bword\("(\w+)",""", source))
        asked |= set(re.findall(r"""\w+: "(form|topic|speaks)\"""", source))
        asked |= set(re.findall(r"""\bt\(`(\w+)\.""", source))
    assert sorted(asked - groups) == []


async def test_the_page_carries_the_texts_of_its_language(luca: Program) -> None:
    page = (await luca.http.get("/console")).text
    boot = re.search(r'data-boot="([^"]*)"', page)
    assert boot
    given = json.loads(
        boot.group(1).replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")
    )
    assert given["agent"] == "Luca"
    assert given["texts"]["actions.claim"] == "Claim"


async def test_mails_are_shown_in_the_demo_only(marta: Program) -> None:
    assert (await marta.http.get("/console/mails")).status_code == 404
    assert (await marta.http.get("/console/api/mails")).status_code == 404
    assert "/console/mails" not in (await marta.http.get("/console")).text


async def test_the_page_of_a_conversation_that_another_took_in_leads_there(
    marta: Program, ids: dict[str, str], write: Callable[[Callable[[Connection], Any]], Any]
) -> None:
    waiting, other = list(ids.values())[:2]

    def take_in(conn: Connection) -> None:
        c = conversations.c
        moved = {"address": f"{MOVED}{other}", "state": {MOVED_INTO: waiting}}
        conn.execute(update(conversations).where(c.id == other).values(**moved))

    await write(take_in)
    answer = await marta.http.get(f"/console/c/{other}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/c/{waiting}")
    assert (await marta.http.get(f"/console/c/{waiting}")).status_code == 200
    assert (await marta.http.get("/console/c/nobody")).status_code == 200
