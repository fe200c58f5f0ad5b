"""Making the console's pages: who looks, in which language, at which of their places."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from integrations.console import access, assets, catalogue, places
from integrations.console.access import COOKIE
from integrations.console.sessions import LANGUAGES, Session, Sessions
from integrations.container import Container
from integrations.desk.checks import MAX_TEXT
from runtime.errors import Unauthenticated

TEXTS = catalogue.load()
HOME = "/console"
LOG_IN = "/console/login"
_ADDRESS = re.compile(r"/console(/[A-Za-z0-9_-]{1,60}){0,3}")
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


async def session_of(request: Request, parts: Container, kept: Sessions) -> Session | None:
    """Who looks; None: they must log in first."""
    try:
        return await access.current(request, kept, parts)
    except Unauthenticated:
        return None


def to_log_in(request: Request) -> Response:
    """To the form, and from there back to the page that was asked for."""
    there = place(request.url.path)
    suffix = "" if there == HOME else f"?to={there}"
    if request.cookies.get(COOKIE):
        suffix += "&ended=true" if suffix else "?ended=true"
    return RedirectResponse(LOG_IN + suffix, 303)


def place(to: str) -> str:
    """A page of ours to go on to, whatever was asked for."""
    ours = _ADDRESS.fullmatch(to) and any(each.holds(to) for each in places.PLACES)
    return to if ours else HOME


def page(
    name: str, parts: Container, kept: Sessions, session: Session, here: str, **values: Any
) -> Response:
    """A page for somebody; who may not open it is led to where their role begins."""
    demo = parts.settings.demo
    mine = places.open_to(session, demo=demo)
    if mine and not any(each.holds(here) for each in mine):
        return RedirectResponse(mine[0].path, 303)
    csrf = kept.csrf(session)
    boot = {
        "agent": session.agent,
        "language": session.language,
        "role": session.role,
        "csrf": csrf,
        "maxText": MAX_TEXT,
        "texts": TEXTS[session.language],
    }
    return HTMLResponse(
        render(
            name,
            parts,
            session.language,
            session=session,
            boot=json.dumps(boot, ensure_ascii=False),
            demo=demo,
            max_text=MAX_TEXT,
            places=mine,
            here=here,
            csrf=csrf,
            **values,
        )
    )


def render(name: str, parts: Container, language: str, **values: Any) -> str:
    """A template with the texts of a language."""
    texts: Mapping[str, str] = TEXTS[language]
    return _PAGES.get_template(name).render(
        t=lambda key, **filled: texts[key].format(**filled) if filled else texts[key],
        has_text=lambda key: key in texts,
        language=language,
        languages=LANGUAGES,
        company=parts.settings.company,
        asset=assets.address,
        **values,
    )
