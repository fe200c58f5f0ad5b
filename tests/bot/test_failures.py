"""Whatever breaks, the gateway hears it, and the conversation is as it was before."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import load_agent
from rasa.core.utils import AvailableEndpoints

from bot import settings
from bot.care.not_ready import NotReady
from bot.care_channel import CareChannel
from bot.tracker_store import CareTrackerStore
from bot.trackers.database import StoreUnavailable
from tests.bot.conftest import ROOT, Actions, Bot, running


async def test_a_turn_that_breaks_leaves_nothing(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    await bot.say("dov'è il mio ordine?")
    before = [event.as_dict() for event in (await bot.tracker()).events]
    original = type(bot.agent.processor).handle_message

    async def breaks_at_the_second(self: Any, message: Any) -> Any:
        if message.message_id.endswith("m1"):
            raise RuntimeError("a policy broke")
        return await original(self, message)

    monkeypatch.setattr(type(bot.agent.processor), "handle_message", breaks_at_the_second)
    body = bot.turn("LA-20417", "482913")
    status, answer = await bot.post("/turn", body)
    assert (status, answer["error"]["code"]) == (503, "failed")
    assert [event.as_dict() for event in (await bot.tracker()).events] == before
    monkeypatch.undo()
    status, answer = await bot.post("/turn", body)
    assert status == 200
    assert answer["replies"][1]["text"] == "Ecco LA-20417."


async def test_a_crash_before_the_turn_is_stored_lets_it_run_again(
    bot: Bot, actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: Any) -> Any:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(CareTrackerStore, "_commit", lost)
    body = bot.turn("è una vergogna")
    assert (await bot.post("/turn", body))[0] == 503
    assert await bot.tracker() is None
    monkeypatch.undo()
    assert (await bot.post("/turn", body))[0] == 200
    # The second attempt calls the action again, with the same turn_id: the bridge knows it.
    metadata = [call["tracker"]["latest_message"]["metadata"] for call in actions.calls]
    assert [item["turn_id"] for item in metadata] == ["t1", "t1"]


async def test_a_failing_action_is_reported_and_the_bot_listens_again(
    bot: Bot, actions: Actions
) -> None:
    actions.behave = lambda _: 500
    answer = await bot.say("è una vergogna")
    assert answer["replies"] == []
    assert answer["actions"] == [{"name": "action_report", "ok": False, "effect": None}]
    assert {"name": "action_failed", "data": {"name": "action_report"}} in answer["signals"]
    tracker = await bot.tracker()
    assert tracker.latest_action_name == "action_listen"
    assert tracker.latest_message.text == "è una vergogna"
    assert (await bot.say("ciao"))["replies"]


async def test_without_an_action_server_nothing_of_the_turn_is_kept(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    async with running(tiny_model, url, "http://127.0.0.1:9/webhook", monkeypatch) as bot:
        status, answer = await bot.post("/turn", bot.turn("è una vergogna"))
        assert (status, answer["error"]["code"]) == (503, "not_ready")
        assert await bot.tracker() is None


async def test_an_action_server_that_hangs_is_given_up(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()
    endpoint = bot.agent.processor.action_endpoint
    monkeypatch.setattr(endpoint, "_call", lambda *_: asyncio.wait_for(never.wait(), 0.2))
    body = bot.turn("è una vergogna")
    assert (await bot.post("/turn", body))[0] == 503
    monkeypatch.undo()
    assert (await bot.post("/turn", body))[0] == 200


async def test_a_declined_action_is_no_failure(bot: Bot, actions: Actions) -> None:
    actions.behave = lambda _: 400
    answer = await bot.say("è una vergogna")
    assert answer["actions"] == []


async def test_a_locked_database_is_answered_quickly_and_recovers(
    tiny_model: Path, tmp_path: Path, actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bot.sqlite3"
    async with running(tiny_model, f"sqlite:///{path}", actions.url, monkeypatch) as bot:
        await bot.say("ciao")
        foreign = sqlite3.connect(path, isolation_level=None)
        foreign.execute("BEGIN EXCLUSIVE")
        body = bot.turn("dov'è il mio ordine?")
        status, answer = await bot.post("/turn", body)
        assert (status, answer["error"]["code"]) == (503, "store_unavailable")
        foreign.execute("ROLLBACK")
        foreign.close()
        assert (await bot.post("/turn", body))[0] == 200
        assert (await bot.ready())[0] == 200


async def test_a_store_that_cannot_be_reached_is_no_empty_tracker(
    tiny_model: Path, actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://nobody@127.0.0.1:9/nowhere"
    async with running(tiny_model, url, actions.url, monkeypatch) as bot:
        status, answer = await bot.post("/turn", bot.turn("ciao"))
        assert (status, answer["error"]["code"]) == (503, "store_unavailable")
        assert (await bot.ready())[0] == 503


async def _agent(model: Path, endpoints: Path, patch: pytest.MonkeyPatch) -> Any:
    patch.setenv("ASCOLTO_ACTIONS_URL", "http://127.0.0.1:9/webhook")
    patch.setattr("bot.settings.database_url", lambda: "sqlite://")
    return await load_agent(str(model), endpoints=AvailableEndpoints.read_endpoints(str(endpoints)))


@pytest.mark.parametrize("kind", ["tracker_store", "lock_store"])
async def test_a_missing_or_misspelt_store_stops_the_start(
    kind: str, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured = (ROOT / "endpoints.yml").read_text("utf-8")
    broken = tmp_path / "endpoints.yml"
    broken.write_text(configured.replace(f"{kind}:", f"{kind}_x:"), "utf-8")
    agent = await _agent(tiny_model, broken, monkeypatch)
    with pytest.raises(NotReady, match=kind.replace("_", " ")):
        await CareChannel("t").take_over(agent)


async def test_a_model_that_does_not_load_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "model.tar.gz"
    broken.write_bytes(b"no model")
    agent = await _agent(broken, ROOT / "endpoints.yml", monkeypatch)
    with pytest.raises(NotReady, match="model"):
        await CareChannel("t").take_over(agent)


def test_an_empty_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for token in ("", "  "):
        monkeypatch.setenv("ASCOLTO_CARE_TOKEN", token)
        with pytest.raises(settings.Misconfigured, match="ASCOLTO_CARE_TOKEN"):
            CareChannel.from_credentials(None)


async def test_nothing_a_customer_wrote_is_logged(
    bot: Bot, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        await bot.say("dov'è il mio ordine? il mio segreto è carciofo")
        await bot.say("carciofo", "LA-20417", "è una vergogna, carciofo!")
        await bot.post("/turn", bot.turn("x" * 20_001 + "carciofo"))
    captured = capfd.readouterr()
    for text in (caplog.text, captured.out, captured.err):
        assert "carciofo" not in text
