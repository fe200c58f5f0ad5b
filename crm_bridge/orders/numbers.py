"""Order numbers as people write them."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"\A\W*(?:LA)?\W*(\d{5})\W*\Z")


def normalised(written: str) -> str:
    """`la20398`, `LA 20398`, `#20398` → `LA-20398`; anything else stays itself, in capitals."""
    text = unicodedata.normalize("NFKC", written).strip().upper()
    match = _NUMBER.match(text)
    return f"LA-{match[1]}" if match and match[1].isascii() else text[:64]
