"""Ascolto with a Telegram and a Slack of its own: `python -m tests.simulators` (`make simulators`).

With `--alone` it starts the simulators only and prints the settings that lead to them.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from ops.environment import DEFAULTS, PREFIXES
from ops.launch import die_with_parent
from ops.run import start
from tests.simulators.page.together import Simulators

DEFAULT_PORT = 8095
# The page's, Telegram's, Slack's.
PORTS = 3


def main() -> int:
    """Command line of `make simulators`."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="and the two after it")
    parser.add_argument("--alone", action="store_true", help="don't start Ascolto")
    parser.add_argument("--tethered", action="store_true", help="end when the starter ends")
    given = parser.parse_args()
    if given.tethered:
        die_with_parent(signal.SIGTERM)
    ports = range(given.port, given.port + PORTS)
    if taken := list(_taken(ports)):
        print(f"Port {taken[0]} is taken: try ARGS='--port {given.port + 100}'.", file=sys.stderr)
        return 1
    page, telegram, slack = ports
    with Simulators.running(page_port=page, telegram_port=telegram, slack_port=slack) as simulators:
        print(f"Customer and agent, side by side: {simulators.page_url}", flush=True)
        if given.alone:
            return _alone(simulators)
        with tempfile.TemporaryDirectory(prefix="ascolto-simulators-") as home:
            return start(settings(simulators, Path(home), os.environ))


def settings(simulators: Simulators, home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The demo with the simulators, and nothing of `.env` or of what is exported but ports.

    What somebody set for real (a database, a public address, a token) must not meet what is
    played here, and what was played must not meet them: each start begins anew in `home`.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(PREFIXES) or name.endswith(("_PORT", "_PYTHON"))
    }
    return {**kept, **DEFAULTS, **simulators.settings(), "ASCOLTO_HOME": str(home.resolve())}


def _alone(simulators: Simulators) -> int:
    print("Put this into .env, or export it, and start Ascolto:\n")
    for name, value in simulators.settings().items():
        print(f"{name}={value}")
    print("\nStop: Ctrl-C.", flush=True)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    stopping.wait()
    return 0


def _taken(ports: Iterable[int]) -> Iterable[int]:
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                yield port


if __name__ == "__main__":
    sys.exit(main())
