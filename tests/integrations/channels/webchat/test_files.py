"""Files of the web chat: whose they are, what they may be, how they are shown."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from integrations.channels.webchat import config
from tests import asking

from .chat_gateways import ChatGateway
from .page_socket import Page, new_token
from .test_in_the_browser import picture


def hand_in(
    gateway: ChatGateway, token: str, content: bytes, name: str = "foto.png", **more: Any
) -> httpx2.Response:
    return asking.post(
        f"{gateway.url}/chat/files",
        data={"token": token},
        files={"file": (name, content, "image/png")},
        **more,
    )


async def test_a_customers_picture_is_shown_to_them_and_to_the_desk(standing: ChatGateway) -> None:
    token = new_token(standing.url)
    kept = hand_in(standing, token, picture(), "../../mat\u202eassa.exe").json()
    assert (kept["kind"], kept["mime"], kept["name"]) == ("image", "image/png", "matassa.exe.png")
    async with Page(standing.url, token) as page:
        said = await page.say("ecco", attachments=[kept["receipt"]])
        mine = await page.entry(lambda e: e.get("message_id") == said)
    [file] = mine["attachments"]
    shown = asking.get(standing.url + file["url"])
    assert shown.content == picture()
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["cache-control"].startswith("private")
    place = f"/console/conversations/{standing.conversation_id()}/attachments/{mine['id']}/0"
    with standing.at_the_desk() as desk:
        assert desk.get(place).content == picture()


async def test_an_agents_file_reaches_the_customer(gateway: ChatGateway) -> None:
    async with Page(gateway.url, new_token(gateway.url)) as page:
        await page.say("avete lo schema?")
        await page.told("schema")
        pdf = b"%PDF-1.7 lo schema"
        await asyncio.to_thread(gateway.agent, "Eccolo.", file=pdf)
        told = await page.told("Eccolo.")
    [file] = told["attachments"]
    assert (file["name"], file["mime"]) == ("schema.pdf", "application/pdf")
    got = asking.get(gateway.url + file["url"])
    assert got.content == pdf
    assert got.headers["content-disposition"].startswith("attachment")


async def test_a_receipt_and_an_address_are_good_for_their_conversation_alone(
    standing: ChatGateway,
) -> None:
    kept = hand_in(standing, new_token(standing.url), picture()).json()
    async with Page(standing.url, new_token(standing.url)) as other:
        said = await other.say("mia", attachments=[kept["receipt"]])
        assert (await other.ack(said))["type"] == "refused"
    second = hand_in(standing, new_token(standing.url), picture()).json()
    path, _, key = kept["url"].partition("?t=")
    elsewhere = second["url"].partition("?t=")[0]
    for address in (path, f"{path}?t=x", f"{elsewhere}?t={key}", f"{path}?t={kept['receipt']}"):
        assert asking.get(standing.url + address).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00" + b"\x00" * 60,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04 an archive",
    ],
)
async def test_only_pictures_and_pdf_whatever_the_name_says(
    standing: ChatGateway, content: bytes
) -> None:
    answer = hand_in(standing, new_token(standing.url), content)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "file"


async def test_too_large_a_file_is_refused_while_it_arrives(standing: ChatGateway) -> None:
    token = new_token(standing.url)
    large = picture() + b"\x00" * config.MAX_FILE_BYTES
    assert hand_in(standing, token, large).status_code == 413
    assert hand_in(standing, token, large + b"\x00" * 200_000).status_code == 413
    assert hand_in(standing, token, large[: config.MAX_FILE_BYTES]).status_code == 200


async def test_without_a_session_or_from_elsewhere_nothing_is_kept(standing: ChatGateway) -> None:
    assert hand_in(standing, "x.y", picture()).status_code == 401
    origin = {"Origin": "https://evil.example"}
    token = new_token(standing.url)
    assert hand_in(standing, token, picture(), headers=origin).status_code == 403


async def test_files_of_a_session_are_counted(standing: ChatGateway) -> None:
    token = new_token(standing.url)
    answers = [hand_in(standing, token, picture()).status_code for _ in range(22)]
    assert answers[: config.FILES_PER_SESSION.uses].count(200) >= 5
    assert 429 in answers


async def test_the_pages_headers(standing: ChatGateway) -> None:
    page = asking.get(f"{standing.url}/chat", headers={"Accept-Language": "de, en;q=0.8"})
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert '<html lang="en">' in page.text
    assert "<script>" not in page.text
    assert "style=" not in page.text
    widget = asking.get(f"{standing.url}/chat/widget.js")
    assert widget.headers["access-control-allow-origin"] == "*"
    again = {"If-None-Match": widget.headers["etag"]}
    assert asking.get(f"{standing.url}/chat/widget.js", headers=again).status_code == 304
    modules = widget.text.split('"modules": "')[1].split('"')[0]
    chat = asking.get(f"{standing.url}/chat/{modules}chat.js")
    assert "immutable" in chat.headers["cache-control"]
    assert asking.get(f"{standing.url}/chat/static/x/..%2Fadapter.py").status_code == 404
