"""The intent model inside a trained model's file, without the rest of what Rasa keeps there."""

from __future__ import annotations

import json
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.care.models import fingerprint
from bot.nlu.deciding import Rules
from bot.nlu.model import IntentModel

_CLASSIFIER = "bot.nlu.classifier.CareIntentClassifier"
_PARTS = ("model.json", "model.npz", "vocabulary.json")


class Unreadable(Exception):
    """The model's file holds no intent model that can be used; the message says why."""


@dataclass(frozen=True)
class Served:
    """A trained model as the bot serves it: `sha` is what each turn records (`model_sha`)."""

    sha: str
    model: IntentModel
    rules: Rules


def read(path: Path) -> Served:
    """Read a models/ascolto-….tar.gz. Raises Unreadable."""
    try:
        with tarfile.open(path, "r:gz") as archive, tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config: object = None
            for member in archive:
                inside = PurePosixPath(member.name.lstrip("/"))
                if not member.isfile():
                    continue
                if inside.name == "metadata.json" and len(inside.parts) == 1:
                    config = _config(json.loads(_content(archive, member)))
                elif inside.parent.name.startswith(f"train_{_CLASSIFIER}") and (
                    inside.name in _PARTS
                ):
                    (folder / inside.name).write_bytes(_content(archive, member))
            if not isinstance(config, dict):
                raise Unreadable(f"{path.name} has no {_CLASSIFIER}")
            return Served(fingerprint(path), IntentModel.load(folder), Rules.of(config))
    except (OSError, tarfile.TarError, ValueError, KeyError, EOFError, TypeError) as error:
        raise Unreadable(f"{path.name} can't be read ({type(error).__name__})") from error


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def _config(metadata: dict[str, dict[str, dict[str, dict[str, object]]]]) -> object:
    """The classifier's settings that the model was trained with; None if it has no classifier."""
    for node in metadata["predict_schema"]["nodes"].values():
        if node["uses"] == _CLASSIFIER:
            return node["config"]
    return None
