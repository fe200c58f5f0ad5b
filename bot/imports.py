"""What importing Rasa brings along and nobody uses."""

from __future__ import annotations

import sys


def without_jax() -> None:
    """Before Rasa is imported: have TensorFlow, which looks whether JAX is there, find it isn't.

    Importing it takes a tenth of the time that all of Rasa takes.
    """
    sys.modules.setdefault("jax", None)  # type: ignore[arg-type] — what Python takes for "not there"
