"""Checks the policy files: `python -m integrations.escalation [folder]`.

Prints every mistake as `file:line: what; what to do` and ends with status 1, or says that all is
well.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from integrations.conversations import texts
from integrations.escalation import desk_settings, loader
from integrations.escalation.source import PolicyError
from integrations.models import canary_policy

FILES: dict[str, Callable[[Path], object]] = {
    "escalation.yml": loader.load,
    "desk.yml": desk_settings.load,
    "canary.yml": canary_policy.load,
    "messages.yml": texts.load,
    "messages.formal.yml": texts.load_formal,
}


def main(folder: Path) -> int:
    """The process's exit status: 0 when every file is good."""
    found = [_mistakes(folder / name, load) for name, load in FILES.items()]
    mistakes = [text for text in found if text]
    if mistakes:
        print("\n".join(mistakes), file=sys.stderr)
        return 1
    print(f"{folder}: {', '.join(FILES)} are in order")
    return 0


def _mistakes(path: Path, load: Callable[[Path], object]) -> str:
    try:
        load(path)
    except PolicyError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "policy")))
