"""Finds personal data in what customers write, and replaces it by stand-ins.

`find` gives the places, `redact` the text with a plausible fixed value in each: a designer reads
and trains on what is left. Works by shapes, lists of names and the words around; takes time linear
in the text. It is generous: where a number or a word may be somebody's, it is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from understanding.personal_data import (
    addresses,
    electronic,
    held_codes,
    names,
    numbers,
    payments,
    references,
    stand_ins,
)
from understanding.personal_data import (
    known as known_values,
)
from understanding.personal_data.spans import Kind, Span, Taken

__all__ = ["Kind", "Redacted", "Span", "find", "redact"]


@dataclass(frozen=True)
class Redacted:
    """A text with stand-ins; `spans` are their places in it."""

    text: str
    spans: list[Span]


def find(
    text: str,
    *,
    language: str | None = None,  # noqa: ARG001 — `redact` takes it; the search goes by both
    known: Iterable[str] = (),
) -> list[Span]:
    """The places of personal data, in order, none touching another.

    `known` are names, handles and addresses of the sender: always found. Customers mix their
    languages, so `language` narrows nothing.
    """
    taken = Taken(text)
    electronic.find_emails(text, taken)
    electronic.find_links(text, taken)
    known_values.find_known(text, known, taken)
    digits = any(map(str.isdecimal, text))
    numbers.find_spoken_phones(text, taken)
    if digits or "⟦" in text:
        held_codes.find_held_codes(text, taken)
        payments.find_accounts(text, taken)
        payments.find_cards(text, taken)
    if digits:
        payments.find_masked(text, taken)
        numbers.find_numbers_of_state(text, taken)
        numbers.find_own_orders(text, taken)
        references.find_references(text, taken)
        held_codes.find_glued_orders(text, taken)
        numbers.find_marked_orders(text, taken)
        numbers.find_customer_ids(text, taken)
        numbers.find_births(text, taken)
        numbers.find_codes(text, taken)
        numbers.find_phones(text, taken)
        numbers.find_long_codes(text, taken)
    addresses.find_addresses(text, taken)
    if digits:
        numbers.find_bare_orders(text, taken)
    electronic.find_handles(text, taken)
    names.find_names(text, taken)
    return taken.sorted()


def redact(text: str, *, language: str | None = None, known: Iterable[str] = ()) -> Redacted:
    """The text with a stand-in of its kind in each place of personal data."""
    language = language or stand_ins.likely_language(text)
    pieces: list[str] = []
    spans: list[Span] = []
    end = length = 0
    for found in find(text, language=language, known=known):
        before = text[end : found.start]
        value = stand_ins.stand_in(found.kind, language)
        pieces += [before, value]
        start = length + len(before)
        length = start + len(value)
        spans.append(Span(start, length, found.kind, value))
        end = found.end
    return Redacted("".join([*pieces, text[end:]]), spans)
