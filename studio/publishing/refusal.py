"""Why a model doesn't go live."""

from __future__ import annotations


class Refused(Exception):
    """Nothing was changed; the message says why and what to do."""
