"""The working tree that a model is made of: who publishes, which revision, and is it sound?"""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from studio.publishing.refusal import Refused

# What a model depends on, as bot/train.py has it.
INPUTS = ("config.yml", "domain.yml", "data", "bot/nlu", "understanding")
_SHOWN = 5


def author(root: Path, settings: Mapping[str, str]) -> str:
    """Who publishes: ASCOLTO_AUTHOR, else git's user, else the system's."""
    named = settings.get("ASCOLTO_AUTHOR", "").strip()
    return (named or _git(root, "config", "user.name") or getpass.getuser())[:200]


def revision(root: Path, *, dirty: bool) -> str | None:
    """The git revision, with a `+` when what was trained on isn't all in it; None outside git.

    Raises Refused for a tree with uncommitted inputs unless `dirty`.
    """
    found = _git(root, "rev-parse", "--short=12", "HEAD")
    if not found:
        return None
    changed = [line[3:] for line in _git(root, "status", "--porcelain", "--", *INPUTS).splitlines()]
    if changed and not dirty:
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        raise Refused(
            f"not committed: {', '.join(changed[:_SHOWN])}{more}. Commit what is to be published,"
            " or DIRTY=1 publishes the working tree as it is."
        )
    return found + ("+" if changed else "")


def validated(root: Path) -> str:
    """Run `make validate`'s checks and say how it went. Raises Refused with what they found."""
    if find_spec("studio.validate") is None:
        return "no checks to run"
    told = subprocess.run(
        [sys.executable, "-m", "studio.validate"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise Refused(
            f"the data isn't in order:\n{told.stdout}{told.stderr}`make validate` says it again."
        )
    return "in order"


def _git(root: Path, *arguments: str) -> str:
    try:
        told = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return told.stdout.rstrip("\n") if told.returncode == 0 else ""
