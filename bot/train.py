"""Train the models if anything that they depend on has changed: `python -m bot.train [--force]`.

Writes models/ascolto-<hash>.tar.gz, where the hash stands for all inputs, a .json beside it that
lists them, and models/current.json, which names the model that `bot.serve` loads. The model of
tones is a file of its own, models/tone-<hash>.npz, named after its own inputs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import yaml

from bot import settings
from bot.voice import overlay
from understanding import vectors
from understanding.encoder import EncoderUnavailable

MODELS = Path("models")
CURRENT = MODELS / "current.json"
KEPT = 10
CONFIG = Path("config.yml")
DOMAIN = Path("domain.yml")
RESPONSES = Path("data/responses")
FORMAL = RESPONSES / "formal"
DATA = (
    Path("data/nlu"),
    Path("data/rules"),
    Path("data/stories"),
    RESPONSES,
    Path("data/lookups"),
)
# Code that takes part in training.
CODE = (Path("bot/nlu"), Path("understanding"))
# Code of the model of tones, which goes by inputs of its own.
ELSEWHERE = "tone"
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
    versions = {name: version(name) for name in VERSIONS} | {"encoder": vectors.version()}
    return found | versions | _formal_inputs()


def _formal_inputs() -> dict[str, str]:
    """What the formal voice adds; a model in the informal one depends on nothing of it."""
    if settings.voice() == "informal":
        return {}
    files = {str(path): _digest(path) for path in sorted(FORMAL.glob("*.yml"))}
    return files | {"voice": settings.voice()}


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
    with tempfile.TemporaryDirectory() as folder:
        said = _responses(Path(folder))
        others = [path for path in DATA if path.exists() and path != RESPONSES]
        result = rasa.model_training.train(
            domain=str(DOMAIN),
            config=str(CONFIG),
            training_files=[str(path) for path in (*others, *said)],
            output=str(MODELS),
            force_training=True,
            fixed_model_name=f"unfinished-{os.getpid()}",
        )
    if not result.model or result.code:
        raise NothingToTrain("Rasa trained no model; its own message stands above")
    # Under its final name only when it is whole.
    Path(result.model).replace(model)


def _responses(folder: Path) -> list[Path]:
    """The files of responses to train with; in the formal voice one that is written to `folder`."""
    if settings.voice() == "informal":
        # The folder itself would bring its sub-folder along.
        return sorted(RESPONSES.glob("*.yml"))
    informally, formally = overlay.responses(RESPONSES), overlay.load(FORMAL)
    for name in overlay.missing(informally, formally):
        print(f"bot.train: {name} has no formal text and is said informally", file=sys.stderr)
    said = folder / "responses.yml"
    content = {"version": "3.1", "responses": overlay.compose(informally, formally)}
    said.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    return [said]


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
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.suffix in suffixes
                and FORMAL not in file.parents
                and not file.name.startswith(ELSEWHERE)
            )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bot.train", description="Train the bot's model.")
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    options = parser.parse_args()
    from bot import logs

    logs.configure(level=os.environ.get("ASCOLTO_LOG_LEVEL", "WARNING"))
    from understanding import tone_training
    from understanding.tone_examples import BadExamples

    try:
        model, seconds = train(force=options.force)
        tone_training.ensure(MODELS)
    except (
        *(NothingToTrain, BadExamples, EncoderUnavailable),
        *(settings.Misconfigured, overlay.OverlayMistake),
    ) as error:
        print(f"bot.train: {error}", file=sys.stderr)
        return 1
    if seconds:
        print(f"trained {model} in {seconds:.0f} s")
    else:
        print(f"{model} is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
