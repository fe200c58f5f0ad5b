"""Examples into and out of data/nlu: the block of an intent, line by line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from studio.pulling.lines import CantWrite, Text, bare, compose, member
from studio.validate.examples import marks, plain

_NEW = """version: "3.1"

# {intent}: say here where it ends and its neighbours begin (docs/add-an-intent.md).
nlu:
- intent: {intent}
  examples: |
"""


@dataclass(frozen=True)
class Block:
    """The lines (counted from 0) of an intent's examples: first and last, and their indentation."""

    first: int
    last: int
    indent: str


def annotated(text: str, entities: Sequence[dict[str, Any]]) -> str:
    """A customer's words as an example, with entities as Rasa writes them.

    Raises CantWrite where the places don't fit the text or would be read as something else.
    """
    made, after = "", 0
    for entity in sorted(entities, key=lambda one: int(one["start"])):
        start, end = int(entity["start"]), int(entity["end"])
        if not after <= start < end <= len(text):
            raise CantWrite(f"the entity {entity.get('entity')} isn't at a place of the text")
        marked, name, value = text[start:end], str(entity["entity"]), entity.get("value")
        details = {"entity": name}
        if entity.get("role"):
            details["role"] = str(entity["role"])
        if value is not None and str(value) != marked:
            details["value"] = str(value)
        short = json.dumps(details, ensure_ascii=False, separators=(",", ":"))
        mark = f"({name})" if len(details) == 1 else short
        made += text[after:start] + f"[{marked}]{mark}"
        after = end
    line = " ".join((made + text[after:]).split())
    problem = next((one.problem for one in marks(line) if one.problem), "")
    if problem or plain(line) != " ".join(text.split()):
        raise CantWrite(f"the text would be read otherwise than it is meant: {line}")
    return line


def add(text: Text, intent: str, examples: Sequence[str]) -> Text:
    """The file with these examples at the end of the intent's block. Raises CantWrite."""
    block = find(text, intent)
    if block is None:
        raise CantWrite(f"{text.path} has no block `examples: |` of {intent}")
    added = text.after(block.last, [f"{block.indent}- {example}" for example in examples])
    wanted = [*_listed(text, intent), *(f"- {example}" for example in examples)]
    if _listed(added, intent) != wanted:
        raise CantWrite(f"{text.path}: {intent}'s block is written in a way that can't be added to")
    return added


def begin(path: Path, intent: str, examples: Sequence[str]) -> Text:
    """A new file with an intent's first examples."""
    text = Text(path, tuple(_NEW.format(intent=intent).splitlines(keepends=True)))
    return text.after(len(text.lines) - 1, [f"    - {example}" for example in examples])


def intents(text: Text) -> list[str]:
    """The intents that have a block in a file."""
    blocks = member(compose(text), "nlu")
    named = [
        member(block, "intent")
        for block in (blocks.value if isinstance(blocks, yaml.SequenceNode) else ())
    ]
    return list(dict.fromkeys(str(name.value) for name in named if name is not None))


def entries(text: Text, intent: str) -> Iterator[tuple[int, str]]:
    """The place and text of each example of an intent, annotations and all."""
    block = find(text, intent)
    if block is not None:
        for place in range(block.first, block.last + 1):
            line = bare(text.lines[place]).strip()
            if line.startswith("- "):
                yield place, line[2:]


def find(text: Text, intent: str) -> Block | None:
    """Where an intent's examples stand, None if there is no such block of lines."""
    blocks = member(compose(text), "nlu")
    for block in blocks.value if isinstance(blocks, yaml.SequenceNode) else ():
        name, examples = member(block, "intent"), member(block, "examples")
        if name is None or name.value != intent or not isinstance(examples, yaml.ScalarNode):
            continue
        if examples.style != "|":
            return None
        first = examples.start_mark.line + 1
        return _extent(text, first, examples)
    return None


def _extent(text: Text, first: int, examples: yaml.ScalarNode) -> Block | None:
    written = [bare(line) for line in text.lines]
    while first < len(written) and not written[first].strip():
        first += 1
    if not examples.value.strip() or first >= len(written):
        return None
    indent = re.match(r" *", written[first])
    assert indent is not None
    last = first
    for place in range(first, len(written)):
        line = written[place]
        if line.strip() and not line.startswith(indent[0]):
            break
        if line.strip():
            last = place
    return Block(first, last, indent[0])


def _listed(text: Text, intent: str) -> list[str]:
    blocks = member(compose(text), "nlu")
    for block in blocks.value if isinstance(blocks, yaml.SequenceNode) else ():
        name, examples = member(block, "intent"), member(block, "examples")
        if name is not None and name.value == intent and examples is not None:
            return [line for line in str(examples.value).splitlines() if line.strip()]
    return []
