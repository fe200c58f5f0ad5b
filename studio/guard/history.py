"""What git knows: predictions of a revision, and the version before the present one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.guard import predictions
from studio.guard.predictions import FOLDER, Prediction

# Commits that are looked through for predictions that differ from the present ones.
_MOST = 30


class NoHistory(Exception):
    """git can't answer; the message says why."""


@dataclass(frozen=True)
class Version:
    """Predictions as they stand in one revision; `files` is empty where it has none."""

    revision: str
    files: dict[str, str]

    def predictions(self) -> list[Prediction]:
        """Raises BadPredictions."""
        return predictions.read(self.files)


def resolve(root: Path, revision: str) -> str:
    """The short name of a commit. Raises NoHistory for what git doesn't know."""
    if revision.startswith("-"):
        raise NoHistory(f"{revision!r} is no revision")
    try:
        return _git(
            root, "rev-parse", "--verify", "--quiet", "--short=12", f"{revision}^{{commit}}"
        ).strip()
    except NoHistory as error:
        raise NoHistory(f"git knows no revision {revision!r} here") from error


def version(root: Path, revision: str) -> Version:
    """The predictions under git in a revision (as `resolve` gives it)."""
    listed = _git(root, "ls-tree", "-r", "--name-only", "-z", revision, "--", f"{FOLDER}/")
    names = [name for name in listed.split("\0") if name.endswith(".tsv")]
    return Version(
        revision,
        {Path(name).name: _git(root, "show", f"{revision}:{name}") for name in names},
    )


def versions_before(root: Path, revision: str) -> Iterator[Version]:
    """Earlier versions of the predictions, the newest first: each as it stood before a commit that
    changed them. A shallow clone has those that it has."""
    listed = _git(root, "log", f"-{_MOST}", "--format=%H", revision, "--", f"{FOLDER}/")
    for commit in listed.split():
        try:
            earlier = version(root, resolve(root, f"{commit}^"))
        except NoHistory:
            return
        if earlier.files:
            yield earlier


def kept(root: Path) -> dict[str, str]:
    """The files of the working tree, committed or not."""
    return {path.name: path.read_text("utf-8") for path in sorted((root / FOLDER).glob("*.tsv"))}


def changed_files(root: Path, revision: str, *folders: str) -> list[str]:
    """Files below these folders that differ between a revision and the working tree, new ones
    that aren't under git yet included."""
    differ = _git(root, "diff", "--name-only", "-z", revision, "--", *folders)
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *folders)
    return sorted({name for name in (differ + new).split("\0") if name})


def blobs(root: Path, revision: str, *paths: str) -> dict[str, str]:
    """Path → git's object name of every file below these paths in a revision."""
    listed = _git(root, "ls-tree", "-r", "-z", revision, "--", *paths)
    found = {}
    for line in filter(None, listed.split("\0")):
        about, path = line.split("\t", 1)
        found[path] = about.split()[2]
    return found


def shown(root: Path, revision: str, path: str) -> str:
    """A file's content in a revision. Raises NoHistory."""
    return _git(root, "show", f"{revision}:{path}")


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ("git", "-c", "core.quotepath=off", *arguments),
            cwd=root,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise NoHistory("git isn't installed") from error
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip()
        raise NoHistory(told.splitlines()[0] if told else f"git {arguments[0]} failed")
    return done.stdout.decode("utf-8")
