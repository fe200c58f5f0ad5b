"""Whatever an update holds, reading it ends in an envelope, a reason, or Invalid."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from integrations.channels.contract import Envelope
from integrations.channels.telegram.batches import convert_batch
from integrations.channels.telegram.convert import Ignored, convert
from runtime.errors import Invalid
from tests.integrations.channels.telegram.updates import NAMES, PLACE, update

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([-(2**63), 2**63, 2**200, 10**400, -1, 0]),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["\x00", "\ud800", "@LanificioAuroraBot", "private", "kicked", ""]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.sampled_from(["id", "text", "type", "date"]), st.integers(), max_size=3),
    st.sampled_from([[], {}, [[]], [{}], [None]]),
)
UPDATES = {name: update(name) for name in NAMES}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON document."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(inner, (dict, list)):
            found += places(inner, (*path, key))
        else:
            found.append((*path, key))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    changed: dict[str, Any] = copy.deepcopy(UPDATES[draw(st.sampled_from(NAMES))])
    for _ in range(draw(st.integers(1, 4))):
        known = places(changed)
        if not known:
            break
        *path, last = draw(st.sampled_from(known))
        parent: Any = changed
        for step in path:
            parent = parent[step]
        how = draw(st.sampled_from(["replace", "remove", "move"]))
        if how == "remove":
            del parent[last]
        elif how == "replace":
            parent[last] = copy.deepcopy(draw(JUNK))
        else:
            other = UPDATES[draw(st.sampled_from(NAMES))]
            parent[last] = copy.deepcopy(draw(st.sampled_from(list(other.values()))))
    return changed


def check(found: Any) -> None:
    if isinstance(found, Ignored):
        assert found.reason
        return
    assert isinstance(found, Envelope)
    for text in (found.text, found.external_id, found.address, found.dedup_key, found.button):
        assert text is None or isinstance(text, str)
    assert isinstance(found.sender.handle, str)
    assert found.sender.name is None or isinstance(found.sender.name, str)
    # Everything of it can be stored.
    json.dumps([a.as_json() for a in found.attachments] + [found.context, found.sent_at])
    for attachment in found.attachments:
        for value in (attachment.name, attachment.mime, attachment.url, attachment.file_id):
            assert value is None or isinstance(value, str)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
@example({})
@example({"update_id": 1, "message": None})
@example({"update_id": 1, "message": []})
def test_a_mutated_update_is_read_or_invalid(changed: dict[str, Any]) -> None:
    try:
        found = convert(changed, PLACE)
    except Invalid:
        return
    check(found)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(mutated(), max_size=5))
def test_a_batch_never_fails(batch: list[dict[str, Any]]) -> None:
    for found in convert_batch(batch, PLACE):
        check(found)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(max_size=10), JUNK, max_size=4))
def test_junk_is_read_or_invalid(junk: dict[str, Any]) -> None:
    for payload in (junk, {"update_id": 1, "message": junk}, {"update_id": 1, **junk}):
        try:
            check(convert(payload, PLACE))
        except Invalid:
            continue


def test_endless_nesting_is_invalid() -> None:
    nested: dict[str, Any] = update("text")["message"]
    for _ in range(3000):
        nested = {**update("text")["message"], "reply_to_message": nested}
    with contextlib.suppress(Invalid):
        check(convert({"update_id": 1, "message": nested}, PLACE))
