"""What stands in a case's thread, as Slack's blocks. Pure; everything anybody wrote is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.desk.slack.cards import Block, Posting, button, context, section
from integrations.desk.slack.mrkdwn import cut, cut_escaped, quote, split_escaped
from integrations.desk.slack.wording import Wording

SEND = "ascolto_send"
KEEP = "ascolto_keep"
CORRECT = "ascolto_correct"
RETRY = "ascolto_retry"

# Slack refuses about 13,200 characters of blocks; entities and our own words need room as well.
MESSAGE_CHARS = 9000
TRANSCRIPT_CHARS = 9500
PIECE_CHARS = 2700
ENTRY_CHARS = 1200
FALLBACK_CHARS = 200


@dataclass(frozen=True)
class Entry:
    """One line of a conversation. `role`: customer, bot, system, agent or note.

    `kind` is the envelope's, or `replaced` for what the customer corrected before it was read.
    """

    id: str
    role: str
    kind: str
    text: str | None
    at: float
    author: str | None = None
    attachments: tuple[Mapping[str, Any], ...] = ()
    deleted: bool = False
    # It takes the place of another that the customer had already got.
    corrects: bool = False


def said(entry: Entry, words: Wording, *, console: str, key: str) -> Posting:
    """One message of the conversation, for the thread."""
    who = _who(entry, words)
    body = _body(entry, words)
    pieces = split_escaped(body.text, PIECE_CHARS)
    shown, length = [], 0
    for piece in pieces:
        if length + len(piece) > MESSAGE_CHARS:
            break
        shown.append(piece)
        length += len(piece)
    first = f"*{who}*" + (f"\n{quote(shown[0])}" if shown else "")
    blocks = [{**section(first), "block_id": key}]
    blocks += [section(quote(piece)) for piece in shown[1:]]
    if len(shown) < len(pieces):
        blocks.append(context(words.say("thread.whole", url=console)))
    lines = [*body.lines, *(_file(a, words, console) for a in entry.attachments)]
    if lines:
        blocks.append(context(cut("\n".join(lines), PIECE_CHARS)))
    return Posting(f"{who}: {cut_escaped(entry.text or '', FALLBACK_CHARS)}", blocks)


def gone(words: Wording, *, key: str) -> Posting:
    """What takes the place of a message that the customer deleted."""
    text = words.say("thread.deleted")
    return Posting(text, [{**section(text), "block_id": key}])


def transcript(
    entries: Sequence[Entry], earlier: int, words: Wording, *, console: str, key: str
) -> Posting:
    """The conversation as one message: the newest that fit, and how many older ones there are.

    `earlier` messages were not even read.
    """
    lines: list[str] = []
    length = 0
    left_out = earlier
    for place, entry in enumerate(reversed(entries)):
        line = _line(entry, words)
        if length + len(line) > TRANSCRIPT_CHARS:
            left_out += len(entries) - place
            break
        lines.insert(0, line)
        length += len(line)
    head = {**section(words.say("thread.transcript")), "block_id": key}
    blocks: list[Block] = [head]
    if left_out:
        blocks.append(context(words.say("thread.left_out", count=left_out, url=console)))
    blocks += [section(text) for text in _packed(lines)]
    if not lines:
        blocks.append(section(words.say("thread.nothing")))
    return Posting(words.say("thread.transcript").strip("*"), blocks)


def fate(entry: Entry, text: str, state: str, reason: str, words: Wording, *, key: str) -> Posting:
    """That words didn't reach the customer, or may not have, with a button to try again."""
    which = f"{state}_correction" if entry.corrects else state
    title = words.say(f"thread.{which}", reason=cut_escaped(reason, 200))
    again = words.say("buttons.retry" if state == "failed" else "buttons.again")
    blocks = [
        {**section(f"{title}\n{quote(cut_escaped(text, 500))}"), "block_id": key},
        {"type": "actions", "elements": [button(again, RETRY, entry.id)]},
    ]
    return Posting(title, blocks)


def ask(text: str, note_id: str, words: Wording, *, corrects: bool = False) -> Posting:
    """Whether what somebody wrote in the thread should go to the customer, or change there."""
    title = words.say("ask.correction" if corrects else "ask.question")
    yes, no, action = ("update", "leave", CORRECT) if corrects else ("send", "keep", SEND)
    blocks: list[Block] = [
        section(f"{title}\n{quote(cut_escaped(text, 500))}"),
        {
            "type": "actions",
            "elements": [
                button(words.say(f"buttons.{yes}"), action, note_id, style="primary"),
                button(words.say(f"buttons.{no}"), KEEP, note_id),
            ],
        },
    ]
    if not corrects:
        blocks.append(context(words.say("ask.hint")))
    return Posting(title, blocks)


def notice(text: str) -> Posting:
    """A word to one person."""
    text = cut(text, PIECE_CHARS)
    return Posting(text, [section(text)])


@dataclass(frozen=True)
class _Body:
    text: str
    lines: tuple[str, ...] = ()


def _body(entry: Entry, words: Wording) -> _Body:
    if entry.deleted:
        return _Body("", (words.say("thread.deleted"),))
    if entry.kind == "delete":
        return _Body("", (words.say("thread.deleted_event"),))
    if entry.kind == "reaction":
        if not entry.text:
            return _Body("", (words.say("thread.reaction_gone"),))
        reaction = cut_escaped(entry.text, 60)
        return _Body("", (words.say("thread.reacted", reaction=reaction),))
    if entry.kind == "postback":
        if not entry.text:
            return _Body("", (words.say("thread.tapped_unknown"),))
        return _Body("", (words.say("thread.tapped", title=cut_escaped(entry.text, 200)),))
    return _Body(entry.text or "")


def _who(entry: Entry, words: Wording) -> str:
    agent = cut_escaped(entry.author or words.say("card.somebody"), 80)
    who = words.say(f"thread.{entry.role}", agent=agent)
    if state := {"edit": "corrected", "replaced": "replaced"}.get(entry.kind):
        who = f"{who} ({words.say(f'thread.{state}')})"
    return who


def _file(attachment: Mapping[str, Any], words: Wording, console: str) -> str:
    name = attachment.get("name") or attachment.get("kind") or "file"
    size = attachment.get("size")
    shown = cut_escaped(" ".join(str(name).split()), 150)
    if isinstance(size, int):
        shown += f" ({max(1, size // 1024)} kB)"
    line = words.say("thread.attachment", name=shown)
    return f"{line} · {words.say('thread.in_console', url=console)}"


def _line(entry: Entry, words: Wording) -> str:
    time = datetime.fromtimestamp(entry.at, words.zone)
    body = _body(entry, words)
    text = quote(cut_escaped(body.text, ENTRY_CHARS)) if body.text else ""
    files = [
        words.say("thread.attachment", name=cut_escaped(str(a.get("name") or a.get("kind")), 100))
        for a in entry.attachments
    ]
    parts = [f"*{_who(entry, words)}* {time:%d/%m %H:%M}", text, *body.lines, *files]
    return "\n".join(part for part in parts if part)


def _packed(lines: Sequence[str]) -> list[str]:
    """Lines joined to as few sections as they fit in."""
    packed: list[str] = []
    for line in lines:
        if packed and len(packed[-1]) + len(line) + 1 <= PIECE_CHARS:
            packed[-1] += "\n" + line
        else:
            packed.append(line)
    return packed
