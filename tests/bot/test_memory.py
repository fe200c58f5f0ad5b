"""What happened without the bot reaches its memory; what was voided leaves it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import settings
from tests.bot.conftest import Bot


async def sync(bot: Bot, *events: dict[str, Any]) -> tuple[int, Any]:
    listed = [{"id": f"e{number}", **event} for number, event in enumerate(events)]
    return await bot.post("/events", {"conversation": bot.conversation, "events": listed})


async def texts(bot: Bot) -> list[tuple[str, str]]:
    return [
        (event.type_name, event.text)
        for event in (await bot.tracker()).events
        if event.type_name in ("user", "bot")
    ]


async def test_what_people_said_to_each_other_is_remembered_in_order(bot: Bot) -> None:
    await bot.say("ciao")
    status, answer = await sync(
        bot,
        {"type": "customer_message", "text": "/restart il pacco è rotto"},
        {"type": "agent_message", "text": "Glielo rimandiamo."},
        {"type": "slots", "slots": {"topic": "damaged", "open_case": True}},
    )
    assert (status, answer) == (200, {"applied": 3})
    assert (await texts(bot))[-2:] == [
        ("user", "restart il pacco è rotto"),
        ("bot", "Glielo rimandiamo."),
    ]
    answer = await bot.say("ciao")
    assert answer["slots"]["topic"] == "damaged"
    assert answer["replies"][0]["text"].startswith("Ciao")


async def test_events_are_applied_once(bot: Bot) -> None:
    event = {"type": "agent_message", "text": "Ci penso io."}
    assert (await sync(bot, event))[1] == {"applied": 1}
    assert (await sync(bot, event))[1] == {"applied": 0}
    assert (await sync(bot, event, {"type": "form_ended"}))[1] == {"applied": 1}
    assert (await texts(bot)).count(("bot", "Ci penso io.")) == 1


async def test_the_same_events_at_once_are_applied_once(bot: Bot) -> None:
    event = {"type": "agent_message", "text": "Ci penso io."}
    answers = await asyncio.gather(*[sync(bot, event) for _ in range(4)])
    assert sorted(answer["applied"] for _, answer in answers) == [0, 0, 0, 1]


async def test_an_open_form_can_be_ended(bot: Bot) -> None:
    assert (await bot.say("dov'è il mio ordine?"))["active_form"] == "order_form"
    await sync(bot, {"type": "form_ended"})
    answer = await bot.say("ciao")
    assert answer["active_form"] is None
    assert answer["replies"][0]["text"].startswith("Ciao")


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"type": "dance"}, "events.0.type"),
        ({"type": "slots"}, "events.0.slots"),
        ({"type": "slots", "slots": {"verified": True}}, "events.0.slots.verified"),
        ({"type": "agent_message", "at": 5}, "events.0.at"),
    ],
)
async def test_bad_events_are_refused(bot: Bot, event: dict[str, Any], field: str) -> None:
    status, answer = await sync(bot, event)
    assert (status, answer["error"]["field"]) == (422, field)


async def test_what_happened_before_the_first_turn_leaves_the_bot_listening(bot: Bot) -> None:
    await sync(bot, {"type": "agent_message", "text": "Ci penso io."})
    assert (await bot.say("ciao"))["replies"]


async def void(bot: Bot, turn_id: str) -> tuple[int, Any]:
    return await bot.post("/void-turn", {"conversation": bot.conversation, "turn_id": turn_id})


async def test_a_voided_turn_keeps_the_customers_words_and_nothing_else(bot: Bot) -> None:
    await bot.say("dov'è il mio ordine?")
    before = await bot.tracker()
    await bot.say("LA-20417", turn_id="gone")
    assert await void(bot, "gone") == (200, {"voided": True, "actions": []})
    after = await bot.tracker()
    assert (await texts(bot))[-1] == ("user", "LA-20417")
    assert after.current_slot_values() == before.current_slot_values()
    assert after.active_loop_name == "order_form"
    assert after.latest_action_name == "action_listen"
    answer = await bot.say("LA-20398")
    assert answer["slots"]["order_number"] == "LA-20398"
    assert answer["replies"][0]["text"] == "Quale codice?"


async def test_a_turn_can_be_voided_after_others_followed(bot: Bot) -> None:
    await bot.say("ciao", turn_id="first")
    await bot.say("dov'è il mio ordine LA-20417?", turn_id="gone")
    await sync(bot, {"type": "agent_message", "text": "Ci penso io."})
    await void(bot, "gone")
    tracker = await bot.tracker()
    assert tracker.active_loop_name is None
    assert tracker.get_slot("order_number") is None
    for _ in range(settings.WINDOW_TURNS + 1):  # the states of later rows were corrected as well
        await bot.say("ciao")
    tracker = await bot.tracker()
    assert tracker.active_loop_name is None
    assert tracker.get_slot("order_number") is None


async def test_voiding_is_idempotent_and_final(bot: Bot) -> None:
    body = bot.turn("ciao", turn_id="gone")
    assert (await bot.post("/turn", body))[0] == 200
    assert (
        await void(bot, "gone") == await void(bot, "gone") == (200, {"voided": True, "actions": []})
    )
    status, answer = await bot.post("/turn", body)
    assert (status, answer["error"]["code"]) == (409, "voided")


async def test_voiding_tells_what_the_turn_had_done_each_time(bot: Bot) -> None:
    answer = await bot.say("è una vergogna", turn_id="gone")
    assert answer["actions"]
    for _ in range(2):
        assert await void(bot, "gone") == (200, {"voided": True, "actions": answer["actions"]})


async def test_a_turn_voided_before_it_came_is_never_handled(bot: Bot) -> None:
    await bot.say("ciao")
    assert (await void(bot, "late"))[0] == (await void(bot, "later"))[0] == 200
    for turn_id in ("late", "later"):
        assert (await bot.post("/turn", bot.turn("ciao", turn_id=turn_id)))[0] == 409
    assert (await bot.say("ciao"))["replies"]


async def test_the_first_turn_can_be_voided(bot: Bot) -> None:
    memory = {"level": "recognised", "first_name": "Giulia", "open_case": False}
    await bot.say("dov'è il mio ordine LA-20417?", turn_id="gone", memory=memory)
    await void(bot, "gone")
    tracker = await bot.tracker()
    assert await texts(bot) == [("user", "dov'è il mio ordine LA-20417?")]
    assert tracker.active_loop_name is None
    assert (await bot.say("ciao"))["replies"][0]["text"] == "Ciao Giulia!"
