"""What a process is, and a step before it. Which there are: `ops.processes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Stage(Enum):
    """When a process stops: the front first, so that work in hand can be finished."""

    STORE = 10
    CORE = 20
    FRONT = 30


@dataclass(frozen=True)
class Probe:
    """How to see that a process is ready: a GET that answers 200, or a Redis that answers PING."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Process:
    """One process: what it runs, with which environment, and how it shows that it is ready."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    stage: Stage
    probe: Probe
    port: int | None = None
    port_setting: str = ""
    after_preparation: bool = False
    # Nobody's customers wait for it: a start doesn't either, nor fails because of it.
    optional: bool = False
    # Runs only while it is needed: whoever needs it starts and stops it.
    on_demand: bool = False
    # How long it may take to end by itself. Whoever is killed loses nothing; it only ends rudely.
    stop_seconds: int = 5


@dataclass(frozen=True)
class Step:
    """Something done once at a start, before the processes that need it: migrations, seed."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
