"""The designers' workbench as a process beside the others, which none of them leans on."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

import pytest

from ops.system import System
from tests import asking

SECONDS = 60.0


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    home = tmp_path_factory.mktemp("workbench")
    # Customers' messages aren't the point here, and nothing has to be trained.
    with System(home, without=("rasa", "actions"), workbench=True) as running:
        yield running


def _url(system: System) -> str:
    return system.layout.workbench_url


def _headers(system: System) -> dict[str, str]:
    return {"Authorization": f"Bearer {system.secret('WORKBENCH_TOKEN')}"}


def test_it_listens_on_loopback_and_wants_its_token(system: System) -> None:
    assert _url(system).startswith("http://127.0.0.1:")
    assert asking.get(f"{_url(system)}/ready").status_code == 401
    care = {"Authorization": f"Bearer {system.secret('CARE_TOKEN')}"}
    assert asking.get(f"{_url(system)}/ready", headers=care).status_code == 401
    answer = asking.get(f"{_url(system)}/ready", headers=_headers(system)).json()
    assert answer["ready"] is True


def test_it_encodes_what_it_is_given(system: System) -> None:
    body = {"texts": ["dov'è il mio ordine?", "where is my order?"]}
    answer = asking.post(
        f"{_url(system)}/v1/vectors", headers=_headers(system), json=body, timeout=SECONDS
    ).json()
    assert len(base64.b64decode(answer["vectors"])) == 2 * 2 * answer["dimensions"]


def test_nobody_misses_it_when_it_dies(system: System) -> None:
    ready = f"{system.gateway_url}/readyz"
    before = asking.get(ready)
    system.kill("workbench")
    try:
        deadline = time.monotonic() + SECONDS
        while system.is_running("workbench") and time.monotonic() < deadline:
            asking.get(ready)
        assert not system.is_running("workbench")
        after = asking.get(ready)
        assert (after.status_code, set(after.json())) == (before.status_code, set(before.json()))
        assert after.status_code == 200
    finally:
        system.start("workbench", wait=True)
    assert asking.get(f"{_url(system)}/ready", headers=_headers(system)).status_code == 200
