"""The guard at work: present predictions, what they are compared with, and the files under git."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.guard import accepted, history, inputs, predictions
from studio.guard.comparing import compare
from studio.guard.history import NoHistory
from studio.guard.model import Played
from studio.guard.predictions import FOLDER, Prediction
from studio.guard.verdict import Finding, Verdict, judge, outdated


@dataclass(frozen=True)
class Reference:
    """What the present model is compared with; `name` says it in words."""

    name: str
    predictions: tuple[Prediction, ...]


def reference(root: Path, now: Sequence[Prediction], base: str = "") -> Reference | None:
    """The predictions to compare with, None if there are none yet.

    Those of `base`, if given. Else those of the newest commit; but once they are the present
    model's own (an update that was committed), those before that update: so an update is itself
    guarded, on the branch and after the merge. Raises NoHistory and BadPredictions.
    """
    if base:
        chosen = history.version(root, history.resolve(root, base))
        if not chosen.files:
            raise NoHistory(f"{base} has no predictions under {FOLDER}")
        return Reference(f"{base} ({chosen.revision})", tuple(chosen.predictions()))
    head = history.version(root, history.resolve(root, "HEAD"))
    if not head.files:
        return None
    newest = tuple(head.predictions())
    if outdated(compare(newest, now)) is not None:
        return Reference(f"the newest commit ({head.revision})", newest)
    for earlier in history.versions_before(root, "HEAD"):
        before = tuple(earlier.predictions())
        # An update that moved nothing but distances is no update.
        if outdated(compare(before, now)) is not None:
            return Reference(f"what was before the last update ({earlier.revision})", before)
    return None


def check(
    root: Path, now: Sequence[Prediction], base: str = "", *, update: bool = False
) -> tuple[Verdict, str]:
    """The verdict about predictions of the working tree's model, and what they were compared with.

    With `update`, the files under git are going to be written and needn't be those of this model.
    Raises NoHistory, BadPredictions and BadAcceptance.
    """
    entries, mistakes = accepted.load(root)
    notes: tuple[str, ...] = ()
    try:
        found = reference(root, now, base)
    except NoHistory as error:
        if base:
            raise
        found, notes = None, (f"nothing to compare with: {error}",)
    comparison = compare(found.predictions if found else now, now)
    verdict = judge(comparison, now, entries, mistakes, compared=found is not None)
    stale = None if update else outdated(compare(predictions.read(history.kept(root)), now))
    findings = (*verdict.findings, stale) if stale else verdict.findings
    return replace(
        verdict, findings=findings, notes=(*notes, *verdict.notes)
    ), found.name if found else ""


def with_dialogues(verdict: Verdict, played: Played) -> Verdict:
    """The verdict with what the dialogues say."""
    broken = [Finding("dialogue", one.name, one.message) for one in played.broken]
    return replace(verdict, findings=(*verdict.findings, *broken), dialogues=played.count)


def update(root: Path, now: Sequence[Prediction]) -> list[Path]:
    """Write the files under git; the paths of those that changed."""
    content = predictions.written(now)
    content[inputs.FILE.name] = inputs.record(inputs.of_tree(root))
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in content.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(FOLDER / name)
    return changed
