"""Which messages come into the inbox, why, and what it says happened next."""

from __future__ import annotations

from typing import Any

import pytest

from .inboxes import Inbox

HOUR_S = 3600.0


async def test_what_was_understood_does_not_come_in(inbox: Inbox) -> None:
    await inbox.says("che lana usate?", intent="product_question", confidence=0.97)
    await inbox.catch_up()
    assert await inbox.rows() == []


async def test_a_rejected_message_comes_in_with_its_ranking(inbox: Inbox) -> None:
    await inbox.rejects("il maglione punge da morire")
    await inbox.catch_up()
    message = (await inbox.messages())["il maglione punge da morire"]
    assert message["reasons"] == ["rejected"]
    assert message["reading"]["intent"] == "nlu_fallback"
    assert [each["intent"] for each in message["reading"]["ranking"]] == [
        "garment_care",
        "return_item",
    ]
    assert (message["state"], message["model"], message["channel"]) == ("open", "m1", "pull")


async def test_an_answer_that_a_form_took_is_no_rejection(inbox: Inbox) -> None:
    await inbox.says("quello blu", intent="nlu_fallback", confidence=0.9, rejected=False)
    await inbox.catch_up()
    assert await inbox.rows() == []


async def test_what_a_form_asked_for_needs_no_sure_intent(inbox: Inbox) -> None:
    doubtful = {"intent": "product_question", "confidence": 0.3}
    await inbox.says("il maglione", intent="return_item", form="return_form")
    await inbox.catch_up()
    await inbox.says("quello blu", form="return_form", **doubtful)
    await inbox.says("di lana", **doubtful)
    await inbox.says("boh", **doubtful)
    await inbox.catch_up()
    assert list(await inbox.messages()) == ["boh"]


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        ({"intent": "nlu_ambiguous", "confidence": 0.5}, "ambiguous"),
        ({"intent": "garment_care", "confidence": 0.55}, "low_confidence"),
        (
            {
                "intent": "garment_care",
                "confidence": 0.95,
                "signals": [
                    {"name": "question_repeated", "data": {"intent": "garment_care", "count": 2}}
                ],
            },
            "repeated",
        ),
        (
            {
                "intent": "complaint",
                "confidence": 0.95,
                "signals": [{"name": "legal_safety", "data": {}}],
            },
            "escalated",
        ),
    ],
)
async def test_reasons_that_are_known_at_once(
    inbox: Inbox, reading: dict[str, Any], reason: str
) -> None:
    await inbox.says("come si lava il cardigan?", **reading)
    await inbox.catch_up()
    assert (await inbox.messages())["come si lava il cardigan?"]["reasons"] == [reason]


async def test_an_escalated_message_was_handed_over(inbox: Inbox) -> None:
    await inbox.says(
        "mi sono ferita con lo spillo",
        intent="item_damaged",
        signals=[{"name": "legal_safety", "data": {}}],
    )
    await inbox.catch_up()
    assert (await inbox.messages())["mi sono ferita con lo spillo"]["next"] == "handed_over"


async def test_what_the_customer_corrects_comes_in_afterwards(inbox: Inbox) -> None:
    await inbox.says("vorrei cambiare", intent="change_order", confidence=0.95)
    await inbox.catch_up()
    assert await inbox.rows() == []
    await inbox.says("no, intendevo la taglia", intent="correct", confidence=0.95)
    await inbox.catch_up()
    message = (await inbox.messages())["vorrei cambiare"]
    assert (message["reasons"], message["next"]) == (["corrected"], "went_on")


async def test_no_to_a_question_corrects_nothing(inbox: Inbox) -> None:
    done = [{"name": "action_order_status", "ok": True}]
    await inbox.says("il pacco", intent="order_status", reply="È questo?", actions=done)
    await inbox.says("no", intent="deny")
    await inbox.says("l'altro", intent="order_status", reply="Ecco il tuo ordine.", actions=done)
    await inbox.says("no!", intent="deny")
    await inbox.catch_up()
    assert list(await inbox.messages()) == ["l'altro"]


async def test_tapping_another_reading_corrects(inbox: Inbox) -> None:
    ranking = [
        {"intent": "change_order", "confidence": 0.9},
        {"intent": "exchange_item", "confidence": 0.08},
    ]
    await inbox.says("vorrei cambiare", intent="change_order", confidence=0.9, ranking=ranking)
    tapped = {"intent": "exchange_item", "entities": {}}
    await inbox.says("Cambiare articolo", payload=tapped)
    await inbox.catch_up()
    assert {text: each["reasons"] for text, each in (await inbox.messages()).items()} == {
        "vorrei cambiare": ["corrected"]
    }


async def test_the_agents_label_goes_to_what_led_to_the_case(inbox: Inbox) -> None:
    world = inbox.world
    await inbox.says("salve", intent="greet")
    await inbox.rejects("mi si è infeltrito tutto")
    await inbox.rejects("è diventato minuscolo", streak=2)
    conversation_id = await inbox.says(
        "voglio una persona", intent="talk_to_human", handoff={"reason": "asked"}
    )
    await world.desk.claim(conversation_id, "Marta")
    await world.desk.resolve(conversation_id, "Marta")
    await inbox.label(conversation_id, "garment_care", "lavaggio, ordine LA-20398")
    await inbox.catch_up()
    shown = await inbox.messages()
    labelled = {text: each["label"] for text, each in shown.items() if each["label"]}
    assert labelled == {
        "mi si è infeltrito tutto": "garment_care",
        "è diventato minuscolo": "garment_care",
    }
    assert "labelled" in shown["è diventato minuscolo"]["reasons"]
    assert "LA-20398" not in shown["è diventato minuscolo"]["label_words"]


async def test_a_label_that_is_taken_back_goes(inbox: Inbox) -> None:
    conversation_id = await inbox.rejects("mi si è infeltrito tutto")
    await inbox.says("una persona", intent="talk_to_human", handoff={"reason": "asked"})
    await inbox.label(conversation_id, "garment_care", None)
    await inbox.catch_up()
    assert (await inbox.messages())["mi si è infeltrito tutto"]["label"] == "garment_care"
    await inbox.label(conversation_id, None, None)
    await inbox.catch_up()
    message = (await inbox.messages())["mi si è infeltrito tutto"]
    assert (message["label"], message["reasons"]) == (None, ["rejected"])


async def test_what_is_no_text_of_theirs_does_not_come_in(inbox: Inbox) -> None:
    world = inbox.world
    await inbox.says("Reso", payload={"intent": "return_item", "entities": {}}, confidence=0.1)
    conversation_id = await inbox.says("persona", intent="talk_to_human", handoff={"reason": "x"})
    await world.desk.claim(conversation_id, "Marta")
    await inbox.says("questo lo legge Marta", intent="nlu_fallback", rejected=True)
    await inbox.catch_up()
    assert await inbox.rows() == []


async def test_what_happens_next_is_followed_until_it_is_settled(inbox: Inbox) -> None:
    text = "il filo si spezza"

    async def happened() -> str:
        await inbox.catch_up()
        found: str = (await inbox.messages())[text]["next"]
        return found

    await inbox.rejects(text)
    assert await happened() == "answered"
    inbox.world.clock.advance(2 * HOUR_S)
    assert await happened() == "gave_up"
    # What they write after so long a silence is another matter.
    await inbox.says("buongiorno", intent="greet")
    assert await happened() == "gave_up"


@pytest.mark.parametrize(
    ("text", "reading", "happened"),
    [
        ("il filo si rompe sempre", {"intent": "nlu_fallback", "rejected": True}, "rephrased"),
        ("grazie!", {"intent": "thank"}, "solved"),
        ("persona", {"intent": "talk_to_human", "handoff": {"reason": "asked"}}, "handed_over"),
        ("buongiorno", {"intent": "greet"}, "went_on"),
    ],
)
async def test_what_happened_next(
    inbox: Inbox, text: str, reading: dict[str, Any], happened: str
) -> None:
    await inbox.rejects("il filo si spezza")
    await inbox.says(text, **reading)
    await inbox.catch_up()
    assert (await inbox.messages())["il filo si spezza"]["next"] == happened


async def test_a_low_rating_reaches_the_message_that_began_it(inbox: Inbox) -> None:
    world = inbox.world
    conversation_id = await inbox.rejects("il filo si spezza")
    await inbox.says("persona", intent="talk_to_human", handoff={"reason": "asked"})
    await inbox.catch_up()
    await world.desk.claim(conversation_id, "Marta")
    await world.desk.resolve(conversation_id, "Marta")
    await inbox.says("1")
    await inbox.catch_up()
    assert (await inbox.messages())["il filo si spezza"]["next"] == "low_rating"


async def test_a_label_that_comes_late_reaches_what_is_settled_long_ago(inbox: Inbox) -> None:
    conversation_id = await inbox.says("mi si è infeltrito", intent="garment_care", confidence=0.95)
    await inbox.says("ah, grazie", intent="thank")
    await inbox.says("persona", intent="talk_to_human", handoff={"reason": "asked"})
    await inbox.world.desk.claim(conversation_id, "Marta")
    await inbox.world.desk.resolve(conversation_id, "Marta")
    inbox.world.clock.advance(48 * HOUR_S)
    for number in range(15):
        await inbox.says(f"grazie {number}", intent="thank")
    inbox.world.clock.advance(2 * HOUR_S)
    await inbox.catch_up()
    await inbox.label(conversation_id, "item_damaged", None)
    await inbox.catch_up()
    message = (await inbox.messages())["mi si è infeltrito"]
    assert (message["label"], message["reasons"]) == ("item_damaged", ["labelled"])


async def test_a_conversation_longer_than_a_look_is_read_to_its_end(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.review.windows.MOST", 15)
    # Nobody closes the case: what led to it may change for two weeks.
    await inbox.says("persona", intent="talk_to_human", handoff={"reason": "asked"})
    conversation_id = await inbox.rejects("il filo si spezza")
    await inbox.world.desk.claim(conversation_id, "Marta")
    await inbox.world.desk.return_to_bot(conversation_id, "Marta")
    for number in range(40):
        await inbox.says(f"grazie {number}", intent="thank")
    await inbox.rejects("e il fuso si storce")
    await inbox.catch_up()
    assert "e il fuso si storce" in await inbox.messages()


async def test_a_corrected_label_is_followed_though_nobody_writes(inbox: Inbox) -> None:
    desk = inbox.world.desk
    await inbox.rejects("mi si è infeltrito tutto")
    conversation_id = await inbox.says("persona", intent="talk_to_human", handoff={"reason": "x"})
    await desk.claim(conversation_id, "Marta")
    await desk.resolve(conversation_id, "Marta", wanted="garment_care")
    inbox.world.clock.advance(48 * HOUR_S)
    await inbox.catch_up()
    assert (await inbox.messages())["mi si è infeltrito tutto"]["label"] == "garment_care"
    case = await inbox.world.handoff(conversation_id)
    await desk.relabel(conversation_id, case.id, wanted="item_damaged", wanted_words=None)
    await inbox.catch_up()
    assert (await inbox.messages())["mi si è infeltrito tutto"]["label"] == "item_damaged"
