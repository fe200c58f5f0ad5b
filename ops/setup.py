"""Creates the two environments: `python3 -m ops.setup [--dev]` (standard library only).

`.venv/platform` (this Python, 3.11 or newer) and `.venv/bot` (Python 3.10) are installed from the
hash-locked files of `requirements/`. An environment is finished when its stamp stands in it; the
stamp names the lock, the interpreter and the folder, so a second run returns at once, and an
interrupted one is done again from the start. A symbolic link in an environment's place is refused:
its stamp names another folder, so what it leads to would be deleted and made anew from here.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ops.pythons import MissingPython, find_bot_python

ROOT = Path(__file__).resolve().parent.parent
_SAY_AGAIN_SECONDS = 10.0


class SetupFailed(Exception):
    """An installation failed; the message shows its last lines and where the rest is."""


class LinkedEnvironment(Exception):
    """An environment's folder is a symbolic link; the message says which and what to do."""

    def __init__(self, link: Path, root: Path) -> None:
        shown = link.relative_to(root)
        super().__init__(
            f"Nothing was set up: {shown} is a symbolic link to {link.readlink()}. "
            "Setting up through it would rebuild the environments of whatever it leads to.\n"
            f"To have environments of its own here, remove the link (rm {link}) and run this "
            "again; to go on with the linked ones, set up in their own checkout."
        )


@dataclass(frozen=True)
class Target:
    """One environment: its folder under `.venv`, its Python, its lock, its lock for tests."""

    name: str
    python: Path
    root: Path = ROOT

    @property
    def folder(self) -> Path:
        """Where the environment lives."""
        return self.root / ".venv" / self.name

    @property
    def log(self) -> Path:
        """Everything the installation printed."""
        return self.root / ".venv" / f"{self.name}-setup.log"

    def lock(self, dev: bool) -> Path:
        """The lock file of the environment, or of what its tests need."""
        names = {"platform": ("platform", "dev"), "bot": ("bot", "bot-dev")}[self.name]
        return self.root / "requirements" / f"{names[dev]}.txt"

    def stamp(self, dev: bool) -> str:
        """What the stamp holds when the environment is as its lock says."""
        digest = hashlib.sha256()
        for lock in (self.lock(False), self.lock(dev)):
            digest.update(lock.read_bytes())
        return f"{digest.hexdigest()}\n{self.python}\n{self.folder}\n"

    def stamp_file(self, dev: bool) -> Path:
        """Where the stamp lies."""
        return self.folder / ("installed-dev" if dev else "installed")

    def finished(self, dev: bool) -> bool:
        """Whether nothing needs to be done."""
        try:
            return self.stamp_file(dev).read_text() == self.stamp(dev)
        except OSError:
            return False


_speaking = threading.Lock()


def say(name: str, message: str) -> None:
    """One line of progress; two installations at once stay readable."""
    with _speaking:
        print(f"  {name:<9}{message}", flush=True)


def clean_environment() -> dict[str, str]:
    """The environment without what would lead pip out of the new folder.

    pip's own settings (index, links, proxy, certificates) stay.
    """
    misleading = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "VIRTUAL_ENV")
    return {key: value for key, value in os.environ.items() if key not in misleading}


def build_tools(lock: str) -> str:
    """The lock's entries for setuptools and wheel, which build what has no wheel of its own."""
    blocks = re.split(r"(?m)^(?=\S)", lock)
    return "".join(block for block in blocks if re.match(r"(setuptools|wheel)==", block))


def _run(target: Target, command: list[str], step: str, packages: int = 0) -> None:
    """Run one command, its output in the log; say how far it is. Raises SetupFailed."""
    tail: deque[str] = deque(maxlen=15)
    begun = said = time.monotonic()
    fetched = 0
    if shutil.which(command[0]) is None:
        raise SetupFailed(f"{target.name}: {step} failed: {command[0]} can't be run")
    with target.log.open("a", encoding="utf-8", errors="replace") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            env=clean_environment(),
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                log.write(line)
                if not line.startswith("WARNING: Location"):
                    tail.append(line)
                fetched += line.startswith("Collecting ")
                if not packages:
                    continue
                if line.startswith("Installing collected"):
                    say(target.name, f"installing {packages} packages")
                    packages = 0
                elif time.monotonic() - said > _SAY_AGAIN_SECONDS:
                    said = time.monotonic()
                    elapsed = said - begun
                    say(target.name, f"{fetched} of {packages} packages fetched ({elapsed:.0f} s)")
    if process.returncode:
        raise SetupFailed(
            f"{target.name}: {step} failed (exit {process.returncode}). Its last lines:\n"
            + "".join(f"    {line}" for line in tail)
            + f"The whole output is in {target.log}"
        )


def _pip(target: Target, *arguments: str) -> list[str]:
    python = str(target.folder / "bin" / "python")
    base = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    return [*base, "--require-hashes", "--no-deps", "--progress-bar=off", *arguments]


def _install_lock(target: Target, lock: Path) -> None:
    text = lock.read_text()
    if tools := build_tools(text):
        # Installed first and used without isolation: what is built is built with locked tools.
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(tools)
            file.flush()
            _run(target, _pip(target, "-r", file.name), "installing the build tools")
    packages = len(re.findall(r"(?m)^[\w.-]+(\[.*\])?==", text))
    command = _pip(target, *(["--no-build-isolation"] if tools else []), "-r", str(lock))
    _run(target, command, f"installing {lock.name}", packages)


def install(target: Target, dev: bool) -> None:
    """Bring one environment to what its lock says; raises SetupFailed."""
    begun = time.monotonic()
    if not target.finished(False):
        say(target.name, f"creating .venv/{target.name} with {target.python}")
        # The stamp goes first: a folder without one is never taken for a finished environment.
        target.stamp_file(False).unlink(missing_ok=True)
        shutil.rmtree(target.folder, ignore_errors=True)
        target.log.unlink(missing_ok=True)
        _run(
            target,
            [str(target.python), "-m", "venv", str(target.folder)],
            "creating the environment (Debian and Ubuntu need the package python3-venv)",
        )
        _install_lock(target, target.lock(False))
        target.stamp_file(False).write_text(target.stamp(False))
    if dev and not target.finished(True):
        _install_lock(target, target.lock(True))
        target.stamp_file(True).write_text(target.stamp(True))
    say(target.name, f"ready ({time.monotonic() - begun:.0f} s)")


def refuse_links(root: Path) -> None:
    """Raise LinkedEnvironment where `.venv` or an environment in it is a symbolic link."""
    for place in (".venv", ".venv/platform", ".venv/bot"):
        if (root / place).is_symlink():
            raise LinkedEnvironment(root / place, root)


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Only one set-up at a time; a second one waits for the first."""
    (root / ".venv").mkdir(exist_ok=True)
    with (root / ".venv" / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is running; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kept(name: str, setting: str, root: Path) -> Path | None:
    """The Python that an environment was made with, while it exists and none is named.

    So another `python3` on today's PATH doesn't make everything anew.
    """
    with contextlib.suppress(OSError, IndexError):
        stamp = (root / ".venv" / name / "installed").read_text()
        python = Path(stamp.splitlines()[1])
        if python.exists() and not os.environ.get(setting):
            return python
    return None


def targets_of(root: Path) -> list[Target]:
    """Both environments; raises MissingPython."""
    platform = _kept("platform", "ASCOLTO_PYTHON", root) or Path(sys.executable)
    bot = _kept("bot", "ASCOLTO_PYTHON310", root) or find_bot_python()
    return [Target("platform", platform, root), Target("bot", bot, root)]


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Create or complete both environments; `--dev` adds what tests and checks need."""
    dev = "--dev" in arguments
    try:
        refuse_links(root)
    except LinkedEnvironment as linked:
        print(linked, file=sys.stderr)
        return 1
    with _alone(root):
        try:
            targets = targets_of(root)
        except MissingPython as missing:
            print(missing, file=sys.stderr)
            return 1
        due = [
            target
            for target in targets
            if not target.finished(False) or (dev and not target.finished(True))
        ]
        if not due:
            return 0
        print("Setting up: installing locked packages (some minutes the first time)", flush=True)
        with ThreadPoolExecutor(max_workers=len(due)) as threads:
            installing = [threads.submit(install, target, dev) for target in due]
        failures = [error for future in installing if (error := future.exception())]
        for failure in failures:
            print(f"Setting up failed. {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next set-up begins again where nothing was finished.")
