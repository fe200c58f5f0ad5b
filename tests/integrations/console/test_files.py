"""Files at the console: uploaded, sent, downloaded; never a page of ours."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from integrations.channels.contract import Attachment, Capabilities, FetchedFile
from integrations.console.headers import UPLOAD_PATH
from integrations.container import Container
from integrations.conversations.tables import conversations, outbound
from integrations.files.store import Files
from tests.integrations.scripted import PushChannel

from . import factory
from .programs import Program

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


async def upload(program: Program, content: bytes, name: str = "foto.png") -> Any:
    return await program.http.post(
        UPLOAD_PATH,
        content=content,
        params={"name": name},
        headers={"X-CSRF-Token": program.token, "Content-Type": "image/png"},
    )


@pytest.fixture
async def of_marta(marta: Program, ids: dict[str, str]) -> str:
    page = await marta.get(f"/conversations/{ids['giulia']}")
    version = {"version": page["conversation"]["version"]}
    await marta.do(f"/conversations/{ids['giulia']}/claim", version)
    return ids["giulia"]


async def test_a_file_is_uploaded_sent_and_seen(
    marta: Program, luca: Program, parts: Container, of_marta: str
) -> None:
    answer = await upload(marta, PNG)
    assert answer.status_code == 200, answer.text
    file_id = answer.json()["id"]
    body = {"text": "Ecco", "key": "a-key-of-mine", "attachments": [file_id]}
    for _ in range(2):
        await marta.do(f"/conversations/{of_marta}/reply", body)
    page = await luca.get(f"/conversations/{of_marta}")
    files = [m["attachments"] for m in page["messages"] if m.get("attachments")]
    assert [[(f["name"], f["file_id"]) for f in each] for each in files] == [
        [("foto.png", file_id)]
    ]
    sent = await parts.database.read(
        lambda conn: conn.execute(select(outbound).where(outbound.c.text == "Ecco")).all()
    )
    assert len(sent) == 1


async def test_the_same_words_with_another_file_are_another_message(
    marta: Program, parts: Container, of_marta: str
) -> None:
    for name in ("a.png", "b.png"):
        file_id = (await upload(marta, PNG, name)).json()["id"]
        body = {"text": "", "key": "a-key-of-mine", "attachments": [file_id]}
        await marta.do(f"/conversations/{of_marta}/reply", body)
    page = await marta.get(f"/conversations/{of_marta}")
    sent = [m["attachments"][0]["name"] for m in page["messages"] if m.get("attachments")]
    assert sent == ["a.png", "b.png"]


@pytest.mark.parametrize(
    ("name", "content", "plain", "encoded", "mime"),
    [
        ("foto.png", PNG, "foto.png", "foto.png", "image/png"),
        ('a"b;\n.png', PNG, "a_b_.png", "a%22b%3B.png", "image/png"),
        ("perché.txt", "è".encode(), "perch_.txt", "perch%C3%A9.txt", "text/plain; charset=utf-8"),
        (
            "p.html",
            b"<script>alert(1)</script>",
            "p.html.txt",
            "p.html.txt",
            "text/plain; charset=utf-8",
        ),
    ],
)
async def test_downloads_run_nothing(
    marta: Program, parts: Container, name: str, content: bytes, plain: str, encoded: str, mime: str
) -> None:
    file_id = await parts.database.write(lambda conn: Files.add(conn, name, "", content))
    answer = await marta.http.get(f"/console/files/{file_id}")
    assert (answer.status_code, answer.content) == (200, content)
    headers = answer.headers
    assert headers["content-type"] == mime
    assert headers["content-disposition"] == (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert "no-store" in headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["/console/files/fnone", "/console/conversations/c1/attachments/m1/0"]
)
async def test_only_for_who_is_logged_in(app: Any, marta: Program, path: str) -> None:
    assert (await marta.http.get(path)).status_code == 404
    async with Program(app) as stranger:
        assert (await stranger.http.get(path)).status_code == 401
        assert (await upload(stranger, PNG)).status_code == 401
        marta.token = "x"
        assert (await upload(marta, PNG)).status_code == 403


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"MZ\x90\0", 422, "file_type"), (b"", 422, "file_type"), (PNG + bytes(300_000), 413, None)],
)
async def test_what_can_t_be_uploaded(
    marta: Program, content: bytes, status: int, code: str | None
) -> None:
    # This application has the small limit on every path; the gateway allows files their size.
    answer = await upload(marta, content)
    assert answer.status_code == status
    if code:
        assert answer.json()["error"]["code"] == code


class Telephone(PushChannel):
    capabilities = Capabilities()

    async def fetch(self, account: str, attachment: Attachment) -> FetchedFile:
        return FetchedFile("IMG 1.png", "image/png", PNG)


async def test_a_customer_s_file_is_fetched(marta: Program, parts: Container) -> None:
    parts.channels["telephone"] = Telephone()

    def arrive(conn: Connection) -> tuple[str, str]:
        at = parts.clock.now()
        conversation = factory.conversation(conn, at=at, channel="telephone")
        files = [{"kind": "image", "file_id": "AgAC"}]
        message = factory.said(
            conn, conversation, None, at=at, channel="telephone", attachments=files
        )
        return conversation, message

    conversation, message = await parts.database.write(arrive)
    answer = await marta.http.get(f"/console/conversations/{conversation}/attachments/{message}/0")
    assert (answer.status_code, answer.content) == (200, PNG)
    assert 'filename="IMG 1.png"' in answer.headers["content-disposition"]
    again = f"/console/conversations/{conversation}/attachments/{message}/1"
    assert (await marta.http.get(again)).status_code == 404


async def test_the_card_says_who_can_t_be_reached(
    marta: Program, parts: Container, ids: dict[str, str]
) -> None:
    path = f"/conversations/{ids['giulia']}"
    assert (await marta.get(path))["card"]["unreachable"] is None
    await parts.database.write(
        lambda conn: conn.execute(update(conversations).values(unreachable="blocked"))
    )
    assert (await marta.get(path))["card"]["unreachable"] == "blocked"
