"""The checks before a start, and what a newcomer reads at its end."""

from __future__ import annotations

import signal
import socket
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ops import run as run_module
from ops.environment import compose
from ops.generated_secrets import complete
from ops.process import Step
from ops.processes import Layout
from ops.run import CannotStart, Run, refuse_taken_ports
from ops.steps import Interrupted, StepFailed, run_step, tail
from tests.ops.dummies import dummy


def test_a_taken_port_is_named_with_its_setting() -> None:
    process = replace(dummy("bridge"), port_setting="ASCOLTO_BRIDGE_PORT")
    assert process.port is not None
    with socket.socket() as other:
        other.bind(("127.0.0.1", process.port))
        other.listen()
        with pytest.raises(CannotStart, match=rf"Port {process.port} .*ASCOLTO_BRIDGE_PORT"):
            refuse_taken_ports([process], "127.0.0.1")
    refuse_taken_ports([process], "127.0.0.1")


def test_the_ready_line_says_where_and_how_on_one_line(tmp_path: Path) -> None:
    layout = Layout.of(complete({"ASCOLTO_HOME": str(tmp_path), "ASCOLTO_DEMO": "1"}))
    line = Run(layout).ready_line()
    assert "\n" not in line
    for part in ("http://127.0.0.1:8080/console", "/docs", 'make chat SAY="', "secrets.env"):
        assert part in line
    assert layout.settings["ASCOLTO_OPERATOR_PASSWORD"] not in line
    # Whoever is new here begins as a customer.
    assert line.index("http://127.0.0.1:8080/chat.") < line.index("http://127.0.0.1:8080/console")
    silent = Layout.of(complete({"ASCOLTO_HOME": str(tmp_path), "ASCOLTO_WEBCHAT": "0"}))
    assert "/chat" not in Run(silent).ready_line()


def test_the_suggested_chat_reaches_this_system_from_a_fresh_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "checked out"
    there.mkdir()
    monkeypatch.setattr(run_module, "ROOT", there)
    elsewhere = tmp_path / "played here"
    played = complete({"ASCOLTO_HOME": str(elsewhere), "ASCOLTO_GATEWAY_PORT": "8180"})
    line = Run(Layout.of(played)).ready_line()
    assert f"ASCOLTO_HOME='{elsewhere}' ASCOLTO_GATEWAY_PORT=8180 make chat SAY=" in line
    usual = complete(compose(there, {}))
    assert "something: make chat SAY=" in Run(Layout.of(usual)).ready_line()
    (there / ".env").write_text("ASCOLTO_API_CHANNEL_KEY=the-key-of-another-system\n")
    assert "make chat" not in Run(Layout.of(played)).ready_line()


def test_a_second_signal_is_in_a_hurry(tmp_path: Path) -> None:
    run = Run(Layout.of(complete({"ASCOLTO_HOME": str(tmp_path)})))
    run.on_signal(signal.SIGINT, None)
    assert run.stopping.is_set()
    assert not run.hurry
    run.on_signal(signal.SIGINT, None)
    assert run.hurry


def test_a_start_says_when_what_is_here_is_not_what_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stays = "ascolto-1.tar.gz stays the published model: `make publish` changes that"
    said = ["models/ascolto-1.tar.gz is up to date", stays]

    def ensure(_layout: Layout, logs: Path, **_: object) -> None:
        (logs / "train.log").write_text("\n".join(said) + "\n")

    monkeypatch.setattr(run_module.training, "ensure", ensure)
    run = Run(Layout.of(complete({"ASCOLTO_HOME": str(tmp_path)})))
    run._train(tmp_path)
    assert capsys.readouterr().out == f"{stays}\n"
    said.pop()
    run._train(tmp_path)
    assert capsys.readouterr().out == ""


def _step(code: str) -> Step:
    process = dummy("step", code)
    return Step("migrations-gateway", process.argv, process.environment)


def test_a_failing_step_names_itself_its_cause_and_its_log(tmp_path: Path) -> None:
    code = "import sys; print('no such table: turns', file=sys.stderr); sys.exit(4)"
    with pytest.raises(StepFailed) as caught:
        run_step(_step(code), tmp_path)
    message = str(caught.value)
    assert "migrations-gateway failed (exit 4)" in message
    assert "no such table: turns" in message
    assert str(tmp_path / "migrations-gateway.log") in message


def test_a_step_ends_when_somebody_asks_to_stop(tmp_path: Path) -> None:
    stopping = threading.Event()
    stopping.set()
    with pytest.raises(Interrupted):
        run_step(_step("import time; time.sleep(600)"), tmp_path, stopping=stopping)


def test_a_step_that_takes_its_time_says_what_it_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_step(_step("import time; time.sleep(2)"), tmp_path, announce="Training the model")
    assert capsys.readouterr().out == "Training the model\n"
    run_step(_step("pass"), tmp_path, announce="Training the model", announce_after=60)
    assert capsys.readouterr().out == ""


def test_only_the_end_of_a_long_log_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "long.log"
    log.write_text("".join(f"line {number}\n" for number in range(100_000)))
    assert tail(log, 2) == "    line 99998\n    line 99999\n"
    assert tail(tmp_path / "none.log") == ""


def test_the_launcher_leaves_no_secret_in_a_command_line(tmp_path: Path) -> None:
    settings = complete({"ASCOLTO_HOME": str(tmp_path)})
    layout = Layout.of(settings)
    secrets = [value for name, value in settings.items() if name.endswith(("KEY", "TOKEN"))]
    words = [word for process in layout.processes() for word in process.argv]
    assert not any(secret in word for secret in secrets for word in words)
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
