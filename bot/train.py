"""Train the models if anything that they depend on has changed: `python -m bot.train [--force]`.

Writes models/ascolto-<hash>.tar.gz, where the hash stands for all inputs, a .json beside it that
lists them, and models/current.json, which names the model that `bot.serve` loads (bot/current.py).
Once a model was published, only publishing and rolling back change which one is served. The model
of tones is a file of its own, models/tone-<hash>.npz, named after its own inputs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import yaml

from bot import archive, current, imports, settings
from bot.voice import overlay
from understanding import vectors
from understanding.encoder import EncoderUnavailable

MODELS = settings.models()
CURRENT = MODELS / "current.json"
# May be deleted at any time.
CACHE = MODELS / ".cache"
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
# Finding personal data takes no part in training.
UNUSED = Path("understanding/personal_data")
VERSIONS = ("rasa", "scikit-learn", "numpy")


class NothingToTrain(Exception):
    """A needed input is missing; the message says which."""


class ChangedMeanwhile(Exception):
    """Somebody edited an input during the training: its result stands for nothing."""


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


def _chosen() -> str:
    """The file that the operator has served whatever was published; mostly none."""
    return os.environ.get("ASCOLTO_MODEL", "").strip()


def current_model(models: Path = MODELS) -> Path | None:
    """The model to serve: ASCOLTO_MODEL, or the one that current.json in that folder names for
    this process's slot (ASCOLTO_MODEL_SLOT)."""
    if chosen := _chosen():
        return Path(chosen)
    slot = settings.model_slot()
    if slot == settings.WORKING_TREE:
        return wanted_model()
    name = current.read(models / CURRENT.name).serving(slot)
    return None if name is None else models / name


def train(*, force: bool = False, aside: bool = False) -> tuple[Path, float]:
    """Train unless the model exists; returns its path and the seconds it took (0.0 if it did).

    It becomes the current one, unless one was published or it is made `aside`. Raises
    ChangedMeanwhile.
    """
    model = wanted_model()
    if model.exists() and not force:
        if not aside:
            _make_current(model)
        return model, 0.0
    started = time.monotonic()
    before = inputs()
    unfinished = _train(model)
    if inputs() != before:
        # It was trained on neither what was there before nor what is there now.
        unfinished.unlink(missing_ok=True)
        raise ChangedMeanwhile("the training data changed while the model was trained")
    # Under its final name only when it is whole.
    unfinished.replace(model)
    seconds = time.monotonic() - started
    record = {
        "model": model.name,
        "seconds": round(seconds, 1),
        "trained_at": round(time.time(), 3),
        "inputs": before,
    }
    _record(model).write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", "utf-8")
    if not aside:
        _make_current(model)
    _forget_old()
    return model, seconds


@contextmanager
def _meanwhile(wanted: Path, ensure: Callable[[Path], Path]) -> Iterator[None]:
    """Make a file in a process of its own, beside what is done in this context, unless it is there.

    Raises what `ensure` raises, once the context is done: Rasa begins with one core alone.
    """
    if wanted.exists():
        yield
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        made = pool.submit(ensure, wanted.parent)
        yield
        made.result()


def _published() -> Path | None:
    """The published model's file; None where none was published, or where training makes it again.

    Raises NothingToTrain when it is missing: what is trained instead isn't served.
    """
    served = current.read(CURRENT)
    if not served.published or served.model is None:
        return None
    model = MODELS / served.model
    if model.is_file():
        return model
    if served.model == wanted_model().name or _chosen():
        return None
    raise NothingToTrain(missing(model))


def missing(model: Path | None) -> str:
    """What to do about a model that is to be served and isn't there."""
    served = current.read(CURRENT)
    ours = served.published and served.model and model == MODELS / served.model
    if model is None or _chosen() or not ours:
        return f"{model or 'a trained model'} is missing: run `make train`"
    return (
        f"{model} is published and missing: copy it there, or have another one served with"
        " `make publish` or `make rollback TO=…`"
    )


def _train(model: Path) -> Path:
    """Train under a name that nobody serves."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # Rasa's cache knows the components' own source but not the modules they use.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["RASA_CACHE_DIRECTORY"] = str(CACHE)
    os.environ["ASCOLTO_KEPT_VECTORS"] = str(CACHE)
    # Hundreds of progress lines say nothing in a log.
    os.environ.setdefault("TQDM_DISABLE", "1")
    imports.without_jax()
    import rasa.model_training

    from bot.speed import training

    training.apply()
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
    unfinished = Path(result.model)
    archive.settle(unfinished, model.name)
    return unfinished


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
    if not current.read(CURRENT).published:
        current.write(CURRENT, current.Current(model.name))


def _forget_old() -> None:
    """Keep the newest models and what is served, to roll back to."""
    trained = sorted(MODELS.glob("ascolto-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    served = {current_model(), *(MODELS / name for name in current.read(CURRENT).names())}
    for model in trained[:-KEPT]:
        if model not in served:
            model.unlink()
            for ending in (".json", ".report.json", ".record.json"):
                _record(model).with_suffix(ending).unlink(missing_ok=True)


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
                and not {FORMAL, UNUSED} & set(file.parents)
                and not file.name.startswith(ELSEWHERE)
            )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bot.train", description="Train the bot's model.")
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    parser.add_argument(
        "--unless-published", action="store_true", help="a published model is enough: train none"
    )
    parser.add_argument(
        "--aside", action="store_true", help="only train: whoever publishes it makes it current"
    )
    parser.add_argument(
        "--name", action="store_true", help="only say what the present inputs' model is called"
    )
    options = parser.parse_args()
    if options.name:
        print(wanted_model().name)
        return 0
    from bot import logs

    logs.configure(level=os.environ.get("ASCOLTO_LOG_LEVEL", "WARNING"))
    from understanding import tone, tone_training
    from understanding.tone_examples import BadExamples

    try:
        published = _published() if options.unless_published else None
        with _meanwhile(tone_training.wanted(tone.FOLDER), tone_training.ensure):
            model, seconds = (
                (published, 0.0) if published else train(force=options.force, aside=options.aside)
            )
    except (
        *(NothingToTrain, ChangedMeanwhile, BadExamples, EncoderUnavailable),
        *(settings.Misconfigured, overlay.OverlayMistake),
    ) as error:
        print(f"bot.train: {error}", file=sys.stderr)
        return 1
    if seconds:
        print(f"trained {model} in {seconds:.0f} s")
    else:
        print(f"{model} is up to date")
    served = current.read(CURRENT)
    if served.published and not _chosen() and served.model != wanted_model().name:
        print(
            f"{served.model} stays the published model, though data, code or voice are others now:"
            " `make publish` changes that"
        )
    return 0


def in_a_fixed_order() -> None:
    """Begin again with a fixed hash seed, unless it is fixed: Rasa's rules and the sums of our own
    classifier follow the order of sets, and the same inputs are to give the same model."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "bot.train", *sys.argv[1:]])  # noqa: S606 — ourselves again, no shell


if __name__ == "__main__":
    in_a_fixed_order()
    sys.exit(main())
