"""Train the model if anything that it depends on has changed: `python -m bot.train [--force]`.

Writes models/ascolto-<hash>.tar.gz, where the hash stands for all inputs, a .json beside it that
lists them, and models/current.json, which names the model that `bot.serve` loads.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from understanding import vectors
from understanding.encoder import EncoderUnavailable

MODELS = Path("models")
CURRENT = MODELS / "current.json"
KEPT = 10
CONFIG = Path("config.yml")
DOMAIN = Path("domain.yml")
DATA = (
    Path("data/nlu"),
    Path("data/rules"),
    Path("data/stories"),
    Path("data/responses"),
    Path("data/lookups"),
)
# Code that takes part in training.
CODE = (Path("bot/nlu"), Path("understanding"))
VERSIONS = ("rasa", "scikit-learn", "numpy")


class NothingToTrain(Exception):
    """A needed input is missing; the message says which."""


def inputs() -> dict[str, str]:
    """Everything that the model depends on: name → SHA-256 of a file, or version of a package or
    of the sentence encoder."""
    for needed in (CONFIG, DOMAIN, DATA[0]):
        if not needed.exists():
            raise NothingToTrain(f"{needed} is missing; run this from the repository's root")
    found = {str(path): _digest(path) for path in _files((CONFIG, DOMAIN, *DATA, *CODE))}
    return found | {name: version(name) for name in VERSIONS} | {"encoder": vectors.version()}


def wanted_model() -> Path:
    """Where the model for the present inputs is, or would be."""
    text = json.dumps(inputs(), sort_keys=True)
    return MODELS / f"ascolto-{hashlib.sha256(text.encode()).hexdigest()[:12]}.tar.gz"


def current_model() -> Path | None:
    """The model to serve: ASCOLTO_MODEL, or the one that models/current.json names."""
    chosen = os.environ.get("ASCOLTO_MODEL", "").strip()
    if chosen:
        return Path(chosen)
    if not CURRENT.exists():
        return None
    return MODELS / str(json.loads(CURRENT.read_text("utf-8"))["model"])


def train(*, force: bool = False) -> tuple[Path, float]:
    """Train unless the model exists; returns its path and the seconds it took (0.0 if it did)."""
    model = wanted_model()
    if model.exists() and not force:
        _make_current(model)
        return model, 0.0
    started = time.monotonic()
    _train(model)
    seconds = time.monotonic() - started
    record = {"model": model.name, "seconds": round(seconds, 1), "inputs": inputs()}
    _record(model).write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", "utf-8")
    _make_current(model)
    _forget_old()
    return model, seconds


def _train(model: Path) -> None:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # Rasa's cache knows the components' own source but not the modules they use.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["RASA_CACHE_DIRECTORY"] = str(MODELS / ".cache")
    # Hundreds of progress lines say nothing in a log.
    os.environ.setdefault("TQDM_DISABLE", "1")
    # The matrices are small: with more BLAS threads than one, most of their time is waiting.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    import rasa.model_training

    MODELS.mkdir(exist_ok=True)
    result = rasa.model_training.train(
        domain=str(DOMAIN),
        config=str(CONFIG),
        training_files=[str(path) for path in DATA if path.exists()],
        output=str(MODELS),
        force_training=True,
        fixed_model_name=f"unfinished-{os.getpid()}",
    )
    if not result.model or result.code:
        raise NothingToTrain("Rasa trained no model; its own message stands above")
    # Under its final name only when it is whole.
    Path(result.model).replace(model)


def _make_current(model: Path) -> None:
    draft = CURRENT.with_name(f"current-{os.getpid()}.part")
    draft.write_text(json.dumps({"model": model.name}) + "\n", "utf-8")
    draft.replace(CURRENT)


def _forget_old() -> None:
    """Keep the newest models, to roll back to."""
    trained = sorted(MODELS.glob("ascolto-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    for model in trained[:-KEPT]:
        if model != current_model():
            model.unlink()
            _record(model).unlink(missing_ok=True)


def _record(model: Path) -> Path:
    return model.with_name(model.name.replace(".tar.gz", ".json"))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_file():
            yield path
        elif path.is_dir():
            suffixes = (".py",) if path in CODE else (".yml", ".yaml", ".txt", ".json")
            yield from sorted(file for file in path.rglob("*") if file.suffix in suffixes)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bot.train", description="Train the bot's model.")
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    options = parser.parse_args()
    from bot import logs

    logs.configure(level=os.environ.get("ASCOLTO_LOG_LEVEL", "WARNING"))
    try:
        model, seconds = train(force=options.force)
    except (NothingToTrain, EncoderUnavailable) as error:
        print(f"bot.train: {error}", file=sys.stderr)
        return 1
    if seconds:
        print(f"trained {model} in {seconds:.0f} s")
    else:
        print(f"{model} is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
