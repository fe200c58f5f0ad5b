"""Whether the formal voice is whole: the bot's responses and the gateway's own texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.voice import overlay
from bot.voice.forms import informal

# What only agents read.
_FOR_AGENTS = ("just_sent", "voided", "voided_without_effects")
_BLANK = re.compile(r"{(\w+)}")


def response_problems(folder: Path) -> Iterator[str]:
    """What is missing or wrong in `folder`/formal (`data/responses`), a line each."""
    try:
        informally, formally = overlay.responses(folder), overlay.load(folder / "formal")
        for problem in overlay.problems(informally, formally):
            yield f"data/responses/formal: {problem}"
    except overlay.OverlayMistake as error:
        yield str(error)


def message_problems(folder: Path) -> Iterator[str]:
    """What is missing or wrong in messages.formal.yml beside `folder`/messages.yml, a line each.

    Placeholders and lengths are checked where it is loaded.
    """
    file = "policy/messages.formal.yml"
    messages, formal = (_messages(folder / name) for name in ("messages.yml", Path(file).name))
    for key in sorted(set(messages) - set(_FOR_AGENTS)):
        for language, text in messages[key].items():
            said = formal.get(key, {}).get(language)
            words = informal(said or text, language)
            if words:
                has = "is missing" if said is None else "is still informal"
                yield f"{file}: {key}.{language} {has} ({', '.join(words)})"
            if said is not None and set(_BLANK.findall(said)) != set(_BLANK.findall(text)):
                yield f"{file}: {key}.{language} doesn't fill in what messages.yml fills in"


def _messages(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return dict(content["messages"])
