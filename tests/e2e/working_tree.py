"""A designer's checkout: the repository's files in a folder of their own, under git, and running.

What a designer's commands write, they write there; the system is the one of `make run`, under its
supervisor, because that is what publishing talks to.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ops import served
from ops.environment import PREFIXES, compose
from ops.gateway import Gateway
from ops.generated_secrets import read
from ops.processes import ROOT, Layout
from ops.system import free_port

_START_SECONDS = 180.0
# A command may train, and the machine may be busy with other tests.
_COMMAND_SECONDS = 900.0
_PORTS = ("GATEWAY", "BRIDGE", "ACTIONS", "WORKBENCH", "RASA")
_GIT = ("-c", "user.name=Anna Neri", "-c", "user.email=anna@example.com")


class WorkingTree:
    """The checkout under `folder`; `settings` is what its commands and processes see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True, text=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            source = ROOT / name
            if source.is_file():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        self._take_models()
        (folder / ".env").write_text(
            "".join(f"ASCOLTO_{name}_PORT={_base_port(name)}\n" for name in _PORTS)
        )
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.commit("What is live")

    def _take_models(self) -> None:
        """The repository's trained model, so that nothing has to be trained to begin with."""
        models = self.folder / "models"
        models.mkdir(exist_ok=True)
        for file in (ROOT / "models").iterdir():
            if file.is_file() and not file.name.startswith("unfinished-"):
                shutil.copy2(file, models / file.name)
        if (cache := ROOT / "models" / ".cache").is_dir():
            shutil.copytree(cache, models / ".cache", dirs_exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        """Of a terminal in which nothing of ours is set but where the interpreters are."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}
        bot = os.environ.get("ASCOLTO_BOT_PYTHON") or str(ROOT / ".venv" / "bot" / "bin" / "python")
        return {
            **plain,
            "ASCOLTO_PLATFORM_PYTHON": sys.executable,
            "ASCOLTO_BOT_PYTHON": bot,
            "PYTHONPATH": str(self.folder),
            "TQDM_DISABLE": "1",
        }

    @property
    def settings(self) -> dict[str, str]:
        """All settings, with the secrets that the first start made."""
        found = compose(self.folder, self.environment)
        return {**read(Path(found["ASCOLTO_HOME"])), **found}

    @property
    def home(self) -> Path:
        """Databases, logs, mails, secrets."""
        return Path(self.settings["ASCOLTO_HOME"])

    @property
    def gateway_urls(self) -> tuple[str, ...]:
        return Layout.of(self.settings).gateway_urls

    @property
    def gateway_url(self) -> str:
        return self.gateway_urls[0]

    def secret(self, name: str) -> str:
        """A secret by its setting's name without the prefix: `secret("DESIGNER_TOKEN")`."""
        return self.settings[f"ASCOLTO_{name}"]

    @property
    def api_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret('API_CHANNEL_KEY')}"}

    @property
    def model(self) -> str:
        """The hash of the model that a start of this checkout serves."""
        models = self.folder / "models"
        name = served.read(models).model
        assert name is not None
        return served.sha(models / name)

    @property
    def live(self) -> str:
        """The hash of the model that everybody is served by, once one was published."""
        with Gateway(self.gateway_url, self.secret("DESIGNER_TOKEN")) as gateway:
            return str(gateway.get("routing")["live"])

    def git(self, *arguments: str) -> str:
        """What a git command prints."""
        command = ["git", "-C", str(self.folder), *_GIT, *arguments]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def commit(self, message: str) -> None:
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def command(
        self, module: str, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the designer's commands, as `make` does; its output is kept."""
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """`make run`, until the end of `with`."""
        log = self.folder / "run.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "ops.run"],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait(process, log)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _wait(self, process: subprocess.Popen[bytes], log: Path) -> None:
        end = time.monotonic() + _START_SECONDS
        while "Ascolto is ready" not in log.read_text():
            assert process.poll() is None, f"it ended:\n{log.read_text()}"
            assert time.monotonic() < end, f"not ready:\n{log.read_text()}"
            time.sleep(0.2)


def _base_port(name: str) -> int:
    """A free port; Rasa's needs room for the spare process after it."""
    while True:
        port = free_port()
        if name != "RASA" or port + 1 == _neighbour(port):
            return port


def _neighbour(port: int) -> int | None:
    """The port after this one, if nobody listens there."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port + 1))
        except OSError:
            return None
    return port + 1
