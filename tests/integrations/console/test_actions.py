"""What agents do: claimed by one, sent once, and notes that stay inside."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, select

from integrations.container import Container
from integrations.conversations import transcript
from integrations.conversations.tables import (
    conversations,
    metadata,
    notes,
    outbound,
    turns,
)

from . import factory
from .programs import Program

Write = Callable[[Callable[[Connection], Any]], Any]


async def one(parts: Container, table: Table, conversation: str) -> Any:
    """The newest row of a conversation in a table."""
    column = table.c.id if table is conversations else table.c.conversation_id
    rows = await every(parts, table, column == conversation)
    return rows[-1] if rows else None


async def every(parts: Container, table: Table, *conditions: Any) -> list[Any]:
    def query(conn: Connection) -> list[Any]:
        return list(conn.execute(select(table).where(*conditions)).all())

    return await parts.database.read(query)


async def version(program: Program, conversation: str) -> int:
    page = await program.get(f"/conversations/{conversation}")
    return int(page["conversation"]["version"])


# -- claim ---------------------------------------------------------------------------------------


async def test_claiming_makes_it_ones_own_and_tells_the_customer(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    giulia = ids["giulia"]
    answer = await marta.do(
        f"/conversations/{giulia}/claim", {"version": await version(marta, giulia)}
    )
    assert answer["notices"] == []
    page = await marta.get(f"/conversations/{giulia}")
    assert page["conversation"]["owner"] == "agent"
    assert page["conversation"]["handoff"]["claimed_by"] == "Marta"
    assert page["conversation"]["version"] == answer["version"]
    assert page["messages"][-1]["role"] == "system"
    assert "Marta" in page["messages"][-1]["text"]


async def test_of_two_who_claim_the_second_is_told(
    marta: Program, luca: Program, ids: dict[str, str]
) -> None:
    giulia = ids["giulia"]
    seen = await version(luca, giulia)
    await marta.do(f"/conversations/{giulia}/claim", {"version": seen})
    path = f"/conversations/{giulia}/claim"
    assert await luca.refused(path, {"version": seen}) == (409, "stale")
    page = await luca.get(f"/conversations/{giulia}")
    assert page["conversation"]["handoff"]["claimed_by"] == "Marta"


async def test_claiming_again_after_a_lost_answer_is_the_same_claim(
    marta: Program, ids: dict[str, str]
) -> None:
    giulia = ids["giulia"]
    seen = await version(marta, giulia)
    first = await marta.do(f"/conversations/{giulia}/claim", {"version": seen})
    again = await marta.do(f"/conversations/{giulia}/claim", {"version": seen})
    assert again["version"] == first["version"]
    page = await marta.get(f"/conversations/{giulia}")
    assert [m["role"] for m in page["messages"]].count("system") == 1


async def test_a_colleagues_conversation_can_be_taken_over(
    marta: Program, ids: dict[str, str]
) -> None:
    tom = ids["tom"]
    await marta.do(f"/conversations/{tom}/claim", {"version": await version(marta, tom)})
    page = await marta.get(f"/conversations/{tom}")
    assert page["conversation"]["handoff"]["claimed_by"] == "Marta"


async def test_a_claimer_sees_what_was_just_sent_and_what_was_stopped(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    anna = ids["anna"]
    now = parts.clock.now()

    def in_the_middle_of_a_turn(conn: Connection) -> None:
        factory.told(conn, anna, "Un attimo, controllo.", at=now, state="sending")
        factory.told(conn, anna, "Ecco qui.", at=now, state="pending")
        turn = {"id": "t1", "conversation_id": anna, "version": 1, "status": "frozen"}
        conn.execute(insert(turns), {**turn, "inbound_ids": [], "created_at": now})

    await parts.database.write(in_the_middle_of_a_turn)
    answer = await marta.do(f"/conversations/{anna}/claim")
    just_sent, stopped = answer["notices"]
    assert "Un attimo, controllo." in just_sent
    assert "fermata" in stopped
    page = await marta.get(f"/conversations/{anna}")
    states = {m["text"]: m.get("state") for m in page["messages"]}
    assert states["Ecco qui."] == "refused"
    assert states["Un attimo, controllo."] == "sending"


# -- reply and note ------------------------------------------------------------------------------


async def test_a_reply_reaches_the_customer_once_a_key(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    giulia = ids["giulia"]
    await marta.do(f"/conversations/{giulia}/claim")
    body = {"text": "  Ciao Giulia!  ", "key": "0123456789abcdef"}
    first = await marta.do(f"/conversations/{giulia}/reply", body)
    again = await marta.do(f"/conversations/{giulia}/reply", body)
    assert again == first
    rows = await every(parts, outbound, outbound.c.role == "agent", outbound.c.author == "Marta")
    assert [(row.id, row.text, row.state) for row in rows] == [
        (first["id"], "Ciao Giulia!", "sent")
    ]
    page = await marta.get(f"/conversations/{giulia}")
    assert page["card"]["handoff"]["answered_at"] is not None


async def test_other_words_under_the_same_key_are_not_lost(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    giulia = ids["giulia"]
    await marta.do(f"/conversations/{giulia}/claim")
    for text in ("Uno", "Due"):
        body = {"text": text, "key": "0123456789abcdef"}
        await marta.do(f"/conversations/{giulia}/reply", body)
    rows = await every(parts, outbound, outbound.c.author == "Marta")
    assert [row.text for row in rows] == ["Uno", "Due"]


async def test_the_same_key_in_two_conversations_is_two_messages(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    for who in ("giulia", "emma"):
        await marta.do(f"/conversations/{ids[who]}/claim")
        body = {"text": "Buongiorno", "key": "0123456789abcdef"}
        await marta.do(f"/conversations/{ids[who]}/reply", body)
    assert len(await every(parts, outbound, outbound.c.author == "Marta")) == 2


@pytest.mark.parametrize(
    ("who", "code"), [("giulia", "not_claimed"), ("anna", "not_claimed"), ("tom", "claimed")]
)
async def test_only_who_claimed_it_writes_to_the_customer(
    marta: Program, parts: Container, ids: dict[str, str], who: str, code: str
) -> None:
    body = {"text": "Ciao", "key": "0123456789abcdef"}
    assert await marta.refused(f"/conversations/{ids[who]}/reply", body) == (409, code)
    assert await every(parts, outbound, outbound.c.author == "Marta") == []


@pytest.mark.parametrize("action", ["reply", "note"])
async def test_what_can_not_be_sent_is_refused(
    marta: Program, ids: dict[str, str], action: str
) -> None:
    key = "0123456789abcdef"
    bodies: list[dict[str, Any]] = [
        {"text": " \n ", "key": key},
        {"text": "x" * 8001, "key": key},
        {"text": "Ciao"},
        {"text": "Ciao", "key": "short"},
        {"text": "Ciao", "key": "k" * 65},
        {"text": "Ciao", "key": key, "to": "everybody"},
        {"text": None, "key": key},
    ]
    await marta.do(f"/conversations/{ids['giulia']}/claim")
    for body in bodies:
        refused = await marta.refused(f"/conversations/{ids['giulia']}/{action}", body)
        assert refused == (422, "invalid"), body


async def test_text_that_no_database_holds_does_no_harm(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    giulia = ids["giulia"]
    await marta.do(f"/conversations/{giulia}/claim")
    body = {"text": "Ciao\x00 Giulia", "key": "0123456789abcdef"}
    await marta.do(f"/conversations/{giulia}/reply", body)
    row = (await every(parts, outbound, outbound.c.author == "Marta"))[0]
    assert row.text == "Ciao Giulia"
    answer = await marta.http.post(
        f"/console/api/conversations/{giulia}/reply",
        content=b'{"text": "\\ud800", "key": "0123456789abcdef"}',
        headers={"X-CSRF-Token": marta.token, "content-type": "application/json"},
    )
    assert answer.status_code == 422


async def test_anybody_may_leave_a_note_once_a_key(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    body = {"text": "Attenzione al pacco", "key": "0123456789abcdef"}
    first = await marta.do(f"/conversations/{ids['tom']}/note", body)
    assert await marta.do(f"/conversations/{ids['tom']}/note", body) == first
    page = await marta.get(f"/conversations/{ids['tom']}")
    [note] = [m for m in page["messages"] if m["role"] == "note"]
    assert (note["author"], note["text"]) == ("Marta", "Attenzione al pacco")


async def test_a_note_is_nowhere_but_among_the_notes(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    """Not in what customers fetch, nor in anything that goes to the bot, the CRM or a channel."""
    giulia, secret = ids["giulia"], "ZZ-solo-per-noi-ZZ"
    await marta.do(f"/conversations/{giulia}/claim")
    path = f"/conversations/{giulia}"
    await marta.do(f"{path}/note", {"text": secret, "key": "0123456789abcdef"})
    await marta.do(f"{path}/reply", {"text": "Ciao!", "key": "0123456789abcdef"})
    await marta.do(f"{path}/note", {"text": f"ancora {secret}", "key": "0123456789abcdeg"})
    await marta.do(f"{path}/resolve", {"word": "tutto a posto"})

    def everything_but_notes(conn: Connection) -> str:
        kept = [table for table in metadata.sorted_tables if table is not notes]
        rows = [tuple(row) for table in kept for row in conn.execute(select(table)).all()]
        shown = transcript.customer_messages(conn, giulia, after=0, limit=1000)
        news = transcript.news(conn, giulia, after=0, since=0, limit=1000)
        return json.dumps([rows, shown, news], default=str)

    assert secret not in await parts.database.read(everything_but_notes)
    assert len(await every(parts, notes, notes.c.text.contains(secret))) == 2


# -- closing -------------------------------------------------------------------------------------


# -- brief ---------------------------------------------------------------------------------------
