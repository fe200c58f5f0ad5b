"""The responses, slots and actions that Python code names, read from its syntax, never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_RESPONSE = re.compile(r"utter_\w+")
# Calls whose first argument names a slot.
_SLOT_CALLS = ("SlotSet", "slot", "get_slot", "set_now")
# Names that an f-string puts together: those whose beginning is written out, and the endings.
_BEGUN = re.compile(r"(?:utter|action|validate)_[\w\\*]*")
_ENDED = re.compile(r"\\w\*(_\w{4,})")


@dataclass
class CodeNames:
    """What the code speaks of; places are (file, line)."""

    # Every text in the code, whatever it is for.
    texts: set[str] = field(default_factory=set)
    # Responses named in full; how others are put together ("utter_recorded_{…}").
    responses: dict[str, tuple[str, int]] = field(default_factory=dict)
    patterns: set[str] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    slots: dict[str, tuple[str, int]] = field(default_factory=dict)
    broken: list[tuple[str, int, str]] = field(default_factory=list)

    def says(self, name: str) -> bool:
        """Whether some code names this response or action, in full or put together."""
        if name in self.texts or any(re.fullmatch(pattern, name) for pattern in self.patterns):
            return True
        # f"{self.done}_no_mail" says what another text of the code begins.
        return any(
            name.endswith(ending) and name.removesuffix(ending) in self.texts
            for ending in self.endings
        )


def names_in(root: Path, folders: tuple[str, ...]) -> CodeNames:
    """The names in the Python files of these folders of a project."""
    found = CodeNames()
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            try:
                tree = ast.parse(path.read_text(encoding="utf-8"))
            except (SyntaxError, UnicodeDecodeError, OSError) as error:
                line = getattr(error, "lineno", None) or 1
                found.broken.append((name, line, type(error).__name__))
                continue
            _gather(tree, name, found)
    return found


def _gather(tree: ast.AST, file: str, found: CodeNames) -> None:
    nodes = list(ast.walk(tree))
    apart = {id(node) for node in _docstrings(nodes)}
    apart |= {id(part) for node in nodes for part in _parts(node)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in apart:
                found.texts.add(node.value)
                if _RESPONSE.fullmatch(node.value):
                    found.responses.setdefault(node.value, (file, node.lineno))
        elif isinstance(node, (ast.JoinedStr, ast.BinOp)):
            _put_together(node, found)
        elif isinstance(node, ast.Call):
            _slot_call(node, file, found)


def _put_together(node: ast.expr, found: CodeNames) -> None:
    pattern = _pattern(node)
    if _BEGUN.match(pattern):
        found.patterns.add(pattern)
    elif ended := _ENDED.fullmatch(pattern):
        found.endings.add(ended[1])


def _slot_call(node: ast.Call, file: str, found: CodeNames) -> None:
    called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
    first = node.args[0] if node.args else None
    if called in _SLOT_CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
        found.slots.setdefault(first.value, (file, node.lineno))


def _pattern(node: ast.expr) -> str:
    """A regular expression for what an expression can say; `\\w*` where it isn't written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _pattern(node.left) + _pattern(node.right)
    return r"\w*"


def _parts(node: ast.AST) -> list[ast.expr]:
    """What is only a part of a text that is put together."""
    if isinstance(node, ast.JoinedStr):
        return node.values
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.left, node.right]
    return []


def _docstrings(nodes: Iterable[ast.AST]) -> Iterator[ast.Constant]:
    for node in nodes:
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            yield first.value
