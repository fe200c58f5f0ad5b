"""Training happens when something changed, and serving takes the model that was trained."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from bot import serve, settings, train


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder where training only writes a file."""
    for name in ("data/nlu/it", "data/rules", "bot/nlu", "understanding"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("config.yml", "domain.yml", "data/nlu/it/greet.yml", "bot/nlu/text.py"):
        (tmp_path / name).write_text("x", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASCOLTO_MODEL", raising=False)
    monkeypatch.setattr(train, "_train", _write)
    return tmp_path


def _write(model: Path) -> Path:
    unfinished = model.with_name("unfinished.tar.gz")
    unfinished.parent.mkdir(exist_ok=True)
    unfinished.write_bytes(model.name.encode())
    return unfinished


def test_nothing_changed_nothing_trained(project: Path) -> None:
    model, seconds = train.train()
    assert seconds > 0
    assert train.train() == (model, 0.0)
    assert train.current_model() == model
    forced, seconds = train.train(force=True)
    assert forced == model
    assert seconds > 0


def test_a_model_trained_aside_is_served_by_nobody(project: Path) -> None:
    before, _ = train.train()
    (project / "config.yml").write_text("y", "utf-8")
    aside, seconds = train.train(aside=True)
    assert seconds > 0
    assert train.train(aside=True) == (aside, 0.0)
    assert train.current_model() == before


@pytest.mark.parametrize(
    "changed", ["config.yml", "domain.yml", "data/nlu/it/greet.yml", "bot/nlu/text.py"]
)
def test_every_input_counts(project: Path, changed: str) -> None:
    before, _ = train.train()
    (project / changed).write_text("y", "utf-8")
    after, seconds = train.train()
    assert after != before
    assert seconds > 0
    assert train.current_model() == after
    (project / changed).write_text("x", "utf-8")
    assert train.train() == (before, 0.0)
    assert train.current_model() == before


def test_a_file_more_or_less_counts(project: Path) -> None:
    before, _ = train.train()
    (project / "data/rules/new.yml").write_text("", "utf-8")
    assert train.wanted_model() != before


def test_the_inputs_are_written_beside_the_model(project: Path) -> None:
    model, _ = train.train()
    record = json.loads(Path(str(model).replace(".tar.gz", ".json")).read_text("utf-8"))
    assert record["model"] == model.name
    assert {"config.yml", "data/nlu/it/greet.yml", "rasa"} <= set(record["inputs"])


def test_old_models_go_and_the_current_stays(project: Path) -> None:
    for number in range(train.KEPT + 3):
        (project / "config.yml").write_text(str(number), "utf-8")
        model, _ = train.train()
    assert model.exists()
    assert len(list(train.MODELS.glob("*.tar.gz"))) == train.KEPT
    assert len(list(train.MODELS.glob("ascolto-*.json"))) == train.KEPT


def test_a_missing_input_is_named(project: Path) -> None:
    (project / "domain.yml").unlink()
    with pytest.raises(train.NothingToTrain, match=r"domain\.yml"):
        train.train()


def test_serving_without_a_model_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASCOLTO_CARE_TOKEN", "t")
    monkeypatch.setattr(serve.logs, "configure", lambda: None)
    assert serve.main() == 1
    assert "make train" in capsys.readouterr().err
    model, _ = train.train()
    model.unlink()
    assert serve.main() == 1
    assert model.name in capsys.readouterr().err


def test_the_named_model_is_served_on_the_named_port(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = train.train()
    served: list[tuple[Path, int]] = []
    monkeypatch.setattr(serve, "serve", lambda *arguments: served.append(arguments))
    monkeypatch.setattr(serve.logs, "configure", lambda: None)
    monkeypatch.setenv("ASCOLTO_CARE_TOKEN", "t")
    monkeypatch.setenv("ASCOLTO_ACTIONS_URL", "")
    monkeypatch.setenv("ASCOLTO_RASA_PORT", "5999")
    assert serve.main() == 0
    other = project / "other.tar.gz"
    other.write_bytes(b"")
    monkeypatch.setenv("ASCOLTO_MODEL", str(other))
    assert serve.main() == 0
    assert served == [(model, 5999), (other, 5999)]


@pytest.mark.parametrize("port", ["0", "x", "70000", "-1"])
def test_a_bad_port_is_named(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASCOLTO_RASA_PORT", port)
    with pytest.raises(settings.Misconfigured, match="ASCOLTO_RASA_PORT"):
        settings.rasa_port()


def test_the_database_follows_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASCOLTO_HOME", "/tmp/somewhere")
    monkeypatch.delenv("ASCOLTO_DATABASE_URL", raising=False)
    assert settings.database_url() == "sqlite:////tmp/somewhere/bot.sqlite3"
    for scheme in ("postgresql", "postgres"):
        monkeypatch.setenv("ASCOLTO_DATABASE_URL", f"{scheme}://u@h/d")
        assert settings.database_url() == "postgresql://u@h/d"
    monkeypatch.setenv("ASCOLTO_DATABASE_URL", "mysql://h/d")
    with pytest.raises(settings.Misconfigured):
        settings.database_url()


def test_the_policies_do_not_look_further_back_than_the_store() -> None:
    import yaml

    config = yaml.safe_load(Path(__file__).parents[2].joinpath("config.yml").read_text("utf-8"))
    (memoization,) = [item for item in config["policies"] if item["name"] == "MemoizationPolicy"]
    assert memoization["max_history"] <= settings.WINDOW_TURNS
    assert settings.REPEAT_MESSAGES < settings.WINDOW_TURNS


def publish(model: Path, **more: object) -> None:
    content = {"model": model.name, "published": True, **more}
    train.CURRENT.write_text(json.dumps(content), "utf-8")


def test_a_training_does_not_replace_a_published_model(project: Path) -> None:
    published, _ = train.train()
    publish(published)
    (project / "config.yml").write_text("y", "utf-8")
    trained, seconds = train.train()
    assert seconds > 0
    assert trained != published
    assert train.current_model() == published


def run(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    """As `make run` calls it; the model of tones is another matter."""
    monkeypatch.setattr(train, "_meanwhile", lambda *_: contextlib.nullcontext())
    monkeypatch.setattr("sys.argv", ["bot.train", *options])
    return train.main()


def test_a_start_says_that_the_published_model_is_of_other_inputs(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    published, _ = train.train()
    publish(published)
    assert run(monkeypatch, "--unless-published") == 0
    assert "make publish" not in capsys.readouterr().out
    (project / "bot/nlu/text.py").write_text("y", "utf-8")
    assert run(monkeypatch, "--unless-published") == 0
    assert "`make publish` changes that" in capsys.readouterr().out.splitlines()[-1]
    assert not train.wanted_model().exists()


def test_a_published_model_that_is_missing_is_not_replaced_by_one_nobody_is_served_with(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    published, _ = train.train()
    publish(published)
    published.unlink()
    assert run(monkeypatch, "--unless-published") == 0
    # The same inputs make the same model again.
    assert published.exists()
    published.unlink()
    (project / "config.yml").write_text("y", "utf-8")
    assert run(monkeypatch, "--unless-published") == 1
    assert "make rollback TO=" in capsys.readouterr().err
    with pytest.raises(settings.Misconfigured, match="make rollback TO="):
        serve._model()


def test_each_slot_has_its_model(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live, _ = train.train()
    (project / "config.yml").write_text("y", "utf-8")
    monkeypatch.setenv("ASCOLTO_MODEL_SLOT", "canary")
    publish(live)
    assert train.current_model() == live
    publish(live, canary={"model": "ascolto-new.tar.gz"})
    assert train.current_model() == train.MODELS / "ascolto-new.tar.gz"
    monkeypatch.setenv("ASCOLTO_MODEL_SLOT", "tree")
    assert train.current_model() == train.wanted_model() != live
    monkeypatch.setenv("ASCOLTO_MODEL_SLOT", "")
    assert train.current_model() == live
    monkeypatch.setenv("ASCOLTO_MODEL_SLOT", "another")
    with pytest.raises(settings.Misconfigured, match="ASCOLTO_MODEL_SLOT"):
        train.current_model()


def test_a_model_is_named_not_reached_by_a_path(project: Path) -> None:
    train.train()
    train.CURRENT.write_text(json.dumps({"model": "../../elsewhere.tar.gz"}), "utf-8")
    assert train.current_model() == train.MODELS / "elsewhere.tar.gz"


def test_what_is_served_is_kept_however_old(project: Path) -> None:
    served = []
    for number in range(3):
        (project / "config.yml").write_text(f"served {number}", "utf-8")
        served.append(train.train()[0])
    live, previous, canary = served
    publish(live, previous=previous.name, canary={"model": canary.name})
    for number in range(train.KEPT + 2):
        (project / "config.yml").write_text(str(number), "utf-8")
        train.train()
    assert all(model.exists() for model in served)


def test_inputs_that_change_while_it_trains_make_no_model(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited_meanwhile(model: Path) -> Path:
        (project / "domain.yml").write_text("edited", "utf-8")
        return _write(model)

    monkeypatch.setattr(train, "_train", edited_meanwhile)
    with pytest.raises(train.ChangedMeanwhile):
        train.train()
    assert list(train.MODELS.glob("*.tar.gz")) == []
    assert train.current_model() is None
