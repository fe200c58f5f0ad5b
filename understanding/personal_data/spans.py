"""Places of personal data in a text, and keeping them apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Kind = Literal[
    "name",
    "email",
    "phone",
    "order_number",
    "card",
    "iban",
    "address",
    "code",
    "handle",
    "tax_code",
    "url_personal",
    "date_of_birth",
    "company_customer_id",
]


_BETWEEN_NAMES = ("", " e ", " ed ", " and ", " & ", " ", "-", "'", "’")


class Span(NamedTuple):
    """`text[start:end]` of the message, and what it is."""

    start: int
    end: int
    kind: Kind
    text: str


class Taken:
    """The places found so far: what comes first keeps its place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[Span] = []
        self._covered = bytearray(len(text))
        self._of: dict[Kind, bytearray] = {}

    def add(self, start: int, end: int, kind: Kind) -> bool:
        """Take a place without the blanks at its edges; False when part of it is taken."""
        text = self.text
        while end > start and text[end - 1].isspace():
            end -= 1
        while start < end and text[start].isspace():
            start += 1
        if start >= end or self.covers(start, end):
            return False
        self._covered[start:end] = b"\x01" * (end - start)
        self._of.setdefault(kind, bytearray(len(text)))[start:end] = b"\x01" * (end - start)
        self.spans.append(Span(start, end, kind, text[start:end]))
        return True

    def block(self, start: int, end: int) -> None:
        """Let nothing more be found here: it is known to be nobody's."""
        self._covered[start:end] = b"\x01" * (end - start)

    def add_free(self, start: int, end: int, kind: Kind) -> None:
        """Take what is free of a place, piece by piece."""
        while start < end:
            if self._covered[start]:
                start += 1
                continue
            stop = self._covered.find(1, start, end)
            stop = end if stop < 0 else stop
            if any(map(str.isalnum, self.text[start:stop])):
                self.add(start, stop, kind)
            start = stop

    def add_all(self, places: Iterable[tuple[int, int, Kind]]) -> None:
        """Take what is free of these."""
        for start, end, kind in places:
            self.add(start, end, kind)

    def covers(self, start: int, end: int) -> bool:
        """Whether part of this place is taken."""
        return self._covered.find(1, start, end) >= 0

    def holds(self, place: int, kind: Kind) -> bool:
        """Whether this sign of the text was taken as of this kind."""
        return kind in self._of and bool(self._of[kind][place])

    def sorted(self) -> list[Span]:
        """All places in the order of the text, the pieces of an address or of a couple joined."""
        spans: list[Span] = []
        for span in sorted(self.spans):
            last = spans[-1] if spans else None
            if last and last.kind == span.kind and self._joins(last, span):
                text = self.text[last.start : span.end]
                spans[-1] = Span(last.start, span.end, span.kind, text)
            else:
                spans.append(span)
        return spans

    def _joins(self, last: Span, span: Span) -> bool:
        """Whether these are pieces of one address, or a couple: "Anna e Paolo Vigliani"."""
        between = self.text[last.end : span.start]
        if span.kind == "address":
            return len(between) <= 3 and not between.strip(" ,;-–\n.")
        return span.kind == "name" and between in _BETWEEN_NAMES
