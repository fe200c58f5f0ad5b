"""The way in for the designers' commands: a token, as `make review-pull` and the like send it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from integrations.console.access import Parts
from integrations.metrics import refused
from runtime.errors import Unauthenticated
from runtime.security import same

PREFIX = "/designer/v1"


async def commands(parts: Parts, authorization: Annotated[str, Header()] = "") -> None:
    """Raises Unauthenticated unless the request carries the designers' token."""
    scheme, _, given = authorization.partition(" ")
    right = parts.settings.designer_token.get_secret_value()
    if scheme.lower() != "bearer" or not same(given.strip(), right):
        refused("designer", "unauthenticated")
        raise Unauthenticated("the designers' token is missing or wrong")


# For a router's `dependencies`.
DESIGNERS_COMMANDS = Depends(commands)
