"""Slack's documented limits: what a message or a view may hold, and the error it gets otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
SECTION_TEXT = 3000
SECTION_FIELDS = 10
FIELD_TEXT = 2000
HEADER_TEXT = 150
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
ACTIONS = 25
CONTEXT = 10
ACTION_ID = 255
BLOCK_ID = 255
TEXT = 40_000
VIEW_TITLE = 24
PRIVATE_METADATA = 3000
INPUT_LABEL = 2000
INPUT_LENGTH = 3000
OPTIONS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
# Not documented; measured by many (slackapi/bolt-js#2509).
ALL_BLOCKS = 13_200
METADATA_BYTES = 16_000

_MESSAGE = frozenset({"section", "divider", "header", "actions", "context", "rich_text", "image"})
_VIEW = _MESSAGE | {"input"}
_STYLES = (None, "primary", "danger")


class Refused(Exception):
    """Slack's answer to something that it doesn't take: an error code and its explanations."""

    def __init__(self, error: str, *messages: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)


def message(arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The blocks of a message. Raises Refused."""
    text, blocks = arguments.get("text") or "", arguments.get("blocks") or []
    if not text and not blocks:
        raise Refused("no_text")
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if len(blocks) > MESSAGE_BLOCKS:
        raise Refused("invalid_blocks", f"no more than {MESSAGE_BLOCKS} items allowed")
    _blocks(blocks, _MESSAGE)
    if _characters(blocks) > ALL_BLOCKS:
        raise Refused("msg_blocks_too_long")
    metadata = arguments.get("metadata")
    if metadata is not None:
        if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
            raise Refused("invalid_metadata_format")
        if not isinstance(metadata.get("event_payload"), dict):
            raise Refused("invalid_metadata_format")
        if len(json.dumps(metadata)) > METADATA_BYTES:
            raise Refused("metadata_too_large")
    return blocks


def view(given: Any) -> dict[str, Any]:
    """A view. Raises Refused."""
    if not isinstance(given, dict) or given.get("type") not in ("modal", "home"):
        raise Refused("invalid_arguments", "[ERROR] unsupported type [json-pointer:/view/type]")
    blocks = given.get("blocks")
    if not isinstance(blocks, list) or len(blocks) > VIEW_BLOCKS:
        raise Refused("invalid_arguments", f"no more than {VIEW_BLOCKS} items allowed")
    try:
        _blocks(blocks, _VIEW)
        _plain(given.get("title"), VIEW_TITLE, "title")
        for name in ("submit", "close"):
            if given.get(name) is not None:
                _plain(given[name], VIEW_TITLE, name)
    except Refused as refused:
        raise Refused("invalid_arguments", *refused.messages) from refused
    if any(block["type"] == "input" for block in blocks) and given.get("submit") is None:
        raise Refused("invalid_arguments", "[ERROR] missing required field: submit")
    if len(given.get("private_metadata") or "") > PRIVATE_METADATA:
        raise Refused("invalid_arguments", "[ERROR] private_metadata is too long")
    return given


def _blocks(blocks: Sequence[Any], allowed: frozenset[str]) -> None:
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        where = f"[json-pointer:/blocks/{place}]"
        if not isinstance(block, dict) or block.get("type") not in allowed:
            raise Refused("invalid_blocks", f"unsupported type {where}")
        block_id = block.get("block_id")
        if block_id is not None:
            if not isinstance(block_id, str) or len(block_id) > BLOCK_ID:
                raise Refused("invalid_blocks", f"invalid block_id {where}")
            if block_id in seen:
                raise Refused("invalid_blocks", f"`block_id` already exists {where}")
            seen.add(block_id)
        _BLOCKS[block["type"]](block, where)


def _section(block: Mapping[str, Any], where: str) -> None:
    fields = block.get("fields")
    if block.get("text") is None and not fields:
        raise Refused("invalid_blocks", f"missing text or fields {where}")
    if block.get("text") is not None:
        _text(block["text"], SECTION_TEXT, where)
    if fields is not None:
        if not isinstance(fields, list) or not 0 < len(fields) <= SECTION_FIELDS:
            raise Refused("invalid_blocks", f"at most {SECTION_FIELDS} fields {where}")
        for field in fields:
            _text(field, FIELD_TEXT, where)
    if block.get("accessory") is not None:
        _element(block["accessory"], where)


def _header(block: Mapping[str, Any], where: str) -> None:
    _plain(block.get("text"), HEADER_TEXT, where)


def _actions(block: Mapping[str, Any], where: str) -> None:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 0 < len(elements) <= ACTIONS:
        raise Refused("invalid_blocks", f"1 to {ACTIONS} elements {where}")
    ids = [element.get("action_id") for element in elements if isinstance(element, dict)]
    if len(set(ids)) != len(ids):
        raise Refused("invalid_blocks", f"`action_id` already exists {where}")
    for element in elements:
        _element(element, where)


def _context(block: Mapping[str, Any], where: str) -> None:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 0 < len(elements) <= CONTEXT:
        raise Refused("invalid_blocks", f"1 to {CONTEXT} elements {where}")
    for element in elements:
        if isinstance(element, dict) and element.get("type") == "image":
            continue
        _text(element, SECTION_TEXT, where)


def _input(block: Mapping[str, Any], where: str) -> None:
    _plain(block.get("label"), INPUT_LABEL, where)
    element = block.get("element")
    if isinstance(element, dict) and element.get("type") == "static_select":
        _select(element, where)
        return
    if not isinstance(element, dict) or element.get("type") != "plain_text_input":
        raise Refused("invalid_blocks", f"unsupported element {where}")
    if not 1 <= int(element.get("max_length", INPUT_LENGTH)) <= INPUT_LENGTH:
        raise Refused("invalid_blocks", f"max_length is at most {INPUT_LENGTH} {where}")
    if len(element.get("initial_value") or "") > int(element.get("max_length", INPUT_LENGTH)):
        raise Refused("invalid_blocks", f"initial_value is too long {where}")
    if element.get("placeholder") is not None:
        _plain(element["placeholder"], HEADER_TEXT, where)


def options_of(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every option of a select, in groups or not."""
    groups = element.get("option_groups")
    if not groups:
        return list(element.get("options") or ())
    return [option for group in groups for option in group.get("options") or ()]


def _select(element: Mapping[str, Any], where: str) -> None:
    groups = element.get("option_groups")
    if (groups is None) == (element.get("options") is None):
        raise Refused("invalid_blocks", f"either options or option_groups {where}")
    for group in groups if groups is not None else [{"options": element["options"]}]:
        if "label" in group or groups is not None:
            _plain(group.get("label"), OPTION_TEXT, where)
        options = group.get("options")
        if not isinstance(options, list) or not 0 < len(options) <= OPTIONS:
            raise Refused("invalid_blocks", f"1 to {OPTIONS} options {where}")
        for option in options:
            _plain(option.get("text"), OPTION_TEXT, where)
            if not 0 < len(str(option.get("value") or "")) <= OPTION_VALUE:
                raise Refused("invalid_blocks", f"value of 1 to {OPTION_VALUE} {where}")
    if not 0 < len(groups or [1]) <= OPTIONS:
        raise Refused("invalid_blocks", f"1 to {OPTIONS} groups {where}")
    values = [option["value"] for option in options_of(element)]
    if len(set(values)) != len(values):
        raise Refused("invalid_blocks", f"a value stands there twice {where}")
    if element.get("placeholder") is not None:
        _plain(element["placeholder"], HEADER_TEXT, where)


def _anything(block: Mapping[str, Any], where: str) -> None:
    """Dividers have nothing; the others aren't looked into."""


_BLOCKS: Mapping[str, Any] = {
    "section": _section,
    "header": _header,
    "actions": _actions,
    "context": _context,
    "input": _input,
    "divider": _anything,
    "rich_text": _anything,
    "image": _anything,
}


def _element(element: Any, where: str) -> None:
    if not isinstance(element, dict) or element.get("type") != "button":
        raise Refused("invalid_blocks", f"unsupported element {where}")
    _plain(element.get("text"), BUTTON_TEXT, where)
    if len(element.get("value") or "") > BUTTON_VALUE:
        raise Refused("invalid_blocks", f"value is longer than {BUTTON_VALUE} {where}")
    if len(element.get("url") or "") > SECTION_TEXT:
        raise Refused("invalid_blocks", f"url is longer than {SECTION_TEXT} {where}")
    if len(element.get("action_id") or "") > ACTION_ID:
        raise Refused("invalid_blocks", f"action_id is longer than {ACTION_ID} {where}")
    if element.get("style") not in _STYLES:
        raise Refused("invalid_blocks", f"unknown style {where}")
    if (confirm := element.get("confirm")) is not None:
        _plain(confirm.get("title"), 100, where)
        _text(confirm.get("text"), 300, where)
        _plain(confirm.get("confirm"), 30, where)
        _plain(confirm.get("deny"), 30, where)


def _text(given: Any, longest: int, where: str) -> None:
    if not isinstance(given, dict) or given.get("type") not in ("mrkdwn", "plain_text"):
        raise Refused("invalid_blocks", f"not a text object {where}")
    text = given.get("text")
    if not isinstance(text, str) or not text:
        raise Refused("invalid_blocks", f"must be more than 0 characters {where}")
    if len(text) > longest:
        raise Refused("invalid_blocks", f"must be less than {longest + 1} characters {where}")


def _plain(given: Any, longest: int, where: str) -> None:
    _text(given, longest, where)
    if given["type"] != "plain_text":
        raise Refused("invalid_blocks", f"must be plain_text {where}")


def _characters(given: Any) -> int:
    """Characters of all texts in blocks, the way the undocumented limit seems to count."""
    if isinstance(given, dict):
        return sum(
            len(value) if key == "text" and isinstance(value, str) else _characters(value)
            for key, value in given.items()
        )
    if isinstance(given, list):
        return sum(_characters(value) for value in given)
    return 0
