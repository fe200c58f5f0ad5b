"""Starting processes through `ops/launch.py`: each ends with whoever started it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.process import Process
from ops.processes import ROOT


def write_plan(processes: tuple[Process, ...], file: Path) -> None:
    """Write what `ops/launch.py` reads (mode 600: it has secrets)."""
    plan = {
        process.name: {
            "argv": list(process.argv),
            "environment": dict(process.environment),
            "folder": str(ROOT),
        }
        for process in processes
    }
    scratch = file.with_suffix(".new")
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(plan, stream)
    scratch.replace(file)


def _launcher(parent_death_signal: int) -> tuple[str, ...]:
    launcher = str(Path(__file__).with_name("launch.py"))
    return (sys.executable, "-I", "-S", launcher, str(int(parent_death_signal)))


def launch_command(plan: Path, name: str, parent_death_signal: int) -> tuple[str, ...]:
    """The command that becomes the planned process `name` and ends with its starter."""
    return (*_launcher(parent_death_signal), "--plan", str(plan), name)


def tethered(argv: Sequence[str], parent_death_signal: int) -> tuple[str, ...]:
    """The command that becomes `argv` and ends with its starter."""
    return (*_launcher(parent_death_signal), "--", *argv)
