"""The card of a case as Slack's blocks. Pure functions; everything anybody wrote is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.desk.slack.case import Case
from integrations.desk.slack.mrkdwn import cut, cut_escaped
from integrations.desk.slack.wording import Wording

Block = dict[str, Any]

CLAIM = "ascolto_claim"
REPLY = "ascolto_reply"
RETURN = "ascolto_return"
RESOLVE = "ascolto_resolve"
CONSOLE = "ascolto_console"

SECTION_CHARS = 2900
FIELD_CHARS = 300
HEADER_CHARS = 140
FALLBACK_CHARS = 300
REASONS, EFFECTS, COLLECTED, ORDERS = 6, 6, 8, 3


@dataclass(frozen=True)
class Posting:
    """A message: what notifications say, and what it looks like."""

    text: str
    blocks: list[Block]


def card(case: Case, words: Wording, *, console: str, now: float, key: str) -> Posting:
    """Who it is, why a person is needed, what is known, and what can be done."""
    name = case.name or words.say("card.unnamed")
    channel = words.word("channel", case.channel)
    state = words.say(
        f"card.state_{case.state}",
        agent=_safe(case.claimed_by or words.say("card.somebody"), FIELD_CHARS),
    )
    title = cut(words.say("card.title", name=name, channel=channel), HEADER_CHARS)
    why = [_safe(words.mine(reason), 300) for reason in case.reasons[:REASONS]]
    blocks: list[Block] = [
        {
            "type": "header",
            "block_id": key,
            "text": {"type": "plain_text", "text": title, "emoji": False},
        },
        section(state),
        section(f"*{words.say('card.why')}*\n" + "\n".join(f"• {line}" for line in why or ["–"])),
        {"type": "section", "fields": _fields(case, words, now)},
    ]
    blocks += _lists(case, words)
    if case.unreachable:
        blocks.append(section(words.say("card.unreachable")))
    if case.brief is None and case.open:
        blocks.append(context(words.say("card.brief_pending")))
    blocks.append(_buttons(case, words, console))
    fallback = words.say(
        "card.fallback", state=state, name=_safe(name, 80), why="; ".join(why) or "–"
    )
    return Posting(cut(fallback, FALLBACK_CHARS), blocks)


def simple(case: Case, words: Wording, *, console: str, key: str) -> Posting:
    """A card that Slack can't refuse, for when it refused the real one."""
    state = words.say(f"card.state_{case.state}", agent=_safe(case.claimed_by or "–", 80))
    block = section(state)
    return Posting(state, [{**block, "block_id": key}, _buttons(case, words, console)])


def section(text: str) -> Block:
    """A paragraph of marked-up text."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def context(text: str) -> Block:
    """A small line."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}],
    }


def button(title: str, action: str, value: str, *, style: str | None = None) -> Block:
    """A button with an action id and a value."""
    made: Block = {
        "type": "button",
        "action_id": action,
        "value": value,
        "text": {"type": "plain_text", "text": cut(title, 75), "emoji": False},
    }
    return made if style is None else {**made, "style": style}


def moment(at: float, words: Wording, now: float) -> str:
    """A time on the desk's wall clock."""
    local, today = (datetime.fromtimestamp(t, words.zone) for t in (at, now))
    time = f"{local:%H:%M}"
    if local.date() == today.date():
        return words.say("time.today", time=time)
    return words.say("time.day", day=local.day, month=local.month, time=time)


def _fields(case: Case, words: Wording, now: float) -> list[Block]:
    level = words.word("card", f"level_{case.level}")
    hint = words.texts.get(f"card.level_{case.level}_hint", "")
    person: Mapping[str, Any] = (case.brief or {}).get("person") or {}
    answer = "–"
    if case.answered_at:
        answer = words.say("card.answered", time=moment(case.answered_at, words, now))
    elif case.due_at:
        answer = words.say("card.due", time=moment(case.due_at, words, now))
    pairs = [
        (words.say("card.identity"), _safe(f"{level}. {hint}".strip(), FIELD_CHARS)),
        (words.say("card.contact"), _contact(case, person)),
        (words.say("card.channel"), _safe(words.word("channel", case.channel), FIELD_CHARS)),
        (words.say("card.language"), _safe(words.word("speaks", case.language or "–"), 60)),
        (words.say("card.priority"), _safe(words.word("priority", case.priority), 60)),
        (words.say("card.first_answer"), answer),
    ]
    if case.tier:
        pairs.append((words.say("card.tier"), _safe(words.word("tier", case.tier), 60)))
    if case.rating:
        pairs.append((words.say("card.rating"), f"{case.rating}/5"))
    return [
        {"type": "mrkdwn", "text": f"*{title}*\n{value}", "verbatim": True}
        for title, value in pairs[:10]
    ]


def _contact(case: Case, person: Mapping[str, Any]) -> str:
    known = [case.handle, person.get("email"), person.get("phone")]
    return "\n".join(_safe(str(value), 100) for value in known if value) or "–"


def _lists(case: Case, words: Wording) -> list[Block]:
    brief: Mapping[str, Any] = case.brief or {}
    cases = [c for c in brief.get("cases") or () if c.get("status") != "resolved"]
    orders = list(brief.get("orders") or ())
    collected = [
        f"{_safe(words.word('field', name), 60)}: {_safe(_coded(words, name, value), 200)}"
        for name, value in case.collected.items()
    ]
    effects = [_safe(words.mine(effect), 300) for effect in case.effects]
    open_cases = [_case_line(c, words) for c in cases]
    if case.case_reference and not any(c.get("reference") == case.case_reference for c in cases):
        open_cases.insert(0, _safe(case.case_reference, 40))
    closing = "closing_returned" if case.state == "returned" else "closing_resolved"
    blocks = [
        _list(words, "card.collected", collected, COLLECTED),
        _list(words, "card.effects", effects, EFFECTS, words.say("card.effects_hint")),
        _list(words, "card.orders", [_order_line(o, words) for o in orders], ORDERS),
        _list(words, "card.case", open_cases, ORDERS),
    ]
    if case.closing_word and not case.open:
        blocks.append(
            section(f"*{words.say('card.' + closing)}*\n{_safe(case.closing_word, 1500)}")
        )
    return [block for block in blocks if block is not None]


def _list(
    words: Wording, title: str, lines: Sequence[str], most: int, hint: str = ""
) -> Block | None:
    if not lines:
        return None
    shown = [f"• {line}" for line in lines[:most]]
    if len(lines) > most:
        shown.append(f"_{words.say('card.more', count=len(lines) - most)}_")
    if hint:
        shown.append(f"_{hint}_")
    return section(f"*{words.say(title)}*\n" + "\n".join(shown))


def _order_line(order: Mapping[str, Any], words: Wording) -> str:
    parcel = order.get("shipment") or {}
    total = f"{float(order.get('total') or 0):.2f} {order.get('currency') or ''}".strip()
    parts = [
        str(order.get("number", "")),
        words.word("order_status", order.get("status", "")),
        total,
        words.word("parcel", parcel["status"]) if parcel.get("status") else "",
        str(parcel.get("tracking") or ""),
    ]
    return _safe(" · ".join(part for part in parts if part), 250)


def _case_line(case: Mapping[str, Any], words: Wording) -> str:
    parts = [
        str(case.get("reference", "")),
        words.word("topic", case.get("topic", "")),
        words.word("case_status", case.get("status", "")),
    ]
    line = _safe(" · ".join(part for part in parts if part), 120)
    summary = _safe(str(case.get("summary") or ""), 200)
    promise = case.get("promise")
    promised = f" ({words.say('card.promise')}: {_safe(str(promise), 200)})" if promise else ""
    return f"{line}: {summary}{promised}" if summary else line + promised


def _coded(words: Wording, name: str, value: str) -> str:
    group = {"form": "form", "topic": "topic", "matter": "intent", "language": "speaks"}.get(name)
    return words.word(group, value) if group else value


def _buttons(case: Case, words: Wording, console: str) -> Block:
    value = case.handoff_id
    elements: list[Block] = []
    if case.open and case.owner == "agent":
        elements = [
            button(words.say("buttons.reply"), REPLY, value, style="primary"),
            button(words.say("buttons.return"), RETURN, value),
            button(words.say("buttons.resolve"), RESOLVE, value),
        ]
    elif case.open:
        elements = [button(words.say("buttons.claim"), CLAIM, value, style="primary")]
        if case.state == "queued":
            elements += [
                button(words.say("buttons.return"), RETURN, value),
                button(words.say("buttons.resolve"), RESOLVE, value),
            ]
    link = button(words.say("buttons.console"), CONSOLE, value)
    return {"type": "actions", "elements": [*elements, {**link, "url": console}]}


def _safe(text: str, longest: int) -> str:
    return cut_escaped(" ".join(text.split()), longest)
