"""Text of the chat can be read: 4.5:1 or more wherever text stands on a colour, 3:1 for marks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integrations.channels.webchat import assets, config
from integrations.channels.webchat.config import WebChatConfig, allowed
from tests.integrations.console.test_contrast import contrast

STATIC = Path(assets.__file__).parent / "static"
STYLE = (STATIC / "style.js").read_text(encoding="utf-8")
PAIRS = [
    *[("text", on) for on in ("bg", "surface", "raised")],
    *[("muted", on) for on in ("bg", "surface", "raised")],
    ("on-house", "house"),
    ("on-agent", "agent"),
    ("warn", "warn-soft"),
    *[("bad", on) for on in ("bad-soft", "bg", "surface")],
]
MARKS = [("focus", "bg"), ("focus", "surface"), ("control", "surface"), ("house-line", "surface")]


def colours(scheme: str) -> dict[str, str]:
    name = {"light": "LIGHT", "dark": "DARK"}[scheme]
    block = re.search(rf"const {name} = `(.*?)`;", STYLE, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block.group(1)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_controls_can_be_seen(scheme: str) -> None:
    found = colours(scheme)
    poor = {
        f"{one} on {on}": round(contrast(found[one], found[on]), 2)
        for pairs, least in ((PAIRS, 4.5), (MARKS, 3))
        for one, on in pairs
        if contrast(found[one], found[on]) < least
    }
    assert poor == {}


def test_both_languages_say_the_same_things() -> None:
    words = (STATIC / "words.js").read_text(encoding="utf-8")
    italian, english = words.split("\n};", 1)[0].split("\n  en: {", 1)
    keys = [re.findall(r"^    (\w+):", part, re.MULTILINE) for part in (italian, english)]
    assert keys[0] == keys[1]
    assert len(keys[0]) > 50


def test_it_is_small_and_loads_nothing_from_elsewhere() -> None:
    scripts = list(STATIC.glob("*.js"))
    assert sum(path.stat().st_size for path in scripts) < 100_000
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
        addresses = set(re.findall(r"https?://[\w.]+", text)) - {"http://www.w3.org"}
        assert addresses <= {"https://care.example"}, path.name


HERE = WebChatConfig("x", "", "it", frozenset({"https://shop.example"}), secure=True)


@pytest.mark.parametrize(
    ("given", "host", "right"),
    [
        (None, "care.example", True),
        ("https://care.example", "care.example", True),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
        ("http://[::1]:8080", "[::1]:8080", True),
        ("https://shop.example", "care.example", True),
        ("https://SHOP.example:443", "care.example", True),
        ("http://shop.example", "care.example", False),
        ("https://shop.example:8443", "care.example", False),
        ("https://shop.example.evil.example", "care.example", False),
        ("https://evil.example", "care.example", False),
        ("https://evil.example/https://shop.example", "care.example", False),
        ("null", "care.example", False),
        ("", "care.example", False),
        ("https://[", "care.example", False),
        ("https://care.example:x", "care.example", False),
        ("file://", "care.example", False),
        ("https://evil.example", "", False),
    ],
)
def test_origins(given: str | None, host: str, right: bool) -> None:
    assert allowed(HERE, given, host) is right


def test_a_wrong_origin_in_the_settings_is_named() -> None:
    with pytest.raises(ValueError, match=r"ASCOLTO_WEBCHAT_ORIGINS: 'shop\.example'"):
        config.origin("shop.example")
