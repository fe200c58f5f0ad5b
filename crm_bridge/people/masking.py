"""Addresses and numbers as an agent may see them: enough to recognise, too little to use."""

from __future__ import annotations

_HIDDEN = "•••"


def email(address: str | None) -> str | None:
    """`giulia@example.com` → `g•••a@example.com`; short names keep their first letter only."""
    if not address:
        return None
    name, at, domain = address.rpartition("@")
    if not at:
        return _HIDDEN
    return f"{name[:1]}{_HIDDEN}{name[-1:] if len(name) > 2 else ''}@{domain}"


def address(label: str | None) -> str | None:
    """`Via Italia 14, 13900 Biella, Italia` → `•••, 13900 Biella, Italia`: all but the street."""
    if not label:
        return None
    _, comma, rest = label.partition(", ")
    return f"{_HIDDEN}{comma}{rest}"


def phone(number: str | None) -> str | None:
    """`+39 015 555 0142` → `+39 ••• 42`: country and the last two digits."""
    if not number:
        return None
    digits = [letter for letter in number if letter.isdigit()]
    head = number.split(" ")[0] if number.startswith("+") and " " in number else ""
    tail = "".join(digits[-2:]) if len(digits) > 5 else ""
    return " ".join(part for part in (head, _HIDDEN, tail) if part)


def handle(name: str) -> str:
    """A handle, masked when it is an e-mail address or a phone number."""
    if "@" in name[1:]:
        return email(name) or name
    if sum(letter.isdigit() for letter in name) >= 8 and not any(map(str.isalpha, name)):
        return phone(name) or name
    return name
