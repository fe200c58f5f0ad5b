"""YAML files that people edit by hand, read with the line of every value.

A policy file is walked with `Value`; whatever is wrong is noted in a `Report` and the walk goes on,
so that one run lists every mistake with its line and what to do about it.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

LANGUAGES = ("it", "en")
DEEPEST = 12
"""Nesting after which a value is refused: an alias that contains itself would never end."""


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing to correct: where it stands, what is wrong, what to do."""

    line: int
    what: str
    fix: str


class PolicyError(ValueError):
    """A policy file that can't be used; the text has a `file:line: what; what to do` for each."""

    def __init__(self, file: str, mistakes: Sequence[Mistake]) -> None:
        self.file = file
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(f"{file}:{m.line}: {m.what}; {m.fix}" for m in self.mistakes))


@dataclass
class Report:
    """The mistakes found so far in one file."""

    file: str
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, line: int, what: str, fix: str) -> None:
        self.mistakes.append(Mistake(line, what, fix))

    def check(self) -> None:
        """Raise PolicyError if anything was found."""
        if self.mistakes:
            raise PolicyError(self.file, self.mistakes)


@dataclass(frozen=True)
class Value:
    """One YAML value, its name for messages (`rules[2].when`) and where mistakes go.

    Each reader returns None after noting a mistake, so a caller goes on with the rest.
    """

    node: yaml.Node
    name: str
    report: Report
    line: int

    def wrong(self, what: str, fix: str) -> None:
        """Note a mistake at this value's line."""
        self.report.add(self.line, what, fix)

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_empty(self) -> bool:
        """Whether a list or a mapping has nothing in it."""
        return not self.node.value

    def mentions(self, field_name: str) -> bool:
        """Whether a mapping has the field, without noting mistakes."""
        return isinstance(self.node, yaml.MappingNode) and any(
            key.value == field_name for key, _ in self.node.value
        )

    def pairs(self) -> Iterator[tuple[str, Value]] | None:
        """The fields of a mapping in their order; a field written twice is a mistake."""
        if not isinstance(self.node, yaml.MappingNode):
            self._type_mistake("a group of `field: value` lines")
            return None
        return self._pairs(self.node)

    def fields(
        self, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> dict[str, Value] | None:
        """A mapping with exactly these fields: unknown and missing ones are mistakes."""
        pairs = self.pairs()
        if pairs is None:
            return None
        needed = tuple(required)
        allowed = (*needed, *optional)
        found: dict[str, Value] = {}
        meant: set[str] = set()
        for key, value in pairs:
            if key in allowed:
                found[key] = value
            else:
                meant.update(_close(key, allowed))
                value.wrong(
                    f"unknown field '{key}' in {self.name}",
                    f"{suggestion(key, allowed)}, or remove it",
                )
        for key in needed:
            # A misspelt field is one mistake, not a strange one and a missing one.
            if key not in found and key not in meant:
                self.wrong(f"{self.name} has no '{key}'", f"add a line `{key}: …`")
        return found

    def entries(self) -> list[Value] | None:
        """The entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self._type_mistake("a list (`[a, b]`, or one `- entry` a line)")
            return None
        return [
            self._child(node, f"{self.name}[{number}]", node.start_mark.line + 1)
            for number, node in enumerate(self.node.value, start=1)
        ]

    def text(self) -> str | None:
        """A text that isn't empty. `no`, `5` or a date need quotes to be a text."""
        if self._tag() != "str":
            self._type_mistake("a text", quotes=isinstance(self.node, yaml.ScalarNode))
            return None
        value = str(self.node.value)
        if not value.strip():
            self.wrong(f"{self.name} is empty", "write the text")
            return None
        return value

    def integer(self, minimum: int, maximum: int) -> int | None:
        """A whole number within the limits, both included."""
        number = self._number()
        if number is None or number != int(number):
            self._type_mistake("a whole number")
            return None
        if not minimum <= number <= maximum:
            self.wrong(
                f"{self.name} is {self.node.value}", f"write a number from {minimum} to {maximum}"
            )
            return None
        return int(number)

    def number(self) -> float | None:
        """A finite number."""
        number = self._number()
        if number is None:
            self._type_mistake("a number")
        return number

    def boolean(self) -> bool | None:
        """true or false."""
        if self._tag() != "bool":
            self._type_mistake("true or false")
            return None
        return str(self.node.value).lower() in ("true", "yes", "on")

    @property
    def scalar(self) -> str | None:
        """What is written, with or without quotes, whatever YAML takes it for."""
        if not isinstance(self.node, yaml.ScalarNode):
            self._type_mistake("a text")
            return None
        return str(self.node.value)

    def one_of(self, allowed: Collection[str]) -> str | None:
        """One of the words allowed."""
        value = self.text()
        if value is not None and value not in allowed:
            self.wrong(f"{self.name} can't be '{value}'", suggestion(value, allowed))
            return None
        return value

    def some_of(self, allowed: Collection[str]) -> tuple[str, ...] | None:
        """One of the words allowed, or a list of them; None when any is wrong."""
        if not isinstance(self.node, yaml.SequenceNode):
            word = self.one_of(allowed)
            return None if word is None else (word,)
        entries = self.entries() or []
        if not entries:
            self.wrong(f"{self.name} is an empty list", suggestion("", allowed))
        words = [entry.one_of(allowed) for entry in entries]
        found = tuple(word for word in words if word is not None)
        return found if entries and len(found) == len(words) else None

    def both_languages(self) -> dict[str, str] | None:
        """A text in Italian and one in English: `it: …` and `en: …`."""
        fields = self.fields(required=LANGUAGES)
        if fields is None:
            return None
        texts = {language: value.text() for language, value in fields.items()}
        good = {language: text for language, text in texts.items() if text is not None}
        return good if len(good) == len(LANGUAGES) else None

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, Value]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "…"
            if key in seen:
                self.report.add(
                    line,
                    f"'{key}' is written twice in {self.name} (first on line {seen[key]})",
                    "keep one of them",
                )
                continue
            seen[key] = line
            yield key, self._child(value_node, f"{self.name}.{key}".removeprefix("file."), line)

    def _child(self, node: yaml.Node, name: str, line: int) -> Value:
        # A text in a block (`|`, `>`) starts a line after its field; the field is where to look.
        return Value(node, name, self.report, line)

    def _tag(self) -> str:
        return str(self.node.tag).removeprefix("tag:yaml.org,2002:")

    def _number(self) -> float | None:
        if self._tag() not in ("int", "float"):
            return None
        try:
            number = float(str(self.node.value).replace("_", ""))
        except ValueError:
            return None
        return number if abs(number) < 1e12 else None

    def _type_mistake(self, expected: str, *, quotes: bool = False) -> None:
        if isinstance(self.node, yaml.MappingNode):
            found = "a group of fields"
        elif isinstance(self.node, yaml.SequenceNode):
            found = "a list"
        else:
            found = f"'{self.node.value}'" if self.node.value else "nothing"
        if quotes and self.node.value:
            fix = f'put it between quotes: "{self.node.value}"'
        else:
            fix = f"write {expected}"
        self.wrong(f"{self.name} must be {expected}, not {found}", fix)


def suggestion(word: str, allowed: Collection[str]) -> str:
    """What to write in place of a word that isn't allowed."""
    if close := _close(word, allowed):
        return f"did you mean '{close[0]}'?"
    return "use " + (" or ".join(sorted(allowed)) if allowed else "nothing here")


def _close(word: str, allowed: Collection[str]) -> list[str]:
    return difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)


def read(path: Path | str) -> Value:
    """The whole file as a mapping value named `file`.

    Raises PolicyError, with the line, for a file that is missing, isn't UTF-8 or isn't YAML.
    """
    report = Report(str(path))
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyError(
            report.file,
            [Mistake(1, f"can't be read ({error.strerror})", "check that the file is there")],
        ) from error
    except UnicodeDecodeError as error:
        raise PolicyError(
            report.file, [Mistake(1, "is not UTF-8 text", "save the file as UTF-8")]
        ) from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise PolicyError(report.file, [_syntax_mistake(error)]) from error
    if not isinstance(node, yaml.MappingNode):
        raise PolicyError(
            report.file, [Mistake(1, "has no fields", "start from the file that is shipped")]
        )
    return Value(node, "file", report, 1)


def _syntax_mistake(error: Exception) -> Mistake:
    line, problem = 1, "is nested too deep"
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = " ".join(part for part in (error.context, error.problem) if part)
    elif isinstance(error, yaml.YAMLError):
        problem = str(error).splitlines()[0]
    return Mistake(
        line,
        f"is not valid YAML ({problem})",
        "look at the indentation, at colons and at quotes here and on the line above",
    )
