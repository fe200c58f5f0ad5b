"""What an agent corrects changes where it stands, on the wire and on the page."""

from __future__ import annotations

import asyncio

from .chat_gateways import ChatGateway
from .chat_pages import ChatPage
from .page_socket import Page, new_token


async def test_a_correction_comes_as_a_change_and_to_who_resumes_as_well(
    gateway: ChatGateway,
) -> None:
    token = new_token(gateway.url)
    async with Page(gateway.url, token) as page:
        await page.say("quando arriva?")
        await page.told("quando arriva?")
        await asyncio.to_thread(gateway.agent, "Arriva lunedì.")
        wrong = await page.told("Arriva lunedì.")
        await asyncio.to_thread(gateway.correct, wrong["id"], "Arriva martedì.")
        update = await page.until(
            lambda f: f["type"] == "updates" and "martedì" in str(f["entries"])
        )
        [entry] = [e for e in update["entries"] if e["id"] == wrong["id"]]
        assert (entry["text"], entry["seq"]) == ("Arriva martedì.", wrong["seq"])
        assert "corrected_at" in entry
        cursor = page.cursor
    for after in (0, cursor):
        async with Page(gateway.url, token, after=after) as page:
            corrected = await page.until(lambda f: "martedì" in str(f.get("entries")))
            assert "lunedì" not in str(corrected)


def test_what_an_agent_corrects_changes_where_it_stands_and_says_so(
    chat: ChatPage, gateway: ChatGateway
) -> None:
    chat.visit()
    chat.say("quando arriva?")
    chat.see("Hai scritto: quando arriva?", ".row.bot .text")
    gateway.agent("Arriva lunedì.")
    chat.see("Arriva lunedì.", ".row.agent .text")
    gateway.correct(gateway.newest_of_an_agent(), "Arriva martedì.")
    chat.see("Arriva martedì.", ".row.agent .text")
    assert chat.texts(".row.agent .text") == ["Arriva martedì."]
    assert chat.texts(".row.agent .corrected") == ["Corretto dopo l’invio"]
    chat.visit()
    chat.see("Arriva martedì.", ".row.agent .text")
    assert chat.texts(".row.agent .corrected") == ["Corretto dopo l’invio"]
