"""Keeping the collector of reference cycles away from what lives as long as the process."""

from __future__ import annotations

import gc

# A service that has started holds hundreds of thousands of objects that never go; looking through
# them takes longer than answering a message. What requests leave behind is few and young.
_YOUNG = 20_000


def settled() -> None:
    """Call once everything is loaded: only what comes later is looked through from now on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
