"""Changing single lines of a file, and not one byte beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

# What YAML counts as the end of a line; `str.splitlines` knows more.
_LINE = re.compile("[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029]|$)")
_END = re.compile("(?:\r\n|[\r\n\x85\u2028\u2029])$")


class CantWrite(Exception):
    """A file isn't written as expected; the message names it and says what to do by hand."""


@dataclass(frozen=True)
class Text:
    """A file's text with its own line ends."""

    path: Path
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Text:
        """The file as it is. Raises CantWrite."""
        try:
            return cls.of(path, path.read_bytes())
        except OSError as error:
            raise CantWrite(f"{path} can't be read ({type(error).__name__})") from error

    @classmethod
    def of(cls, path: Path, content: bytes) -> Text:
        """A version of the file. Raises CantWrite."""
        try:
            written = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise CantWrite(f"{path} isn't UTF-8 text") from error
        return cls(path, tuple(line for line in _LINE.findall(written) if line))

    def __str__(self) -> str:
        return "".join(self.lines)

    @property
    def end(self) -> str:
        """How lines end here."""
        for line in self.lines:
            if ending := _END.search(line):
                return ending[0]
        return "\n"

    def after(self, place: int, added: Sequence[str]) -> Text:
        """With lines after the one at `place` (counted from 0; -1: at the beginning)."""
        if not added:
            return self
        before, behind = list(self.lines[: place + 1]), list(self.lines[place + 1 :])
        new = [f"{line}{self.end}" for line in added]
        if before and not _END.search(before[-1]):
            # The file ends without a line end, and goes on doing so.
            before[-1] += self.end
            new[-1] = new[-1].removesuffix(self.end)
        return Text(self.path, (*before, *new, *behind))

    def without(self, places: Iterable[int]) -> Text:
        """Without the lines at these places."""
        gone = set(places)
        kept = [line for number, line in enumerate(self.lines) if number not in gone]
        if kept and self.lines and not _END.search(self.lines[-1]) and len(self.lines) - 1 in gone:
            kept[-1] = _END.sub("", kept[-1])
        return Text(self.path, tuple(kept))

    def write(self) -> None:
        """Put it in the file's place, whole or not at all, with the file's permissions."""
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        draft.write_bytes(str(self).encode())
        if self.path.exists():
            draft.chmod(self.path.stat().st_mode & 0o777)
        draft.replace(self.path)


def bare(line: str) -> str:
    """A line without its end."""
    return _END.sub("", line)


def compose(text: Text, lines: Sequence[str] | None = None) -> yaml.Node | None:
    """The YAML of a text (or some of its lines) with places. Raises CantWrite."""
    try:
        return yaml.compose(
            "".join(text.lines if lines is None else lines), Loader=yaml.CSafeLoader
        )
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        raise CantWrite(f"{text.path}{where} isn't valid YAML: run `make validate`") from error


def member(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """The value of a field of a group."""
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)
