"""One-time codes that are stored nowhere.

A code is derived with HMAC-SHA256 from the service's signing key and from what it is bound to: its
challenge (128 random bits), conversation and purpose. The sender derives it for the mail and the
answer is compared with it in constant time, so neither a copy of the database nor the outbox gives
any code away, and a code is worth nothing in another conversation or for another purpose.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

DIGITS = 6


class Codes:
    """Derives codes and the hashed keys under which attempts are counted."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def of(self, challenge: str, conversation: str, purpose: str) -> str:
        """The six digits of a challenge."""
        digest = self._mac("code", challenge, conversation, purpose)
        # 256 bits over a million: the bias is below 10⁻⁷⁰.
        return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}d}"

    def key_of(self, kind: str, value: str) -> str:
        """A stable key for an order or an address that doesn't name it."""
        return self._mac("key", kind, value).hex()[:40]

    def _mac(self, *parts: str) -> bytes:
        document = b"".join(len(p := part.encode()).to_bytes(4) + p for part in parts)
        return hmac.new(self._key, document, hashlib.sha256).digest()


def digits_of(written: str) -> str:
    """`482 913`, `482-913` or full-width digits → `482913`; what else is written stays wrong."""
    text = unicodedata.normalize("NFKC", written)
    kept = [letter for letter in text if not (letter.isspace() or letter in "-–—.·")]
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in kept)


def readable(code: str) -> str:
    """`482913` → `482 913`, as mails show it."""
    return f"{code[:3]} {code[3:]}"
