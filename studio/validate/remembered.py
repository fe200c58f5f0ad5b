"""What was found out before, kept under models/.cache by a digest of what it depends on.

Nothing here is needed: whoever removes the folder waits a little longer once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = Path("models") / ".cache" / "validate"


def digest(root: Path, paths: Iterable[Path], *more: str) -> str:
    """A digest of these files (names and contents; missing ones count as such) and words."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes() if path.is_file() else b"-"
        whole.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    for word in more:
        whole.update(b"\0" + word.encode())
    return whole.hexdigest()


class Memory:
    """Small results by name and digest: of each name the newest is kept, or some."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER

    def recall(self, name: str, of: str) -> Any:
        """What was kept for this digest, None if nothing was."""
        try:
            content = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return content.get(of) if isinstance(content, dict) else None

    def keep(self, name: str, results: dict[str, Any]) -> None:
        """Keep these results by digest, and forget the others of this name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        replace(self.folder / f"{name}.json", json.dumps(results, ensure_ascii=False).encode())


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whoever reads or writes it meanwhile."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_bytes(content)
    draft.replace(path)
