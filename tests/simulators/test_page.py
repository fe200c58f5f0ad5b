"""The page of both simulators: what it serves, and to whom."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.simulators.__main__ import settings
from tests.simulators.page import Simulators
from tests.simulators.page.acting import knitting

STATIC = Path(__file__).parent / "page" / "static"
CARD = [{"type": "header", "text": {"type": "plain_text", "text": "Giulia"}}]


@pytest.fixture
def simulators() -> Iterator[Simulators]:
    with Simulators.running() as running:
        yield running


@pytest.fixture
def http(simulators: Simulators) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=simulators.page_url, timeout=60) as client:
        yield client


def do(http: httpx2.Client, verb: str, **arguments: Any) -> int:
    return http.post(f"/api/{verb}", json=arguments).status_code


def chat(http: httpx2.Client, name: str) -> list[dict[str, Any]]:
    customers = http.get("/api/state").json()["telegram"]["customers"]
    [found] = [c["messages"] for c in customers if c["name"] == name]
    return list(found)


def test_a_customer_writes_corrects_and_sends_a_picture(
    simulators: Simulators, http: httpx2.Client
) -> None:
    assert do(http, "say", customer="Giulia", text="dov'e il pacco?") == 200
    [first] = chat(http, "Giulia")
    assert do(http, "correct", customer="Giulia", message=first["id"], text="dov'è?") == 200
    assert do(http, "picture", customer="Giulia", text="") == 200
    corrected, picture = chat(http, "Giulia")
    assert corrected["text"] == "dov'è?"
    assert corrected["edited"]
    shown = http.get(f"/files/telegram/{picture['picture']}")
    assert shown.headers["content-type"] == "image/png"
    assert shown.content == knitting()
    assert chat(http, "Emma") == []
    assert simulators.telegram.updates.count() == 3


def test_an_agent_writes_and_edits(simulators: Simulators, http: httpx2.Client) -> None:
    answer = simulators.slack.api.call(
        "chat.postMessage",
        {"channel": simulators.slack.channel, "text": "Giulia", "blocks": CARD},
    )
    marta = next(iter(simulators.agents))
    written = {"agent": marta, "text": "<!channel> & co", "thread": answer["ts"], "picture": True}
    assert do(http, "post", **written) == 200
    [card] = http.get("/api/state").json()["slack"]["messages"]
    [reply] = card["replies"]
    assert reply["name"] == "Marta"
    # Typed, not chosen from Slack's list: nobody is called.
    assert reply["text"] == "&lt;!channel&gt; &amp; co"
    assert reply["files"][0]["picture"]
    assert do(http, "edit", agent=marta, ts=reply["ts"], text="meglio così") == 200
    assert do(http, "edit", agent=marta, ts=card["ts"], text="non mia") == 422
    assert do(http, "delete", agent=marta, ts=reply["ts"]) == 200
    [card] = http.get("/api/state").json()["slack"]["messages"]
    assert card["replies"] == []


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("nothing", {}),
        ("say", {"customer": "Nobody", "text": "ciao"}),
        ("say", {"customer": "Giulia"}),
        ("say", {"customer": "Giulia", "text": " "}),
        ("say", {"customer": "Giulia", "text": "x" * 5000}),
        ("say", {"customer": ["Giulia"], "text": "ciao"}),
        ("tap", {"customer": "Giulia", "data": "no such button"}),
        ("correct", {"customer": "Giulia", "message": 7, "text": "ciao"}),
        ("post", {"agent": "U0ASCOLTO", "text": "as the bot"}),
        ("click", {"agent": "U1", "ts": "1.0", "action": "ascolto_claim"}),
        ("submit", {"view": "V1", "values": {}}),
        ("fault", {"where": "elsewhere", "kind": "429"}),
        ("fault", {"where": "slack", "kind": "flood"}),
    ],
)
def test_what_makes_no_sense_is_refused(
    verb: str, arguments: dict[str, Any], http: httpx2.Client
) -> None:
    assert do(http, verb, **arguments) == 422


def test_other_sites_can_do_nothing(simulators: Simulators, http: httpx2.Client) -> None:
    body = json.dumps({"customer": "Giulia", "text": "ciao"}).encode()
    plain = http.post("/api/say", content=body, headers={"content-type": "text/plain"})
    assert plain.status_code == 415
    assert http.get("/api/state", headers={"host": "evil.example"}).status_code == 400
    long = b'{"customer": "Giulia", "text": "' + b"x" * 100_000 + b'"}'
    headers = {"content-type": "application/json"}
    assert http.post("/api/say", content=long, headers=headers).status_code == 422
    assert chat(http, "Giulia") == []


def test_only_the_page_is_served_and_only_pictures_are_shown(
    simulators: Simulators, http: httpx2.Client
) -> None:
    page = http.get("/")
    assert "'unsafe" not in page.headers["content-security-policy"]
    for file in STATIC.iterdir():
        assert http.get(f"/{file.name}").status_code == 200
    for path in ("/server.py", "/../server.py", "/%2e%2e/server.py", "/files/slack/nothing"):
        assert http.get(path).status_code == 404
    script = simulators.customers["Emma"].document("x.html", b"<script>", "text/html")
    answer = http.get(f"/files/telegram/{script['document']['file_id']}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


def test_nothing_new_costs_nothing(http: httpx2.Client) -> None:
    first = http.get("/api/state")
    known = {"if-none-match": first.headers["etag"]}
    assert http.get("/api/state", headers=known).status_code == 304
    do(http, "say", customer="Emma", text="hello")
    assert http.get("/api/state", headers=known).status_code == 200


def test_faults_are_counted_and_taken_back(simulators: Simulators, http: httpx2.Client) -> None:
    for where in ("telegram", "slack"):
        for kind in ("429", "500", "lost"):
            assert do(http, "fault", where=where, kind=kind) == 200
    assert simulators.telegram.state.faults.waiting() == 3
    assert simulators.slack.faults.waiting() == 3
    assert do(http, "calm") == 200
    state = http.get("/api/state").json()
    assert state["telegram"]["faults"] == state["slack"]["faults"] == 0


def test_nothing_that_is_set_for_real_meets_what_is_played(
    simulators: Simulators, tmp_path: Path
) -> None:
    real = {
        "PATH": "/usr/bin",
        "ASCOLTO_DATABASE_URL": "postgresql://real",
        "ASCOLTO_PUBLIC_URL": "https://real.example",
        "TELEGRAM_BOT_TOKEN": "real",
        "TELEGRAM_WEBHOOK_SECRET": "real",
        "ASCOLTO_GATEWAY_PORT": "8180",
    }
    found = settings(simulators, tmp_path, real)
    assert "real" not in str(found)
    assert found["ASCOLTO_GATEWAY_PORT"] == "8180"
    assert found["ASCOLTO_HOME"] == str(tmp_path.resolve())
    assert found["ASCOLTO_DEMO"] == "1"


def test_no_number_is_one_that_an_earlier_start_gave() -> None:
    """A gateway that kept its database would take what happens now for a duplicate."""
    begun = int(time.time())
    people = []
    for _ in range(2):
        with Simulators.running() as running:
            giulia = running.customers["Giulia"]
            people.append((giulia.private.id, list(running.agents)))
            assert giulia.text("ciao")["message_id"] >= begun
            assert running.telegram.updates.history[-1]["update_id"] >= begun
            assert int(running.slack.space.new_id(""), 16) >= begun
    assert people[0] == people[1]
