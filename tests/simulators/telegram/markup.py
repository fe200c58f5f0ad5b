"""Checks of formatting and of keyboards, with the errors that Telegram answers."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

from tests.simulators.telegram.errors import bad_request

CALLBACK_BYTES = 64
BUTTONS = 100
_TAGS = frozenset(
    {
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "code",
        "pre",
        "a",
        "span",
        "tg-spoiler",
        "tg-emoji",
        "blockquote",
    }
)
_MARKDOWN_V2 = "_*[]()~`>#+-=|{}.!"


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in _TAGS:
            raise bad_request(
                f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self._at()}'
            )
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            raise bad_request(
                f"can't parse entities: Unmatched end tag at byte offset {self._at()}"
            )
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data

    def _at(self) -> int:
        return len(self.text.encode())


def plain(text: str, parse_mode: str | None) -> str:
    """The text that is left after its formatting is read. Raises ApiError."""
    if not parse_mode:
        return text
    mode = parse_mode.lower()
    if mode == "html":
        parser = _Html()
        parser.feed(text)
        parser.close()
        if parser.open:
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag "
                f'"{parser.open[-1]}"'
            )
        return parser.text
    if mode == "markdownv2":
        return _markdown_v2(text)
    if mode == "markdown":
        for mark in "*_`":
            if len(re.findall(rf"(?<!\\){re.escape(mark)}", text)) % 2:
                raise bad_request(
                    "can't parse entities: Can't find end of the entity starting at byte offset "
                    f"{len(text[: text.rfind(mark)].encode())}"
                )
        return re.sub(r"(?<!\\)[*_`]", "", text)
    raise bad_request("unsupported parse_mode")


def _markdown_v2(text: str) -> str:
    bare = re.sub(r"\\.", "", text)
    for mark in "*_~":
        if bare.count(mark) % 2:
            raise bad_request(
                "can't parse entities: Can't find end of the entity starting at byte offset "
                f"{len(text[: text.rfind(mark)].encode())}"
            )
    for reserved in _MARKDOWN_V2:
        if reserved not in "*_~`[]()>|" and reserved in bare:
            raise bad_request(
                f"can't parse entities: Character '{reserved}' is reserved and must be escaped "
                "with the preceding '\\'"
            )
    return re.sub(r"\\(.)|[*_~]", r"\1", text)


def keyboard(raw: Any) -> dict[str, Any] | None:
    """A reply_markup that Telegram takes, or None. Raises ApiError."""
    markup = _json(raw, "can't parse reply keyboard markup JSON object")
    if not markup:
        return None
    if "inline_keyboard" not in markup:
        return dict(markup)
    rows = markup["inline_keyboard"]
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS:
        raise bad_request("reply markup is too long")
    for button in buttons:
        if not str(button.get("text", "")).strip():
            raise bad_request("inline keyboard button text is empty")
        data = button.get("callback_data")
        if data is not None and not 1 <= len(str(data).encode()) <= CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
        if data is None and not button.keys() & {
            "url",
            "login_url",
            "web_app",
            "switch_inline_query",
        }:
            raise bad_request("inline keyboard button type is not specified")
    return {"inline_keyboard": rows} if buttons else None


def _json(raw: Any, complaint: str) -> Any:
    if raw in (None, ""):
        return None
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError as error:
            raise bad_request(complaint) from error
    if not isinstance(raw, dict):
        raise bad_request(complaint)
    return raw
