"""The README's support table says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from integrations.channels import webchat
from integrations.channels.contract import Types
from integrations.channels.webchat import config, frames
from integrations.channels.webchat.adapter import WebChatChannel

from .chat_gateways import settings

README = (Path(webchat.__file__).parent / "README.md").read_text()
MB = 1024 * 1024


def row(name: str) -> str:
    """What the table says beside a name."""
    match = re.search(rf"(?m)^\| {re.escape(name)} \| (.*?) ?\|$", README)
    assert match, f"the README has no row {name!r}"
    return match[1]


def numbers(text: str) -> list[int]:
    return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)]


def test_what_it_can_carry(tmp_path: Path) -> None:
    able = WebChatChannel(settings(tmp_path)).capabilities
    assert numbers(row("Text")) == [config.MAX_TEXT]
    assert numbers(row("Attachments, both ways")) == [config.MAX_FILE_BYTES // MB]
    assert able.max_attachment_bytes == config.MAX_FILE_BYTES
    assert row("Typing").startswith("yes")
    assert issubclass(WebChatChannel, Types)
    assert row("Agents' corrections").startswith("yes")
    assert able.edits
    assert row("Window") == "none"
    assert able.window_s is None


def test_customers_take_nothing_back() -> None:
    assert row("Edits, deletions, reactions by customers").startswith("no")
    (union, *_) = get_args(frames.Frame)
    said = {get_args(frame.model_fields["type"].annotation)[0] for frame in get_args(union)}
    assert said == {"hello", "message", "read", "earlier", "typing", "ping"}
