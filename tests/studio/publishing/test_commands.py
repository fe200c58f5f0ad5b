"""Publishing where nothing runs, what is refused before anything happens, and what is recorded."""

from __future__ import annotations

import argparse
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ops import generated_secrets, records, served, training
from ops.processes import Layout
from studio.publishing import candidate, commands, examples, report, smoke, tree
from studio.publishing.__main__ import share
from studio.publishing.commands import Publication
from studio.publishing.installation import Installation
from studio.publishing.refusal import Refused
from tests.care import until

OLD, NEW = "ascolto-aaaaaaaaaaaa.tar.gz", "ascolto-bbbbbbbbbbbb.tar.gz"
VERDICT = {
    "ok": True,
    "sets": {"evaluation.it": {"messages": 2, "right": 2, "accuracy": 1.0}},
    "better": [{"text": "x"}],
    "worse": [],
    "findings": [],
    "balances": [{"name": "greet", "net": 0}, {"name": "thank", "net": 1}],
}


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    """Two models, the old one live, and nothing that runs."""
    models = tmp_path / "models"
    models.mkdir()
    for name in (OLD, NEW):
        (models / name).write_text(name)
        told = {"model": name, "trained_at": 5.0, "inputs": {"config.yml": "x"}}
        (models / name.replace(".tar.gz", ".json")).write_text(json.dumps(told))
    served.write(models, served.Served(OLD))
    settings = {"ASCOLTO_HOME": str(tmp_path), "ASCOLTO_MODELS": str(models)}
    return Installation(Layout.of(generated_secrets.complete(settings)), None)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scratch process is for the tests with real ones."""
    monkeypatch.setattr(smoke, "passes", lambda *_: "8 conversations")


def publication(here: Installation, **more: Any) -> Publication:
    given: dict[str, Any] = {"name": NEW, "author": "Nora", "guard": lambda *_: VERDICT}
    return Publication(here, **{**given, "validate": lambda _root: "", **more})


def test_where_nothing_runs_the_next_start_serves_it(
    here: Installation, tried: None, capsys: pytest.CaptureFixture[str]
) -> None:
    publication(here).run()
    now = served.read(here.models)
    assert now == served.Served(NEW, OLD, None, published=True, unrecorded=True)
    assert "nothing runs here: the next `make run` serves" in capsys.readouterr().out


def test_each_step_is_one_line_with_its_seconds(
    here: Installation, tried: None, capsys: pytest.CaptureFixture[str]
) -> None:
    publication(here).run()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].strip() for line in lines[:3]] == [
        "model",
        "tried by itself",
        "guard",
    ]
    assert all(line.endswith(" s)") for line in lines[:3])


def test_the_guards_objection_is_the_last_word(here: Installation, tried: None) -> None:
    def objects(*_: Any) -> dict[str, Any]:
        raise Refused("the guard objects")

    with pytest.raises(Refused, match="the guard objects"):
        publication(here, guard=objects).run()
    assert served.read(here.models) == served.Served(OLD)


def test_a_rollback_waits_for_nobody_who_only_trains_and_tries(
    here: Installation, tried: None
) -> None:
    def meanwhile(*_: Any) -> dict[str, Any]:
        assert not served.changing(here.models)
        return VERDICT

    publication(here, guard=meanwhile).run()
    assert served.read(here.models).model == NEW


def test_what_was_changed_while_it_was_tried_is_refused(here: Installation, tried: None) -> None:
    def meanwhile(*_: Any) -> dict[str, Any]:
        (here.models / NEW).write_text("trained again")
        return VERDICT

    with pytest.raises(Refused, match="was changed while it was tried"):
        publication(here, guard=meanwhile).run()
    assert served.read(here.models).model == OLD


def test_who_waits_for_somebody_else_is_told(
    here: Installation, tried: None, capsys: pytest.CaptureFixture[str]
) -> None:
    publication(here).run()
    with ThreadPoolExecutor() as threads:
        with served.alone(here.models, wait=False):
            waiting = threads.submit(commands.roll_back, here, author="Nora")
            until(lambda: served.wanted(here.models), "somebody waits")
            assert "waiting: somebody else is changing models" in capsys.readouterr().out
        assert waiting.result(10).name == OLD


def test_a_trial_needs_customers(here: Installation) -> None:
    with pytest.raises(Refused, match="a trial needs customers"):
        publication(here, share=0.1).run()


def test_training_what_may_yet_be_refused_changes_nothing(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(candidate, "_wanted", lambda _layout: NEW)
    monkeypatch.setattr(training, "ensure", lambda *_, **how: asked.update(how))
    assert candidate.train(here.layout, here.layout.home).model.name == NEW
    assert asked["aside"]
    assert served.read(here.models) == served.Served(OLD)


def test_a_file_that_is_no_model_of_ours_is_refused(here: Installation) -> None:
    for name in ("../other.tar.gz", "ascolto-cccccccccccc.tar.gz", "model.tar.gz"):
        with pytest.raises(Refused, match="isn't a model of ours"):
            candidate.of_file(here.models, name)
    (here.models / NEW.replace(".tar.gz", ".json")).write_text(json.dumps({"model": OLD}))
    with pytest.raises(Refused, match="is of another model"):
        candidate.of_file(here.models, NEW)


def test_rolling_back_where_nothing_runs(here: Installation, tried: None) -> None:
    with pytest.raises(Refused, match="no previous model"):
        commands.roll_back(here, author="Nora")
    publication(here).run()
    commands.roll_back(here, author="Nora")
    assert served.read(here.models).model == OLD
    commands.roll_back(here, to="ascolto-bbbbbbbbbbbb", author="Nora")
    assert served.read(here.models).model == NEW
    with pytest.raises(Refused, match="isn't in"):
        commands.roll_back(here, to="ascolto-cccccccccccc", author="Nora")


def test_rolling_back_where_nothing_runs_ends_a_trial_first(
    here: Installation, tried: None
) -> None:
    served.write(here.models, served.read(here.models).serving(NEW, previous=OLD, canary=OLD))
    commands.roll_back(here, author="Nora")
    now = served.read(here.models)
    assert (now.model, now.previous, now.canary) == (NEW, OLD, None)


class Review:
    """The gateway's review: proposals that were pulled, in two pages."""

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        assert (path, parameters["state"]) == ("proposals", "pulled")
        if parameters.get("after") == "p2":
            return {"proposals": [{"id": "p3", "kind": "article_question"}], "next": None}
        dropped = {"id": "p1", "kind": "intent", "text": "mai scritto da nessuno, xyz"}
        kept = {"id": "p2", "kind": "intent", "text": "Grazie MILLE"}
        return {"proposals": [dropped, kept], "next": "p2"}


def test_a_model_is_recorded_with_the_proposals_that_it_learnt() -> None:
    assert records.proposals(Review(), {"grazie mille"}) == ["p2", "p3"]


def test_what_is_published_where_nothing_runs_is_told_at_the_next_start(
    here: Installation, tried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert records.kept(here.models, NEW, Review()) == {}
    monkeypatch.setattr(examples, "known", lambda *_: frozenset({"grazie mille"}))
    publication(here).run()
    told = records.kept(here.models, NEW, Review())
    assert (told["author"], told["inputs"]) == ("Nora", "bbbbbbbbbbbb")
    assert told["proposals"] == ["p2", "p3"]
    assert told["guard"]["better"] == 1


def test_a_report_is_short() -> None:
    figures, guard = report.summary(VERDICT)
    assert figures == {"sets": VERDICT["sets"]}
    assert (guard["better"], guard["worse"]) == (1, 0)
    assert guard["balances"] == [{"name": "thank", "net": 1}]


def test_what_is_not_committed_is_named(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)

    assert tree.revision(tmp_path, dirty=False) is None
    git("init", "-q")
    git("config", "user.name", "Nora Bianchi")
    git("config", "user.email", "nora@example.com")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "greet.yml").write_text("a")
    (tmp_path / "README.md").write_text("a")
    git("add", ".")
    git("commit", "-qm", "first")
    revision = tree.revision(tmp_path, dirty=False)
    assert revision is not None
    assert len(revision) == 12
    (tmp_path / "README.md").write_text("b")
    assert tree.revision(tmp_path, dirty=False) == revision
    (tmp_path / "data" / "greet.yml").write_text("b")
    with pytest.raises(Refused, match=r"not committed: data/greet\.yml"):
        tree.revision(tmp_path, dirty=False)
    assert tree.revision(tmp_path, dirty=True) == f"{revision}+"
    assert tree.author(tmp_path, {}) == "Nora Bianchi"
    assert tree.author(tmp_path, {"ASCOLTO_AUTHOR": "Piero"}) == "Piero"


@pytest.mark.parametrize(("written", "value"), [("10%", 0.1), ("0.25", 0.25), ("99%", 0.99)])
def test_shares_are_read(written: str, value: float) -> None:
    assert share(written) == pytest.approx(value)


@pytest.mark.parametrize("written", ["0", "100%", "1", "ten", "-5%", "nan"])
def test_no_shares_are_refused(written: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no share"):
        share(written)


def test_both_languages_are_tried_and_a_broken_list_tries_nothing(tmp_path: Path) -> None:
    assert {each.language for each in smoke.sentences()} == {"it", "en"}
    file = tmp_path / "smoke.yml"
    for content in ("", "it: []", "it: [{text: ciao}]", "just words"):
        file.write_text(content)
        with pytest.raises(Refused):
            smoke.sentences(file)


def test_a_pinned_model_is_not_published_around(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASCOLTO_HOME", str(tmp_path))
    monkeypatch.setenv("ASCOLTO_MODEL", "models/other.tar.gz")
    with pytest.raises(Refused, match="ASCOLTO_MODEL"):
        Installation.here()


def test_where_no_rasa_runs_nothing_is_even_trained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASCOLTO_HOME", str(tmp_path))
    monkeypatch.delenv("ASCOLTO_MODEL", raising=False)
    monkeypatch.setenv("ASCOLTO_RASA_URLS", "http://127.0.0.1:9")
    with pytest.raises(Refused, match="no Rasa runs here"):
        Installation.here()


def test_rasas_elsewhere_are_tried_with_one_here(here: Installation) -> None:
    elsewhere = replace(here.layout, rasa_ports=(), spare_port=0)
    assert smoke.as_here(elsewhere).argv == here.layout.rasas()[0].argv


def test_examples_are_compared_without_their_marks(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "nlu" / "it"
    folder.mkdir(parents=True)
    text = """\
nlu:
  - intent: order_status
    examples: |
      - dov'è l'ordine [LA-20398](order_number)?
      - Lo   spedite a [Milano]{"entity": "city"}
"""
    trained, edited = folder / "order_status.yml", folder / "greet.yml"
    trained.write_text(text, "utf-8")
    edited.write_text("nlu:\n  - intent: greet\n    examples: |\n      - ehilà\n", "utf-8")
    inputs = {
        "data/nlu/it/order_status.yml": sha256(trained.read_bytes()).hexdigest(),
        "data/nlu/it/greet.yml": "as it was when the model was trained",
    }
    (tmp_path / NEW.replace(".tar.gz", ".json")).write_text(json.dumps({"inputs": inputs}))
    texts = examples.known(tmp_path, tmp_path / NEW)
    said = {"kind": "intent", "text": "Dov'è l'ordine LA-20398?"}
    assert records.learnt(said, texts)
    assert records.learnt({"kind": "intent", "text": "lo spedite a milano"}, texts)
    assert not records.learnt({"kind": "out_of_scope", "text": "e a Roma?"}, texts)
    assert not records.learnt({"kind": "intent", "text": "ehilà"}, texts)
    assert records.learnt({"kind": "not_useful"}, texts)
