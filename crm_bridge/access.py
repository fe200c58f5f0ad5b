"""Who may call what: scoped service tokens, refused by default.

Every route is a `GuardedRoute` and names its scopes with `scopes(...)`; one that names none can't
even be defined. Tokens and scopes are checked before a byte of the body is read.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from runtime.errors import Forbidden, Unauthenticated
from runtime.security import same
from runtime.web import bearer

SCOPES: Mapping[str, frozenset[str]] = {
    "gateway": frozenset(
        {
            "interactions:write",
            "brief:read",
            "agent:read",
            "cases:read",
            "cases:write",
            "people:read",
            "people:write",
            "knowledge:read",
            "mails:read",
        }
    ),
    "actions": frozenset(
        {
            "brief:read",
            "orders:read",
            "orders:write",
            "verification:write",
            "cases:write",
            "consents:write",
            "knowledge:read",
            "loyalty:read",
            "promotions:read",
            "knowledge:write",
        }
    ),
}
_TOKEN_MIN = 16
_NEEDED = "x-required-scopes"


@dataclass(frozen=True, slots=True)
class Caller:
    """A service that proved who it is."""

    name: str
    scopes: frozenset[str]


class Access:
    """Knows the service tokens; compares in constant time and without stopping at a match."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = dict(tokens)

    def admit(self, request: Request, needed: frozenset[str]) -> Caller:
        """The caller of a request. Raises Unauthenticated or Forbidden."""
        given = bearer(request)
        names = [name for name, token in self._tokens.items() if same(given, token)]
        if len(names) != 1:
            raise Unauthenticated("this token is not known here")
        caller = Caller(names[0], SCOPES[names[0]])
        if not needed <= caller.scopes:
            raise Forbidden("this token has not the scope for that", code="scope_required")
        return caller

    def problems(self) -> list[str]:
        """What is wrong with the tokens, in words for the operator."""
        found = [
            f"ASCOLTO_BRIDGE_TOKEN_{name.upper()} is not set or shorter than {_TOKEN_MIN} letters"
            for name, token in self._tokens.items()
            if len(token) < _TOKEN_MIN
        ]
        if len(set(self._tokens.values())) < len(self._tokens):
            found.append("two services share one bridge token: each needs its own")
        return found


def scopes(*needed: str) -> dict[str, Any]:
    """What a route requires, for its `openapi_extra`: enforced and documented from one place."""
    unknown = set(needed) - frozenset().union(*SCOPES.values())
    if unknown or not needed:
        raise ValueError(f"not a scope: {', '.join(sorted(unknown)) or 'none given'}")
    return {_NEEDED: list(needed), "security": [{"serviceToken": []}]}


class GuardedRoute(APIRoute):
    """A route that admits only callers with all of its scopes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        needed = frozenset((self.openapi_extra or {}).get(_NEEDED, ()))
        if not needed:
            raise ValueError(f"route {self.path} names no scope")
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            access: Access = request.app.state.bridge.access
            request.state.caller = access.admit(request, needed)
            # Read here, so that a body over the limit is refused as such and not as bad JSON.
            await request.body()
            return await handler(request)

        return guarded
