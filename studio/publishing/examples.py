"""Which texts the working tree's training data holds, to know whose proposals a model learnt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.validate.examples import plain
from understanding.sameness import normalised

_EXAMPLE = re.compile(r"^\s*-\s+(.*\S)\s*$", re.MULTILINE)
# Proposals of other kinds teach the model nothing.
_TAUGHT = ("intent", "out_of_scope")


def known(root: Path) -> frozenset[str]:
    """Every example of data/nlu, as texts are compared."""
    return frozenset(
        normalised(plain(example))
        for file in (root / "data" / "nlu").rglob("*.yml")
        for example in _EXAMPLE.findall(file.read_text("utf-8"))
    )


def learnt(proposal: Mapping[str, Any], texts: frozenset[str]) -> bool:
    """Whether a pulled proposal is in what was trained on: a review in git may have dropped it."""
    if proposal.get("kind") not in _TAUGHT:
        return True
    return normalised(str(proposal.get("text") or "")) in texts
