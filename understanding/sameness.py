"""When two texts are the same, however they are typed: for duplicates, and for finding again.

Both sides of an erasure compute it: the gateway, which knows whose example it was, and the
designer's commands, which find the example in the working tree.
"""

from __future__ import annotations

import hashlib
import unicodedata


def normalised(text: str) -> str:
    """A text without what changes nothing: case, punctuation, spaces, forms of a character.

    Of an annotated example pass the words alone, not `[LA-10000](order_number)`. A text without a
    letter or digit stays as it is.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c if c.isalnum() else " " for c in folded)
    return " ".join(kept.split()) or " ".join(folded.split())


def digest(text: str) -> str:
    """SHA-256 of the normalised text, 64 hexadecimal digits."""
    return hashlib.sha256(normalised(text).encode("utf-8", "replace")).hexdigest()
