"""Training examples and evaluation messages, with their lines; and when two texts are the same.

The tests of the language data read them through this, too.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from studio.validate.findings import Finding
from studio.validate.yaml_files import Yaml, block_start

LANGUAGES = ("it", "en")
# Rules of the classifier give these; nobody labels a message with them.
RULED = frozenset({"inform", "nlu_fallback", "nlu_ambiguous"})
EVALUATION_SETS = ("evaluation", "fresh")
ANNOTATION = re.compile(
    r"\[(?P<text>[^\]]+)\](?:\((?P<entity>[^)]+)\)|(?P<details>\{[^}]+\}))",
)


@dataclass(frozen=True)
class Example:
    """One labelled text; `text` is as written, annotations included."""

    text: str
    intent: str
    language: str
    file: str
    line: int

    @cached_property
    def plain(self) -> str:
        """The text without Rasa's entity annotations."""
        return plain(self.text)

    @cached_property
    def key(self) -> str:
        """What it has in common with another way of writing the same."""
        return normalised(self.plain)


def plain(text: str) -> str:
    """A text without Rasa's entity annotations."""
    return ANNOTATION.sub(lambda found: found["text"], text)


def normalised(text: str) -> str:
    """Lower case, without accents, punctuation and emoji; the text itself when nothing is left."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    return " ".join(re.sub(r"[^\w\s]", " ", folded).split()) or text.strip()


def trigrams(text: str) -> frozenset[str]:
    """Three-character windows of the normalised text, with a space at both ends."""
    padded = f" {normalised(text)} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def training(file: Yaml, language: str) -> tuple[list[Example], list[Finding]]:
    """The examples of one file of data/nlu, and the lines in it that are none."""
    found: list[Example] = []
    wrong: list[Finding] = []
    blocks = file.data.get("nlu") if isinstance(file.data, dict) else None
    for place, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if not isinstance(block, dict) or "intent" not in block:
            continue
        listed = block.get("examples")
        start = block_start(file, ("nlu", place, "examples"))
        if not isinstance(listed, str) or start is None:
            line = file.line("nlu", place, "examples")
            what = f"the examples of {block['intent']} aren't a block of lines"
            do = "Write `examples: |` and below it, indented, one `- text` a line."
            wrong.append(Finding(file.name, line, "wrong-shape", what, do))
            continue
        for number, written in enumerate(listed.splitlines(), start):
            if re.fullmatch(r"- \S(.*\S)?", written):
                text = written.removeprefix("- ")
                found.append(Example(text, str(block["intent"]), language, file.name, number))
            else:
                what = f"this line is no example: {written!r}"
                do = "Each line is a dash, a space and the text, without a space at its end."
                wrong.append(Finding(file.name, number, "empty-example", what, do))
    return found, wrong


def evaluation(file: Yaml, language: str) -> list[Example]:
    """The messages of one evaluation file."""
    return [
        Example(entry["text"], str(entry.get("intent")), language, file.name, file.line(place))
        for place, entry in enumerate(file.data if isinstance(file.data, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("text"), str)
    ]


@dataclass(frozen=True)
class Annotation:
    """One entity that an example marks; `problem` says why it can't be read."""

    text: str
    entity: str = ""
    role: str | None = None
    problem: str = ""


_OPENING = re.compile(r"\[[^\[\]]*\](?=[({])")


def marks(text: str) -> Iterator[Annotation]:
    """Every annotation of an example, those that don't parse with what is wrong."""
    whole = {found.start(): found for found in ANNOTATION.finditer(text)}
    for opening in _OPENING.finditer(text):
        found = whole.get(opening.start())
        if found is None:
            yield Annotation(opening[0], problem="the annotation isn't closed, or is empty")
        elif found["entity"]:
            name = found["entity"]
            value = "a value belongs in {…}" if ":" in name else ""
            yield Annotation(found["text"], name, problem=value)
        else:
            yield _detailed(found["text"], found["details"])


def _detailed(text: str, details: str) -> Annotation:
    try:
        content = json.loads(details)
    except json.JSONDecodeError as error:
        return Annotation(text, problem=f"{details} isn't JSON ({error.msg})")
    if not isinstance(content, dict) or not isinstance(content.get("entity"), str):
        return Annotation(text, problem=f'{details} doesn\'t name its "entity"')
    if unknown := set(content) - {"entity", "value", "role", "group"}:
        return Annotation(text, content["entity"], problem=f'"{min(unknown)}" is not known')
    return Annotation(text, content["entity"], content.get("role"))
