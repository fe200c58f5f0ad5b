"""What Rasa does again and again, done once: the same results for less of the processor's time.

Each module puts a faster version in the place of a function of Rasa; tests/bot/test_speed.py holds
every one of them against the original.
"""

from __future__ import annotations

from bot.speed import actions, debug_lines, history, rules, trackers


def apply() -> None:
    """Put the faster versions in place; safe to call more than once."""
    actions.apply()
    debug_lines.apply()
    trackers.apply()
    history.apply()
    rules.apply()
