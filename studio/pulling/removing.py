"""Examples and questions whose writer was erased go out of the working tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.pulling import article_files, example_files
from studio.pulling.lines import CantWrite, Text
from studio.validate.examples import LANGUAGES, plain
from understanding.sameness import digest


@dataclass
class Removal:
    """New texts by file; the file of each removed line; digests that stand nowhere any more."""

    texts: dict[Path, Text] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)


def removal(root: Path, withdrawn: list[dict[str, Any]]) -> Removal:
    """What removing these does; nothing is written yet. The texts themselves are never told."""
    made = Removal()
    wanted = {(one["language"], one["digest"]): one for one in withdrawn}
    failed: set[str] = set()
    for language in LANGUAGES:
        digests = {of for spoken, of in wanted if spoken == language}
        if not digests:
            continue
        for path in sorted((root / "data" / "nlu" / language).glob("*.yml")):
            _take(path, root, digests, made, failed, examples=True)
        for path in sorted((root / "data" / "knowledge" / language).glob("*.md")):
            _take(path, root, digests, made, failed, examples=False)
    made.gone = sorted({of for _, of in wanted} - failed)
    return made


def _take(
    path: Path, root: Path, digests: set[str], made: Removal, failed: set[str], *, examples: bool
) -> None:
    name = path.relative_to(root).as_posix()
    try:
        text = Text.read(path)
        if examples:
            standing = [(place, plain(line)) for place, line in _examples(text)]
        else:
            standing = article_files.questions(text)
        found = {place: of for place, line in standing if (of := digest(line)) in digests}
        if not found:
            return
        shorter = text.without(found)
        left = _examples(shorter) if examples else article_files.questions(shorter)
        if len(left) != len(standing) - len(found):
            failed |= set(found.values())
            made.stuck.append(f"{name}: take the line(s) {_numbers(found)} out by hand")
            return
    except CantWrite as error:
        made.stuck.append(str(error))
        failed |= digests
        return
    made.texts[path] = shorter
    made.files += [name] * len(found)


def _examples(text: Text) -> list[tuple[int, str]]:
    return [
        entry
        for intent in example_files.intents(text)
        for entry in example_files.entries(text, intent)
    ]


def _numbers(found: dict[int, str]) -> str:
    return ", ".join(str(place + 1) for place in sorted(found))
