"""Secrets: made once, kept for their owner only, and never in the way of those that are set."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops.generated_secrets import GENERATED, complete, read


def _settings(home: Path, **more: str) -> dict[str, str]:
    return {"ASCOLTO_HOME": str(home), **more}


def test_every_secret_is_made_and_the_file_is_private(tmp_path: Path) -> None:
    home = tmp_path / "new" / "var"
    found = complete(_settings(home))
    assert all(len(found[name]) >= 20 for name in GENERATED)
    assert stat.S_IMODE((home / "secrets.env").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_all_secrets_differ(tmp_path: Path) -> None:
    found = complete(_settings(tmp_path))
    assert len({found[name] for name in GENERATED}) == len(GENERATED)


def test_a_second_start_keeps_them(tmp_path: Path) -> None:
    first = complete(_settings(tmp_path))
    written = (tmp_path / "secrets.env").read_bytes()
    assert complete(_settings(tmp_path)) == first
    assert (tmp_path / "secrets.env").read_bytes() == written


def test_one_that_is_set_is_neither_replaced_nor_written_down(tmp_path: Path) -> None:
    found = complete(_settings(tmp_path, ASCOLTO_OPERATOR_PASSWORD="my own"))
    assert found["ASCOLTO_OPERATOR_PASSWORD"] == "my own"
    assert "ASCOLTO_OPERATOR_PASSWORD" not in read(tmp_path)


def test_one_that_is_set_later_wins_and_comes_back_when_unset(tmp_path: Path) -> None:
    first = complete(_settings(tmp_path))
    overridden = complete(_settings(tmp_path, ASCOLTO_CARE_TOKEN="set later"))
    assert overridden["ASCOLTO_CARE_TOKEN"] == "set later"
    assert complete(_settings(tmp_path)) == first


def test_a_new_kind_of_secret_is_added_to_an_older_file(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("ASCOLTO_CARE_TOKEN=kept\n")
    found = complete(_settings(tmp_path))
    assert found["ASCOLTO_CARE_TOKEN"] == "kept"
    assert set(read(tmp_path)) == set(GENERATED)


def test_a_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    complete(_settings(tmp_path))
    (tmp_path / "secrets.env").chmod(0o644)
    complete(_settings(tmp_path))
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600


def test_two_starts_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(max_workers=8) as threads:
        found = list(threads.map(lambda _: complete(_settings(tmp_path)), range(8)))
    assert all(one == found[0] for one in found)


def test_nothing_is_read_where_nothing_was_started(tmp_path: Path) -> None:
    assert read(tmp_path) == {}
