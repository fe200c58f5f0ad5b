"""Settings: the environment wins over `.env`, which wins over the defaults."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.environment import SettingsMistake, compose, is_demo, number, parse


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=plain", "plain"),
        ("  KEY = around  ", "around"),
        ("export KEY=value", "value"),
        ("KEY=", ""),
        ("KEY=# nothing", ""),
        ("KEY=value # a comment", "value"),
        ("KEY=a#b", "a#b"),
        ("KEY=postgresql://me:pa=ss@db/ascolto?x=1", "postgresql://me:pa=ss@db/ascolto?x=1"),
        ("KEY='single # kept $HOME \\n'", "single # kept $HOME \\n"),
        ('KEY="double # kept"  # gone', "double # kept"),
        ('KEY="two\\nlines and a \\"quote\\" and \\\\"', 'two\nlines and a "quote" and \\'),
        ("KEY=Lanificio Aurora <ciao@lanificioaurora.example>", None),
    ],
)
def test_a_line_is_read(line: str, value: str | None) -> None:
    expected = line.partition("=")[2] if value is None else value
    assert parse(line) == {"KEY": expected}


def test_comments_blank_lines_a_bom_and_windows_line_ends_are_fine() -> None:
    assert parse("\ufeff# first\r\n\r\nA=1\r\n  # more\r\nB='2'\r\n") == {"A": "1", "B": "2"}


@pytest.mark.parametrize("line", ["no equals sign", "1KEY=x", "KEY='open", 'KEY="a" b', "KE Y=x"])
def test_a_mistake_is_named_with_its_line(line: str) -> None:
    with pytest.raises(SettingsMistake, match=r"\.env:2"):
        parse(f"A=1\n{line}\n")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_any_value_survives_double_quotes(value: str) -> None:
    written = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    assert parse(f'KEY="{written}"') == {"KEY": value}


@given(st.text())
def test_no_text_breaks_the_reader_but_by_a_named_mistake(text: str) -> None:
    with contextlib.suppress(SettingsMistake):
        parse(text)


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ASCOLTO_DEMO=0\nASCOLTO_GATEWAY_PORT=9000\nOTHER=ignored\n")
    found = compose(tmp_path, {"ASCOLTO_GATEWAY_PORT": "9001", "PATH": "/bin"})
    assert found["ASCOLTO_GATEWAY_PORT"] == "9001"
    assert found["PATH"] == "/bin"
    assert not is_demo(found)
    assert "OTHER" not in found


def test_without_a_file_it_is_the_demo_in_var(tmp_path: Path) -> None:
    found = compose(tmp_path, {})
    assert is_demo(found)
    assert found["ASCOLTO_HOME"] == str(tmp_path / "var")


def test_an_empty_value_counts_as_unset(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ASCOLTO_HOME=\n")
    found = compose(tmp_path, {"ASCOLTO_DEMO": ""})
    assert found["ASCOLTO_HOME"] == str(tmp_path / "var")
    assert is_demo(found)


def test_an_absolute_home_stays(tmp_path: Path) -> None:
    assert compose(tmp_path, {"ASCOLTO_HOME": "/srv/ascolto"})["ASCOLTO_HOME"] == "/srv/ascolto"


@pytest.mark.parametrize("written", ["eighty", "0", "70000", "8080.5", "-1"])
def test_a_wrong_port_is_refused_by_name(written: str) -> None:
    with pytest.raises(SettingsMistake, match=r"ASCOLTO_GATEWAY_PORT=.* from 1 to 65535"):
        number({"ASCOLTO_GATEWAY_PORT": written}, "ASCOLTO_GATEWAY_PORT", 8080, 1, 65535)
