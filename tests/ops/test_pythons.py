"""Finding a Python 3.10 that really runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.pythons import MissingPython, find_bot_python, probe


def _interpreter(file: Path, version: str = "3.10", *, works: bool = True) -> Path:
    """A stand-in that answers the probe as that version does, or fails as an idle shim does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    answer = f"echo {version}; echo {file}" if works else "echo 'command not found' >&2; exit 127"
    file.write_text(f"#!/bin/sh\n{answer}\n")
    file.chmod(0o755)
    return file


def _uv(folder: Path, found: Path | None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "uv"
    file.write_text(f"#!/bin/sh\n{f'echo {found}' if found else 'exit 1'}\n")
    file.chmod(0o755)
    return file


def _environ(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), **more}


def test_one_on_the_path_is_taken(tmp_path: Path) -> None:
    expected = _interpreter(tmp_path / "bin" / "python3.10")
    assert find_bot_python(_environ(tmp_path), home=tmp_path) == expected


def test_a_shim_that_fails_is_passed_over_for_one_further_on_the_path(tmp_path: Path) -> None:
    _interpreter(tmp_path / "shims" / "python3.10", works=False)
    expected = _interpreter(tmp_path / "bin" / "python3.10")
    environ = {"PATH": f"{tmp_path / 'shims'}:{tmp_path / 'bin'}"}
    assert find_bot_python(environ, home=tmp_path) == expected


@pytest.mark.parametrize("rooted", [True, False])
def test_a_failing_shim_leads_to_pyenvs_own_versions(tmp_path: Path, rooted: bool) -> None:
    _interpreter(tmp_path / "bin" / "python3.10", works=False)
    root = tmp_path / "elsewhere" if rooted else tmp_path / ".pyenv"
    expected = _interpreter(root / "versions" / "3.10.13" / "bin" / "python3.10")
    environ = _environ(tmp_path, **({"PYENV_ROOT": str(root)} if rooted else {}))
    assert find_bot_python(environ, home=tmp_path) == expected


def test_what_calls_itself_3_10_and_is_not_is_passed_over(tmp_path: Path) -> None:
    _interpreter(tmp_path / "bin" / "python3.10", version="3.12")
    with pytest.raises(MissingPython):
        find_bot_python(_environ(tmp_path), home=tmp_path)


def test_uv_is_asked_last(tmp_path: Path) -> None:
    expected = _interpreter(tmp_path / "uv-made" / "python3.10")
    _uv(tmp_path / "bin", expected)
    assert find_bot_python(_environ(tmp_path), home=tmp_path) == expected


def test_none_at_all_is_said_in_one_line_with_the_way_out(tmp_path: Path) -> None:
    _uv(tmp_path / "bin", None)
    with pytest.raises(MissingPython) as caught:
        find_bot_python(_environ(tmp_path), home=tmp_path)
    message = str(caught.value)
    assert "\n" not in message
    assert all(way in message for way in ("uv python install", "pyenv install", "python3.10"))


def test_a_named_one_is_taken_or_refused_by_name(tmp_path: Path) -> None:
    _interpreter(tmp_path / "bin" / "python3.10")
    named = _interpreter(tmp_path / "mine" / "python")
    environ = _environ(tmp_path, ASCOLTO_PYTHON310=str(named))
    assert find_bot_python(environ, home=tmp_path) == named
    named.unlink()
    with pytest.raises(MissingPython, match="ASCOLTO_PYTHON310"):
        find_bot_python(environ, home=tmp_path)


def test_probing_tells_the_real_path_behind_a_name(tmp_path: Path) -> None:
    real = _interpreter(tmp_path / "versions" / "python3.10")
    (tmp_path / "link").symlink_to(real)
    assert probe(tmp_path / "link") == ("3.10", real)
    assert probe(tmp_path / "nothing") is None
