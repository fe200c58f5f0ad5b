"""What processes cost: CPU time and memory, by the names they have in the system."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil


def tree(pid: int) -> list[psutil.Process]:
    """A process and all its descendants that are alive."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _cpu_seconds(pid: int) -> float:
    total = 0.0
    own = pid == os.getpid()  # whose children are counted by their own names
    for process in [psutil.Process(pid)] if own else tree(pid):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


@dataclass
class Spent:
    """CPU milliseconds by process name since it was made."""

    pids: Mapping[str, int]

    def __post_init__(self) -> None:
        self._before = {name: _cpu_seconds(pid) for name, pid in self.pids.items()}

    def milliseconds(self) -> dict[str, float]:
        """By name, names with almost nothing left out."""
        spent = {
            name: (_cpu_seconds(pid) - self._before[name]) * 1000 for name, pid in self.pids.items()
        }
        return {name: value for name, value in spent.items() if value > 0}


def per_turn(spent: Iterable[Mapping[str, float]], turns: int) -> str:
    """CPU milliseconds a turn as words: `rasa 14.6, gateway 4.4`; rasa and rasa-2 together."""
    total: dict[str, float] = {}
    for one in spent:
        for name, value in one.items():
            kind = name.rstrip("0123456789").rstrip("-")
            total[kind] = total.get(kind, 0.0) + value
    shares = {name: value / max(1, turns) for name, value in total.items()}
    listed = sorted(shares.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {value:.1f}" for name, value in listed if value >= 0.05)
