"""The fields that each kind of file may have: a misspelt one would silently do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from studio.validate.findings import Finding
from studio.validate.project import Project
from studio.validate.yaml_files import Yaml, repeated_keys


@dataclass(frozen=True)
class Shape:
    """The fields of a group: what each holds (None: anything), and those that must be there."""

    fields: dict[str, Shape | Many | None]
    needed: frozenset[str] = frozenset()
    # A plain value (or nothing) may stand instead of the group.
    plain: bool = False


@dataclass(frozen=True)
class Many:
    """A list of one shape, or a group whose every name has that shape."""

    of: Shape | Many | None
    named: bool = False


def _shape(fields: str, needed: str = "", plain: bool = False, **inner: Shape | Many) -> Shape:
    known: dict[str, Shape | Many | None] = {**dict.fromkeys(fields.split()), **inner}
    return Shape(known, frozenset(needed.split()), plain)


_CONDITION = _shape("type name value", "type name value")
_BUTTON = _shape("title payload type url", "title")
_VARIATION = _shape(
    "id text channel image custom attachment metadata elements quick_replies",
    condition=Many(_CONDITION),
    buttons=Many(_BUTTON),
)
_RESPONSES = Many(Many(_VARIATION), named=True)
_MAPPING = _shape(
    "type entity role group intent not_intent value action",
    "type",
    conditions=Many(_shape("active_loop requested_slot")),
)
_SLOT = _shape(
    "type influence_conversation initial_value values min_value max_value value_reset_delay",
    "type mappings",
    mappings=Many(_MAPPING),
)
_ONE_STEP = "intent user entities action bot slot_was_set active_loop checkpoint metadata"
_STEP = Shape({**_shape(_ONE_STEP).fields, "or": Many(_shape(_ONE_STEP))})
_RULE = _shape(
    "rule conversation_start wait_for_user_input metadata",
    "rule steps",
    condition=Many(_shape("active_loop slot_was_set")),
    steps=Many(_STEP),
)
_DOMAIN = _shape(
    "version intents entities actions e2e_actions",
    session_config=_shape("session_expiration_time carry_over_slots_to_new_session"),
    slots=Many(_SLOT, named=True),
    forms=Many(_shape("ignored_intents required_slots", "required_slots"), named=True),
    responses=_RESPONSES,
)
_DROPPING = Shape(
    dict.fromkeys(("phrases", "before", "after", "joints", "asks"), Many(None)),
    frozenset({"phrases"}),
)
_EXAMPLES = _shape("intent synonym regex lookup examples metadata", "examples")
_KINDS: dict[str, Shape] = {
    "domain.yml": _DOMAIN,
    "data/nlu/*/*.yml": _shape("version", "nlu", nlu=Many(_EXAMPLES)),
    "data/rules/*.yml": _shape("version", "rules", rules=Many(_RULE)),
    "data/stories/*.yml": _shape(
        "version",
        "stories",
        stories=Many(_shape("story metadata", "story steps", steps=Many(_STEP))),
    ),
    "data/responses/*.yml": _shape("version", "responses", responses=_RESPONSES),
    "data/responses/formal/*.yml": _shape("version responses buttons"),
    "data/dropping.yml": _shape("", "it en", it=_DROPPING, en=_DROPPING),
}
# Read by others, which know their fields; here only how they are written is looked at.
_OTHERS = ("config.yml", "data/meanings.yml", "data/lookups/*.yml", "tests/nlu/*.yml")


def check(project: Project) -> Iterator[Finding]:
    """Unknown and missing fields, groups where lists belong, keys that stand twice."""
    for pattern, shape in _KINDS.items():
        for file in project.files(pattern):
            yield from repeated_keys(file)
            yield from _look(file, (), file.data, shape)
    for file in project.files(*_OTHERS):
        yield from repeated_keys(file)


def _look(
    file: Yaml, way: tuple[str | int, ...], content: Any, shape: Shape | Many | None
) -> Iterator[Finding]:
    if isinstance(shape, Many):
        yield from _look_at_many(file, way, content, shape)
    elif shape is not None:
        yield from _look_at_group(file, way, content, shape)


def _look_at_many(
    file: Yaml, way: tuple[str | int, ...], content: Any, shape: Many
) -> Iterator[Finding]:
    kind = dict if shape.named else list
    if content is None:
        return
    if not isinstance(content, kind):
        wanted = "a group of `name:` lines" if shape.named else "a list of `- ` lines"
        yield _wrong(file, way, f"'{_last(way)}' must be {wanted}")
        return
    entries = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in entries:
        yield from _look(file, (*way, key if isinstance(key, int) else str(key)), value, shape.of)


def _look_at_group(
    file: Yaml, way: tuple[str | int, ...], content: Any, shape: Shape
) -> Iterator[Finding]:
    if not isinstance(content, dict):
        yield _wrong(file, way, f"'{_last(way)}' must be a group of `name: value` lines")
        return
    for name, value in content.items():
        if name not in shape.fields:
            near = get_close_matches(str(name), shape.fields, 1)
            what = f"'{name}' is not a field of {_last(way)}"
            do = f"Did you mean '{near[0]}'?" if near else _known(shape)
            here = file.line(*way, str(name))
            yield Finding(file.name, here, "unknown-key", what, do)
        else:
            yield from _look(file, (*way, str(name)), value, shape.fields[name])
    for name in sorted(shape.needed - set(content)):
        yield _wrong(file, way, f"'{name}' is missing in {_last(way)}")


def _wrong(file: Yaml, way: tuple[str | int, ...], what: str) -> Finding:
    do = "Look at its neighbours: perhaps a line is indented too much or too little."
    return Finding(file.name, file.line(*way), "wrong-shape", what, do)


def _known(shape: Shape) -> str:
    return f"Known are: {', '.join(sorted(shape.fields))}."


def _last(way: tuple[str | int, ...]) -> str:
    return str(next((step for step in reversed(way) if isinstance(step, str)), "the file"))
