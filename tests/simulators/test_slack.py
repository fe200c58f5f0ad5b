"""The simulator refuses what Slack refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack import SlackSimulator


@pytest.fixture
def slack() -> Iterator[SlackSimulator]:
    simulator = SlackSimulator()
    with simulator.serving():
        yield simulator


@pytest.fixture
def client(slack: SlackSimulator) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(**values: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": "a",
        "text": {"type": "plain_text", "text": "ok"},
        **values,
    }


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no text", {}, "no_text"),
    ("51 blocks", {"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
    ("long section", {"blocks": [section("x" * 3001)]}, "invalid_blocks"),
    ("empty section", {"blocks": [section("")]}, "invalid_blocks"),
    ("too much", {"blocks": [section("x" * 2900)] * 5}, "msg_blocks_too_long"),
    (
        "long button",
        {"blocks": [{"type": "actions", "elements": [button(value="x" * 2001)]}]},
        "invalid_blocks",
    ),
    (
        "many buttons",
        {
            "blocks": [
                {"type": "actions", "elements": [button(action_id=str(n)) for n in range(26)]}
            ]
        },
        "invalid_blocks",
    ),
    (
        "eleven fields",
        {
            "blocks": [
                {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"} for _ in range(11)]}
            ]
        },
        "invalid_blocks",
    ),
    (
        "long header",
        {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]},
        "invalid_blocks",
    ),
    ("another channel", {"text": "x", "channel": "C404"}, "channel_not_found"),
    ("no member", {"text": "x", "channel": "C0FUORI"}, "not_in_channel"),
    ("bad metadata", {"text": "x", "metadata": {"event_type": 1}}, "invalid_metadata_format"),
]


@pytest.mark.parametrize(
    ("arguments", "error"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
async def test_messages_outside_the_limits_are_refused(
    slack: SlackSimulator, client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    slack.add_channel("C0FUORI", "fuori", with_bot=False)
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.postMessage", json={"channel": slack.channel, **arguments})
    assert refused.value.response["error"] == error


async def test_a_channel_takes_about_one_message_a_second(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    slack.faults.enforce_rate = True
    with pytest.raises(SlackApiError) as refused:  # noqa: PT012 — one of them is refused
        for _ in range(10):
            await client.chat_postMessage(channel=slack.channel, text="x")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"


async def test_triggers_reactions_and_tokens(slack: SlackSimulator, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=slack.channel, text="x")
    place = {"channel": slack.channel, "timestamp": posted["ts"], "name": "eyes"}
    await client.reactions_add(**place)
    view = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": []}
    wrong = [
        (client.reactions_add(**place), "already_reacted"),
        (client.views_open(trigger_id="1.2.x", view=view), "invalid_trigger_id"),
        (client.chat_update(channel=slack.channel, ts="1.2", text="x"), "message_not_found"),
        (client.auth_test(token="xoxb-wrong"), "invalid_auth"),
    ]
    for call, error in wrong:
        with pytest.raises(SlackApiError) as refused:
            await call
        assert refused.value.response["error"] == error


async def test_files_go_up_and_come_down(slack: SlackSimulator, client: AsyncWebClient) -> None:
    await client.files_upload_v2(
        channel=slack.channel, filename="a.txt", content="lana", title="a.txt"
    )
    [file] = slack.space.files.values()
    assert file.content == b"lana"
    address = slack.api.file_json(file)["url_private"]
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        assert "Log in" in (await http.get(address)).text
        headers = {"Authorization": f"Bearer {slack.bot_token}"}
        assert (await http.get(address, headers=headers)).content == b"lana"


async def test_the_control_api_does_what_agents_do(slack: SlackSimulator) -> None:
    async with httpx.AsyncClient(base_url=slack.base, trust_env=False, timeout=60) as http:
        marta = (await http.post("/sim/agent", json={"display_name": "Marta"})).json()["id"]
        ts = (await http.post("/sim/post", json={"agent": marta, "text": "ciao"})).json()["ts"]
        await http.post("/sim/edit", json={"agent": marta, "ts": ts, "text": "ciao!"})
        state = (await http.get("/sim/state")).json()
        assert [m["text"] for m in state["messages"]] == ["ciao!"]
        assert (await http.post("/sim/nothing", json={})).status_code == 400
