"""Modals: replying, giving back, resolving, with what the customer wanted. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from integrations.desk.slack.cards import Block, section
from integrations.desk.slack.messages import Entry, transcript
from integrations.desk.slack.mrkdwn import cut
from integrations.desk.slack.wording import Wording
from integrations.desk.wishes import LONGEST_WORDS, Wishes

REPLY_VIEW = "ascolto_reply_view"
RETURN_VIEW = "ascolto_return_view"
RESOLVE_VIEW = "ascolto_resolve_view"
BLOCK = "words"
FIELD = "ascolto_words"
WANTED_BLOCK, WANTED = "wanted", "ascolto_wanted"
OWN_WORDS_BLOCK, OWN_WORDS = "wanted_words", "ascolto_wanted_words"
# The option for what none of the others says; no intent has a name like it.
SOMETHING_ELSE = "something else"
# Slack's limits of a select.
GROUP_OPTIONS = 100
OPTION_CHARS, GROUP_CHARS = 75, 75
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


def closing(
    callback_id: str,
    handoff_id: str,
    words: Wording,
    *,
    wishes: Wishes,
    likely: Sequence[str],
) -> View:
    """Giving back, with what was agreed; or resolving, with what was done.

    Also what the customer wanted, the `likely` first; whoever submits at once has answered nothing.
    """
    name = "return" if callback_id == RETURN_VIEW else "resolve"
    blocks = [
        section(words.say(f"modal.{name}_text")),
        _input(words.say(f"modal.{name}_label"), None, optional=True),
        *_what_they_wanted(words, wishes, likely),
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
    return _text_in(view, BLOCK, FIELD)


def wanted_in(view: Any) -> dict[str, str | None]:
    """What the customer wanted, as `Desk.resolve` takes it; two Nones where it was passed over."""
    try:
        chosen = view["state"]["values"][WANTED_BLOCK][WANTED]["selected_option"]["value"]
    except (KeyError, TypeError):
        chosen = None
    intent = chosen if isinstance(chosen, str) and chosen != SOMETHING_ELSE else None
    return {"wanted": intent, "wanted_words": _text_in(view, OWN_WORDS_BLOCK, OWN_WORDS) or None}


def _text_in(view: Any, block: str, field: str) -> str:
    try:
        value = view["state"]["values"][block][field]["value"]
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


def _what_they_wanted(words: Wording, wishes: Wishes, likely: Sequence[str]) -> list[Block]:
    """One select and one line: both may stay empty."""
    first = [(name, wishes.title(name, words.language)) for name in likely]
    others = [each for each in wishes.options(words.language) if each not in first]
    room = GROUP_OPTIONS - 1
    groups = [
        (words.say("modal.wanted_likely"), first[:room]),
        (
            words.say("modal.wanted_others"),
            [*others[:room], (SOMETHING_ELSE, words.say("modal.wanted_else"))],
        ),
    ]
    select = {
        "type": "static_select",
        "action_id": WANTED,
        "placeholder": _plain(words.say("modal.wanted_none"), 150),
        "option_groups": [
            {
                "label": _plain(title, GROUP_CHARS),
                "options": [
                    {"text": _plain(said, OPTION_CHARS), "value": name} for name, said in options
                ],
            }
            for title, options in groups
            if options
        ],
    }
    line = {
        "type": "plain_text_input",
        "action_id": OWN_WORDS,
        "multiline": False,
        "max_length": LONGEST_WORDS,
    }
    return [
        {
            "type": "input",
            "block_id": block_id,
            "optional": True,
            "label": _plain(words.say(label), 200),
            "element": element,
        }
        for block_id, label, element in (
            (WANTED_BLOCK, "modal.wanted_label", select),
            (OWN_WORDS_BLOCK, "modal.wanted_words_label", line),
        )
    ]


def _plain(text: str, longest: int) -> Block:
    return {"type": "plain_text", "text": cut(text, longest), "emoji": False}
