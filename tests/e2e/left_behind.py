"""What a system may not leave in its logs: words, names, codes and keys, and no surprises."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

# Shorter texts ("ciao", "ok") may stand in any log by chance.
TELLING_CHARACTERS = 12


def rows(home: Path, service: str, query: str) -> Iterator[tuple[str, ...]]:
    """From a database file, whether or not its service still runs."""
    file = home / f"{service}.sqlite3"
    if file.exists():
        with closing(sqlite3.connect(file)) as connection:
            yield from connection.execute(query)


def said(home: Path) -> set[str]:
    """Every text that went in or out, whole and in its lines."""
    texts = set()
    for table in ("inbound", "outbound", "notes"):
        for (text,) in rows(home, "gateway", f"SELECT text FROM {table} WHERE text IS NOT NULL"):
            texts.update(line.strip() for line in text.splitlines())
    return {text for text in texts if len(text) >= TELLING_CHARACTERS}


def people(home: Path) -> set[str]:
    """Names, addresses and numbers of the people in the CRM."""
    query = "SELECT email, phone, last_name FROM people WHERE email IS NOT NULL"
    return {value for row in rows(home, "bridge", query) for value in row if value}


def codes(home: Path) -> set[str]:
    """One-time codes that were mailed, with and without their blank."""
    found = set()
    for mail in (home / "mail").rglob("*"):
        for first, second in re.findall(
            r"\b(\d{3})[ -]?(\d{3})\b", mail.read_text(errors="replace")
        ):
            found |= {f"{first}{second}", f"{first} {second}"}
    return found


def secrets(home: Path) -> set[str]:
    """Keys and passwords of the system."""
    lines = (
        (home / "secrets.env").read_text().splitlines() if (home / "secrets.env").exists() else []
    )
    return {line.split("=", 1)[1].strip("\"'") for line in lines if "=" in line and line[0] != "#"}


def forbidden(home: Path) -> dict[str, set[str]]:
    """What may stand in no log, by kind."""
    return {
        "words": said(home),
        "person": people(home) | {"Passalacqua"},
        "code": codes(home),
        "secret": secrets(home),
    }


def nobody_is_named_and_nothing_quoted(home: Path) -> None:
    """No customer's or agent's words, no address, no name, no code, no key, in any log."""
    looked_for = forbidden(home)
    logs = sorted((home / "logs").glob("*.log"))
    assert {log.stem for log in logs} >= {"gateway", "bridge", "rasa", "actions"}
    for log in logs:
        content = log.read_text(errors="replace")
        for kind, values in looked_for.items():
            found = [value for value in values if stands_in(value, content)]
            assert not found, f"{log.name} holds a customer's {kind}: {found[:3]}"


def stands_in(value: str, content: str) -> bool:
    """Digits must stand alone: six of them occur in any fraction of a second."""
    if value not in content:
        return False
    if not value.isdigit():
        return True
    return re.search(rf"(?<![\d.]){value}(?![\d])", content) is not None


def nothing_was_unforeseen(home: Path) -> None:
    """What tests do to a system is foreseen: nothing surprises it, and no traceback is left."""
    for log in sorted((home / "logs").glob("*.log")):
        content = log.read_text(errors="replace")
        surprises = re.findall(
            r"^.*(?:unexpected_error|conversation_failed|_failed\b.*exc).*$", content, re.M
        )
        assert not surprises, (log.name, surprises[:5])
        assert "Traceback (most recent call last)" not in content, log.name
