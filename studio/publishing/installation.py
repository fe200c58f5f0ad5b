"""What publishing works on: this checkout's models, and the installation that runs from it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ops import generated_secrets, served
from ops.deploying import Deployment
from ops.environment import compose
from ops.gateway import Gateway
from ops.hosts import UnderSupervisor
from ops.processes import ROOT, Layout
from ops.rolling import Host, Roll
from ops.running import running_pid
from ops.supervision import Supervisor
from studio.publishing.refusal import Refused


@dataclass(frozen=True)
class Installation:
    """Its layout, and who runs its processes (None: nothing runs)."""

    layout: Layout
    host: Host | None

    @classmethod
    def here(cls) -> Installation:
        """The one of `make run`, as `.env` and the environment say."""
        settings = compose(ROOT)
        home = Path(settings["ASCOLTO_HOME"])
        layout = Layout.of({**settings, **generated_secrets.read(home), **_given(settings)})
        if settings.get("ASCOLTO_MODEL"):
            raise Refused("ASCOLTO_MODEL names the model that is served: unset it to publish")
        if layout.spare() is None:
            raise Refused("no Rasa runs here (ASCOLTO_RASA_URLS): publish where they do")
        if running_pid(home) is None:
            return cls(layout, None)
        return cls(layout, UnderSupervisor(Supervisor(layout.processes(), home), home))

    @property
    def models(self) -> Path:
        """The folder of its models."""
        return self.layout.models

    @contextlib.contextmanager
    def deployment(
        self, author: str, say: Callable[[str], None]
    ) -> Iterator[tuple[Deployment, Gateway]]:
        """Its models in hand. Raises GatewayProblem, Refused when nothing runs here."""
        spare = self.layout.spare()
        if self.host is None or spare is None:
            raise Refused("no Rasa runs here")
        with Gateway.beside(self.layout) as gateway:
            roll = Roll(self.host, self.layout.rasas(), spare, say=say)
            yield (
                Deployment(self.models, roll, self.host, gateway, author=author, say=say),
                gateway,
            )

    def set_offline(self, name: str) -> None:
        """Nothing runs: what the next start serves, and tells the gateway."""
        before = served.read(self.models)
        previous = before.previous if before.model == name else before.model
        after = before.serving(name, previous=previous, canary=None, unrecorded=True)
        served.write(self.models, after)


def _given(settings: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in settings.items() if value}
