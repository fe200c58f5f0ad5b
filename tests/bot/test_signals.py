"""Signals for the escalation policy that only the channel can see."""

from __future__ import annotations

from typing import Any

from tests.bot.conftest import Bot


def signals(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [signal["data"] for signal in answer["signals"] if signal["name"] == name]


# Nothing to understand in it, whatever a model has learnt.
NONSENSE = "?!?"


async def test_rejections_are_counted_until_something_is_understood(bot: Bot) -> None:
    first = await bot.say(NONSENSE)
    assert first["nlu"][0]["intent"] == "nlu_fallback"
    assert first["nlu"][0]["rejected"] is True
    assert signals(first, "rejected") == [{"streak": 1}]
    again = await bot.say(NONSENSE, "…")
    assert signals(again, "rejected") == [{"streak": 2}, {"streak": 3}]
    assert again["slots"]["rejected_streak"] == 3
    assert signals(await bot.say("ciao"), "rejected") == []
    assert signals(await bot.say(NONSENSE), "rejected") == [{"streak": 1}]


async def test_a_complaint_is_a_signal_however_it_is_made(bot: Bot) -> None:
    assert signals(await bot.say("this is a disgrace", language="en"), "complaint") == [{}]
    assert signals(await bot.say({"intent": "complaint"}), "complaint") == [{}]
    assert signals(await bot.say("ciao"), "complaint") == []


async def test_anger_and_urgency_are_signals_and_the_tone_goes_with_the_reading(bot: Bot) -> None:
    answer = await bot.say("SIETE DEI LADRI, rispondete subito, è una vergogna!!!")
    [level] = signals(answer, "angry")
    assert 0.5 <= level["level"] <= 1
    tone = answer["nlu"][0]["tone"]
    assert (tone["polarity"], tone["angry"]) == ("negative", True)
    pressed = await bot.say("è urgente, mi serve una risposta entro stasera per favore")
    assert len(signals(pressed, "urgent")) == 1
    assert signals(pressed, "angry") == []


async def test_a_calm_message_gives_no_signal_of_tone(bot: Bot) -> None:
    answer = await bot.say("come si lava la lana merino?")
    assert signals(answer, "angry") == signals(answer, "urgent") == []
    assert answer["nlu"][0]["tone"]["polarity"] == "neutral"


async def test_a_button_has_no_tone(bot: Bot) -> None:
    answer = await bot.say({"intent": "complaint"})
    assert answer["nlu"][0]["tone"] is None
    assert signals(answer, "angry") == []


async def test_a_question_asked_again_after_an_answer_is_a_signal(bot: Bot) -> None:
    question = "come si lava la lana merino?"
    assert signals(await bot.say(question), "question_repeated") == []
    again = signals(await bot.say("come si lava la lana merino"), "question_repeated")
    assert again == [{"intent": "product_question", "count": 2}]
    third = signals(await bot.say("Come si lava la lana merino??"), "question_repeated")
    assert third == [{"intent": "product_question", "count": 3}]


async def test_the_same_words_about_another_order_are_another_question(bot: Bot) -> None:
    await bot.say("come si lava la lana dell'ordine LA-20417?")
    answer = await bot.say("come si lava la lana dell'ordine LA-20398?")
    assert signals(answer, "question_repeated") == []


async def test_what_was_asked_before_a_person_answered_is_settled(bot: Bot) -> None:
    await bot.say("come si lava la lana merino?")
    event = {"id": "e1", "type": "agent_message", "text": "A mano, in acqua fredda."}
    await bot.post("/events", {"conversation": bot.conversation, "events": [event]})
    again = await bot.say("come si lava la lana merino?")
    assert signals(again, "question_repeated") == []


async def test_another_question_of_the_same_kind_is_none(bot: Bot) -> None:
    await bot.say("come si lava la lana merino?")
    answer = await bot.say("quali ferri servono per questo filato?")
    assert signals(answer, "question_repeated") == []


async def test_a_question_that_was_not_answered_may_be_repeated(bot: Bot) -> None:
    body = bot.turn("come si lava la lana merino?")
    await bot.post("/turn", body)
    voided = {"conversation": bot.conversation, "turn_id": body["turn_id"]}
    await bot.post("/void-turn", voided)
    again = await bot.say("come si lava la lana merino?")
    assert signals(again, "question_repeated") == []


async def test_only_the_last_six_messages_are_looked_at(bot: Bot) -> None:
    await bot.say("come si lava la lana merino?")
    for _ in range(6):
        await bot.say("ciao")
    again = await bot.say("come si lava la lana merino?")
    assert signals(again, "question_repeated") == []


async def test_greeting_twice_is_no_repeated_question(bot: Bot) -> None:
    await bot.say("ciao")
    assert signals(await bot.say("ciao"), "question_repeated") == []


async def test_a_text_that_a_form_asked_for_is_not_rejected(bot: Bot) -> None:
    await bot.say(NONSENSE)
    assert (await bot.say("arrivederci"))["active_form"] == "note_form"
    answer = await bot.say(NONSENSE)
    assert answer["replies"][0]["text"] == "Arrivederci"
    assert answer["nlu"][0]["rejected"] is False
    assert signals(answer, "rejected") == []
    assert signals(await bot.say(NONSENSE), "rejected") == [{"streak": 1}]


async def test_a_text_that_a_form_cannot_use_is_rejected(bot: Bot) -> None:
    await bot.say("dov'è il mio ordine?")
    answer = await bot.say(NONSENSE)
    assert answer["active_form"] == "order_form"
    assert signals(answer, "rejected") == [{"streak": 1}]
