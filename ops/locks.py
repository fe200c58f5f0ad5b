"""Writes the lock files of `requirements/`: `make lock`.

That needs `uv`; installing from the locks needs pip only. A lock holds every package with its
hashes, and neither an index address nor anything about the machine that wrote it. The two `-dev`
locks hold only what their base lock lacks.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ops.pythons import MissingPython, find_bot_python

ROOT = Path(__file__).resolve().parent.parent
_SYSTEMS = ("linux", "darwin")


@dataclass(frozen=True)
class Lock:
    """One lock file: `requirements/<name>.in` becomes `requirements/<name>.txt`."""

    name: str
    python: str
    base: str | None = None


LOCKS = (
    Lock("platform", "3.11"),
    Lock("dev", "3.11", base="platform"),
    Lock("bot", "3.10"),
    Lock("bot-dev", "3.10", base="bot"),
)


def supported_environments(python: str) -> list[str]:
    """The markers of the machines that a lock is resolved for."""
    # Rasa has no release for Python 3.11, so the bot's lock must not be asked for one.
    bound = " and python_full_version < '3.11'" if python == "3.10" else ""
    return [
        f"sys_platform == '{system}' and platform_python_implementation == 'CPython'{bound}"
        for system in _SYSTEMS
    ]


def without_constant_markers(text: str) -> str:
    """Drop the marker that only repeats `supported_environments`, true wherever we install."""
    constant = re.compile(
        r" ; (?:python_full_version < '3\.11' and )?platform_python_implementation == 'CPython'"
        r" and \(sys_platform == 'darwin' or sys_platform == 'linux'\)(?= \\$)",
        re.MULTILINE,
    )
    return constant.sub("", text)


def entries(text: str) -> dict[str, str]:
    """A lock file's packages: name → its lines (requirement, hashes, where it comes from)."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if match := re.match(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==", line):
            name = match[1].lower()
            found[name] = found.get(name, "") + line
        elif name and line[:1].isspace():
            found[name] += line
    return found


def _compile(lock: Lock, uv: str, python: str, upgrade: bool) -> str:
    folder = ROOT / "requirements"
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        shutil.copy(folder / f"{lock.name}.in", work)
        target = work / f"{lock.name}.txt"
        if (folder / target.name).exists() and not upgrade:
            shutil.copy(folder / target.name, target)  # keeps the versions that still fit
        environments = ", ".join(f'"{marker}"' for marker in supported_environments(lock.python))
        (work / "pyproject.toml").write_text(f"[tool.uv]\nenvironments = [{environments}]\n")
        command = [uv, "pip", "compile", "--universal", "--generate-hashes", "--no-header"]
        command += ["--no-emit-index-url", "--annotation-style=line", "--python", python]
        command += [f"--python-version={lock.python}", f"{lock.name}.in", "-o", target.name, "-q"]
        if lock.base:
            shutil.copy(folder / f"{lock.base}.txt", work / "base.txt")
            command += ["-c", "base.txt"]
        subprocess.run(command, cwd=work, check=True)
        text = without_constant_markers(target.read_text())
    if lock.base:
        base = entries((folder / f"{lock.base}.txt").read_text())
        text = "".join(block for name, block in entries(text).items() if name not in base)
    return re.sub(r"(?<=[ ,])-c base\.txt(, )?", "", text)


def main(arguments: list[str]) -> int:
    """Write all lock files; with `--upgrade` to the newest versions that fit."""
    uv = shutil.which("uv")
    if uv is None:
        print("make lock needs uv (pip install uv); nothing else does.", file=sys.stderr)
        return 1
    try:
        pythons = {"3.10": str(find_bot_python()), "3.11": sys.executable}
    except MissingPython as missing:
        print(missing, file=sys.stderr)
        return 1
    for lock in LOCKS:
        text = _compile(lock, uv, pythons[lock.python], "--upgrade" in arguments)
        (ROOT / "requirements" / f"{lock.name}.txt").write_text(text)
        print(f"requirements/{lock.name}.txt: {len(entries(text))} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
