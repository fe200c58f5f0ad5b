"""Secrets nobody set: made once, kept in `$ASCOLTO_HOME/secrets.env`, for its owner's eyes only."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from ops import environment

FILE = "secrets.env"

_HEADER = """\
# Made by the first `make run`. Keep this file private, and back it up with the databases.
# A value in the environment or in .env wins over the one here. docs/settings.md says what each is.
"""

# No letters or digits that are easily mistaken for each other: a person types this one.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def _token() -> str:
    return secrets.token_urlsafe(32)


def _password() -> str:
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(4))


GENERATED: dict[str, Callable[[], str]] = {
    "ASCOLTO_API_CHANNEL_KEY": _token,
    "ASCOLTO_OPERATOR_PASSWORD": _password,
    "ASCOLTO_DESIGNER_TOKEN": _token,
    "ASCOLTO_WORKBENCH_TOKEN": _token,
    "ASCOLTO_CARE_TOKEN": _token,
    "ASCOLTO_BRIDGE_TOKEN_GATEWAY": _token,
    "ASCOLTO_BRIDGE_TOKEN_ACTIONS": _token,
    "ASCOLTO_SIGNING_KEY": _token,
    "ASCOLTO_PSEUDONYM_KEY": _token,
    "ASCOLTO_METRICS_TOKEN": _token,
}


def complete(settings: Mapping[str, str]) -> dict[str, str]:
    """`settings` with every secret in it: as set, else from the file, else made now and kept.

    Creates `ASCOLTO_HOME` (mode 700) if need be. Two starts at the same time agree on one set.
    """
    home = Path(settings["ASCOLTO_HOME"])
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = home / FILE
    descriptor = os.open(home / ".secrets.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        kept = _read(file)
        missing = [name for name in GENERATED if not settings.get(name) and not kept.get(name)]
        if missing:
            kept |= {name: GENERATED[name]() for name in missing}
            _write(file, kept)
    finally:
        os.close(descriptor)
    return {**kept, **{key: value for key, value in settings.items() if value or key not in kept}}


def read(home: Path) -> dict[str, str]:
    """The secrets kept under `home` ({} when none were made yet)."""
    return _read(home / FILE)


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    if file.stat().st_mode & 0o077:
        file.chmod(0o600)
    return environment.parse(file.read_text(encoding="utf-8"), file.name)


def _write(file: Path, values: Mapping[str, str]) -> None:
    scratch = file.with_suffix(".new")
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(_HEADER)
        stream.writelines(f"{name}={value}\n" for name, value in values.items())
        stream.flush()
        os.fsync(stream.fileno())
    scratch.replace(file)
