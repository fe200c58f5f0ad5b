"""Programs that run beside the checks, each with a result that is kept by its inputs' digest."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

# What is done meanwhile takes longer than any of them: it has a core to itself, they share another.
_NICER = 4
# Several programs share the cores: a BLAS thread for each core in each of them mostly waits.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class BesideFailed(Exception):
    """The program didn't answer; the message holds its last line."""


@dataclass
class Beside:
    """A program that is running, and where its answer goes."""

    process: subprocess.Popen[bytes]
    out: IO[bytes]
    errors: IO[bytes]

    def answer(self) -> Any:
        """Its JSON, once it has ended. Raises BesideFailed."""
        with self.out, self.errors:
            status = self.process.wait()
            self.out.seek(0)
            self.errors.seek(0)
            said = self.errors.read().decode("utf-8", "replace").strip().splitlines()
            if status:
                raise BesideFailed(said[-1] if said else f"it ended with status {status}")
            try:
                return json.loads(self.out.read())
            except ValueError as error:
                raise BesideFailed("its answer is no JSON") from error

    def stop(self) -> None:
        """End it, if nobody waits for its answer any more."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def start(python: Path | str, module: str, *arguments: str, code: Path, root: Path) -> Beside:
    """Run a module of the code in `code` on the project in `root`."""
    # Files, not pipes: nobody reads while it runs. `answer` closes them.
    out, errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 — it outlives us
    process = subprocess.Popen(
        [str(python), "-m", module, *arguments],
        cwd=root,
        env=_ONE_THREAD | os.environ | {"PYTHONPATH": str(code)},
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=errors,
    )
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + _NICER)
    return Beside(process, out, errors)
