"""The console's pages: log-in, the desk, the demo's mails. What moves on them comes as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from integrations.console import access, assets, catalogue
from integrations.console.access import COOKIE, FORM_COOKIE, Kept, Parts
from integrations.console.sessions import LANGUAGES, NAME_CHARS, Session
from integrations.container import Container
from integrations.conversations.moving import lives_in
from integrations.desk.checks import MAX_TEXT
from integrations.metrics import refusals
from runtime.errors import AscoltoError, NotFound, TooMany, Unauthenticated

router = APIRouter(prefix="/console", include_in_schema=False)

TEXTS = catalogue.load()
_PLACES = re.compile(r"/console(/c/[A-Za-z0-9_-]{1,60}|/mails)?")
_HOME = "/console"
_LOG_IN = "/console/login"
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@router.get("")
@router.get("/c/{conversation_id}")
async def desk(
    request: Request, parts: Parts, kept: Kept, conversation_id: str | None = None
) -> Response:
    """The list and one conversation; one that another took in leads there."""
    session = await _session(request, parts, kept)
    if session is None:
        return _to_log_in(request)
    if conversation_id is not None:
        into = await parts.database.read(lambda conn: lives_in(conn, conversation_id))
        if into is not None:
            return RedirectResponse(f"{_HOME}/c/{into}", 303)
    return _page("desk.html", parts, session, csrf=kept.csrf(session), here=request.url.path)


@router.get("/mails")
async def mails(request: Request, parts: Parts, kept: Kept) -> Response:
    """What the demo would have mailed. Raises NotFound outside the demo."""
    if not parts.settings.demo:
        raise NotFound("there are no demo mails here")
    session = await _session(request, parts, kept)
    if session is None:
        return _to_log_in(request)
    return _page("mails.html", parts, session, csrf=kept.csrf(session), here="/console/mails")


@router.get("/login")
async def log_in_form(
    request: Request,
    parts: Parts,
    kept: Kept,
    to: str = _HOME,
    ended: bool = False,
    language: str = "",
) -> Response:
    """The form, or the desk for who is in already."""
    if await _session(request, parts, kept) is not None:
        return RedirectResponse(_place(to), 303)
    return _form(
        request, parts, kept, to=to, notice="session_over" if ended else "", chosen=language
    )


@router.post("/login")
async def log_in(
    request: Request,
    parts: Parts,
    kept: Kept,
    password: Annotated[str, Form()] = "",
    agent: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = _HOME,
) -> Response:
    """To where the agent wanted to go, or back to the form with what is wrong."""
    try:
        with refusals("console"):
            access.same_site(request)
            kept.check_form(request.cookies.get(FORM_COOKIE), csrf)
        session = await access.log_in(request, parts, kept, password, agent, language)
    except AscoltoError as error:
        if isinstance(error, Unauthenticated) and not kept.open:
            error = AscoltoError(code="no_password")
            error.status = 503
        return _form(request, parts, kept, to=to, error=error, agent=agent, chosen=language)
    answer = RedirectResponse(_place(to), 303)
    access.set_cookie(answer, parts, kept, session)
    access.clear_cookie(answer, FORM_COOKIE)
    return answer


@router.post("/logout")
async def log_out(
    request: Request, parts: Parts, kept: Kept, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Back to the form; the session is over. Raises Forbidden without the page's token."""
    session = await _session(request, parts, kept)
    answer = RedirectResponse(_LOG_IN, 303)
    if session is not None:
        with refusals("console"):
            access.same_site(request)
            kept.check_csrf(session, csrf)
        await access.log_out(parts, session)
    access.clear_cookie(answer)
    return answer


@router.post("/language")
async def choose_language(
    request: Request,
    parts: Parts,
    kept: Kept,
    language: Annotated[str, Form()],
    csrf: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = _HOME,
) -> Response:
    """The same page in another language."""
    session = await access.current(request, kept, parts)
    with refusals("console"):
        access.same_site(request)
        kept.check_csrf(session, csrf)
    answer = RedirectResponse(_place(to), 303)
    access.set_cookie(answer, parts, kept, kept.in_language(session, language))
    return answer


async def _session(request: Request, parts: Container, kept: Kept) -> Session | None:
    try:
        return await access.current(request, kept, parts)
    except Unauthenticated:
        return None


def _to_log_in(request: Request) -> Response:
    place = _place(request.url.path)
    suffix = "" if place == _HOME else f"?to={place}"
    if request.cookies.get(COOKIE):
        suffix += "&ended=true" if suffix else "?ended=true"
    return RedirectResponse(_LOG_IN + suffix, 303)


def _place(to: str) -> str:
    """A page of ours to go on to, whatever was asked for."""
    return to if _PLACES.fullmatch(to) else _HOME


def _form(
    request: Request,
    parts: Container,
    kept: Kept,
    *,
    to: str,
    notice: str = "",
    error: AscoltoError | None = None,
    agent: str = "",
    chosen: str = "",
) -> Response:
    language = chosen if chosen in LANGUAGES else _preferred(request, parts)
    nonce, token = kept.new_form()
    answer = HTMLResponse(
        _render(
            "login.html",
            parts,
            language,
            csrf=token,
            to=_place(to),
            notice="no_password" if not kept.open else error.code if error else notice,
            wrong=error is not None or not kept.open,
            agent=agent[: NAME_CHARS[1]],
            name_chars=NAME_CHARS,
        ),
        error.status if error else 200,
    )
    if isinstance(error, TooMany) and error.retry_after:
        answer.headers["Retry-After"] = str(int(error.retry_after) + 1)
    access.set_form_cookie(answer, parts, nonce)
    return answer


def _page(name: str, parts: Container, session: Session, **values: Any) -> Response:
    boot = {
        "agent": session.agent,
        "language": session.language,
        "csrf": values["csrf"],
        "maxText": MAX_TEXT,
        "texts": TEXTS[session.language],
    }
    return HTMLResponse(
        _render(
            name,
            parts,
            session.language,
            session=session,
            boot=json.dumps(boot, ensure_ascii=False),
            demo=parts.settings.demo,
            max_text=MAX_TEXT,
            **values,
        )
    )


def _render(name: str, parts: Container, language: str, **values: Any) -> str:
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


def _preferred(request: Request, parts: Container) -> str:
    for wish in request.headers.get("accept-language", "").split(","):
        language = wish.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return parts.settings.default_language
