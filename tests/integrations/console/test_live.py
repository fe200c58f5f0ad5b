"""Open pages hear of changes at once; an agent with an open page is at the desk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from integrations.console import live
from tests import asking

from . import factory
from .conftest import PASSWORD
from .gateways import Gateway


@contextmanager
def agent(gateway: Gateway, name: str = "Marta") -> Iterator[httpx2.Client]:
    """A program of an agent's."""
    with httpx2.Client(base_url=gateway.url, timeout=60) as http:
        answer = http.post("/console/api/session", json={"password": PASSWORD, "agent": name})
        http.headers["X-CSRF-Token"] = answer.json()["csrf"]
        yield http


@contextmanager
def following(http: httpx2.Client) -> Iterator[Iterator[tuple[str, dict[str, Any]]]]:
    """Events as (name, data), as they come."""

    def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        name = ""
        for line in lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))

    with http.stream("GET", "/console/api/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer.iter_lines())


def test_changes_are_told_as_they_happen(gateway: Gateway) -> None:
    giulia = gateway.ids["giulia"]
    with agent(gateway) as marta, agent(gateway, "Luca") as luca, following(marta) as events:
        assert next(events) == ("changed", {"ids": [], "all": True})
        luca.post(f"/console/api/conversations/{giulia}/claim", json={}).raise_for_status()
        assert next(events) == ("changed", {"ids": [giulia], "all": False})
        gateway.customer_says("giulia", "Ciao Luca")
        assert next(events) == ("changed", {"ids": [giulia], "all": False})


def test_events_name_conversations_and_nothing_else(gateway: Gateway) -> None:
    giulia = gateway.ids["giulia"]
    with agent(gateway) as marta, following(marta) as events:
        next(events)
        body = {"text": "segreto", "key": "0123456789abcdef"}
        marta.post(f"/console/api/conversations/{giulia}/note", json=body).raise_for_status()
        assert "segreto" not in str(next(events))


def test_whoever_has_the_page_open_is_at_the_desk(gateway: Gateway) -> None:
    with agent(gateway, "Marta") as marta:
        assert gateway.read(factory.present_agents) == []
        with following(marta) as events:
            next(events)
            assert gateway.read(factory.present_agents) == ["Marta"]


def test_the_page_hears_that_its_session_is_over(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SEEN_EVERY_S", 0.0)
    giulia = gateway.ids["giulia"]
    with agent(gateway) as marta, agent(gateway, "Luca") as luca, following(marta) as events:
        next(events)
        marta.post("/console/logout", data={"csrf": marta.headers["X-CSRF-Token"]})
        luca.post(f"/console/api/conversations/{giulia}/claim", json={}).raise_for_status()
        names = [name for name, _ in events]
        assert names[-1] == "over"


def test_the_gateway_serves_the_console(gateway: Gateway) -> None:
    answer = asking.get(f"{gateway.url}/console/login")
    assert answer.status_code == 200
    assert "content-security-policy" in answer.headers
    assert "content-security-policy" not in asking.get(f"{gateway.url}/healthz").headers
