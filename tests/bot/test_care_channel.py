"""What the gateway can rely on when it talks to the bot."""

from __future__ import annotations

import asyncio

import pytest

from tests.bot.conftest import TOKEN, Actions, Bot


async def test_a_turn_is_answered_message_by_message(bot: Bot) -> None:
    answer = await bot.say("ciao", "dov'è il mio ordine?")
    first, second = answer["replies"]
    assert first["text"] == "Ciao None!"
    assert first["in_reply_to"] == ["t1m0"]
    assert first["buttons"] == [
        {
            "title": "Il mio ordine",
            "payload": {"intent": "order_status", "entities": {"order_number": "LA-20398"}},
        }
    ]
    assert second["text"] == "Quale ordine?"
    assert second["in_reply_to"] == ["t1m1"]
    assert [item["intent"] for item in answer["nlu"]] == ["greet", "order_status"]
    assert answer["active_form"] == "order_form"
    assert answer["turn_id"] == "t1"
    assert len(answer["model_sha"]) == 16


async def test_what_was_understood_is_reported(bot: Bot) -> None:
    answer = await bot.say("dov'è il mio ordine la 20417?")
    (understood,) = answer["nlu"]
    assert understood["intent"] == "order_status"
    assert understood["rejected"] is False
    assert 0.5 < understood["confidence"] <= 1
    assert len(understood["ranking"]) == 3
    assert understood["entities"] == [
        {"entity": "order_number", "value": "LA-20417", "start": 20, "end": 28}
    ]
    assert answer["slots"]["order_number"] == "LA-20417"


async def test_the_language_of_the_message_chooses_the_response(bot: Bot) -> None:
    assert (await bot.say("hello", language="en"))["replies"][0]["text"].startswith("Hello")
    assert (await bot.say("ciao", language="it"))["replies"][0]["text"].startswith("Ciao")


async def test_memory_fills_slots_before_the_first_message(bot: Bot) -> None:
    memory = {"level": "recognised", "first_name": "Giulia", "open_case": True}
    answer = await bot.say("ciao", memory=memory)
    assert answer["replies"][0]["text"] == "Ciao Giulia!"
    assert answer["slots"]["customer_level"] == "recognised"
    assert answer["slots"]["open_case"] is True
    assert "first_name" not in answer["slots"]


async def test_a_form_goes_over_several_turns(bot: Bot, actions: Actions) -> None:
    await bot.say("dov'è il mio ordine?")
    assert (await bot.say("LA-20417"))["replies"][0]["text"] == "Quale codice?"
    wrong = await bot.say("111222")
    assert wrong["replies"][0]["text"] == "Quale codice?"
    done = await bot.say("482 913")
    assert done["replies"][0]["text"] == "Ecco LA-20417."
    assert done["active_form"] is None
    assert {frozenset(call["domain"]) for call in actions.calls} == {frozenset({"slots", "forms"})}


async def test_reports_of_actions_are_no_replies(bot: Bot) -> None:
    answer = await bot.say("è una vergogna")
    assert [reply["text"] for reply in answer["replies"]] == ["Mi dispiace molto."]
    collected = {"order_number": "LA-20398"}
    assert [signal["name"] for signal in answer["signals"][:1]] == ["angry"]
    assert answer["signals"][1:] == [
        {"name": "complaint", "data": {}},
        {"name": "problem", "data": {"topic": "other"}},
        {"name": "handoff_requested", "data": {"reason": "complaint", "collected": collected}},
    ]
    assert answer["handoff"] == {"reason": "complaint", "collected": collected}
    assert answer["actions"] == [
        {
            "name": "action_report",
            "ok": True,
            "effect": {"it": "Caso aperto", "en": "Case opened"},
        }
    ]
    assert answer["slots"]["topic"] == "complaint"


async def test_a_payload_is_taken_at_its_word(bot: Bot) -> None:
    answer = await bot.say({"intent": "order_status", "entities": {"order_number": "LA-20398"}})
    assert answer["nlu"][0]["intent"] == "order_status"
    assert answer["nlu"][0]["confidence"] == 1.0
    assert answer["replies"][0]["text"] == "Quale codice?"


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"intent": "restart", "entities": {}}, "messages.0.payload.intent"),
        (
            {"intent": "greet", "entities": {"verified": True}},
            "messages.0.payload.entities.verified",
        ),
        ({"intent": "greet", "entities": {"code": {}}}, "messages.0.payload.entities.code"),
        ({"intent": 3}, "messages.0.payload.intent"),
        ("greet", "messages.0.payload"),
    ],
)
async def test_an_unknown_payload_is_refused(bot: Bot, payload: object, field: str) -> None:
    body = bot.turn("ciao")
    body["messages"][0]["payload"] = payload
    status, answer = await bot.post("/turn", body)
    assert (status, answer["error"]["field"]) == (422, field)
    assert await bot.tracker() is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"turn_id": None}, "turn_id"),
        ({"turn_id": "x" * 201}, "turn_id"),
        ({"conversation": 7}, "conversation"),
        ({"messages": []}, "messages"),
        ({"messages": [{"id": "m"}]}, "messages.0.text"),
        ({"messages": [{"id": "m", "text": 3}]}, "messages.0.text"),
        ({"messages": [{"id": "m", "text": "x", "language": "de"}]}, "messages.0.language"),
        ({"messages": [{"id": "m", "text": "x", "at": "yesterday"}]}, "messages.0.at"),
        ({"messages": [{"id": "m", "text": "x" * 20_001}]}, "messages.0.text"),
        ({"context": {"memory": {"level": "king"}}}, "context.memory.level"),
        ({"context": 1}, "context"),
    ],
)
async def test_a_bad_field_is_named(bot: Bot, change: dict, field: str) -> None:
    status, answer = await bot.post("/turn", {**bot.turn("ciao"), **change})
    assert (status, answer["error"]["field"]) == (422, field)


@pytest.mark.parametrize("body", ["", "{", "[]", "null", b"\xff\xfe"])
async def test_a_body_that_is_no_object_is_refused(bot: Bot, body: str | bytes) -> None:
    status, answer = await bot.post("/turn", body)
    assert (status, answer["error"]["field"]) == (422, "body")


async def test_a_body_that_is_too_large_is_refused(bot: Bot) -> None:
    assert (await bot.post("/turn", "x" * (1024 * 1024 + 1)))[0] == 413


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "café"])
async def test_only_the_gateway_is_heard(bot: Bot, token: str) -> None:
    for path in ("/turn", "/events", "/void-turn", "/erase"):
        assert (await bot.post(path, bot.turn("ciao"), token=token))[0] == 401
    assert (await bot.ready(token=token))[0] == 401


async def test_ready_names_the_model(bot: Bot) -> None:
    status, answer = await bot.ready()
    assert status == 200
    assert answer["ready"] is True
    assert len(answer["model_sha"]) == 16


async def test_a_repeated_turn_gets_the_stored_answer(bot: Bot, actions: Actions) -> None:
    body = bot.turn("è una vergogna")
    first = await bot.post("/turn", body)
    events = len((await bot.tracker()).events)
    assert await bot.post("/turn", body) == first
    assert len((await bot.tracker()).events) == events
    assert len(actions.calls) == 1


async def test_the_same_turn_twice_at_once_runs_once(bot: Bot, actions: Actions) -> None:
    body = bot.turn("è una vergogna")
    answers = await asyncio.gather(*[bot.post("/turn", body) for _ in range(5)])
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 200
    assert len(actions.calls) == 1


async def test_conversations_do_not_wait_for_one_another(bot: Bot) -> None:
    bodies = []
    for number in range(12):
        bot.conversation = f"{bot.conversation}-{number}"
        bodies.append(bot.turn("ciao"))
    answers = await asyncio.gather(*[bot.post("/turn", body) for body in bodies])
    assert [status for status, _ in answers] == [200] * 12
    assert bot.agent.lock_store.held() == 0


async def test_an_erased_conversation_is_unknown(bot: Bot) -> None:
    await bot.say("ciao")
    await bot.say("dov'è il mio ordine?")
    event = {"id": "e1", "type": "agent_message", "text": "Ci penso io."}
    await bot.post("/events", {"conversation": bot.conversation, "events": [event]})
    status, answer = await bot.post("/erase", {"conversation": bot.conversation})
    assert (status, answer) == (200, {"erased_rows": 4})
    assert await bot.tracker() is None
    assert (await bot.post("/erase", {"conversation": bot.conversation}))[1] == {"erased_rows": 0}


async def test_an_action_is_told_what_happened_since_the_previous_message(
    bot: Bot, actions: Actions
) -> None:
    for text in ("ciao", "come si lava la lana merino?", "è una vergogna"):
        await bot.say(text)
    (call,) = actions.calls
    events = call["tracker"]["events"]
    assert [event["text"] for event in events if event["event"] == "user"] == [
        "come si lava la lana merino?",
        "è una vergogna",
    ]
    assert events[0]["event"] == "user"
    assert "Si lava a mano." in [event.get("text") for event in events]
    assert call["tracker"]["latest_message"]["text"] == "è una vergogna"


async def test_an_order_that_is_taken_back_fills_no_slot(bot: Bot) -> None:
    await bot.say("LA-20391, non LA-20398")
    assert (await bot.tracker()).get_slot("order_number") == "LA-20391"
    await bot.say("non è LA-20391")
    assert (await bot.tracker()).get_slot("order_number") == "LA-20391"


async def test_files_are_counted_and_a_file_alone_is_a_message(bot: Bot) -> None:
    body = bot.turn("ciao")
    body["messages"][0] |= {"text": None, "attachments": 2}
    status, answer = await bot.post("/turn", body)
    assert status == 200
    assert answer["nlu"][0]["intent"] == "inform"
    assert answer["nlu"][0]["entities"][0]["value"] == "attachment"
    tracker = await bot.tracker()
    assert tracker.latest_message.metadata["attachments"] == 2


async def test_words_with_a_file_are_understood_as_words(bot: Bot) -> None:
    body = bot.turn("ciao")
    body["messages"][0]["attachments"] = 1
    status, answer = await bot.post("/turn", body)
    assert (status, answer["nlu"][0]["intent"]) == (200, "greet")


@pytest.mark.parametrize("attachments", [-1, 101, 1.5, "1", True, None])
async def test_a_number_of_files_is_a_number(bot: Bot, attachments: object) -> None:
    body = bot.turn("ciao")
    body["messages"][0]["attachments"] = attachments
    status, answer = await bot.post("/turn", body)
    assert (status, answer["error"]["field"]) == (422, "messages.0.attachments")
