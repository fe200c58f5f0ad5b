"""The gateway with and without Slack."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2 as httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from integrations.desk.slack import config
from integrations.desk.slack.tables import slack_events
from integrations.escalation import desk_settings
from integrations.gateway import create_app
from runtime.migrations import SCRIPTS, upgrade
from runtime.settings import Settings
from tests.integrations.world import until
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack.outgoing import sign

ROOT = Path(__file__).parents[4]
DESK = desk_settings.load(ROOT / "policy" / "desk.yml")
WITHOUT = """
import sys
from runtime.settings import Settings
from integrations.gateway import create_app
app = create_app(Settings(home={home!r}, signing_key="a-signing-key-for-tests"))
assert app.state.slack is None
assert not [name for name in sys.modules if name.startswith("slack_")]
assert "/slack/events" not in str(app.routes)
"""


def test_without_a_token_nothing_of_slack_is_imported(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(home=str(tmp_path))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin"},
    )
    assert done.returncode == 0, done.stderr


async def test_the_gateway_runs_with_slack(tmp_path: Path, slack: SlackSimulator) -> None:
    found = settings(
        home=tmp_path,
        signing_key="a-signing-key-for-tests",
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        slack_signing_secret=slack.signing_secret,
        slack_channel=slack.channel,
        slack_api_url=slack.api_url,
    )
    upgrade(found.gateway_database_url(), "gateway", SCRIPTS["gateway"])
    app = create_app(found)
    async with app.router.lifespan_context(app):

        async def connected() -> bool:
            return slack.outbox.connected == 1

        await until(connected)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://desk.example"
        ) as client:
            assert (await client.post("/slack/events", json={})).status_code == 401


async def test_events_are_stored_once_whether_bolt_sees_them_or_not(
    tmp_path: Path, slack: SlackSimulator
) -> None:
    found = settings(
        home=tmp_path,
        signing_key="a-signing-key-for-tests",
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        slack_channel=slack.channel,
        slack_api_url=slack.api_url,
    )
    upgrade(found.gateway_database_url(), "gateway", SCRIPTS["gateway"])
    app = create_app(found)
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "reaction_added"}}
    closed = {"type": "view_closed", "trigger_id": "1.1", "user": {"id": "U1"}, "view": {}}
    challenge = {"type": "url_verification", "challenge": "say-this"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://desk.example"
        ) as client,
    ):

        async def told(path: str, content: dict[str, Any]) -> httpx.Response:
            body, form = json.dumps(content), {}
            if path == "/slack/interactions":
                body = urlencode({"payload": body})
                form = {"Content-Type": "application/x-www-form-urlencoded"}
            headers = {**form, **sign(slack.signing_secret, body.encode())}
            return await client.post(path, content=body.encode(), headers=headers)

        for _ in range(2):
            assert (await told("/slack/events", event)).status_code == 200
            assert (await told("/slack/interactions", closed)).status_code == 200
        assert "say-this" in (await told("/slack/events", challenge)).text
        stored = await app.state.container.database.read(
            lambda conn: conn.execute(select(slack_events.c.kind, slack_events.c.outcome)).all()
        )
    assert sorted(stored) == [
        ("reaction_added", "ignored: an event we don't use"),
        ("view_closed", "ignored: nothing to do"),
    ]


def settings(**values: object) -> Settings:
    return Settings.model_validate({"slack_bot_token": SecretStr("xoxb-1"), **values})


def test_half_a_configuration_says_what_is_missing() -> None:
    with pytest.raises(ValueError, match="ASCOLTO_SLACK_CHANNEL"):
        config.read(settings(slack_app_token="xapp-1"), DESK)
    with pytest.raises(ValueError, match="SLACK_APP_TOKEN"):
        config.read(settings(slack_channel="C1"), DESK)
    assert config.read(Settings(), DESK) is None


def test_without_a_secret_no_requests_are_taken() -> None:
    found = config.read(settings(slack_channel="C1", slack_app_token="xapp-1"), DESK)
    assert found is not None
    assert not found.serves_http
    assert found.api_url == "https://slack.com/api/"
