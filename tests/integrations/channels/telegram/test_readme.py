"""The README's support table says what the code does."""

from __future__ import annotations

import re

from integrations.channels.contract import Edits, FetchesMedia, Kind, Polls, Runs, Types
from integrations.channels.telegram.adapter import CAPABILITIES, DOWNLOAD_BYTES, TelegramChannel
from integrations.channels.telegram.convert import ALLOWED
from integrations.channels.telegram.polling import PollingTelegramChannel
from tests.integrations.channels.telegram.updates import FOLDER

README = (FOLDER / "README.md").read_text()
MB = 1024 * 1024


def row(name: str) -> str:
    """What the table says beside a name."""
    match = re.search(rf"(?m)^\| {re.escape(name)} \| (.*?) ?\|$", README)
    assert match, f"the README has no row {name!r}"
    return match[1]


def numbers(text: str) -> list[int]:
    return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)]


def test_the_limits() -> None:
    assert numbers(row("Longest text")) == [CAPABILITIES.max_text]
    assert numbers(row("Longest caption")) == [CAPABILITIES.max_caption]
    assert numbers(row("Buttons")) == [
        CAPABILITIES.max_buttons,
        CAPABILITIES.max_button_title,
        CAPABILITIES.max_payload_bytes,
    ]
    sends, fetches = numbers(row("Files"))
    assert (sends * MB, fetches * MB) == (CAPABILITIES.max_attachment_bytes, DOWNLOAD_BYTES)
    pace = f"{CAPABILITIES.per_address_s} s a chat", f"{CAPABILITIES.overall_per_s:.0f} a second"
    assert all(said in row("Pace") for said in pace)


def test_the_kinds_of_files() -> None:
    said = set(re.findall(r"\b(image|audio|video|file)s?\b", row("Files")))
    assert said == CAPABILITIES.attachments


def test_what_it_can_do() -> None:
    assert row("Typing") == "yes"
    assert row("Agents' corrections").startswith("yes")
    assert CAPABILITIES.edits
    assert issubclass(TelegramChannel, Edits)
    assert issubclass(TelegramChannel, Types)
    assert issubclass(TelegramChannel, FetchesMedia)
    assert issubclass(TelegramChannel, Runs)
    assert issubclass(PollingTelegramChannel, Polls)
    assert not issubclass(TelegramChannel, Polls)
    assert row("Read marks, deletions").startswith("no")
    assert "deleted_business_messages" not in ALLOWED
    assert ("message_reaction" in ALLOWED) is row("Reactions").startswith("`reaction`")


def test_the_kinds_of_envelopes_exist() -> None:
    kinds = {kind.value for kind in Kind}
    for name in ("Text, captions", "Edited text and captions", "Taps on buttons"):
        [kind] = re.findall(r"`(\w+)`", row(name))
        assert kind in kinds
