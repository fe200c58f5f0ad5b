"""Examples and questions go out of the working tree: withdrawn, or of an erased writer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.pulling import article_files, example_files
from studio.pulling.lines import CantWrite, Text
from studio.validate.examples import LANGUAGES, plain
from understanding.sameness import digest


@dataclass
class Removal:
    """New texts by file; what was taken out: (file, intent or article, words);
    digests of which nobody knew yet that they stand nowhere any more."""

    texts: dict[Path, Text] = field(default_factory=dict)
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def files(self) -> list[str]:
        """The file of each removed line."""
        return [file for file, _, _ in self.taken]


def removal(root: Path, withdrawn: list[dict[str, Any]]) -> Removal:
    """What removing these does; nothing is written yet. The texts themselves are never told.

    An example goes from its intent and a question from its article: the same words elsewhere are
    somebody else's.
    """
    made = Removal()
    failed: set[str] = set()
    waited = {one["digest"] for one in withdrawn if not one["removed"]}
    for language in LANGUAGES:
        wanted = {
            (one["intent"], one["digest"]) for one in withdrawn if one["language"] == language
        }
        if not wanted:
            continue
        for path in sorted((root / "data" / "nlu" / language).glob("*.yml")):
            _take(path, root, wanted, made, failed)
        for path in sorted((root / "data" / "knowledge" / language).glob("*.md")):
            _take(path, root, wanted, made, failed)
        taken = {digest(words) for _, _, words in made.taken}
        missed = {of_text: of for of, of_text in wanted if of_text in waited - taken - failed}
        made.stuck += _elsewhere(root, language, missed)
    made.gone = sorted(waited - failed)
    return made


def _elsewhere(root: Path, language: str, missed: Mapping[str, str]) -> Iterator[str]:
    """Lines with words that are to go (digest to intent), in an intent that nobody accepted them
    for: a review may have moved them, or somebody else's are the same. Said once, by place."""
    for path in sorted((root / "data" / "nlu" / language).glob("*.yml")) if missed else ():
        try:
            standing = _standing(Text.read(path))
        except CantWrite:
            continue
        for place, _, line in standing:
            if digest(line) in missed:
                name, of = path.relative_to(root).as_posix(), missed[digest(line)]
                yield (
                    f"{name}:{place + 1} holds words that are to go from {of}: take the line out"
                    " if it was moved there"
                )


def _take(
    path: Path, root: Path, wanted: set[tuple[str, str]], made: Removal, failed: set[str]
) -> None:
    name = path.relative_to(root).as_posix()
    try:
        text = Text.read(path)
        standing = _standing(text)
        found = {place: (of, line) for place, of, line in standing if (of, digest(line)) in wanted}
        if not found:
            return
        shorter = text.without(found)
        if len(_standing(shorter)) != len(standing) - len(found):
            failed |= {digest(line) for _, line in found.values()}
            numbers = ", ".join(str(place + 1) for place in sorted(found))
            made.stuck.append(f"{name}: take the line(s) {numbers} out by hand")
            return
    except CantWrite as error:
        made.stuck.append(str(error))
        failed |= {of_text for _, of_text in wanted}
        return
    made.texts[path] = shorter
    made.taken += [(name, of, line) for of, line in found.values()]


def _standing(text: Text) -> list[tuple[int, str, str]]:
    """(place, intent or article, words) of each example or question of a file."""
    if text.path.suffix == ".md":
        return [(place, text.path.stem, line) for place, line in article_files.questions(text)]
    return [
        (place, intent, plain(line))
        for intent in example_files.intents(text)
        for place, line in example_files.entries(text, intent)
    ]
