"""Packs a trained model so that the same inputs give the same file, byte for byte.

Rasa writes the hour of training, random ids and the files' own times into its archive. They are
replaced by what follows from the inputs, so that a model is known by the hash of its file, on
whichever machine it was trained. The hour stands in the record beside the archive.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

_METADATA = "metadata.json"
# A date that Rasa can read, and nobody can take for the hour of training.
_NO_HOUR = "2000-01-01T00:00:00"
_FASTEST_THAT_PAYS = 6


def settle(archive: Path, inputs_hash: str) -> None:
    """Rewrite a model's archive in place; `inputs_hash` becomes the model's id."""
    with tarfile.open(archive, "r:gz") as packed:
        members = sorted(packed.getmembers(), key=lambda member: member.name)
        contents = {
            member.name: _read(packed, member, inputs_hash) for member in members if member.isfile()
        }
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as packed:
        for member in members:
            entry = tarfile.TarInfo(member.name.lstrip("/") or ".")
            entry.type = member.type
            entry.mode = 0o755 if member.isdir() else 0o644
            content = contents.get(member.name, b"")
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    draft = archive.with_name(archive.name + ".part")
    with draft.open("wb") as file, gzip.GzipFile("", "wb", _FASTEST_THAT_PAYS, file, 0) as zipped:
        zipped.write(plain.getvalue())
    draft.replace(archive)


def _read(packed: tarfile.TarFile, member: tarfile.TarInfo, inputs_hash: str) -> bytes:
    file = packed.extractfile(member)
    assert file is not None
    content = file.read()
    if Path(member.name).name != _METADATA or "components" in Path(member.name).parts:
        return content
    metadata: dict[str, Any] = json.loads(content)
    metadata["trained_at"] = _NO_HOUR
    metadata["model_id"] = _id(inputs_hash)
    # Rasa's hash of the checkout's first commit and remote: a clone has another one.
    metadata["project_fingerprint"] = None
    for schema in ("train_schema", "predict_schema"):
        for name, node in metadata.get(schema, {}).get("nodes", {}).items():
            # Keys of a cache that a packed model has no use for.
            if resource := node.get("resource"):
                resource["output_fingerprint"] = _id(inputs_hash, name)
    return json.dumps(metadata, indent=1).encode()


def _id(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
