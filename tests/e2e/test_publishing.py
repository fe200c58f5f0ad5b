"""Publishing and rolling back while a hundred customers write; broken models never go live."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ops import care, served
from ops.gateway import Gateway
from ops.hosts import InFleet
from ops.system import System
from studio.publishing import commands
from studio.publishing.commands import Publication
from studio.publishing.installation import Installation
from studio.publishing.refusal import Refused
from tests.care import Customer, until
from tests.e2e import made_models
from tests.e2e.crowd import Crowd
from tests.e2e.made_models import MARK

# A process takes as long to load as the machine is busy, and each test has several load.
pytestmark = pytest.mark.timeout(900)

CUSTOMERS = 100
THANKS = "grazie mille, gentilissimi"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, _ = made_models.folder(tmp_path_factory.mktemp("models") / "m")
    return folder


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, models: Path, homes: list[Path]
) -> Iterator[System]:
    home = tmp_path_factory.mktemp("publishing")
    with System(home, {"ASCOLTO_AUTHOR": "Nora"}, models=models) as running:
        homes.append(running.home)
        yield running


@pytest.fixture(scope="module")
def here(system: System) -> Installation:
    return Installation(system.layout, InFleet(system.fleet))


@pytest.fixture(scope="module")
def first(models: Path) -> str:
    """The model that everything begins with."""
    name = served.read(models).model
    assert name is not None
    return name


@pytest.fixture(scope="module")
def second(models: Path, first: str) -> str:
    """Another one, which thanks otherwise."""
    return made_models.variant(models, first, "b", made_models.says_otherwise)


def no_objection(_layout: Any, _model: Path) -> dict[str, Any]:
    return {"ok": True, "better": [{}], "worse": []}


def publish(here: Installation, name: str, **more: Any) -> None:
    given = {"guard": no_objection, "validate": lambda _root: "", **more}
    Publication(here, name=name, author="Nora", **given).run()


def turns(system: System) -> list[tuple[str, float, int]]:
    """Of every turn: its model, when it was answered, and how often it was put off."""
    with contextlib.closing(sqlite3.connect(system.home / "gateway.sqlite3")) as database:
        rows = database.execute(
            "SELECT model_sha, finished_at, attempts FROM turns WHERE status = 'done'"
        )
        return rows.fetchall()


def live(system: System) -> dict[str, Any]:
    with Gateway.beside(system.layout) as gateway:
        return gateway.get("routing")


def served_by(system: System) -> list[str]:
    found = [care.state(process) for process in system.layout.rasas()]
    return [state.model for state in found if state is not None]


def test_publishing_and_rolling_back_under_load(
    system: System, here: Installation, models: Path, first: str, second: str
) -> None:
    old, new = served.sha(models / first), served.sha(models / second)
    crowd = Crowd(system)
    with crowd.writing():
        publish(here, second)
        after = time.time()
        with Gateway.beside(system.layout) as gateway:
            known = {model["sha"]: model for model in gateway.get("models")["models"]}
        served_then = served_by(system)
        until(lambda: [m for m, at, _ in turns(system) if at > after + 1], "turns after the change")
        commands.roll_back(here, author="Nora")
        back = time.time()
        withdrawn_at = datetime.fromisoformat(live(system)["since"]).timestamp()
        until(lambda: [m for m, at, _ in turns(system) if at > back + 1], "turns after the return")
    crowd.check()

    assert served_then == [new]
    assert served_by(system) == [old]
    assert (known[new]["state"], known[new]["author"]) == ("live", "Nora")
    assert known[old]["state"] == "previous"
    found = turns(system)
    assert {model for model, *_ in found} == {old, new}
    assert {m for m, at, _ in found if after < at < withdrawn_at} == {new}
    assert {m for m, at, _ in found if at > back} == {old}
    assert live(system)["live"] == old
    now = served.read(models)
    assert (now.model, now.previous, now.canary) == (first, second, None)
    assert not system.is_running("rasa-spare")


@pytest.mark.parametrize("broken", ["truncated", "rejects_everything", "worse"])
def test_a_broken_model_never_goes_live(
    system: System, here: Installation, models: Path, first: str, broken: str
) -> None:
    guard = no_objection
    if broken == "truncated":
        name = made_models.truncated(models, first)
    elif broken == "rejects_everything":
        name = made_models.variant(models, first, "e", made_models.rejects_everything)
    else:
        name = made_models.variant(models, first, "f", made_models.same)

        def guard(_layout: Any, _model: Path) -> dict[str, Any]:
            raise Refused("the guard objects")

    before = (live(system), served.read(models))
    with pytest.raises(Refused):
        publish(here, name, guard=guard)
    assert (live(system)["live"], served.read(models)) == (before[0]["live"], before[1])
    assert served_by(system) == [served.sha(models / first)]
    assert not system.is_running("rasa-spare")


def test_a_process_killed_on_the_way_loses_nobody(
    system: System, here: Installation, models: Path, second: str
) -> None:
    new = served.sha(models / second)
    crowd = Crowd(system)

    def kill_once_the_spare_serves() -> None:
        until(lambda: live(system)["live"] == new, "the routing has changed", seconds=200)
        system.kill("rasa")

    with crowd.writing(30):
        killer = threading.Thread(target=kill_once_the_spare_serves)
        killer.start()
        publish(here, second)
        killer.join()
    crowd.check()
    assert served_by(system) == [new]
    assert live(system)["live"] == new


def test_a_canary_serves_its_share_steadily_and_goes_at_once(
    system: System, here: Installation, models: Path, first: str
) -> None:
    other = served.sha(models / first)
    publish(here, first, share=0.5)
    customers = [Customer(system) for _ in range(24)]
    said = {c.name: [MARK in c.say(THANKS) for _ in range(2)] for c in customers}
    # Half of them about, and everybody always the same model: the live one marks its thanks.
    assert all(one == other_one for one, other_one in said.values())
    assert 3 <= sum(one for one, _ in said.values()) <= 21
    assert live(system)["canary"]["model"] == other
    commands.end_trial(here, promote=False)
    assert all(MARK in c.say(THANKS) for c in customers)
    assert live(system)["canary"] is None
    assert not system.is_running("rasa-spare")
    for customer in customers:
        customer.close()
