"""A policy whose desk is open around the clock: what tests see must not depend on the day."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from ops.processes import ROOT


def always_open(folder: Path, language: str = "it") -> Path:
    """The project's policy with such a desk, as a folder for ASCOLTO_POLICY_DIR."""
    policy = folder / "policy"
    shutil.copytree(ROOT / "policy", policy)
    desk = (policy / "desk.yml").read_text()
    desk = re.sub(r"(?m)^(  \w+day): \[.*\]$", r'\1: ["00:00-24:00"]', desk)
    desk = re.sub(r"(?m)^holidays:\n(?:  - .*\n)+", "holidays: []\n", desk)
    desk = desk.replace("desk_language: it", f"desk_language: {language}")
    (policy / "desk.yml").write_text(desk)
    return policy
