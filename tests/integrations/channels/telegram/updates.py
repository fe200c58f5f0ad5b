"""The channel's fixtures, and the bot that reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from integrations.channels.contract import Envelope
from integrations.channels.telegram.convert import Ignored, Place, convert
from integrations.channels.telegram.groups import Me

ROOT = Path(__file__).resolve().parents[4]
FOLDER = ROOT / "integrations" / "channels" / "telegram"
NAMES = sorted(path.stem for path in (FOLDER / "fixtures").glob("*.json"))
ME = Me(7000000001, "LanificioAuroraBot")
PLACE = Place("7000000001", ME, 1_790_001_000.0)


def update(name: str) -> dict[str, Any]:
    """One fixture's JSON."""
    found: dict[str, Any] = json.loads((FOLDER / "fixtures" / f"{name}.json").read_text())
    return found


def envelope(name: str) -> Envelope:
    """What a fixture says."""
    found = convert(update(name), PLACE)
    assert isinstance(found, Envelope), found
    return found


def reason(name: str) -> str:
    """Why a fixture says nothing."""
    found = convert(update(name), PLACE)
    assert isinstance(found, Ignored), found
    return found.reason
