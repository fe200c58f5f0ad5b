"""The console's pages: log-in, the desk, the demo's mails. What moves on them comes as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.responses import HTMLResponse

from integrations.console import access, showing
from integrations.console.access import FORM_COOKIE, Kept, Parts
from integrations.console.sessions import LANGUAGES, NAME_CHARS
from integrations.container import Container
from integrations.conversations.moving import lives_in
from integrations.metrics import refusals
from runtime.errors import AscoltoError, NotFound, TooMany, Unauthenticated

router = APIRouter(prefix="/console", include_in_schema=False)

_LOG_IN = showing.LOG_IN


@router.get("")
@router.get("/c/{conversation_id}")
async def desk(
    request: Request, parts: Parts, kept: Kept, conversation_id: str | None = None
) -> Response:
    """The list and one conversation; one that another took in leads there."""
    session = await showing.session_of(request, parts, kept)
    if session is None:
        return showing.to_log_in(request)
    if conversation_id is not None:
        into = await parts.database.read(lambda conn: lives_in(conn, conversation_id))
        if into is not None:
            return RedirectResponse(f"/console/c/{into}", 303)
    return showing.page("desk.html", parts, kept, session, request.url.path)


@router.get("/mails")
async def mails(request: Request, parts: Parts, kept: Kept) -> Response:
    """What the demo would have mailed. Raises NotFound outside the demo."""
    if not parts.settings.demo:
        raise NotFound("there are no demo mails here")
    session = await showing.session_of(request, parts, kept)
    if session is None:
        return showing.to_log_in(request)
    return showing.page("mails.html", parts, kept, session, "/console/mails")


@router.get("/login")
async def log_in_form(
    request: Request,
    parts: Parts,
    kept: Kept,
    to: str = showing.HOME,
    ended: bool = False,
    language: str = "",
) -> Response:
    """The form, or the desk for who is in already."""
    if await showing.session_of(request, parts, kept) is not None:
        return RedirectResponse(showing.place(to), 303)
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
    to: Annotated[str, Form()] = showing.HOME,
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
    answer = RedirectResponse(showing.place(to), 303)
    access.set_cookie(answer, parts, kept, session)
    access.clear_cookie(answer, FORM_COOKIE)
    return answer


@router.post("/logout")
async def log_out(
    request: Request, parts: Parts, kept: Kept, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Back to the form; the session is over. Raises Forbidden without the page's token."""
    session = await showing.session_of(request, parts, kept)
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
    to: Annotated[str, Form()] = showing.HOME,
) -> Response:
    """The same page in another language."""
    session = await access.current(request, kept, parts)
    with refusals("console"):
        access.same_site(request)
        kept.check_csrf(session, csrf)
    answer = RedirectResponse(showing.place(to), 303)
    access.set_cookie(answer, parts, kept, kept.in_language(session, language))
    return answer


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
        showing.render(
            "login.html",
            parts,
            language,
            csrf=token,
            to=showing.place(to),
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


def _preferred(request: Request, parts: Container) -> str:
    for wish in request.headers.get("accept-language", "").split(","):
        language = wish.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return parts.settings.default_language
