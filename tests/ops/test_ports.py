"""Ports of systems that start side by side."""

from __future__ import annotations

import random
import subprocess
import sys

from ops.processes import ROOT
from ops.system import free_port


def test_a_port_that_another_process_was_given_is_given_to_nobody_else() -> None:
    """Although nobody listens on it yet."""
    code = (
        "import random, sys; from ops.system import free_port; random.seed(7);"
        "print(*(free_port() for _ in range(5)), flush=True); sys.stdin.read()"
    )
    state = random.getstate()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        theirs = {int(port) for port in other.stdout.readline().split()}
        random.seed(7)
        try:
            ours = {free_port() for _ in range(5)}
        finally:
            random.setstate(state)
            other.kill()
    assert len(theirs) == 5
    assert not ours & theirs
