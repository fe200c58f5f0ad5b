"""Giving back, resolving, and looking the customer up again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Table, select

from integrations.container import Container
from integrations.conversations.tables import bot_sync, conversations, outbound
from runtime.clock import FakeClock

from .programs import Program
from .simulators import BridgeSimulator


async def one(parts: Container, table: Table, conversation: str) -> Any:
    """The newest row of a conversation in a table."""
    column = table.c.id if table is conversations else table.c.conversation_id
    rows = await every(parts, table, column == conversation)
    return rows[-1] if rows else None


async def every(parts: Container, table: Table, *conditions: Any) -> list[Any]:
    def query(conn: Connection) -> list[Any]:
        return list(conn.execute(select(table).where(*conditions)).all())

    return await parts.database.read(query)


async def test_returned_with_a_word_the_bot_learns_it(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    giulia = ids["giulia"]
    await marta.do(f"/conversations/{giulia}/claim")
    await marta.do(f"/conversations/{giulia}/return", {"word": "il pacco parte martedì"})
    assert (await one(parts, conversations, giulia)).owner == "bot"
    page = await marta.get(f"/conversations/{giulia}")
    assert page["card"]["earlier"][0]["word"] == "il pacco parte martedì"
    assert page["card"]["earlier"][0]["state"] == "returned"
    events = [row.event for row in await every(parts, bot_sync)]
    assert {"agent_promise": "il pacco parte martedì"}.items() <= events[-1]["slots"].items()
    assert "martedì" not in str([m["text"] for m in page["messages"]])


async def test_resolved_the_customer_is_asked_how_it_went(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    giulia = ids["giulia"]
    await marta.do(f"/conversations/{giulia}/claim")
    await marta.do(f"/conversations/{giulia}/resolve", {"word": ""})
    assert (await one(parts, conversations, giulia)).owner == "wrap_up"
    page = await marta.get(f"/conversations/{giulia}")
    assert len(page["messages"][-1]["buttons"]) == 5
    assert page["card"]["earlier"][0]["word"] is None


@pytest.mark.parametrize("action", ["return", "resolve"])
async def test_closing_again_after_a_lost_answer_closes_once(
    marta: Program, parts: Container, ids: dict[str, str], action: str
) -> None:
    giulia = ids["giulia"]
    await marta.do(f"/conversations/{giulia}/claim")
    await marta.do(f"/conversations/{giulia}/{action}", {"word": "fatto"})
    before = await every(parts, outbound)
    await marta.do(f"/conversations/{giulia}/{action}", {"word": "fatto"})
    assert await every(parts, outbound) == before
    other = await marta.refused(f"/conversations/{giulia}/{action}", {"word": "altro"})
    assert other == (409, "wrong_owner")
    assert isinstance(parts.clock, FakeClock)
    parts.clock.advance(601)
    later = await marta.refused(f"/conversations/{giulia}/{action}", {"word": "fatto"})
    assert later == (409, "wrong_owner")


@pytest.mark.parametrize("action", ["return", "resolve"])
async def test_what_they_wanted_is_kept_and_can_be_corrected(
    marta: Program, ids: dict[str, str], action: str
) -> None:
    giulia = f"/conversations/{ids['giulia']}"
    await marta.do(f"{giulia}/claim")
    found = await marta.get(f"{giulia}/wishes")
    # The morning's question was about an order.
    assert found["likely"] == ["order_status"]
    assert {"name": "order_status", "title": "stato dell'ordine"} in found["options"]
    await marta.do(f"{giulia}/{action}", {"word": "", "wanted": "order_status"})
    [closed, *_] = (await marta.get(giulia))["card"]["earlier"]
    assert closed["wanted"] == "order_status"
    path = f"{giulia}/handoffs/{closed['id']}/wanted"
    await marta.do(path, {"wanted_words": "sapere se arriva per Natale"})
    [closed, *_] = (await marta.get(giulia))["card"]["earlier"]
    assert (closed["wanted"], closed["wanted_words"]) == (None, "sapere se arriva per Natale")
    assert await marta.refused(path, {"wanted": "rubare"}) == (422, "invalid")


async def test_what_was_wanted_is_part_of_what_is_done_once(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    giulia = f"/conversations/{ids['giulia']}"
    await marta.do(f"{giulia}/claim")
    body = {"word": "fatto", "wanted": "idea"}
    await marta.do(f"{giulia}/resolve", body)
    await marta.do(f"{giulia}/resolve", body)
    other = await marta.refused(f"{giulia}/resolve", {"word": "fatto", "wanted": "praise"})
    assert other == (422, "invalid")
    other = await marta.refused(f"{giulia}/resolve", {"word": "fatto", "wanted": "promo_code"})
    assert other == (409, "wrong_owner")


@pytest.mark.parametrize("action", ["return", "resolve"])
@pytest.mark.parametrize(("who", "code"), [("tom", "claimed"), ("anna", "wrong_owner")])
async def test_only_what_is_ones_own_or_waits_can_be_closed(
    marta: Program, ids: dict[str, str], action: str, who: str, code: str
) -> None:
    path = f"/conversations/{ids[who]}/{action}"
    assert await marta.refused(path, {"word": ""}) == (409, code)


@pytest.mark.parametrize("action", ["claim", "return", "resolve", "reply", "note"])
async def test_nothing_can_be_done_with_a_conversation_that_is_not_there(
    marta: Program, action: str
) -> None:
    body = {"text": "Ciao", "key": "0123456789abcdef"} if action in ("reply", "note") else {}
    assert await marta.refused(f"/conversations/cnone/{action}", body) == (404, "not_found")


async def test_a_claim_nobody_asked_for_looks_the_customer_up_at_once(
    marta: Program, parts: Container, ids: dict[str, str], bridge: BridgeSimulator
) -> None:
    point_at(parts, bridge)
    await marta.do(f"/conversations/{ids['anna']}/claim")
    page = await marta.get(f"/conversations/{ids['anna']}")
    assert page["card"]["brief"]["person"]["last_name"] == "Ferraris"


async def test_looking_up_again_says_when_the_bridge_is_away(
    marta: Program, parts: Container, ids: dict[str, str], bridge: BridgeSimulator
) -> None:
    point_at(parts, bridge)
    bridge.away = True
    try:
        path = f"/conversations/{ids['giulia']}/brief"
        assert await marta.refused(path) == (503, "temporarily_unavailable")
    finally:
        bridge.away = False
    await marta.do(path)


async def test_a_claim_works_while_the_bridge_is_away(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    await marta.do(f"/conversations/{ids['emma']}/claim")
    page = await marta.get(f"/conversations/{ids['emma']}")
    assert page["card"]["brief"] is None


def point_at(parts: Container, bridge: BridgeSimulator) -> None:
    """The container's own client, on the simulator's address."""
    parts.bridge._url = bridge.url
