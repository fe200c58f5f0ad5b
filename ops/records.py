"""What is told of a model when it is published: its record, and the proposals that it learnt.

Where no gateway runs it is kept beside the model, as models/<name>.record.json, for the next start.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Protocol

from understanding.sameness import normalised

# Proposals of other kinds teach the model nothing.
_TAUGHT = ("intent", "out_of_scope")


class Review(Protocol):
    """The review's part of /designer/v1."""

    def get(self, path: str, **parameters: Any) -> dict[str, Any]: ...


def proposals(review: Review, texts: Collection[str]) -> list[str]:
    """Ids of the pulled proposals whose examples are among these (normalised) texts."""
    ids: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = review.get("proposals", state="pulled", **more)
        ids += [str(each["id"]) for each in page["proposals"] if learnt(each, texts)]
        if not page.get("next"):
            return ids
        more = {"after": page["next"]}


def learnt(proposal: Mapping[str, Any], texts: Collection[str]) -> bool:
    """Whether a pulled proposal is in what was trained on: a review in git may have dropped it."""
    if proposal.get("kind") not in _TAUGHT:
        return True
    return normalised(str(proposal.get("text") or "")) in texts


def keep(models: Path, name: str, record: Mapping[str, Any], texts: Collection[str]) -> None:
    """Keep a model's record, and the texts that it was trained on, for the next start."""
    content = {"record": dict(record), "texts": sorted(texts)}
    _file(models, name).write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")


def kept(models: Path, name: str, review: Review) -> dict[str, Any]:
    """The record that was kept, complete; nothing where none was."""
    file = _file(models, name)
    if not file.exists():
        return {}
    content = json.loads(file.read_text("utf-8"))
    return {**content["record"], "proposals": proposals(review, set(content["texts"]))}


def forget(models: Path, name: str) -> None:
    """It was told: what somebody did once isn't said of the next to serve this model."""
    _file(models, name).unlink(missing_ok=True)


def _file(models: Path, name: str) -> Path:
    return models / name.replace(".tar.gz", ".record.json")
