"""The upkeep of models goes on whatever a look at them meets."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ops import following
from ops.following import Following
from ops.generated_secrets import complete
from ops.processes import Layout
from ops.supervision import Supervisor


def test_what_nobody_foresaw_is_said_and_the_upkeep_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"ASCOLTO_HOME": str(tmp_path), "ASCOLTO_MODELS": str(tmp_path / "models")}
    layout = Layout.of(complete(settings))
    (tmp_path / "models").mkdir()
    # What somebody edited by hand, say.
    (tmp_path / "models" / "current.json").write_text("{", "utf-8")
    said: list[str] = []
    supervisor = Supervisor(layout.processes(), tmp_path)
    upkeep = Following(layout, supervisor, threading.Event(), said.append)
    assert upkeep._look() == following._AFTER_FAILURE_S
    assert "JSONDecodeError" in said[0]
