"""A process that is about to be stopped: nobody comes in, nobody is thrown out."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from bot.care.door import Door, Draining
from tests.bot.conftest import Actions, Bot


async def test_draining_refuses_before_anything_is_done(bot: Bot) -> None:
    status, said = await bot.post("/drain", {})
    assert (status, said["draining"], said["in_flight"], said["ready"]) == (200, True, 0, False)
    for path, body in (
        ("/turn", bot.turn("ciao")),
        ("/events", {"conversation": bot.conversation, "events": []}),
        ("/void-turn", {"conversation": bot.conversation, "turn_id": "t1"}),
        ("/erase", {"conversation": bot.conversation}),
    ):
        status, answer = await bot.post(path, body)
        assert (status, answer["error"]["code"]) == (503, "draining")
    assert await bot.tracker() is None

    await bot.post("/resume", {})
    assert (await bot.say("ciao"))["replies"]


async def test_what_is_in_hand_is_finished(bot: Bot, actions: Actions) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()
    usual = actions.webhook

    async def slow(request: web.Request) -> web.Response:
        asked.set()
        await go_on.wait()
        return await usual(request)

    actions.hold(slow)
    turn = asyncio.create_task(bot.say("è una vergogna"))
    await asked.wait()
    _, said = await bot.post("/drain", {})
    assert said["in_flight"] == 1
    status, _ = await bot.post("/turn", {**bot.turn("ciao"), "conversation": "another"})
    assert status == 503
    go_on.set()
    assert (await turn)["replies"]
    _, said = await bot.ready()
    assert (said["draining"], said["in_flight"]) == (True, 0)


async def test_draining_needs_the_token(bot: Bot) -> None:
    for path in ("/drain", "/resume"):
        status, _ = await bot.post(path, {}, token="wrong")
        assert status == 401
    _, said = await bot.ready()
    assert said == {
        "ready": True,
        "model_sha": said["model_sha"],
        "draining": False,
        "in_flight": 0,
    }


def test_a_failure_in_hand_leaves_the_door_as_it_was() -> None:
    door = Door()

    def break_down() -> None:
        with door.entered():
            assert door.in_flight == 1
            raise ValueError

    with pytest.raises(ValueError):
        break_down()
    assert door.in_flight == 0
    door.draining = True
    with pytest.raises(Draining):
        break_down()
    assert door.in_flight == 0
