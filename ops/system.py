"""The whole of Ascolto on free ports, for tests and benchmarks.

    with System(tmp_path) as system:
        httpx2.post(f"{system.gateway_url}/channels/api/messages", headers=system.api_headers, …)
        system.kill("rasa")            # SIGKILL; it stays away …
        system.start("rasa", wait=True)  # … until started again

Names: `gateway`, `gateway-2`, …, `rasa`, `rasa-2`, …, `bridge`, `actions`, `valkey`; `rasa-spare`
runs only when it is started.
"""

from __future__ import annotations

import fcntl
import functools
import os
import random
import signal
import socket
import tempfile
import threading
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from ops import generated_secrets, training
from ops.environment import DEFAULTS, PREFIXES
from ops.fleet import Fleet
from ops.process import Process
from ops.processes import Layout
from ops.steps import run_step

# Settings of the developer's own that a test system keeps: which interpreters to use.
_KEPT = ("ASCOLTO_BOT_PYTHON", "ASCOLTO_PLATFORM_PYTHON")

_given: set[int] = set()
_giving = threading.Lock()


@functools.cache
def _reservations() -> int:
    """A file whose byte n is locked by the process that was given port n, as long as it lives."""
    path = Path(tempfile.gettempdir()) / f"ascolto-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _reserved(port: int) -> bool:
    """Whether the port is ours now, though nobody listens yet: others may be starting as well."""
    try:
        fcntl.lockf(_reservations(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except (BlockingIOError, PermissionError):
        return False
    return True


def free_port() -> int:
    """A loopback port that nobody listens on, below those that outgoing connections are given.

    No other process that asks here is given it while this one lives.
    """
    with _giving:
        while True:
            port = random.randint(20_000, 31_999)  # noqa: S311 — not a secret
            if port in _given or not _reserved(port):
                continue
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            _given.add(port)
            return port


class System:
    """All processes with databases of their own, from `with` to its end.

    home: an empty folder for databases, logs, mails and secrets.
    env: settings (`ASCOLTO_…`) on top of the demo's defaults; the developer's `.env` isn't read.
    gateways, rasas: how many of each. Several gateways need PostgreSQL.
    database_url, redis_url: servers to use instead of SQLite files and an embedded Valkey.
    without: processes that are defined but not started (`start` does it later).
    workbench: whether the designers' workbench runs too.
    models: a folder of models whose current one is served; by default the working tree's model is,
    whatever was published from here.
    public: the first gateway's address is its ASCOLTO_PUBLIC_URL, so that platforms call it there.
    """

    def __init__(
        self,
        home: Path,
        env: Mapping[str, str] | None = None,
        *,
        gateways: int = 1,
        rasas: int = 1,
        database_url: str = "",
        redis_url: str = "",
        without: Collection[str] = (),
        models: Path | None = None,
        public: bool = False,
        workbench: bool = False,
        seconds_to_ready: float = 120.0,
    ) -> None:
        inherited = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(PREFIXES) or key in _KEPT
        }
        gateway_ports = tuple(free_port() for _ in range(gateways))
        address = f"http://127.0.0.1:{gateway_ports[0]}" if public else ""
        settings = {
            **inherited,
            **DEFAULTS,
            "ASCOLTO_PUBLIC_URL": address,
            "ASCOLTO_BRIDGE_PORT": str(free_port()),
            "ASCOLTO_ACTIONS_PORT": str(free_port()),
            "ASCOLTO_WORKBENCH": str(int(workbench)),
            "ASCOLTO_WORKBENCH_PORT": str(free_port()),
            "ASCOLTO_RASA_SPARE_PORT": str(free_port()),
            "ASCOLTO_MODEL_SLOT": "" if models else "tree",
            "ASCOLTO_MODELS": str(models or ""),
            "ASCOLTO_DATABASE_URL": database_url,
            "ASCOLTO_REDIS_URL": redis_url,
            **(env or {}),
            "ASCOLTO_HOME": str(home.resolve()),
        }
        self.home = home.resolve()
        self.settings = generated_secrets.complete(
            {key: value for key, value in settings.items() if value or not key.startswith(PREFIXES)}
        )
        self.layout = Layout.of(
            self.settings,
            gateway_ports=gateway_ports,
            rasa_ports=tuple(free_port() for _ in range(rasas)),
        )
        self._without = frozenset(without)
        self._seconds_to_ready = seconds_to_ready
        self._fleet: Fleet | None = None

    def __enter__(self) -> Self:
        processes = self.layout.processes()
        if unknown := self._without - {process.name for process in processes}:
            raise ValueError(f"no such process: {', '.join(sorted(unknown))}")
        if any(process.name.startswith("rasa") for process in self._wanted(processes)):
            training.ensure(
                self.layout,
                self.home / "logs",
                quiet=True,
                published_is_enough="ASCOLTO_MODELS" in self.settings,
            )
        self._fleet = Fleet(processes, self.home)
        try:
            wanted = self._wanted(processes)
            # Rasa is the slow one: everything else gets done while it loads.
            self.fleet.start(*(process.name for process in wanted if not process.after_preparation))
            self.prepare()
            self.fleet.start(*(process.name for process in wanted))
            self.wait_ready(seconds=self._seconds_to_ready)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _wanted(self, processes: Iterable[Process]) -> list[Process]:
        return [
            process
            for process in processes
            if process.name not in self._without and not process.on_demand
        ]

    @property
    def fleet(self) -> Fleet:
        """The running processes."""
        if self._fleet is None:
            raise RuntimeError("the system runs inside `with` only")
        return self._fleet

    def prepare(self) -> None:
        """Migrations side by side, then the demo's seed; harmless when already done."""
        logs = self.home / "logs"
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda step: run_step(step, logs), self.layout.preparations()))
        if seed := self.layout.seed():
            run_step(seed, logs)

    def close(self) -> None:
        """Stop everything; done by the end of `with` too."""
        if self._fleet is not None:
            self._fleet.close()
            self._fleet = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all processes that always run."""
        on_demand = {process.name for process in self.layout.processes() if process.on_demand}
        return tuple(name for name in self.fleet.names if name not in on_demand)

    def pid(self, name: str) -> int:
        """The process id; raises ProcessLookupError when the process isn't running."""
        return self.fleet.pid(name)

    def is_running(self, name: str) -> bool:
        """Whether the process lives (ready or not)."""
        return self.fleet.is_running(name)

    def start(self, *names: str, wait: bool = False) -> None:
        """Start processes that aren't running."""
        self.fleet.start(*names)
        if wait:
            self.wait_ready(names)

    def kill(self, *names: str) -> None:
        """SIGKILL; they stay away until started."""
        for name in names:
            self.fleet.kill(name)

    def stop(self, *names: str, seconds: float | None = None) -> None:
        """SIGTERM, and SIGKILL to who lingers; they stay away until started."""
        self.fleet.stop(*names, seconds=seconds)

    def restart(self, *names: str, wait: bool = True) -> None:
        """SIGKILL and start again."""
        self.kill(*names)
        self.start(*names, wait=wait)

    def pause(self, name: str) -> None:
        """SIGSTOP: the process hangs, its connections stay open."""
        self.fleet.signal(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """SIGCONT after `pause`."""
        self.fleet.signal(name, signal.SIGCONT)

    def wait_ready(self, names: Iterable[str] = (), seconds: float = 120.0) -> None:
        """Return when these (all that run, by default) are ready; raises readiness.NotReady."""
        self.fleet.wait_ready(names, seconds)

    def log(self, name: str) -> str:
        """All that a process (or step: `seed`, `migrations-gateway`, …) has written."""
        file = self.home / "logs" / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def secret(self, name: str) -> str:
        """A secret by its setting's name without the prefix: `secret("CARE_TOKEN")`."""
        return self.settings[f"ASCOLTO_{name}"]

    @property
    def api_headers(self) -> dict[str, str]:
        """What a client of the api channel sends."""
        return {"Authorization": f"Bearer {self.secret('API_CHANNEL_KEY')}"}

    @property
    def gateway_url(self) -> str:
        """The first gateway's address."""
        return self.layout.gateway_urls[0]

    @property
    def gateway_urls(self) -> tuple[str, ...]:
        """The addresses of all gateways."""
        return self.layout.gateway_urls

    @property
    def bridge_url(self) -> str:
        """The bridge's address."""
        return self.layout.bridge_url

    @property
    def rasa_urls(self) -> tuple[str, ...]:
        """The addresses of all Rasa processes."""
        return self.layout.rasa_urls

    @property
    def actions_url(self) -> str:
        """The action server's address."""
        return self.layout.actions_url

    @property
    def redis_url(self) -> str:
        """Redis's address, the embedded Valkey's by default."""
        return self.layout.redis_url
