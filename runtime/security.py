"""Comparing secrets, signing small documents, and pseudonyms for logs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from runtime.errors import Invalid


def same(given: str, expected: str) -> bool:
    """Constant-time equality; an empty expectation never matches."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def pseudonym(key: str, value: str) -> str:
    """A short stable name for a person or address that says nothing without the key."""
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()[:12]


class Signer:
    """Signs JSON documents with HMAC-SHA256, each bound to the purpose it was made for."""

    def __init__(self, key: str) -> None:
        if len(key) < 16:
            raise ValueError("the signing key is missing or shorter than 16 characters")
        self._key = key.encode()

    def sign(self, purpose: str, data: dict[str, Any]) -> str:
        """URL-safe text that holds `data` in clear and can't be altered."""
        body = json.dumps(data, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        payload = base64.urlsafe_b64encode(body.encode()).rstrip(b"=")
        return f"{payload.decode()}.{self._mac(purpose, payload)}"

    def verify(self, purpose: str, token: str) -> dict[str, Any]:
        """The signed document. Raises Invalid when it was altered or made for another purpose."""
        payload, _, mac = token.partition(".")
        if not hmac.compare_digest(
            mac.encode(), self._mac(purpose, payload.encode(errors="replace")).encode()
        ):
            raise Invalid("the signature does not match", code="bad_signature")
        try:
            padded = payload + "=" * (-len(payload) % 4)
            document = json.loads(base64.urlsafe_b64decode(padded))
        except (ValueError, binascii.Error) as error:
            raise Invalid("the signed document can't be read", code="bad_signature") from error
        if not isinstance(document, dict):
            raise Invalid("the signed document is not an object", code="bad_signature")
        return document

    def _mac(self, purpose: str, payload: bytes) -> str:
        digest = hmac.new(self._key, purpose.encode() + b"\0" + payload, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
