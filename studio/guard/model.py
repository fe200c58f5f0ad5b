"""The bot's environment at work for the guard: training, predictions, dialogues."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops import generated_secrets, training
from ops.environment import SettingsMistake, compose
from ops.processes import ROOT, Layout
from ops.steps import Interrupted, StepFailed
from studio.guard.predictions import Prediction, of_json

_SECONDS = 1800
# What of .env says which model is the working tree's, and where.
_OF_HERE = ("ASCOLTO_HOME", "ASCOLTO_MODELS", "ASCOLTO_VOICE", "ASCOLTO_BOT_PYTHON")
_PLAYED = re.compile(r"(\d+) of (\d+) dialogues pass")


class NoModel(Exception):
    """There is no model to look at, or it can't be read; the message says why."""


@dataclass(frozen=True)
class Read:
    """A model's name and its predictions of all evaluation messages."""

    model: str
    predictions: tuple[Prediction, ...]
    thresholds: dict[str, float]


@dataclass(frozen=True)
class Broken:
    """A dialogue that doesn't go as written, and where it ends."""

    name: str
    message: str


@dataclass(frozen=True)
class Played:
    """The dialogues, straight through the bot."""

    count: int
    broken: tuple[Broken, ...]


def folder() -> Path:
    """Where the models of this checkout are. Raises NoModel."""
    return _layout().models


def train(*, quiet: bool = False) -> None:
    """Train the model of the working tree unless it exists. Raises NoModel."""
    try:
        layout = Layout.of(generated_secrets.complete(compose(ROOT)))
        training.ensure(layout, layout.home / "logs", quiet=quiet)
    except (SettingsMistake, StepFailed, Interrupted) as error:
        raise NoModel(str(error)) from error


def train_in(tree: Path) -> tuple[Path, Path]:
    """Train the model of another checkout; its archive, and the checkout whose code can read it:
    its own, unless that is from before predictions were kept. Raises NoModel."""
    with tempfile.TemporaryDirectory() as home:
        done = _bot(["-m", "bot.train"], {"ASCOLTO_HOME": home, "ASCOLTO_MODEL": ""}, code=tree)
    try:
        named = json.loads((tree / "models" / "current.json").read_text("utf-8"))["model"]
    except (OSError, ValueError, KeyError) as error:
        raise NoModel(f"{tree.name}: no model was trained:\n{done.stderr[-2000:]}") from error
    code = tree if (tree / "bot" / "predictions.py").exists() else ROOT
    return tree / "models" / str(named), code


def predictions(model: Path | None = None, *, root: Path = ROOT, code: Path = ROOT) -> Read:
    """What a model makes of the evaluation messages below `root`; by default the served model.

    `code` is the checkout whose code reads the model. Raises NoModel.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "predictions.json")
        command = ["-m", "bot.predictions", "--out", str(out)]
        command += ["--messages", str(root / "tests" / "nlu")]
        done = _bot([*command, *(["--model", str(model)] if model else [])], code=code)
        if done.returncode:
            raise NoModel(done.stderr.strip() or f"bot.predictions ended with {done.returncode}")
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return Read(
        model=found["model"],
        predictions=tuple(of_json(entry) for entry in found["predictions"]),
        thresholds=found["thresholds"],
    )


def cross_validated(archive: Path | None = None) -> dict[str, Any]:
    """What `python -m bot.crossvalidation` writes about a model's training examples; takes two
    minutes. Raises NoModel."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "held.json")
        chosen = ["--model", str(archive)] if archive else []
        done = _bot(["-m", "bot.crossvalidation", "--out", str(out), *chosen])
        if done.returncode:
            raise NoModel(done.stderr.strip() or f"it ended with {done.returncode}")
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


def play(model: Path | None = None) -> Played:
    """Play every dialogue against a model, by default the working tree's. Raises NoModel if the bot
    doesn't even start."""
    more = {"ASCOLTO_MODEL": str(model)} if model else {}
    done = _bot(["-m", "tests.conversations.direct"], more)
    lines = done.stdout.splitlines()
    counted = _PLAYED.search(lines[-1]) if lines else None
    if counted is None:
        raise NoModel(f"the dialogues can't be played:\n{(done.stderr or done.stdout)[-2000:]}")
    broken = [
        Broken(line.removeprefix("FAILS").strip(), "".join(lines[number + 1 : number + 2]).strip())
        for number, line in enumerate(lines)
        if line.startswith("FAILS")
    ]
    return Played(int(counted[2]), tuple(broken))


def _bot(
    arguments: list[str], more: Mapping[str, str] | None = None, *, code: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run Python of the bot's environment in a checkout."""
    here = _layout()
    python = here.bot_python
    # Another checkout's models are its own: what it trains isn't served here.
    settings = {"ASCOLTO_MODELS": ""}
    if code == ROOT:
        settings = {name: here.settings[name] for name in _OF_HERE if name in here.settings}
    try:
        return subprocess.run(
            [python, *arguments],
            cwd=code,
            env={
                **os.environ,
                **settings,
                "PYTHONPATH": str(code),
                "PYTHONUTF8": "1",
                # The working tree's model is looked at, whatever was published from here.
                "ASCOLTO_MODEL_SLOT": "tree",
                **(more or {}),
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise NoModel(f"no bot environment at {python}: make setup") from error
    except subprocess.TimeoutExpired as error:
        raise NoModel(f"{arguments[1]} didn't end within {_SECONDS} s") from error


def _layout() -> Layout:
    try:
        return Layout.of(compose(ROOT))
    except SettingsMistake as error:
        raise NoModel(str(error)) from error
