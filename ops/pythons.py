"""Finds interpreters that really run (standard library only: it works before any environment)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

_PROBE = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"

NO_BOT_PYTHON = (
    "The bot needs Python 3.10 (Rasa has no release for a newer one) and none was found: install it"
    " with `uv python install 3.10`, `pyenv install 3.10` or your system's package python3.10-venv,"
    " or name one: ASCOLTO_PYTHON310=/path/to/python3.10"
)


class MissingPython(Exception):
    """No interpreter fits; the message says how to get one."""


def probe(candidate: str | Path) -> tuple[str, Path] | None:
    """Run an interpreter: its version ("3.10") and real path, or None when it doesn't run.

    A version manager's shim exists for every version and fails when that version isn't selected:
    only running one tells.
    """
    try:
        answer = subprocess.run(
            [str(candidate), "-c", _PROBE], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version, _, executable = answer.stdout.strip().partition("\n")
    return (version, Path(executable)) if executable else None


def _candidates(version: str, environ: Mapping[str, str], home: Path) -> Iterator[str | Path]:
    for folder in environ.get("PATH", "").split(os.pathsep):
        if folder and (path := Path(folder) / f"python{version}").exists():
            yield path
    roots = (environ.get("PYENV_ROOT"), str(home / ".pyenv"))
    for root in dict.fromkeys(root for root in roots if root):
        yield from sorted(Path(root).glob(f"versions/{version}*/bin/python{version}"), reverse=True)
    if uv := shutil.which("uv", path=environ.get("PATH", "")):
        command = [uv, "python", "find", "--no-python-downloads", version]
        try:
            found = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        except (OSError, subprocess.SubprocessError):
            return
        if found.returncode == 0 and found.stdout.strip():
            yield found.stdout.strip()


def find_bot_python(environ: Mapping[str, str] | None = None, home: Path | None = None) -> Path:
    """A Python 3.10 that runs: `ASCOLTO_PYTHON310`, else on the PATH, under pyenv, or uv's.

    Raises MissingPython, with one line that says how to get one.
    """
    environ = os.environ if environ is None else environ
    named = environ.get("ASCOLTO_PYTHON310", "")
    if named:
        if (found := probe(named)) and found[0] == "3.10":
            return found[1]
        raise MissingPython(f"ASCOLTO_PYTHON310={named} is not a Python 3.10 that runs.")
    for candidate in _candidates("3.10", environ, home or Path.home()):
        if (found := probe(candidate)) and found[0] == "3.10":
            return found[1]
    raise MissingPython(NO_BOT_PYTHON)
