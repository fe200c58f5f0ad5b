"""The truth about Slack: reached or not, by which token, and whether its socket is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from integrations import standing as standing_module
from integrations.desk.slack.desk import SlackDesk
from integrations.desk.slack.pacing import Pacing
from integrations.standing import Standing
from runtime.errors import Temporary
from tests.integrations.desk.slack import scene as scenes
from tests.integrations.desk.slack.scene import Scene
from tests.integrations.world import World, until
from tests.simulators.slack import SlackSimulator


@pytest.fixture(autouse=True)
def _always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing_module, "FRESH_S", -1.0)
    monkeypatch.setattr(standing_module, "PATIENCE_S", 20.0)


def desk_with(world: World, slack: SlackSimulator, *, socket: bool, **wrong: str) -> SlackDesk:
    return SlackDesk(
        replace(scenes.config(slack, socket=socket), **wrong),
        world.database,
        world.clock,
        world.bus,
        world.desk,
        world.desk_settings,
        world.channels,
        pacing=Pacing({}),
    )


async def in_state(desk: SlackDesk, state: str, saying: str = "") -> Standing:
    found: list[Standing] = []

    async def there() -> bool:
        found.append(await desk.standing())
        return found[-1].state == state and saying in " ".join(found[-1].problems)

    await until(there, timeout_s=60.0)
    return found[-1]


async def test_over_http(desk: Scene) -> None:
    found = await in_state(desk.desk, "ready")
    assert (found.how, found.problems) == ("http", ())
    assert found.last_success_at is not None


async def test_over_a_socket(world: World, slack: SlackSimulator) -> None:
    async with scenes.scene(world, slack, socket=True) as found:
        assert (await in_state(found.desk, "ready")).how == "socket"


@pytest.mark.parametrize(
    ("wrong", "saying"),
    [
        ({"bot_token": "xoxb-another"}, "Slack says invalid_auth"),
        ({"app_token": "xapp-another"}, "Socket Mode: Slack says invalid_auth"),
        ({"api_url": "http://127.0.0.1:9/api/"}, "Slack can't be reached"),
    ],
)
async def test_what_is_wrong_is_named_and_no_token_shown(
    world: World, slack: SlackSimulator, wrong: dict[str, str], saying: str
) -> None:
    desk = desk_with(world, slack, socket=True, **wrong)
    async with desk.running():
        found = await in_state(desk, "failing", saying)
    assert "xoxb-" not in str(found.as_json())
    assert "xapp-" not in str(found.as_json())


async def test_a_channel_that_is_not_there_is_named_until_it_is(desk: Scene) -> None:
    client = desk.desk._client
    post: Callable[[str], Awaitable[object]] = lambda channel: client.call(  # noqa: E731
        "chat.postMessage", channel=channel, text="ciao"
    )
    with pytest.raises(Temporary):
        await post("C0NOTHERE")
    found = await in_state(desk.desk, "failing")
    assert found.problems == ("chat.postMessage: Slack says channel_not_found",)
    await post(desk.slack.channel)
    assert (await in_state(desk.desk, "ready")).problems == ()
