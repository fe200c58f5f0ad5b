"""From the bot's answers, by the real worker, to the numbers: what a turn asks is kept with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from integrations.conversations.tables import turns
from integrations.escalation.signals import SIGNALS
from integrations.insights import answers, repository
from integrations.insights.repository import Filter
from integrations.insights.traces import TRACES, asks
from tests.integrations.world import World

EVER = Filter("2020-01-01", "2030-12-31")


def trace(name: str, **data: Any) -> dict[str, Any]:
    return {"name": name, "data": data}


SCRIPT: dict[str, dict[str, Any]] = {
    "un reso": {
        "intent": "return_item",
        "text": "Quali articoli?",
        "form": "request_form",
        "slot": "answer",
        "signals": [trace("form_asks", form="request_form", flow="return_item", step="items")],
    },
    "il maglione": {
        "intent": "inform",
        "text": "Fatto.",
        "signals": [trace("form_filled", form="request_form", flow="return_item")],
    },
    "l'ordine?": {
        "intent": "order_status",
        "text": "Che numero?",
        "form": "order_status_form",
        "slot": "order_number",
    },
    "Islanda?": {
        "intent": "shipping_info",
        "text": "Non lo so.",
        "signals": [trace("knowledge_gap", intent="shipping_info", nearest=None, score=0.0)],
    },
}


async def said(world: World, *texts: str) -> str:
    world.bot.on_message = lambda message: SCRIPT[message["text"]]
    conversation_id = ""
    for text in texts:
        conversation_id = await world.say(text)
        await world.settled(conversation_id)
        world.clock.advance(30.0)
    return conversation_id


async def test_a_turn_keeps_its_form_and_what_it_asks(world: World) -> None:
    await said(world, "un reso", "il maglione", "l'ordine?")
    kept = await world.database.read(
        lambda conn: conn.execute(
            select(turns.c.form, turns.c.asked).order_by(turns.c.created_at)
        ).all()
    )
    assert [tuple(row) for row in kept] == [
        ("request_form/return_item", "items"),
        (None, None),
        ("order_status_form", "order_number"),
    ]


async def test_real_turns_become_flows_and_gaps(world: World) -> None:
    await said(world, "un reso", "il maglione", "Islanda?", "l'ordine?")
    world.clock.advance(86_400.0)
    await world.rollups.catch_up()
    numbers = await world.database.read(lambda conn: repository.totals(conn, EVER))
    rates = answers.rates(numbers)
    assert (rates["messages"], rates["understanding"]) == (4, 1.0)
    flows = {row["flow"]: row["fates"] for row in answers.flows(numbers)}
    assert flows["request_form/return_item"]["done"] == 1
    assert flows["order_status_form"]["silent"] == 1
    [missing] = answers.gaps(numbers, {})
    assert (missing["intent"], missing["unanswered"]) == ("shipping_info", 1)


async def test_traces_call_nobody_and_are_remembered_nowhere_else(world: World) -> None:
    conversation_id = await said(world, "Islanda?", "Islanda?", "Islanda?")
    row = await world.conversation(conversation_id)
    assert row.owner == "bot"
    assert not TRACES & set(row.state.get("earlier") or {})
    # No rule can speak of them by mistake.
    assert not TRACES & SIGNALS.keys()


def test_what_the_engine_says_strangely_is_kept_within_its_column() -> None:
    assert asks({}) == {"form": None, "asked": None}
    answer = {"active_form": "f" * 200, "slots": {"requested_slot": "s" * 200}}
    kept = asks(answer)
    assert (len(kept["form"] or ""), len(kept["asked"] or "")) == (80, 60)
    other = {"name": "form_asks", "data": {"form": "other", "flow": "x", "step": "y"}}
    assert asks({**answer, "signals": [other]}) == kept
