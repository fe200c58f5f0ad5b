"""Who is at the console: a signed cookie, and a token that ties each change to it.

A password opens the console in a role: the operator's opens all of it, the agents' the desk, the
designers' what is redacted (the review inbox, insight, models). The session says who it is (agents:
the name customers read) and in which language; it is bound to the passwords, so that changing one
ends every session.
"""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass, replace
from typing import Any

from runtime.clock import Clock
from runtime.errors import Forbidden, Invalid, Unauthenticated
from runtime.security import Signer, pseudonym, same
from runtime.settings import Settings

LIFETIME_S = 12 * 3600
FORM_LIFETIME_S = 3600
LANGUAGES = ("it", "en")
NAME_CHARS = (2, 60)
# What each role opens.
AGENT, DESIGNER = "agent", "designer"
ROLES = {
    "operator": frozenset({AGENT, DESIGNER}),
    AGENT: frozenset({AGENT}),
    DESIGNER: frozenset({DESIGNER}),
}
_SESSION = "console-session"
_CSRF = "console-csrf"
_FORM = "console-login"
# Controls, marks that turn text around, and halves of characters have no place in a name.
_NOT_IN_NAMES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True)
class Session:
    """A person at the console; `expires_at` in epoch seconds."""

    id: str
    agent: str
    language: str
    expires_at: float
    role: str = "operator"

    def may(self, what: str) -> bool:
        """Whether this role opens AGENT's or DESIGNER's pages."""
        return what in ROLES.get(self.role, frozenset())


class Sessions:
    """Makes and reads sessions; keeps nothing."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        key = settings.signing_key.get_secret_value()
        self._signer = Signer(key)
        self._clock = clock
        self._passwords = {
            "operator": settings.operator_password.get_secret_value(),
            AGENT: settings.agent_password.get_secret_value(),
            DESIGNER: settings.designer_password.get_secret_value(),
        }
        self._bound_to = pseudonym(key, f"{_SESSION}:{':'.join(self._passwords.values())}")

    @property
    def open(self) -> bool:
        """Whether anybody can log in at all: without a password nobody can."""
        return any(self._passwords.values())

    def start(self, password: str, agent: str, language: str) -> Session:
        """A new session. Raises Unauthenticated (wrong password) or Invalid (name)."""
        # All are compared, whichever fits: how long it takes tells nothing.
        fitting = [role for role, right in self._passwords.items() if same(password, right)]
        if not fitting:
            raise Unauthenticated("the password is not right", code="wrong_password")
        return Session(
            id=uuid.uuid4().hex,
            agent=agent_name(agent),
            language=language if language in LANGUAGES else LANGUAGES[0],
            expires_at=self._clock.now() + LIFETIME_S,
            role=fitting[0],
        )

    def seal(self, session: Session) -> str:
        """The cookie of a session."""
        return self._signer.sign(_SESSION, {**vars(session), "password": self._bound_to})

    def read(self, cookie: str | None) -> Session:
        """The session of a cookie. Raises Unauthenticated unless it is ours and still good."""
        if not cookie:
            raise Unauthenticated("log in first", code="not_logged_in")
        try:
            content = self._signer.verify(_SESSION, cookie)
            bound_to = str(content.pop("password"))
            session = Session(**content)
        except (Invalid, KeyError, TypeError) as error:
            raise Unauthenticated("log in again", code="not_logged_in") from error
        if not same(bound_to, self._bound_to) or session.expires_at <= self._clock.now():
            raise Unauthenticated("the session is over; log in again", code="not_logged_in")
        return session

    def in_language(self, session: Session, language: str) -> Session:
        """The same session in another language. Raises Invalid."""
        if language not in LANGUAGES:
            raise Invalid(f"one of {', '.join(LANGUAGES)}", field="language")
        return replace(session, language=language)

    def csrf(self, session: Session) -> str:
        """The token that every change made in this session must carry."""
        return self._signer.sign(_CSRF, {"session": session.id})

    def check_csrf(self, session: Session, token: str | None) -> None:
        """Raises Forbidden unless `token` belongs to this session."""
        if self._content(_CSRF, token).get("session") != session.id:
            raise Forbidden("this page is out of date: reload it", code="csrf")

    def new_form(self) -> tuple[str, str]:
        """A cookie and a hidden field that belong together: who has both asked us for the form."""
        nonce = uuid.uuid4().hex
        until = self._clock.now() + FORM_LIFETIME_S
        return nonce, self._signer.sign(_FORM, {"nonce": nonce, "until": until})

    def check_form(self, nonce: str | None, token: str | None) -> None:
        """Raises Forbidden unless the form came from us to this browser within the hour."""
        content = self._content(_FORM, token)
        fresh = float(content.get("until", 0)) > self._clock.now()
        if not nonce or content.get("nonce") != nonce or not fresh:
            raise Forbidden("this form is out of date: try again", code="csrf")

    def _content(self, purpose: str, token: str | None) -> dict[str, Any]:
        try:
            return self._signer.verify(purpose, token or "")
        except Invalid:
            return {}


def agent_name(text: str) -> str:
    """A name that customers will read, tidied. Raises Invalid(field="agent")."""
    composed = unicodedata.normalize("NFC", text)
    spaced = "".join(" " if c.isspace() else c for c in composed)
    name = " ".join(
        "".join(c for c in spaced if unicodedata.category(c) not in _NOT_IN_NAMES).split()
    )
    shortest, longest = NAME_CHARS
    if not shortest <= len(name) <= longest or not any(c.isalpha() for c in name):
        raise Invalid(
            f"a name of {shortest} to {longest} characters", code="bad_name", field="agent"
        )
    return name
