"""Texts with `{placeholders}`, checked when they are loaded and filled in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter


class TemplateError(ValueError):
    """A text whose braces can't be understood; the message says why."""


@dataclass(frozen=True)
class Template:
    """A text cut into (literal, placeholder) pieces. Values are inserted as they are: braces in
    a value are never read as placeholders."""

    pieces: tuple[tuple[str, str | None], ...]
    names: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Raises TemplateError for single braces and for anything but `{name}`."""
        try:
            parsed = list(Formatter().parse(text))
        except ValueError as error:
            raise TemplateError(f"its braces don't match ({error})") from error
        for _, name, spec, conversion in parsed:
            if name is not None and (not name.isidentifier() or spec or conversion):
                raise TemplateError(f"'{{{name}}}' is not a simple placeholder")
        return cls(
            pieces=tuple((literal, name) for literal, name, _, _ in parsed),
            names=frozenset(name for _, name, _, _ in parsed if name is not None),
        )

    def render(self, values: Mapping[str, str]) -> str:
        """The text with its values; a name without a value raises KeyError."""
        return "".join(
            literal if name is None else literal + values[name] for literal, name in self.pieces
        )
