"""What `make check` finds in the repository itself."""

from __future__ import annotations

from ops.checks import (
    default_problems,
    lock_problems,
    secret_problems,
    setting_problems,
    undocumented,
    unlisted_channels,
)
from ops.locks import entries, without_constant_markers

_LOCK = "six==1.17.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via x\n"


def test_a_clean_lock_passes() -> None:
    assert list(lock_problems("lock", _LOCK)) == []


def test_an_address_in_a_lock_is_found_with_its_line() -> None:
    text = "--index-url https://packages.example/simple\n" + _LOCK
    assert list(lock_problems("lock", text)) == ["lock:1: names an address or an index option"]


def test_a_package_without_a_hash_is_found() -> None:
    assert list(lock_problems("lock", "six==1.17.0\n" + _LOCK)) == ["lock: six==1.17.0 has no hash"]


def test_secrets_and_paths_of_this_machine_are_found() -> None:
    key = "AKIA" + "A" * 16
    assert list(secret_problems("a.py", f"x\nkey = '{key}'\n")) == ["a.py:2: looks like a secret"]
    found = list(secret_problems("a.py", "see /home/someone/x", ["/home/someone"]))
    assert found == ["a.py:1: names this machine's /home/someone"]


def test_the_example_and_the_page_of_settings_must_agree() -> None:
    found = list(setting_problems("ASCOLTO_A=1\n#ASCOLTO_B=\n", "`ASCOLTO_A` and `ASCOLTO_C`"))
    assert found == [
        "docs/settings.md: ASCOLTO_B is missing (it stands in .env.example)",
        ".env.example: ASCOLTO_C is missing (it stands in docs/settings.md)",
    ]


def test_a_setting_nobody_listed_is_found() -> None:
    (problem,) = undocumented(["home", "max_text_chars"], "#ASCOLTO_HOME=var\n")
    assert "ASCOLTO_MAX_TEXT_CHARS" in problem


def test_a_default_that_is_not_one_is_found() -> None:
    good = (
        '#ASCOLTO_GATEWAY_PORT=8080\n#ASCOLTO_LEASE_SECONDS=15\n#ASCOLTO_COMPANY="Lanificio Aurora"'
    )
    assert list(default_problems(good)) == []
    (problem,) = default_problems("#ASCOLTO_GATEWAY_PORT=80\n")
    assert "8080" in problem


def test_a_channel_without_its_contract_is_found() -> None:
    project = '[[tool.importlinter.contracts]]\nmodules = ["integrations.channels.api"]\n'
    assert list(unlisted_channels(["api", "telegram"], project)) == [
        "pyproject.toml: channel telegram is missing in its contract"
    ]


def test_a_lock_is_read_package_by_package() -> None:
    found = entries("# comment\n" + _LOCK + "uvicorn[standard]==0.54 \\\n    --hash=sha256:cc\n")
    assert list(found) == ["six", "uvicorn"]
    assert found["six"] == _LOCK


def test_markers_that_only_repeat_what_a_lock_is_for_are_dropped() -> None:
    always = (
        " ; python_full_version < '3.11' and platform_python_implementation == 'CPython'"
        " and (sys_platform == 'darwin' or sys_platform == 'linux')"
    )
    linux = " ; platform_machine != 'arm64' and sys_platform == 'darwin'"
    text = f"a==1{always} \\\n    --hash=sha256:aa\nb==1{linux} \\\n    --hash=sha256:bb\n"
    assert without_constant_markers(text) == text.replace(always, "")
