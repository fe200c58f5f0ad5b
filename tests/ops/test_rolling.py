"""Moving processes from model to model: in which order, and what is taken back when it fails."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from ops import records, served
from ops.deploying import Deployment, Model, NothingLive, Overtaken
from ops.gateway import GatewayProblem
from ops.rolling import RollFailed
from tests.ops.machine import Machine, two_rasas


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return two_rasas(tmp_path, monkeypatch)


@pytest.fixture
def deployment(machine: Machine) -> Deployment:
    return machine.deployment()


def test_the_spare_serves_before_the_first_one_goes(
    machine: Machine, deployment: Deployment
) -> None:
    deployment.go_live(machine.model("new"), {"author": "Nora"})
    assert machine.told == [
        "route old",
        "stop rasa-spare",
        "start rasa-spare",
        "route new",
        *("drain rasa", "stop rasa", "start rasa"),
        *("drain rasa-2", "stop rasa-2", "start rasa-2"),
        *("drain rasa-spare", "stop rasa-spare"),
    ]
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}
    now = served.read(machine.models)
    assert (now.model, now.previous, now.canary) == ("new.tar.gz", "old.tar.gz", None)
    assert now.published


def test_a_model_that_does_not_load_leaves_no_trace(
    machine: Machine, deployment: Deployment
) -> None:
    machine.unloadable.add(f"rasa-spare:{machine.model('new').sha}")
    with pytest.raises(RollFailed, match="rasa-spare fell over"):
        deployment.go_live(machine.model("new"))
    assert machine.routing["live"] == machine.model("old").sha
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}
    now = served.read(machine.models)
    assert (now.model, now.canary) == ("old.tar.gz", None)


def test_a_failure_on_the_way_takes_everything_back(
    machine: Machine, deployment: Deployment
) -> None:
    machine.unloadable.add(f"rasa-2:{machine.model('new').sha}")
    with pytest.raises(RollFailed, match="rasa-2 fell over"):
        deployment.go_live(machine.model("new"))
    assert machine.routing["live"] == machine.model("old").sha
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}
    assert served.read(machine.models).model == "old.tar.gz"


def test_what_is_live_already_is_left_alone(machine: Machine, deployment: Deployment) -> None:
    deployment.go_live(machine.model("new"))
    machine.told.clear()
    deployment.go_live(machine.model("new"))
    assert machine.told == []
    assert served.read(machine.models).previous == "old.tar.gz"


@pytest.fixture
def trained_since(machine: Machine) -> Model:
    """What a training made current while the processes served the old one; nothing published."""
    served.write(machine.models, served.Served("new.tar.gz"))
    return machine.model("new")


def test_the_first_publication_begins_from_what_the_processes_serve(
    machine: Machine, deployment: Deployment, trained_since: Model
) -> None:
    deployment.go_live(trained_since)
    assert machine.told[0] == "route old"
    now = served.read(machine.models)
    assert (now.model, now.previous) == ("new.tar.gz", "old.tar.gz")
    assert machine.routing["previous"] == machine.model("old").sha
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}


def test_the_first_publication_that_fails_goes_back_to_what_was_served(
    machine: Machine, deployment: Deployment, trained_since: Model
) -> None:
    machine.unloadable.add(f"rasa-2:{trained_since.sha}")
    with pytest.raises(RollFailed):
        deployment.go_live(trained_since)
    assert machine.routing["live"] == machine.model("old").sha
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}


def test_the_first_publication_may_be_a_trial(
    machine: Machine, deployment: Deployment, trained_since: Model
) -> None:
    deployment.try_out(trained_since, 0.1)
    assert machine.routing["live"] == machine.model("old").sha
    assert machine.serving() == {"rasa": "old", "rasa-2": "old", "rasa-spare": "new"}
    assert served.read(machine.models).model == "old.tar.gz"


def test_what_is_live_is_not_tried_and_ends_no_trial(
    machine: Machine, deployment: Deployment
) -> None:
    deployment.try_out(machine.model("new"), 0.1)
    with pytest.raises(NothingLive, match="live already"):
        deployment.try_out(machine.model("old"), 0.1)
    assert machine.routing["canary"]["model"] == machine.model("new").sha


def test_a_trial_runs_on_the_spare_until_it_is_ended(
    machine: Machine, deployment: Deployment
) -> None:
    deployment.try_out(machine.model("new"), 0.1)
    assert machine.serving() == {"rasa": "old", "rasa-2": "old", "rasa-spare": "new"}
    assert machine.routing["canary"] == {"model": machine.model("new").sha, "share": 0.1}
    deployment.end_trial(promote=False)
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}
    deployment.try_out(machine.model("new"), 0.1)
    deployment.end_trial(promote=True)
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}


def test_a_trial_that_the_rule_promoted_is_followed(
    machine: Machine, deployment: Deployment
) -> None:
    deployment.try_out(machine.model("new"), 0.1)
    old, new = machine.model("old").sha, machine.model("new").sha
    machine.routing = {"live": new, "previous": old, "canary": None}
    assert deployment.bring_in_line()
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}
    assert served.read(machine.models).previous == "old.tar.gz"
    machine.told.clear()
    assert deployment.bring_in_line()
    assert machine.told == []


def test_a_start_brings_the_trial_back(machine: Machine, deployment: Deployment) -> None:
    deployment.try_out(machine.model("new"), 0.1)
    machine.stop("rasa-spare")
    assert deployment.bring_in_line()
    assert machine.serving()["rasa-spare"] == "new"


def test_a_model_that_is_not_here_changes_nothing(machine: Machine, deployment: Deployment) -> None:
    machine.routing = {"live": "feedfeedfeedfeed"}
    assert not deployment.bring_in_line()
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}


def test_what_was_published_while_nothing_ran_is_told(
    machine: Machine, deployment: Deployment
) -> None:
    now = served.read(machine.models)
    served.write(machine.models, now.serving("new.tar.gz", previous="old.tar.gz", unrecorded=True))
    records.keep(machine.models, "new.tar.gz", {"author": "Nora", "revision": "abc"}, ["ciao"])
    deployment.record_unrecorded()
    record = machine.known[machine.model("new").sha]
    assert (record["author"], record["revision"], record["proposals"]) == ("Nora", "abc", ["p1"])
    assert machine.author == "Nora"
    assert machine.routing["live"] == machine.model("new").sha
    assert machine.routing["previous"] == machine.model("old").sha
    assert not served.read(machine.models).unrecorded
    # Whoever serves it again is somebody else.
    assert not list(machine.models.glob("*.record.json"))


def test_one_changes_models_at_a_time_and_who_waits_is_seen(tmp_path: Path) -> None:
    with served.alone(tmp_path):
        assert served.changing(tmp_path)
        with pytest.raises(served.Busy), served.alone(tmp_path, wait=False):
            pass
    assert not served.changing(tmp_path)
    assert not served.wanted(tmp_path)


def test_a_model_is_found_by_name_and_by_hash(machine: Machine) -> None:
    sha = machine.model("new").sha
    for wanted in ("new", "new.tar.gz", sha, sha[:8]):
        assert served.find(machine.models, wanted) == "new.tar.gz"
    assert served.find(machine.models, "feed") is None


def test_what_is_being_trained_is_no_model_yet(machine: Machine) -> None:
    (machine.models / "unfinished-7.tar.gz").write_text("half of it")
    assert served.find(machine.models, "unfinished-7") is None
    sha = served.sha(machine.models / "unfinished-7.tar.gz")
    assert served.find(machine.models, sha) is None


@pytest.fixture
def third(machine: Machine) -> str:
    (machine.models / "third.tar.gz").write_text("third")
    return "third"


def test_what_somebody_else_published_meanwhile_stands(
    machine: Machine, deployment: Deployment, third: str
) -> None:
    deployment.go_live(machine.model("old"))
    machine.meanwhile["start rasa-spare"] = lambda: machine.elsewhere(third)
    with pytest.raises(Overtaken, match="run it again"):
        deployment.go_live(machine.model("new"))
    assert machine.routing["live"] == machine.model(third).sha
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}
    assert served.read(machine.models).model == "old.tar.gz"


def test_what_fails_goes_to_what_was_published_elsewhere_since(
    machine: Machine, deployment: Deployment, third: str
) -> None:
    machine.unloadable.add(f"rasa-2:{machine.model('new').sha}")
    machine.meanwhile["start rasa"] = lambda: machine.elsewhere(third)
    with pytest.raises(RollFailed):
        deployment.go_live(machine.model("new"))
    assert machine.routing["live"] == machine.model(third).sha
    assert machine.serving() == {"rasa": third, "rasa-2": third}


def test_a_trial_that_changed_meanwhile_is_not_ended(
    machine: Machine, deployment: Deployment, third: str
) -> None:
    deployment.try_out(machine.model("new"), 0.1)
    machine.meanwhile["route new"] = lambda: machine.elsewhere(third)
    with pytest.raises(Overtaken):
        deployment.end_trial(promote=True)
    assert machine.routing["live"] == machine.model(third).sha


def test_a_change_whose_answer_was_lost_is_taken_back(
    machine: Machine, deployment: Deployment
) -> None:
    machine.answer_lost_at = "route new"
    with pytest.raises(GatewayProblem):
        deployment.go_live(machine.model("new"))
    assert machine.routing["live"] == machine.model("old").sha
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}


def test_a_full_disk_at_the_very_end_takes_nothing_back(
    machine: Machine, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = served.write

    def full(models: Path, content: served.Served) -> None:
        if "start rasa-2" in machine.told:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(models, content)

    monkeypatch.setattr(served, "write", full)
    with pytest.raises(OSError, match="No space left"):
        deployment.go_live(machine.model("new"))
    assert machine.told[-1] == "stop rasa-spare"
    assert machine.routing["live"] == machine.model("new").sha
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}
    assert served.read(machine.models).model == "new.tar.gz"
    monkeypatch.setattr(served, "write", write)
    assert deployment.bring_in_line()
    assert served.read(machine.models).canary is None
