"""Setting up: once, from locks, again when something changed or was interrupted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops import setup
from ops.processes import ROOT
from ops.setup import SetupFailed, Target, build_tools, clean_environment, install


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose locks are empty, so that installing needs no network."""
    folder = tmp_path / "repository"
    (folder / "requirements").mkdir(parents=True)
    (folder / ".venv").mkdir()
    for name in ("platform", "dev", "bot", "bot-dev"):
        (folder / "requirements" / f"{name}.txt").write_text("# nothing\n")
    return folder


# Makes "environments" at once, and installs nothing.
_PRETENDER = """#!/bin/sh
case "$2" in
venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
esac
"""


@pytest.fixture
def target(repository: Path) -> Target:
    """The platform environment of that repository, by an interpreter that only pretends."""
    file = repository / "python"
    file.write_text(_PRETENDER)
    file.chmod(0o755)
    return Target("platform", file, repository)


@pytest.fixture
def real(repository: Path) -> Target:
    """The same by this Python."""
    return Target("platform", Path(sys.executable), repository)


def test_a_finished_environment_is_known_as_finished(target: Target) -> None:
    assert not target.finished(False)
    install(target, dev=False)
    assert target.finished(False)
    assert not target.finished(True)


def test_what_tests_need_is_added_without_beginning_again(target: Target) -> None:
    install(target, dev=False)
    mark = target.folder / "mark"
    mark.touch()
    install(target, dev=True)
    assert target.finished(True)
    assert mark.exists()


def test_a_changed_lock_an_interruption_and_a_moved_folder_begin_again(
    target: Target, tmp_path: Path
) -> None:
    install(target, dev=False)
    target.lock(False).write_text("# something else\n")
    assert not target.finished(False)
    target.lock(False).write_text("# nothing\n")
    assert target.finished(False)

    moved = tmp_path / "moved"
    target.root.rename(moved)
    assert not Target("platform", target.python, moved).finished(False)

    moved.rename(target.root)
    target.stamp_file(False).unlink()
    leftover = target.folder / "half-installed"
    leftover.touch()
    install(target, dev=False)
    assert not leftover.exists()


def test_stamps_are_the_same_in_every_process(target: Target) -> None:
    code = (
        "from pathlib import Path; from ops.setup import Target; "
        f"target = Target('platform', Path({str(target.python)!r}), Path({str(target.root)!r})); "
        "print(target.stamp(True), end='')"
    )
    stamps = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(4)
    }
    assert stamps == {target.stamp(True)}


def test_a_failing_installation_names_itself_its_last_lines_and_its_log(
    real: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    missing = "no-such-package-of-ours==1.0"
    real.lock(False).write_text(f"{missing} --hash=sha256:{'0' * 64}\n")
    with pytest.raises(SetupFailed) as caught:
        install(real, dev=False)
    message = str(caught.value)
    assert "platform: installing platform.txt failed" in message
    assert "no-such-package-of-ours" in message
    assert str(real.log) in message
    assert not real.finished(False)


def test_a_package_without_a_hash_is_refused(real: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    real.lock(False).write_text("zzz-not-there==0.45.1\n")
    with pytest.raises(SetupFailed, match="hash"):
        install(real, dev=False)


def test_pips_own_settings_reach_it_and_what_misleads_it_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "file:///index")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    found = clean_environment()
    assert found["PIP_FIND_LINKS"] == "/wheels"
    assert found["PIP_EXTRA_INDEX_URL"] == "file:///index"
    assert "PIP_TARGET" not in found
    assert "PYTHONPATH" not in found


def test_what_builds_packages_comes_from_the_lock_with_its_hashes() -> None:
    wheel = "wheel==0.45 \\\n    --hash=sha256:b\n    # via x\n"
    assert build_tools(f"six==1.0 \\\n    --hash=sha256:a\n{wheel}zz==1\n") == wheel


def test_a_second_set_up_does_nothing(
    target: Target, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bot = Target("bot", target.python, target.root)
    monkeypatch.setattr(setup, "targets_of", lambda _root: [target, bot])
    assert setup.main([], target.root) == 0
    assert "ready" in capsys.readouterr().out
    assert setup.main([], target.root) == 0
    assert capsys.readouterr().out == ""


def test_one_failing_environment_does_not_hide_the_other(
    target: Target, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bot = Target("bot", target.root / "no-such-python", target.root)
    monkeypatch.setattr(setup, "targets_of", lambda _root: [target, bot])
    assert setup.main([], target.root) == 1
    assert "bot: creating the environment" in capsys.readouterr().err
    assert target.finished(False)


@pytest.mark.parametrize("place", [".venv", ".venv/platform", ".venv/bot"])
@pytest.mark.parametrize("there", [True, False], ids=["another's", "dangling"])
def test_a_symbolic_link_in_an_environments_place_is_refused_and_left_alone(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str, there: bool
) -> None:
    elsewhere = tmp_path / "elsewhere"
    if there:
        (elsewhere / "bin").mkdir(parents=True)
        (elsewhere / "bin" / "python").write_text("another checkout's")
    link = repository / place
    if link.is_dir():
        link.rmdir()
    link.symlink_to(elsewhere)

    assert setup.main(["--dev"], repository) == 1

    said = capsys.readouterr().err
    assert f"{place} is a symbolic link to {elsewhere}" in said
    assert f"rm {link}" in said
    assert link.is_symlink()
    assert elsewhere.exists() == there
    if there:
        assert [file.name for file in elsewhere.rglob("*")] == ["bin", "python"]
        assert (elsewhere / "bin" / "python").read_text() == "another checkout's"


def test_an_environment_keeps_its_python_until_it_is_gone_or_another_is_named(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(target, dev=False)
    install(Target("bot", target.python, target.root), dev=False)
    assert [one.python for one in setup.targets_of(target.root)] == [target.python] * 2

    monkeypatch.setenv("ASCOLTO_PYTHON", "another")
    assert setup.targets_of(target.root)[0].python == Path(sys.executable)
    monkeypatch.delenv("ASCOLTO_PYTHON")

    target.python.unlink()
    assert setup.targets_of(target.root)[0].python == Path(sys.executable)


def test_it_runs_on_a_bare_python() -> None:
    """No package but the standard library: -S and -I keep everything else away."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import ops.setup, ops.pythons"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
