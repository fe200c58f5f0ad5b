"""`make compare BASE=rev`: message by message, what the working tree reads better and worse.

The revision's side comes from its predictions under git; with --train its model is trained in a
worktree of its own, which takes as long as `make train`. Exit status: 0, or 2 if it can't be said.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.processes import ROOT
from studio.guard import history, inputs, model
from studio.guard.comparing import Change, Comparison, compare
from studio.guard.history import NoHistory
from studio.guard.predictions import FOLDER, BadPredictions, Mark, Prediction
from studio.guard.telling import change_json, change_lines

# What decides how dialogues go, beside what decides intents.
DIALOGUE_FILES = (
    *("tests/conversations/dialogues", "data/rules", "data/stories", "data/responses"),
    *("domain.yml", "actions"),
)


@dataclass(frozen=True)
class Base:
    """The revision's side of a comparison."""

    revision: str
    predictions: tuple[Prediction, ...]
    note: str = ""


def base(root: Path, revision: str, *, train: bool = False) -> Base:
    """The predictions of a revision. Raises NoHistory, NoModel or BadPredictions."""
    commit = history.resolve(root, revision)
    if train:
        with worktree(root, commit) as tree:
            archive, code = model.train_in(tree)
            read = model.predictions(archive, root=root, code=code)
        note = "" if code == tree else f"{revision}'s model, read by the working tree's code"
        return Base(commit, read.predictions, note)
    version = history.version(root, commit)
    if not version.files:
        raise NoHistory(f"{revision} has no predictions in {FOLDER}: TRAIN=1 trains its model")
    note = ""
    if not inputs.current(root, commit):
        note = (
            f"the predictions in {revision} were made from other inputs than that revision's;"
            " TRAIN=1 trains its model to be exact"
        )
    return Base(commit, tuple(version.predictions()), note)


@contextmanager
def worktree(root: Path, commit: str) -> Iterator[Path]:
    """A checkout of a commit beside the working tree, gone afterwards. Raises NoHistory."""
    with tempfile.TemporaryDirectory(prefix="ascolto-") as folder:
        tree = Path(folder, "tree")
        _git(root, "worktree", "add", "--detach", "--quiet", str(tree), commit)
        try:
            yield tree
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def by_intent(comparison: Comparison) -> dict[str, dict[str, int]]:
    """Intent → how many of its messages are read better, worse, and otherwise but wrong."""
    counted = {
        "better": Counter(change.now.expected for change in comparison.better),
        "worse": Counter(change.now.expected for change in comparison.worse),
        "still_wrong": Counter(change.now.expected for change in still_wrong(comparison)),
    }
    names = sorted({name for counter in counted.values() for name in counter})
    return {name: {kind: counter[name] for kind, counter in counted.items()} for name in names}


def still_wrong(comparison: Comparison) -> list[Change]:
    """Messages that are read otherwise and as wrongly as before."""
    return [change for change in comparison.otherwise if change.now.mark is Mark.WRONG]


def as_json(found: Base, comparison: Comparison, files: Sequence[str]) -> dict[str, Any]:
    """The comparison for programs."""
    return {
        "format": 1,
        "base": found.revision,
        "note": found.note,
        "intents": by_intent(comparison),
        "better": [change_json(change) for change in comparison.better],
        "worse": [change_json(change) for change in comparison.worse],
        "still_wrong": [change_json(change) for change in still_wrong(comparison)],
        "borderline": [change_json(change) for change in comparison.borderline],
        "added": [_message(prediction) for prediction in comparison.added],
        "removed": [_message(prediction) for prediction in comparison.removed],
        "dialogue_files": list(files),
    }


def as_text(found: Base, comparison: Comparison, files: Sequence[str]) -> str:
    """The comparison for a person."""
    wrong = still_wrong(comparison)
    lines = [f"The working tree against {found.revision}"]
    if found.note:
        lines.append(f"Note: {found.note}")
    rows = by_intent(comparison)
    if rows:
        width = max(len(name) for name in rows)
        lines += ["", f"{'':{width}}  better  worse  wrong otherwise"]
        lines += [
            f"{name:{width}}  {row['better']:6}  {row['worse']:5}  {row['still_wrong']:15}"
            for name, row in rows.items()
        ]
    else:
        lines.append("Every message that both have is read as before.")
    lines += change_lines("Better", comparison.better)
    lines += change_lines("Worse", comparison.worse)
    lines += change_lines("Read otherwise, and still wrong", wrong)
    lines += change_lines("On a border: any arithmetic may flip them", comparison.borderline)
    for title, some in (("New messages", comparison.added), ("Gone", comparison.removed)):
        if some:
            marks = Counter(prediction.mark.sign for prediction in some)
            said = ", ".join(f"{marks[mark.sign]} {mark.sign}" for mark in reversed(Mark))
            lines += ["", f"{title}: {len(some)} ({said})"]
    if files:
        lines += ["", "Dialogues may go otherwise; these files differ:"]
        lines += [f"  {name}" for name in files]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="compare", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("base", nargs="?", default="", help="a revision: a commit, tag or branch")
    parser.add_argument("--train", action="store_true", help="train the revision's own model")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    options = parser.parse_args(arguments)
    if not options.base:
        print("compare: with which revision? make compare BASE=main", file=sys.stderr)
        return 2
    try:
        history.resolve(ROOT, options.base)  # before minutes of training
        model.train(quiet=options.json)
        now = model.predictions()
        found = base(ROOT, options.base, train=options.train)
        files = history.changed_files(ROOT, found.revision, *DIALOGUE_FILES)
    except (model.NoModel, NoHistory, BadPredictions) as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    comparison = compare(found.predictions, now.predictions)
    if options.json:
        print(json.dumps(as_json(found, comparison, files), ensure_ascii=False, indent=1))
    else:
        print(as_text(found, comparison, files))
    return 0


def _message(prediction: Prediction) -> dict[str, str]:
    return {
        "text": prediction.text,
        "language": prediction.language,
        "expected": prediction.expected,
        "predicted": prediction.reading,
    }


def _git(root: Path, *arguments: str) -> None:
    done = subprocess.run(
        ("git", *arguments), cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoHistory(done.stderr.strip() or f"git {arguments[0]} failed")


if __name__ == "__main__":
    sys.exit(main())
