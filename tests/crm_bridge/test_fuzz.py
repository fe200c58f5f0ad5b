"""What the description allows, and what it doesn't, is answered without a server error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from crm_bridge.access import SCOPES
from tests.crm_bridge.serving import served
from tests.crm_bridge.world import ACTIONS, GATEWAY

_SETTINGS = settings(
    max_examples=4,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def fuzz(operation: Any, mode: GenerationMode, url: str) -> set[int]:
    """Call one operation in many ways; returns the statuses it answered with."""
    needed = set(operation.definition.raw.get("x-required-scopes", []))
    token = ACTIONS if needed - SCOPES["gateway"] else GATEWAY
    statuses: set[int] = set()

    @_SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Case) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        if case.method in ("POST", "PUT"):
            headers["Idempotency-Key"] = f"fuzz:{len(statuses)}:{id(case)}"
        answer = case.call(base_url=url, headers=headers)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (case.method, case.path, answer.text)

    call()
    return statuses


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_request_that_can_be_thought_of_is_a_server_error(
    database_address: tuple[str, str], tmp_path: Path, unused_tcp_port: int, mode: GenerationMode
) -> None:
    with served(database_address, tmp_path, unused_tcp_port) as (url, world):
        schema = schemathesis.openapi.from_dict(world.app.openapi())
        statuses: set[int] = set()
        for operation in schema.include(path_regex="^/v1/").get_all_operations():
            statuses |= fuzz(operation.ok(), mode, url)
    if mode is GenerationMode.POSITIVE:
        assert {200, 202} <= statuses
    else:
        assert 422 in statuses
