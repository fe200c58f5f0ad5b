"""Models made of the trained one by changing what is in its archive: training takes minutes."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

from ops.processes import ROOT

Edit = Callable[[str, bytes], bytes]
MARK = "[B]"


def folder(path: Path) -> tuple[Path, str]:
    """A folder of models with the trained one, live; its name."""
    path.mkdir(parents=True)
    trained = json.loads((ROOT / "models" / "current.json").read_text())["model"]
    for name in (trained, trained.replace(".tar.gz", ".json")):
        os.link(ROOT / "models" / name, path / name)
    (path / "current.json").write_text(json.dumps({"model": trained, "published": True}))
    return path, trained


def variant(models: Path, trained: str, mark: str, edit: Edit) -> str:
    """The trained model with its files edited, under a name of its own that ends in `mark`."""
    name = f"ascolto-{mark * 12}"[: len("ascolto-") + 12] + ".tar.gz"
    with (
        tarfile.open(models / trained) as source,
        tarfile.open(models / name, "w:gz", compresslevel=1) as copy,
    ):
        for member in source.getmembers():
            file = source.extractfile(member)
            content = edit(member.name.lstrip("./"), file.read()) if file is not None else b""
            member.size = len(content)
            copy.addfile(member, io.BytesIO(content))
    record(models, name)
    return name


def record(models: Path, name: str) -> None:
    """What training writes beside a model."""
    told = {"model": name, "trained_at": 1.0, "inputs": {}}
    (models / name.replace(".tar.gz", ".json")).write_text(json.dumps(told))


def says_otherwise(path: str, content: bytes) -> bytes:
    """Another model: it ends its answer to thanks with a mark."""
    if path == "metadata.json":
        told = json.loads(content)
        for response in told["domain"]["responses"]["utter_welcome"]:
            response["text"] += f" {MARK}"
        return json.dumps(told).encode()
    return content


def rejects_everything(path: str, content: bytes) -> bytes:
    """A model that loads well and understands nothing."""
    if path.endswith("CareIntentClassifier4/model.json"):
        told = json.loads(content)
        return json.dumps(_certain(told)).encode()
    return content


def _certain(value: object, key: str = "") -> object:
    if isinstance(value, dict):
        return {name: _certain(inner, name) for name, inner in value.items()}
    if key in ("score", "margin", "clear", "rejection", "threshold") and isinstance(value, float):
        return 5.0
    return value


def same(path: str, content: bytes) -> bytes:
    """Another file of the same model."""
    return content if path != "metadata.json" else content + b"\n"


def truncated(models: Path, trained: str) -> str:
    """A model whose copy was interrupted."""
    name = "ascolto-dddddddddddd.tar.gz"
    whole = (models / trained).read_bytes()
    (models / name).write_bytes(whole[: len(whole) // 2])
    record(models, name)
    return name
