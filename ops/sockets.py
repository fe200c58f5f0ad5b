"""Where Unix sockets can live: their paths may not exceed 107 bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

# supervisord makes its socket under a name that ends in its process number, and renames it.
_LONGEST = 107 - len("/supervisor.sock.4194304")


def socket_folder(home: Path) -> Path:
    """A private folder (mode 700) for sockets: `home/run`, or a short one beside it when too deep.

    The short one is named after the user and `home`, so that every start finds the same. Raises
    PermissionError if somebody else made it first.
    """
    folder = home / "run"
    if len(os.fsencode(folder)) > _LONGEST:
        mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        short = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
        if len(os.fsencode(short)) > _LONGEST - 40:
            short = Path("/tmp")  # noqa: S108 — the folder in it is checked to be ours
        folder = short / f"ascolto-{os.getuid()}-{mark}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if found.st_uid != os.getuid() or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else: remove it")
    if found.st_mode & 0o077:
        folder.chmod(0o700)
    return folder
