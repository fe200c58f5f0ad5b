"""The model that is to be published: trained from the working tree, and read by the guard."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ops import training
from ops.deploying import Model
from ops.processes import ROOT, Layout
from ops.steps import StepFailed
from studio.publishing.refusal import Refused

_NAME = re.compile(r"ascolto-([0-9a-f]{12})\.tar\.gz")
_LINES = 25


@dataclass(frozen=True)
class Candidate:
    """A trained model, the hash of what it was trained on, and when (epoch seconds)."""

    model: Model
    inputs: str
    trained_at: float | None
    examples: dict[str, Any]


def train(layout: Layout, logs: Path) -> Candidate:
    """Train what the working tree says, unless that model exists. Raises Refused."""
    name = _wanted(layout)
    try:
        # A process that ends meanwhile comes back with what it had.
        training.ensure(layout, logs, aside=True, quiet=True)
    except StepFailed as error:
        raise Refused(str(error)) from error
    if _wanted(layout) != name:
        raise Refused("the data changed while the model was trained: run it again")
    return of_file(layout.models, name)


def of_file(models: Path, name: str) -> Candidate:
    """A model that was trained before, checked against its record. Raises Refused."""
    file, record = models / name, models / name.replace(".tar.gz", ".json")
    found = _NAME.fullmatch(name)
    if found is None or not file.is_file():
        raise Refused(f"{file} isn't a model of ours")
    try:
        told = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{record} can't be read ({error}): `make train FORCE=1`") from error
    if told.get("model") != name:
        raise Refused(f"{record} is of another model: `make train FORCE=1`")
    trained_at = told.get("trained_at")
    return Candidate(
        Model.of(models, name),
        found[1],
        float(trained_at) if trained_at else None,
        {"files": len(told.get("inputs") or ())},
    )


def guarded(layout: Layout, model: Path) -> dict[str, Any]:
    """What the guard says of a model against what was committed. Raises Refused when it objects."""
    if find_spec("studio.guard.__main__") is None:
        raise Refused("there is no guard here (studio/guard): nothing says whether it got worse")
    told = subprocess.run(
        [sys.executable, "-m", "studio.guard", "--json", "--model", str(model)],
        cwd=ROOT,
        env={**os.environ, **_settings(layout), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        verdict: dict[str, Any] = json.loads(told.stdout)
    except ValueError as error:
        raise Refused(f"the guard can't say:\n{told.stderr[-2000:]}") from error
    if told.returncode or not verdict.get("ok"):
        raise Refused("\n".join(["the guard objects:", *_objections(verdict)]))
    return verdict


def _objections(verdict: dict[str, Any]) -> list[str]:
    lines = [
        f"  {finding.get('place', '')}: {finding.get('message', '')}"
        for finding in verdict.get("findings", ())
    ]
    more = len(lines) - _LINES
    return [*lines[:_LINES], *([f"  … and {more} more: `make compare`"] if more > 0 else [])]


def _wanted(layout: Layout) -> str:
    told = subprocess.run(
        [layout.bot_python, "-m", "bot.train", "--name"],
        cwd=ROOT,
        env=layout.environment("rasa"),
        capture_output=True,
        text=True,
        check=False,
    )
    name = told.stdout.strip()
    if told.returncode or not _NAME.fullmatch(name):
        raise Refused(f"what is to be trained can't be read:\n{told.stderr[-2000:]}")
    return name


def _settings(layout: Layout) -> dict[str, str]:
    """Which environments and folders the guard's own processes use."""
    names = ("ASCOLTO_HOME", "ASCOLTO_MODELS", "ASCOLTO_BOT_PYTHON", "ASCOLTO_VOICE")
    return {name: layout.settings[name] for name in names if name in layout.settings}
