"""Who may do what over HTTP, and in which shapes it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from integrations.container import Container, build
from integrations.conversations.ids import new_id
from integrations.gateway import create_app
from runtime.clock import FakeClock
from runtime.settings import Settings
from tests.integrations.console import factory
from tests.integrations.console.programs import Program
from tests.integrations.world import create_tables

from .workbenches import TOKEN, WorkbenchSimulator

ROOT = Path(__file__).parents[3]
DESIGNERS, AGENTS, COMMANDS = "disegno-di-prova", "lana-di-prova", "a-designers-token"
# What a customer told us and nobody at the inbox may ever read.
NAME, MAIL, ORDER, PHONE = "Teodolinda Brambilla", "t.brambilla@posta.it", "LA-20398", "3337654321"
SECRETS = ("Teodolinda", "Brambilla", MAIL, ORDER, PHONE, "teo_bra88")
TEXT = f"sono {NAME}, {MAIL}, {PHONE}: l'ordine {ORDER} punge da morire"
NOTE = "la signora è difficile"


@pytest.fixture
async def parts(tmp_path: Path, bench: WorkbenchSimulator) -> AsyncIterator[Container]:
    settings = Settings(
        home=tmp_path,
        policy_dir=ROOT / "policy",
        knowledge_dir=ROOT / "data" / "knowledge",
        bridge_url="http://127.0.0.1:9",
        rasa_urls="http://127.0.0.1:9",
        workbench_url=bench.url,
        workbench_token=TOKEN,
        designer_password=DESIGNERS,
        agent_password=AGENTS,
        designer_token=COMMANDS,
        api_channel_key="an-api-channel-key",
        care_token="a-care-token",
        bridge_token_gateway="a-bridge-token",
        signing_key="a-signing-key-for-tests",
        pseudonym_key="a-pseudonym-key-for-tests",
    )
    container = build(settings, FakeClock())
    await create_tables(container.database)
    yield container
    for part in (container.bridge, container.care, container.review.workbench):
        await part.close()
    await container.database.close()


@pytest.fixture
def app(parts: Container) -> FastAPI:
    return create_app(parts.settings, parts)


@pytest.fixture
async def dora(app: FastAPI) -> AsyncIterator[Program]:
    """A designer's program."""
    async with Program(app) as program:
        await program.log_in("Dora", DESIGNERS)
        yield program


@pytest.fixture
async def commands(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """The designers' commands."""
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport,
        base_url="http://gateway/designer/v1",
        headers={"Authorization": f"Bearer {COMMANDS}"},
    ) as client:
        yield client


@pytest.fixture
async def conversation(parts: Container) -> str:
    """A customer with a name, a handle and much to hide; an agent who noted something."""
    now = parts.clock.now()

    def write(conn: Any) -> str:
        name = factory.conversation(
            conn, at=now - 60, sender_name=NAME, handle="teo_bra88", sender_email=MAIL
        )
        turn = new_id("t")
        factory.said(
            conn,
            name,
            TEXT,
            at=now - 60,
            turn_id=turn,
            reading={
                "intent": "nlu_fallback",
                "confidence": 0.8,
                "rejected": True,
                "ranking": [{"intent": "garment_care", "confidence": 0.2}],
                "entities": [
                    {
                        "entity": "order_number",
                        "value": ORDER,
                        "start": TEXT.index(ORDER),
                        "end": TEXT.index(ORDER) + len(ORDER),
                    }
                ],
            },
        )
        factory.told(conn, name, f"Cara {NAME}, ho trovato l'ordine {ORDER}.", at=now - 50)
        tapped = {"intent": "inform", "entities": {"order_number": ORDER, "email": MAIL}}
        factory.said(conn, name, "Sì", at=now - 45, payload=tapped, kind="postback")
        factory.noted(conn, name, NOTE, at=now - 40)
        factory.told(
            conn, name, f"Scriverò a {MAIL}", at=now - 30, role="agent", author="Marta Rossi"
        )
        return name

    name = await parts.database.write(write)
    await parts.review_job.tick()
    return name


async def test_only_designers_see_the_inbox(app: FastAPI, conversation: str) -> None:
    async with Program(app) as marta:
        assert (await marta.http.get("/console/api/review/groups")).status_code == 401
        await marta.log_in("Marta", AGENTS)
        for path in ("groups", "proposals", "vocabulary"):
            answer = await marta.http.get(f"/console/api/review/{path}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_role")
        body = {"text": "ciao", "language": "it", "intent": "greet"}
        assert (await marta.refused("/review/try", body)) == (403, "wrong_role")


async def test_changes_need_the_pages_token(dora: Program, conversation: str) -> None:
    [group] = (await dora.get("/review/groups"))["groups"]
    dora.token = ""
    body = {"group": group["id"], "version": group["version"], "kind": "not_useful"}
    for path, sent in (
        ("/review/proposals", body),
        ("/review/proposals/p1/withdraw", {}),
        (f"/review/groups/{group['id']}/split", {"version": 1, "messages": ["m1"]}),
        ("/review/try", {"text": "ciao", "language": "it", "intent": "greet"}),
    ):
        assert (await dora.refused(path, sent)) == (403, "csrf")


async def test_commands_are_refused_by_default(
    app: FastAPI, commands: httpx2.AsyncClient, conversation: str
) -> None:
    calls = [
        ("GET", "/proposals"),
        ("POST", "/proposals/pulled"),
        ("POST", "/proposals/published"),
        ("GET", "/withdrawn"),
        ("POST", "/withdrawn/removed"),
        ("GET", "/status"),
        ("GET", f"/conversations/{conversation}"),
        ("GET", "/messages?intent=greet"),
        ("POST", "/erasures"),
    ]
    for method, path in calls:
        for given in ("", "Bearer ", "Bearer wrong", COMMANDS):
            answer = await commands.request(method, path, headers={"Authorization": given})
            assert answer.status_code == 401, (method, path, given)


async def test_a_gateway_without_a_token_lets_no_command_in(parts: Container, app: FastAPI) -> None:
    parts.settings.designer_token = type(parts.settings.designer_token)("")
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://gateway") as client:
        for given in ("", "Bearer", "Bearer "):
            answer = await client.get("/designer/v1/status", headers={"Authorization": given})
            assert answer.status_code == 401


async def test_nothing_that_says_who_somebody_is_leaves(
    dora: Program, commands: httpx2.AsyncClient, conversation: str
) -> None:
    page = await dora.get("/review/groups")
    group = page["groups"][0]
    shown = await dora.get(f"/review/groups/{group['id']}")
    message = shown["messages"][0]
    answers = [page, shown, await dora.get(f"/review/messages/{message['id']}/dialogue")]
    for path in (f"/conversations/{conversation}", "/messages?intent=nlu_fallback", "/status"):
        answers += [(await commands.get(path)).json()]
    for answer in answers:
        for secret in (*SECRETS, NOTE, "Rossi"):
            assert secret.casefold() not in repr(answer).casefold()
    assert {span["kind"] for span in message["spans"]} >= {"name", "email", "order_number"}
    for span in message["spans"]:
        assert message["text"][span["start"] : span["end"]]
    [entity] = message["entities"]
    assert message["text"][entity["start"] : entity["end"]] == entity["value"] == "LA-10000"


async def test_the_dialogue_shows_both_sides_in_order(dora: Program, conversation: str) -> None:
    [group] = (await dora.get("/review/groups"))["groups"]
    message = (await dora.get(f"/review/groups/{group['id']}"))["messages"][0]
    shown = await dora.get(f"/review/messages/{message['id']}/dialogue")
    assert shown["before"] == []
    assert [entry["role"] for entry in shown["after"]] == ["bot", "customer", "agent"]
    assert shown["message"]["id"] == message["id"]


async def test_a_transcript_can_be_replayed(
    commands: httpx2.AsyncClient, conversation: str
) -> None:
    shown = (await commands.get(f"/conversations/{conversation}")).json()
    assert shown["channel"] == "api"
    assert [entry["role"] for entry in shown["entries"]] == ["customer", "bot", "customer", "agent"]
    assert shown["entries"][0]["reading"]["intent"] == "nlu_fallback"
    assert shown["entries"][2]["payload"] == {
        "intent": "inform",
        "entities": {"order_number": "LA-10000", "email": "nome@example.com"},
    }
    assert (await commands.get("/conversations/c0")).status_code == 404


async def test_the_way_of_a_proposal(
    dora: Program, commands: httpx2.AsyncClient, conversation: str
) -> None:
    [group] = (await dora.get("/review/groups"))["groups"]
    message = (await dora.get(f"/review/groups/{group['id']}"))["messages"][0]
    body = {
        "group": group["id"],
        "version": group["version"],
        "kind": "intent",
        "intent": "garment_care",
        "examples": [{"message": message["id"], "text": "punge da morire", "entities": []}],
    }
    made = await dora.do("/review/proposals", body)
    answer = await dora.post("/review/proposals", body)
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["by"]) == ("stale", "Dora")
    assert error["at"].endswith("Z")
    [waiting] = (await commands.get("/proposals", params={"state": "queued"})).json()["proposals"]
    assert (waiting["id"], waiting["author"]) == (made["proposals"][0], "Dora")
    written = {"ids": made["proposals"], "files": {waiting["id"]: "data/nlu/it/x.yml"}}
    about = {"ids": [*made["proposals"], "p0"]}
    may = (await commands.post("/proposals/writing", json=about)).json()
    assert may == {"ids": made["proposals"]}
    assert (await commands.post("/proposals/pulled", json=written)).json() == {"pulled": 1}
    assert (await commands.post("/proposals/pulled", json=written)).json() == {"pulled": 0}
    assert (await commands.get("/status")).json()["proposals"]["pulled"] == {"intent": 1}
    model = {"ids": made["proposals"], "model": "abc"}
    assert (await commands.post("/proposals/published", json=model)).json() == {"published": 1}
    erased = (await commands.post("/erasures", json={"conversation": conversation})).json()
    assert erased == {"messages": 1, "proposals": 1, "examples": 1}
    [example] = (await commands.get("/withdrawn")).json()["examples"]
    done = {"digests": [example["digest"]]}
    assert (await commands.post("/withdrawn/removed", json=done)).json() == {"removed": 1}


async def test_personal_data_in_an_example_is_refused_with_its_place(
    dora: Program, conversation: str
) -> None:
    [group] = (await dora.get("/review/groups"))["groups"]
    message = (await dora.get(f"/review/groups/{group['id']}"))["messages"][0]
    text = f"{message['text']} (Teodolinda)"
    body = {
        "group": group["id"],
        "version": group["version"],
        "kind": "intent",
        "intent": "garment_care",
        "examples": [{"message": message["id"], "text": text}],
    }
    answer = await dora.post("/review/proposals", body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, "personal_data", "examples")
    [where] = error["where"]
    assert text[where["start"] : where["end"]] == "Teodolinda"
    assert "Teodolinda" not in repr(error)


async def test_a_trial_without_the_workbench_says_so(
    dora: Program, bench: WorkbenchSimulator, conversation: str
) -> None:
    body = {"text": "punge da morire", "language": "it", "intent": "garment_care"}
    assert (await dora.do("/review/try", body))["compared"] == 0
    bench.away = True
    assert (await dora.refused("/review/try", body)) == (503, "workbench_away")


async def test_a_trial_for_which_the_workbench_lacks_something_says_what(
    dora: Program, bench: WorkbenchSimulator
) -> None:
    bench.lacks = "greet.yml:31 can't be read (ScannerError)"
    body = {"text": "punge da morire", "language": "it", "intent": "garment_care"}
    answer = await dora.post("/review/try", body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "workbench_not_ready")
    assert error["message"] == bench.lacks


async def test_what_there_is_to_choose_from(dora: Program) -> None:
    shown = await dora.get("/review/vocabulary")
    intents = {each["name"]: each["title"] for each in shown["intents"]}
    assert intents["garment_care"] == {"it": "Lavaggio e cura", "en": "Washing and care"}
    assert "out_of_scope" in intents
    assert "nlu_fallback" not in intents
    assert "order_number" in shown["entities"]
    assert {"slug": "capo-infeltrito", "language": "it"}.items() <= next(
        each for each in shown["articles"] if each["slug"] == "capo-infeltrito"
    ).items()


async def test_strange_cursors_are_refused(dora: Program) -> None:
    for after in ("x", "W10", "e30", "bnVsbA"):
        answer = await dora.http.get("/console/api/review/groups", params={"after": after})
        assert answer.status_code == 422
