"""The service as its neighbours meet it: over HTTP, many at once, and as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from crm_bridge.verification.models import Grant
from runtime.migrations import SCRIPTS, upgrade
from tests.crm_bridge.serving import served
from tests.crm_bridge.world import ACTIONS, GATEWAY, SIGNING_KEY, ref

CHALLENGES = "/v1/verification/challenges"
ANSWERS = "/v1/verification/answers"


def client(url: str, token: str) -> httpx2.Client:
    return httpx2.Client(
        base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=60
    )


def test_a_customer_is_verified_over_http_by_the_running_service(
    database_address: tuple[str, str], tmp_path: Path, unused_tcp_port: int
) -> None:
    seeding = {
        "key": "m1", "conversation": ref(), "direction": "in", "role": "customer",
        "text": "Dov'è il mio ordine?", "at": "2026-05-28T10:00:00Z",
    }  # fmt: skip
    with served(database_address, tmp_path, unused_tcp_port) as (url, world):
        world.on_its_loop(world.customer_with_order())
        with client(url, GATEWAY) as gateway, client(url, ACTIONS) as actions:
            gateway.post(
                "/v1/interactions",
                json={"interactions": [seeding]},
                headers={"Idempotency-Key": "i1"},
            ).raise_for_status()
            asked = actions.post(
                CHALLENGES,
                json={"conversation": ref(), "order_number": "LA-20398", "language": "it"},
                headers={"Idempotency-Key": "c1"},
            )
            assert world.outbox.arrived.wait(60)
            body = {
                "conversation": ref(),
                "challenge_id": asked.json()["challenge_id"],
                "code": world.outbox.code(),
            }
            with ThreadPoolExecutor(8) as pool:
                answers = list(
                    pool.map(
                        lambda n: actions.post(
                            ANSWERS, json=body, headers={"Idempotency-Key": f"a{n}"}
                        ).json(),
                        range(8),
                    )
                )
            assert sorted(answer["verified"] for answer in answers) == [False] * 7 + [True]
            order = actions.get("/v1/orders/LA-20398", params={"conversation": "c1"})
            assert order.json()["shipment"]["carrier"] == "Alpe Corrieri"
            assert len(world.on_its_loop(world.rows(Grant))) == 1


def test_the_process_starts_says_what_is_wrong_and_stops_on_a_signal(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    upgrade(f"sqlite:///{tmp_path / 'bridge.sqlite3'}", "bridge", SCRIPTS["bridge"])
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("ASCOLTO_")},
        "ASCOLTO_HOME": str(tmp_path),
        "ASCOLTO_BRIDGE_PORT": str(unused_tcp_port),
        "ASCOLTO_BRIDGE_TOKEN_GATEWAY": GATEWAY,
        "ASCOLTO_BRIDGE_TOKEN_ACTIONS": ACTIONS,
        "ASCOLTO_SIGNING_KEY": SIGNING_KEY,
        "ASCOLTO_LOG_FORMAT": "json",
        "ASCOLTO_KNOWLEDGE_DIR": str(tmp_path / "no-articles"),
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "crm_bridge.app"], env=environment, stderr=output
        )
        try:
            transport = httpx2.HTTPTransport(retries=12)
            with httpx2.Client(transport=transport, trust_env=False, timeout=60) as http:
                url = f"http://127.0.0.1:{unused_tcp_port}"
                assert http.get(f"{url}/healthz").status_code == 200
                answer = http.get(f"{url}/readyz")
                assert answer.status_code == 503
                assert any("ASCOLTO_SMTP_URL" in why for why in answer.json()["problems"])
                headers = {"Authorization": f"Bearer {ACTIONS}"}
                secret = "/v1/orders/LA-20398?conversation=giulia@example.com"
                assert http.get(url + secret, headers=headers).status_code == 403
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) in (0, -signal.SIGTERM)
        finally:
            process.kill()
            process.wait()
    said = log.read_text()
    assert "Application startup complete" in said
    for personal in ("giulia", "LA-20398", ACTIONS, SIGNING_KEY):
        assert personal not in said


def test_wrong_settings_are_named_without_their_values(tmp_path: Path) -> None:
    environment = {**os.environ, "ASCOLTO_BRIDGE_PORT": "hunter2", "ASCOLTO_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "crm_bridge.app"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "ASCOLTO_BRIDGE_PORT" in done.stderr
    assert "hunter2" not in done.stderr
