"""What we compare with: the same model behind Rasa's own REST channel and SQL tracker store, and
the bot that `rasa init` makes.
"""

from __future__ import annotations

import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.wire import Unexpected
from ops.launching import tethered
from ops.processes import ROOT
from ops.steps import tail
from ops.system import System, free_port

READY_SECONDS = 180.0
_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_HOST": "127.0.0.1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONPATH": str(ROOT),
}


class StockRasa:
    """A running `rasa run`; `url` and `pid` of it."""

    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid


@contextmanager
def served(
    folder: Path,
    model: Path,
    python: str,
    environment: Mapping[str, str],
    actions_url: str | None = None,
) -> Iterator[StockRasa]:
    """Serve `model` as Rasa's documentation says, with an SQLite file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    endpoints = f"tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {folder / 'tracker.db'}\n"
    if actions_url:
        endpoints += f"action_endpoint:\n  url: {actions_url}\n"
    (folder / "endpoints.yml").write_text(endpoints)
    (folder / "credentials.yml").write_text("rest:\n")
    port = free_port()
    command = [python, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)]
    command += ["--model", str(model)]
    command += ["--endpoints", str(folder / "endpoints.yml")]
    command += ["--credentials", str(folder / "credentials.yml")]
    log = folder / "rasa.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            tethered(command, signal.SIGKILL),
            cwd=folder,
            env={**environment, **_ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/", process, log)
        yield StockRasa(f"http://127.0.0.1:{port}", process)
    finally:
        process.kill()
        process.wait()


@contextmanager
def same_model(system: System, model: Path, folder: Path) -> Iterator[StockRasa]:
    """The system's own model and its own action server, in stock Rasa."""
    environment = dict(system.layout.environment("rasa"))
    python = system.layout.bot_python
    with served(folder, model, python, environment, system.actions_url) as stock:
        yield stock


def init_model(cache: Path, python: str, environment: Mapping[str, str], seconds: float) -> Path:
    """The model of a fresh `rasa init`, trained once and kept in `cache`.

    Raises Unexpected when it doesn't get ready within `seconds`.
    """
    project = cache / "rasa-init"
    if found := sorted((project / "models").glob("*.tar.gz")):
        return found[-1]
    project.mkdir(parents=True, exist_ok=True)
    # `rasa init` itself trains with everything on; the pipeline is the one it writes.
    command = [python, "-m", "rasa", "init", "--no-prompt", "--init-dir", str(project)]
    with (cache / "rasa-init.log").open("wb") as output:
        try:
            subprocess.run(
                tethered(command, signal.SIGKILL),
                cwd=cache,
                env={**environment, "RASA_TELEMETRY_ENABLED": "false", "TQDM_DISABLE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=True,
            )
        except subprocess.TimeoutExpired:
            raise Unexpected(f"`rasa init` did not train within {seconds:.0f} s") from None
        except subprocess.CalledProcessError as error:
            raise Unexpected(f"`rasa init` failed: {tail(cache / 'rasa-init.log')}") from error
    return sorted((project / "models").glob("*.tar.gz"))[-1]


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Unexpected(f"stock Rasa ended\n{tail(log)}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    raise Unexpected(f"stock Rasa wasn't ready in {READY_SECONDS:.0f} s\n{tail(log)}")
