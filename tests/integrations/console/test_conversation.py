"""One conversation's page: everything that was said, in order, and the card beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from integrations.console import card
from integrations.container import Container
from integrations.conversations.buttons import Buttons
from tests.backends import BACKENDS, fresh, open_database
from tests.integrations.world import create_tables

from . import factory, scenes
from .programs import Program
from .simulators import BRIEF

Write = Callable[[Callable[[Connection], Any]], Any]
NOW = 1_780_000_000.0


@pytest.fixture
def seed(write: Write) -> Callable[..., Any]:
    """Write a conversation with a function of (conn, its id); the id."""

    async def run(fill: Callable[[Connection, str], object], **values: Any) -> str:
        def query(conn: Connection) -> str:
            conversation = factory.conversation(
                conn, at=NOW, sender_name="Giulia", address="giulia", **values
            )
            fill(conn, conversation)
            return conversation

        found: str = await write(query)
        return found

    return run


@pytest.mark.parametrize("backend", BACKENDS)
async def test_what_was_never_sent_stands_where_it_was_written(
    backend: str, tmp_path: Path
) -> None:
    with fresh(backend, tmp_path) as (url, schema):
        database = open_database(url, schema)
        await create_tables(database)

        def query(conn: Connection) -> list[str]:
            c = factory.conversation(conn, at=NOW)
            factory.said(conn, c, "1 asked", at=NOW)
            factory.told(conn, c, "2 refused", at=NOW + 1, state="refused", error="took over")
            factory.noted(conn, c, "3 noted", at=NOW + 2)
            factory.told(conn, c, "4 failed", at=NOW + 3, state="failed", error="blocked")
            factory.told(conn, c, "5 sent", at=NOW + 4)
            factory.said(conn, c, "6 asked", at=NOW + 5)
            factory.told(conn, c, "7 too late", at=NOW + 6, state="expired")
            factory.told(conn, c, "8 going", at=NOW + 6.5, state="sending")
            factory.told(conn, c, "9 waits", at=NOW + 6.2, state="pending")
            page = card.conversation(conn, c, Buttons("a-signing-key-for-tests"))
            return [message["text"] for message in page["messages"]]

        assert await database.write(query) == [
            "1 asked",
            "2 refused",
            "3 noted",
            "4 failed",
            "5 sent",
            "6 asked",
            "7 too late",
            "8 going",
            "9 waits",
        ]
        await database.close()


async def test_each_message_of_ours_says_whether_it_arrived(
    marta: Program, seed: Callable[..., Any]
) -> None:
    states = ("sent", "delivered", "read", "failed", "unknown", "refused", "expired", "sending")

    def fill(conn: Connection, c: str) -> None:
        for number, state in enumerate(states):
            factory.told(conn, c, state, at=NOW + number, state=state, error=f"why {state}")

    page = await marta.get(f"/conversations/{await seed(fill)}")
    for message in page["messages"]:
        assert message["state"] == message["text"]
        assert message["error"] == f"why {message['text']}"


async def test_long_conversations_come_page_by_page(
    marta: Program, seed: Callable[..., Any]
) -> None:
    def fill(conn: Connection, c: str) -> None:
        for number in range(0, 240, 2):
            factory.said(conn, c, f"{number}", at=NOW + number)
            factory.told(conn, c, f"{number + 1}", at=NOW + number + 1)
            if number % 50 == 0:
                text = f"{number + 1}.5"
                factory.told(conn, c, text, at=NOW + number + 1.5, state="refused")

    conversation = await seed(fill)
    page = await marta.get(f"/conversations/{conversation}")
    texts = [m["text"] for m in page["messages"]]
    while page["before"] is not None:
        page = await marta.get(f"/conversations/{conversation}", before=page["before"])
        assert page.keys() == {"messages", "before"}
        texts = [m["text"] for m in page["messages"]] + texts
    assert [float(text) for text in texts] == sorted(float(text) for text in texts)
    assert len(texts) == len(set(texts)) == 245


async def test_corrections_and_deletions_are_shown(
    marta: Program, seed: Callable[..., Any]
) -> None:
    def fill(conn: Connection, c: str) -> None:
        factory.said(conn, c, "ordine LA-1", at=NOW, external_id="1")
        factory.said(conn, c, "ordine LA-2", at=NOW + 5, external_id="1", kind="edit")
        factory.said(conn, c, None, at=NOW + 6, external_id="2", deleted_at=NOW + 7)
        factory.said(conn, c, None, at=NOW + 7, external_id="2", kind="delete")
        factory.said(conn, c, "👍", at=NOW + 8, external_id="x", kind="reaction")

    page = await marta.get(f"/conversations/{await seed(fill)}")
    first, edit, gone, delete, reaction = page["messages"]
    assert first["corrected_at"] == edit["at"]
    assert "corrected_at" not in edit
    assert gone["deleted_at"] == delete["at"]
    assert gone["text"] is None
    assert (delete["kind"], reaction["kind"], reaction["text"]) == ("delete", "reaction", "👍")


async def test_a_tapped_button_is_shown_by_its_words(
    marta: Program, seed: Callable[..., Any], parts: Container
) -> None:
    def fill(conn: Connection, c: str) -> None:
        wait = parts.buttons.seal("giulia", "Aspetto", "gateway_choice", {"choice": "wait"})
        factory.told(conn, c, "Come vuoi procedere?", at=NOW, buttons=[wait])
        meaning = parts.buttons.open("giulia", wait["payload"])
        factory.said(conn, c, None, at=NOW + 1, kind="postback", payload=meaning)
        factory.said(conn, c, "LA-20398", at=NOW + 1.5, kind="postback", payload=meaning)
        other = {"intent": "affirm", "entities": {}}
        factory.said(conn, c, None, at=NOW + 2, kind="postback", payload=other)

    page = await marta.get(f"/conversations/{await seed(fill)}")
    offered, tapped, real, unknown = page["messages"]
    assert offered["buttons"] == ["Aspetto"]
    assert tapped["tapped"] == "Aspetto"
    assert real["tapped"] == "LA-20398"
    # Better no words than the name of a meaning.
    assert unknown["tapped"] is None


async def test_the_bots_reading_is_shown_but_no_code(
    marta: Program, seed: Callable[..., Any]
) -> None:
    def fill(conn: Connection, c: str) -> None:
        factory.said(
            conn,
            c,
            "il codice",
            at=NOW,
            reading={
                "message_id": "m1",
                "intent": "inform",
                "confidence": 0.8,
                "rejected": False,
                "tone": {"polarity": "negative", "angry": True, "urgent": True, "anger": 0.9},
                "ranking": [{"intent": "inform", "confidence": 0.8}] * 5,
                "entities": [
                    {"entity": "code", "value": "482913"},
                    {"entity": "order_number", "value": "LA-20398"},
                ],
            },
        )

    page = await marta.get(f"/conversations/{await seed(fill)}")
    [message] = page["messages"]
    assert message["reading"]["intent"] == "inform"
    assert len(message["reading"]["ranking"]) == 3
    assert message["reading"]["tone"] == ["angry", "urgent"]
    assert message["reading"]["entities"] == [{"entity": "order_number", "value": "LA-20398"}]
    assert "482913" not in str(page)


async def test_the_card_says_why_who_and_what_was_done(
    marta: Program, write: Write, parts: Container
) -> None:
    ids = await write(lambda conn: scenes.morning(conn, parts.clock.now()))
    shown = (await marta.get(f"/conversations/{ids['giulia']}"))["card"]
    assert shown["level"] == "recognised"
    assert shown["tier"] == "gold"
    handoff = shown["handoff"]
    assert handoff["reasons"] == [factory.REASON]
    assert handoff["priority"] == "urgent"
    assert handoff["collected"] == {
        "order_number": "LA-20398",
        "reason": "codice non arrivato",
    }
    assert handoff["effects"][0]["en"] == "Sent a verification code for LA-20398"
    assert shown["brief"]["orders"] == BRIEF["orders"]
    assert shown["brief"]["cases"][0]["promise"] == "Le scriviamo entro domani alle 12."
    [earlier] = shown["earlier"]
    assert (earlier["claimed_by"], earlier["rating"]) == ("Luca", 5)
    assert earlier["word"] == "Il nuovo pacco parte martedì"


async def test_without_a_brief_the_card_is_still_there(
    marta: Program, seed: Callable[..., Any]
) -> None:
    def fill(conn: Connection, c: str) -> None:
        factory.handoff(conn, c, at=NOW)

    memory = {"level": "verified", "first_name": "Giulia", "tier": None}
    shown = (await marta.get(f"/conversations/{await seed(fill, state={'memory': memory})}"))[
        "card"
    ]
    assert shown["brief"] is None
    assert (shown["level"], shown["first_name"]) == ("verified", "Giulia")


async def test_what_opens_doors_and_what_nobody_listed_stays_off_the_card(
    marta: Program, seed: Callable[..., Any]
) -> None:
    def fill(conn: Connection, c: str) -> None:
        factory.handoff(
            conn,
            c,
            at=NOW,
            collected={"order_number": "LA-20398", "code": "482913", "empty": ""},
            brief={**BRIEF, "home_address": "via Segreta 1"},
            brief_at=NOW,
        )

    page = await marta.get(f"/conversations/{await seed(fill)}")
    assert page["card"]["handoff"]["collected"] == {"order_number": "LA-20398"}
    assert "482913" not in str(page)
    assert "via Segreta" not in str(page)


async def test_a_handover_that_is_over_is_history(marta: Program, seed: Callable[..., Any]) -> None:
    def fill(conn: Connection, c: str) -> None:
        factory.handoff(conn, c, at=NOW, state="resolved", closing_word="Spedita una matassa")

    shown = (await marta.get(f"/conversations/{await seed(fill)}"))["card"]
    assert [handoff["word"] for handoff in shown["earlier"]] == ["Spedita una matassa"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("cnone", 404), ("c'1", 422), ("c" * 61, 422), ("%00", 422)],
)
async def test_a_conversation_that_is_not_there(marta: Program, path: str, status: int) -> None:
    answer = await marta.http.get(f"/console/api/conversations/{path}")
    assert answer.status_code == status
