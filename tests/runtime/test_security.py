"""Signatures are bound to their purpose; logs give nobody away."""

from __future__ import annotations

import pytest

from runtime.errors import Invalid
from runtime.logging import redact
from runtime.security import Signer, pseudonym, same

KEY = "a-key-of-enough-letters"


def test_a_signed_document_comes_back() -> None:
    signer = Signer(KEY)
    assert signer.verify("button", signer.sign("button", {"a": "è"})) == {"a": "è"}


@pytest.mark.parametrize("change", ["", "x", ".", "é.é", "a.b.c"])
def test_nothing_else_is_taken(change: str) -> None:
    with pytest.raises(Invalid):
        Signer(KEY).verify("button", change)


def test_another_purpose_or_key_is_another_signature() -> None:
    token = Signer(KEY).sign("button", {})
    with pytest.raises(Invalid):
        Signer(KEY).verify("session", token)
    with pytest.raises(Invalid):
        Signer(KEY + "!").verify("button", token)


def test_an_empty_expectation_never_matches() -> None:
    assert not same("", "")
    assert same("key", "key")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="signing key"):
        Signer("short")


def test_pseudonyms_are_stable_and_say_nothing() -> None:
    assert pseudonym(KEY, "giulia") == pseudonym(KEY, "giulia")
    assert "giulia" not in pseudonym(KEY, "giulia")


@pytest.mark.parametrize(
    "text",
    [
        "anna.verdi@example.com",
        "+39 000 123 4567",
        "4111 1111 1111 1111",
        "Bearer abc.def",
        "token=abcdef",
        "postgresql://ascolto:geheim@host/db",
    ],
)
def test_logs_lose_what_is_personal_or_secret(text: str) -> None:
    shown = redact(f"before {text} after")
    assert "⟦" in shown
    assert not any(part in shown for part in ("verdi", "4567", "1111", "abc", "geheim"))
