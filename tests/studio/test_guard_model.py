"""The bot's environment as the guard calls it: with the settings of this installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.processes import ROOT
from studio.guard import model


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a process of the bot's was started with: .env says formal, with models elsewhere."""
    file, python = tmp_path / "environment", tmp_path / "python"
    python.write_text(f"#!/bin/sh\nenv > {file}\nexit 3\n")
    python.chmod(0o755)
    settings = {
        "ASCOLTO_HOME": str(tmp_path),
        "ASCOLTO_MODELS": str(tmp_path / "models"),
        "ASCOLTO_VOICE": "formal",
        "ASCOLTO_BOT_PYTHON": str(python),
    }
    monkeypatch.setattr(model, "compose", lambda _root: settings)
    return file


def test_the_working_trees_model_is_read_as_it_is_trained(seen: Path, tmp_path: Path) -> None:
    for look in (model.predictions, model.cross_validated, model.play):
        with pytest.raises(model.NoModel):
            look()
        told = seen.read_text().splitlines()
        assert "ASCOLTO_VOICE=formal" in told
        assert f"ASCOLTO_MODELS={tmp_path / 'models'}" in told
        assert f"ASCOLTO_HOME={tmp_path}" in told
    assert model.folder() == tmp_path / "models"


def test_another_checkout_trains_nothing_that_is_served_here(
    seen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASCOLTO_MODELS", str(ROOT / "models"))
    with pytest.raises(model.NoModel):
        model.train_in(tmp_path / "..")
    assert "ASCOLTO_MODELS=" in seen.read_text().splitlines()
