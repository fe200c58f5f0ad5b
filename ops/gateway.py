"""The running gateway as our commands and `make run` see it: JSON under /designer/v1."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from ops.environment import compose
from ops.generated_secrets import FILE, read
from ops.processes import ROOT, Layout

_TOKEN = "ASCOLTO_DESIGNER_TOKEN"  # noqa: S105 — a setting's name
_SECONDS = 30.0


class GatewayProblem(Exception):
    """The gateway can't be asked or refused; the message says why and what to do."""

    def __init__(self, message: str, *, code: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Gateway:
    """A connection to /designer/v1. Use it as a context manager."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        # Our own machine or network: a proxy from the environment has no business there.
        self._http = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_SECONDS,
            trust_env=False,
        )

    @classmethod
    def of(cls, settings: Mapping[str, str] | None = None) -> Gateway:
        """The gateway of these settings (those of `make run`): ASCOLTO_PUBLIC_URL is not used,
        commands run beside it. Raises GatewayProblem without a token."""
        settings = compose(ROOT) if settings is None else settings
        home = Path(settings["ASCOLTO_HOME"])
        token = settings.get(_TOKEN) or read(home).get(_TOKEN)
        if not token:
            raise GatewayProblem(f"There is no {FILE} in {home} yet: start Ascolto (`make run`).")
        return cls(Layout.of(settings).gateway_urls[0], token)

    @classmethod
    def beside(cls, layout: Layout) -> Gateway:
        """The first gateway of a start whose settings are complete. Raises GatewayProblem."""
        token = layout.settings.get(_TOKEN)
        if not token:
            raise GatewayProblem(f"{_TOKEN} isn't set: start Ascolto (`make run`).")
        return cls(layout.gateway_urls[0], token)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """What stands at /designer/v1/<path>. Raises GatewayProblem."""
        return self._call("GET", path, params=parameters)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Have something done. Raises GatewayProblem."""
        return self._call("POST", path, json=dict(body))

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Set something. Raises GatewayProblem."""
        return self._call("PUT", path, json=dict(body))

    def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, f"/designer/v1/{path.lstrip('/')}", **more)
        except httpx2.HTTPError as error:
            raise GatewayProblem(
                f"No gateway answers at {self.url} ({type(error).__name__}): is `make run` running?"
            ) from error
        if answer.status_code < 400:
            found: dict[str, Any] = answer.json()
            return found
        try:
            told = answer.json()["error"]
        except (ValueError, KeyError, TypeError):
            told = {}
        raise GatewayProblem(
            str(told.get("message") or f"the gateway answered {answer.status_code}"),
            code=str(told.get("code") or ""),
            status=answer.status_code,
        )
