"""Which texts a model was trained on, to know whose proposals it learnt."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from studio.validate.examples import plain
from understanding.sameness import normalised

_EXAMPLE = re.compile(r"^\s*-\s+(.*\S)\s*$", re.MULTILINE)


def known(root: Path, model: Path) -> frozenset[str]:
    """Every example of data/nlu that the model was trained on, as texts are compared.

    Files that were changed since its training are left out: its record tells them by their hashes.
    """
    record = model.with_name(model.name.replace(".tar.gz", ".json"))
    inputs = json.loads(record.read_text("utf-8")).get("inputs") or {}
    contents = {
        str(file.relative_to(root)): file.read_bytes()
        for file in (root / "data" / "nlu").rglob("*.yml")
    }
    return frozenset(
        normalised(plain(example))
        for name, content in contents.items()
        if hashlib.sha256(content).hexdigest() == inputs.get(name)
        for example in _EXAMPLE.findall(content.decode("utf-8"))
    )
