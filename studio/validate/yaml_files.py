"""YAML with lines: what a file says, where it says it, and what hides in how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from studio.validate.findings import Finding

_CONFLICT = re.compile(r"(?m)^(?:<{7} |={7}$|>{7} )")
_MERGE = "tag:yaml.org,2002:merge"


class _Loader(yaml.CSafeLoader):
    """The safe loader; dates and the like stay what Rasa and the others make of them."""


@dataclass(frozen=True)
class Yaml:
    """One file that could be read. `name` is relative to the project."""

    path: Path
    name: str
    text: str
    data: Any
    node: yaml.Node | None
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, *way: str | int) -> int:
        """The line on which the value at the end of this way of keys and positions begins (a key's
        own line for a mapping); of the nearest one above it that is known."""
        while way and way not in self.lines:
            way = way[:-1]
        return self.lines.get(way, 1)


def read(path: Path, root: Path) -> Yaml | list[Finding]:
    """A file, or why it can't be read."""
    name = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        what = "can't be read as UTF-8 text"
        return [Finding(name, 1, "not-utf8", what, "Save the file as UTF-8.")]
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        do = "Choose what stays of the two sides and remove git's marks."
        return [Finding(name, line, "merge-conflict", "a merge was left unfinished here", do)]
    try:
        # Parsed once: the values are built from the very nodes that know their lines.
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            data = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        return [_broken(name, mark.line + 1 if mark else 1, what or "not valid YAML")]
    except (yaml.YAMLError, ValueError) as error:
        return [_broken(name, 1, str(error).splitlines()[0])]
    return Yaml(path, name, text, data, node, dict(_places(node, ())))


def _broken(name: str, line: int, what: str) -> Finding:
    do = "Compare its indentation with its neighbours'; put texts with ': ' or '#' in quotes."
    return Finding(name, line, "broken-yaml", f"not valid YAML: {what}", do)


def _places(
    node: yaml.Node | None, way: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*way, str(key.value))
            yield here, key.start_mark.line + 1
            yield from _places(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield (*way, place), value.start_mark.line + 1
            yield from _places(value, (*way, place))


def repeated_keys(file: Yaml) -> Iterator[Finding]:
    """Keys that stand twice in one group: YAML silently keeps the last."""
    waiting = [file.node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        if not isinstance(node, yaml.MappingNode):
            continue
        seen: dict[str, int] = {}
        for key, value in node.value:
            waiting.append(value)
            if key.tag == _MERGE or not isinstance(key, yaml.ScalarNode):
                continue
            line = key.start_mark.line + 1
            if key.value in seen:
                lost = f"the one on line {seen[key.value]} is lost"
                what = f"'{key.value}' stands here a second time; {lost}"
                do = "Join the two, or rename one."
                yield Finding(file.name, line, "duplicate-key", what, do)
            seen[key.value] = line


def block_start(file: Yaml, way: tuple[str | int, ...]) -> int | None:
    """The line of the first text line of a block (`key: |`) at this way, None if it is no block."""
    node = file.node
    for step in way:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
        else:
            return None
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return int(node.start_mark.line) + 2
    return None
