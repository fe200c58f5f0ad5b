"""The bot's log: what happened, never what was said."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    logs.configure("WARNING")


def test_exceptions_are_shown_without_their_message(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "console")
    try:
        int("la mia carta è 4111 1111 1111 1111")
    except ValueError:
        logging.getLogger("bot").exception("failed")
    shown = capsys.readouterr().err
    assert "4111" not in shown
    assert "ValueError" in shown
    assert "test_logs.py" in shown


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_rasas_events_lose_what_they_carry(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level, "console")
    logger = structlog.get_logger()
    logger.debug("processor.message.parse", parse_data_text="carciofo")
    logger.warning("something.odd", text="carciofo", event_info="what it means")
    shown = capsys.readouterr().err
    assert "carciofo" not in shown
    assert "processor.message.parse" not in shown
    assert "something.odd event_info=what it means" in shown


def test_json_lines_can_be_read_by_machines(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "json")
    logging.getLogger("bot").info("the bot is %s", "ready")
    entry = json.loads(capsys.readouterr().err)
    assert (entry["level"], entry["logger"], entry["event"]) == ("info", "bot", "the bot is ready")
    assert entry["at"].endswith("Z")
