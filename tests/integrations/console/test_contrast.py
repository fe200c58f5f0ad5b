"""Text can be read: each pair of colours that the pages use has a contrast of 4.5:1 or more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integrations.console import assets

STYLE = (Path(assets.__file__).parent / "static" / "base.css").read_text(encoding="utf-8")
PAIRS = [
    *[("text", on) for on in ("bg", "surface", "raised", "info-soft", "bad-soft")],
    *[("muted", on) for on in ("bg", "surface", "raised", "warn-soft", "info-soft")],
    *[("accent", on) for on in ("bg", "surface", "warn-soft")],
    ("on-accent", "accent"),
    ("on-accent", "accent-over"),
    *[("on-agent", on) for on in ("agent", "accent-soft")],
    ("on-bot", "bot"),
    ("on-note", "note"),
    ("text", "note"),
    ("note-strong", "note"),
    ("note-strong", "bg"),
    ("note", "note-strong"),
    *[("bad", on) for on in ("bg", "surface", "raised", "bad-soft", "accent-soft")],
    *[("warn", on) for on in ("bg", "surface", "raised", "warn-soft", "accent-soft")],
    *[("good", on) for on in ("surface", "raised", "info-soft", "accent-soft")],
]
# What marks a control or the focus needs less.
MARKS = [("focus", on) for on in ("bg", "surface", "note")] + [
    ("control", "surface"),
    ("control", "bg"),
    ("note-line", "note"),
]


def colours(scheme: str) -> dict[str, str]:
    light, dark = STYLE.split("prefers-color-scheme: dark", 1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))
    return found


def contrast(first: str, second: str) -> float:
    """By WCAG 2's formula, 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(scheme: str) -> None:
    found = colours(scheme)
    poor = {
        f"{text} on {on}": round(contrast(found[text], found[on]), 2)
        for text, on in PAIRS
        if contrast(found[text], found[on]) < 4.5
    }
    assert poor == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_can_be_seen(scheme: str) -> None:
    found = colours(scheme)
    poor = {
        f"{mark} on {on}": round(contrast(found[mark], found[on]), 2)
        for mark, on in MARKS
        if contrast(found[mark], found[on]) < 3
    }
    assert poor == {}
