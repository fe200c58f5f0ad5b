"""Which processes there are, and what each of them is given."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from redis.connection import parse_url

from ops.environment import SettingsMistake
from ops.generated_secrets import GENERATED, complete
from ops.launching import write_plan
from ops.processes import Layout
from ops.sockets import socket_folder


def _layout(home: Path, **settings: str) -> Layout:
    base = {"ASCOLTO_HOME": str(home), "ASCOLTO_DEMO": "1"}
    named = {f"ASCOLTO_{name}": value for name, value in settings.items()}
    return Layout.of(complete({**base, **named}))


def _named(layout: Layout) -> dict[str, dict[str, str]]:
    return {process.name: dict(process.environment) for process in layout.processes()}


def test_the_default_is_one_of_each(tmp_path: Path) -> None:
    processes = _layout(tmp_path).processes()
    names = [process.name for process in processes if not process.on_demand]
    assert names == ["rasa", "valkey", "actions", "bridge", "workbench", "gateway"]
    assert [process.name for process in processes if process.on_demand] == ["rasa-spare"]


def test_the_spare_rasa_has_the_next_port_and_the_model_on_trial(tmp_path: Path) -> None:
    layout = _layout(tmp_path, RASA_PROCESSES="2", RASA_PORT="6000")
    found = _named(layout)
    assert found["rasa-spare"]["ASCOLTO_RASA_PORT"] == "6002"
    assert found["rasa-spare"]["ASCOLTO_MODEL_SLOT"] == "canary"
    assert "ASCOLTO_MODEL_SLOT" not in found["rasa"]
    assert found["gateway"]["ASCOLTO_RASA_SPARE_URL"] == "http://127.0.0.1:6002"
    assert "6002" not in found["gateway"]["ASCOLTO_RASA_URLS"]


def test_several_rasas_have_a_port_each_and_the_gateway_knows_them(tmp_path: Path) -> None:
    layout = _layout(tmp_path, RASA_PROCESSES="3", RASA_PORT="6000")
    found = _named(layout)
    ports = [found[name]["ASCOLTO_RASA_PORT"] for name in ("rasa", "rasa-2", "rasa-3")]
    assert ports == ["6000", "6001", "6002"]
    expected = "http://127.0.0.1:6000,http://127.0.0.1:6001,http://127.0.0.1:6002"
    assert found["gateway"]["ASCOLTO_RASA_URLS"] == expected


def test_a_redis_of_ones_own_replaces_the_embedded_one(tmp_path: Path) -> None:
    found = _named(_layout(tmp_path, REDIS_URL="redis://127.0.0.1:6379/3"))
    assert "valkey" not in found
    assert found["gateway"]["ASCOLTO_REDIS_URL"] == "redis://127.0.0.1:6379/3"


def test_an_odd_home_is_escaped_in_the_address_of_its_valkey(tmp_path: Path) -> None:
    home = tmp_path / "100% odd"
    layout = _layout(home)
    assert parse_url(layout.redis_url)["path"] == str(socket_folder(home) / "valkey.sock")


def test_the_embedded_valkey_is_reached_by_a_socket_and_writes_nothing(tmp_path: Path) -> None:
    layout = _layout(tmp_path)
    valkey = next(process for process in layout.processes() if process.name == "valkey")
    options = list(valkey.argv)
    assert options[options.index("--port") + 1] == "0"
    assert options[options.index("--save") + 1] == ""
    assert valkey.port is None
    assert layout.redis_url == f"unix://{socket_folder(tmp_path)}/valkey.sock"


@pytest.mark.parametrize(
    ("process", "never"),
    [
        ("rasa", {"DESIGNER_TOKEN", "WORKBENCH_TOKEN"}),
        ("rasa", {"API_CHANNEL_KEY", "OPERATOR_PASSWORD", "SIGNING_KEY", "BRIDGE_TOKEN_GATEWAY"}),
        ("actions", {"CARE_TOKEN", "SIGNING_KEY", "BRIDGE_TOKEN_GATEWAY", "DATABASE_URL"}),
        ("bridge", {"API_CHANNEL_KEY", "OPERATOR_PASSWORD", "CARE_TOKEN"}),
        ("gateway", {"BRIDGE_TOKEN_ACTIONS", "SMTP_URL"}),
        ("workbench", {name.removeprefix("ASCOLTO_") for name in GENERATED} - {"WORKBENCH_TOKEN"}),
        ("workbench", {"DATABASE_URL", "SMTP_URL"}),
        ("valkey", {name.removeprefix("ASCOLTO_") for name in GENERATED}),
    ],
)
def test_a_process_has_no_secret_that_it_does_not_need(
    tmp_path: Path, process: str, never: set[str]
) -> None:
    layout = _layout(
        tmp_path, SMTP_URL="smtp://a:b@mail.example", DATABASE_URL="postgresql://a:b@db/x"
    )
    assert not {f"ASCOLTO_{name}" for name in never} & set(_named(layout)[process])


def test_the_demo_is_seeded_and_nothing_else_is(tmp_path: Path) -> None:
    assert _layout(tmp_path).seed() is not None
    assert _layout(tmp_path, DEMO="0").seed() is None


def test_rasa_sends_nothing_home_and_listens_on_loopback(tmp_path: Path) -> None:
    environment = _named(_layout(tmp_path))["rasa"]
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"
    assert environment["SANIC_HOST"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("192.0.2.7", "http://192.0.2.7:8080"),
    ],
)
def test_the_gateway_is_looked_for_where_it_can_be_reached(
    tmp_path: Path, host: str, url: str
) -> None:
    assert _layout(tmp_path, GATEWAY_HOST=host).gateway_urls == (url,)


def test_two_processes_on_one_port_are_refused_with_the_setting_to_change(tmp_path: Path) -> None:
    with pytest.raises(SettingsMistake, match="ASCOLTO_BRIDGE_PORT"):
        _layout(tmp_path, BRIDGE_PORT="5005")
    with pytest.raises(SettingsMistake, match="5055"):
        _layout(tmp_path, RASA_PORT="5050", RASA_PROCESSES="8")


def test_rasas_elsewhere_are_not_started_here(tmp_path: Path) -> None:
    layout = _layout(tmp_path, RASA_URLS="http://192.0.2.1:5005/, http://192.0.2.2:5005")
    assert not {"rasa", "rasa-spare"} & set(_named(layout))
    assert layout.spare_url == ""
    assert layout.rasa_urls == ("http://192.0.2.1:5005", "http://192.0.2.2:5005")


def test_the_workbench_can_be_left_out_or_run_elsewhere(tmp_path: Path) -> None:
    assert "workbench" not in _named(_layout(tmp_path, WORKBENCH="0"))
    elsewhere = _named(_layout(tmp_path, WORKBENCH_URL="http://192.0.2.3:5065/"))
    assert "workbench" not in elsewhere
    assert elsewhere["gateway"]["ASCOLTO_WORKBENCH_URL"] == "http://192.0.2.3:5065"
    here = _named(_layout(tmp_path, WORKBENCH_PORT="6065"))
    assert here["gateway"]["ASCOLTO_WORKBENCH_URL"] == "http://127.0.0.1:6065"
    assert here["workbench"]["ASCOLTO_WORKBENCH_PORT"] == "6065"


def test_no_customer_waits_for_the_workbench(tmp_path: Path) -> None:
    optional = {process.name for process in _layout(tmp_path).processes() if process.optional}
    assert optional == {"workbench"}


def test_the_plan_is_for_its_owner_only(tmp_path: Path) -> None:
    layout = _layout(tmp_path)
    plan = tmp_path / "plan.json"
    write_plan(layout.processes(), plan)
    assert stat.S_IMODE(plan.stat().st_mode) == 0o600
    assert set(json.loads(plan.read_text())) == set(_named(layout))


def test_only_the_gateway_speaks_with_platforms(tmp_path: Path) -> None:
    settings = {"ASCOLTO_HOME": str(tmp_path), "TELEGRAM_BOT_TOKEN": "1:a", "SLACK_BOT_TOKEN": "b"}
    found = _named(Layout.of(complete(settings)))
    assert {name for name in found if "TELEGRAM_BOT_TOKEN" in found[name]} == {"gateway"}
    assert {name for name in found if "SLACK_BOT_TOKEN" in found[name]} == {"gateway"}
