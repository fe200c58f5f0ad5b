"""Modals: replying, giving back, resolving. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from integrations.desk.slack.cards import Block, section
from integrations.desk.slack.messages import Entry, transcript
from integrations.desk.slack.mrkdwn import cut
from integrations.desk.slack.wording import Wording

REPLY_VIEW = "ascolto_reply_view"
RETURN_VIEW = "ascolto_return_view"
RESOLVE_VIEW = "ascolto_resolve_view"
BLOCK = "words"
FIELD = "ascolto_words"
# What one input of a modal holds.
INPUT_CHARS = 3000

View = dict[str, Any]


def loading(handoff_id: str, words: Wording) -> View:
    """What opens at once; the rest follows."""
    return _modal(
        "", "modal.reply_title", [section(words.say("modal.loading"))], handoff_id, words, None
    )


def reply(
    handoff_id: str, recent: Sequence[Entry], agent: str, words: Wording, *, console: str
) -> View:
    """The latest messages and room for the answer."""
    context = transcript(recent, 0, words, console=console, key="recent").blocks
    hint = cut(words.say("modal.reply_hint", agent=agent), 150)
    blocks = [*context, _input(words.say("modal.reply_label"), hint, optional=False)]
    return _modal(REPLY_VIEW, "modal.reply_title", blocks, handoff_id, words, "modal.send")


def closing(callback_id: str, handoff_id: str, words: Wording) -> View:
    """Giving back, with what was agreed; or resolving, with what was done."""
    name = "return" if callback_id == RETURN_VIEW else "resolve"
    blocks = [
        section(words.say(f"modal.{name}_text")),
        _input(words.say(f"modal.{name}_label"), None, optional=True),
    ]
    submit = f"modal.{name}_submit"
    return _modal(callback_id, f"modal.{name}_title", blocks, handoff_id, words, submit)


def sorry(text: str, handoff_id: str, words: Wording) -> View:
    """Why it isn't possible."""
    return _modal("", "modal.sorry_title", [section(text)], handoff_id, words, None)


def handoff_of(view: Any) -> str | None:
    """The handoff that a modal of ours is about."""
    try:
        value = json.loads(str(view.get("private_metadata") or ""))["handoff"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return value if isinstance(value, str) else None


def words_in(view: Any) -> str:
    """What was written in a modal of ours."""
    try:
        value = view["state"]["values"][BLOCK][FIELD]["value"]
    except (KeyError, TypeError):
        return ""
    return value if isinstance(value, str) else ""


def _modal(
    callback_id: str,
    title: str,
    blocks: list[Block],
    handoff_id: str,
    words: Wording,
    submit: str | None,
) -> View:
    view: View = {
        "type": "modal",
        "callback_id": callback_id or "ascolto_nothing",
        "title": _plain(words.say(title), 24),
        "close": _plain(words.say("modal.cancel"), 24),
        "private_metadata": json.dumps({"handoff": handoff_id}),
        "blocks": blocks,
    }
    return view if submit is None else {**view, "submit": _plain(words.say(submit), 24)}


def _input(label: str, hint: str | None, *, optional: bool) -> Block:
    block: Block = {
        "type": "input",
        "block_id": BLOCK,
        "optional": optional,
        "label": _plain(label, 200),
        "element": {
            "type": "plain_text_input",
            "action_id": FIELD,
            "multiline": True,
            "max_length": INPUT_CHARS,
        },
    }
    return block if hint is None else {**block, "hint": _plain(hint, 150)}


def _plain(text: str, longest: int) -> Block:
    return {"type": "plain_text", "text": cut(text, longest), "emoji": False}
