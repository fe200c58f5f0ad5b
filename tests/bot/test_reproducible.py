"""The same inputs give the same model: byte for byte, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from bot.care.models import fingerprint
from tests.bot.conftest import ROOT, TINY

# As `bot.train` does, with the tiny bot's data in place of the project's.
TRAIN = """
    import sys
    from pathlib import Path
    from bot import logs, train
    logs.configure("ERROR")
    folder, tiny = Path(sys.argv[1]), Path(sys.argv[2])
    train.MODELS, train.CURRENT = folder, folder / "current.json"
    train.DOMAIN, train.RESPONSES = tiny / "domain.yml", tiny / "none"
    train.DATA = tuple(tiny / name for name in ("nlu.yml", "rules.yml", "stories.yml"))
    model, _ = train.train()
    print(model)
"""


THREADS = {f"{library}_NUM_THREADS": "2" for library in ("OMP", "OPENBLAS", "MKL")}


def trained(folder: Path, **environment: str) -> Path:
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(TRAIN), str(folder), str(TINY)],
        cwd=ROOT,
        # As the command line has it: the order of sets is part of the result.
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip().splitlines()[-1])


def test_two_trainings_give_one_model(tmp_path: Path) -> None:
    # Another machine: more threads by its settings, and a clone of the repository.
    clone = tmp_path / "clone"
    for command in (["init", "-q"], ["remote", "add", "origin", "https://git.example/ascolto"]):
        subprocess.run(["git", *command], env={**os.environ, "GIT_DIR": str(clone)}, check=True)
    one = trained(tmp_path / "one")
    other = trained(tmp_path / "other", GIT_DIR=str(clone), **THREADS)
    assert one.name == other.name
    assert fingerprint(one) == fingerprint(other)


def test_the_command_fixes_the_order_of_sets() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot.train", "--name"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "random", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith("ascolto-")
