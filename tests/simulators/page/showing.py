"""What the page draws, as JSON: chats of the customers, the channel with its threads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.simulators.page.pictures import picture_type
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack.workspace import BOT_USER, Ephemeral, Message
from tests.simulators.telegram import TelegramSimulator
from tests.simulators.telegram.customers import Person

Json = dict[str, Any]

_FILES = ("document", "video", "audio", "voice", "sticker")


def telegram_json(telegram: TelegramSimulator, customers: Mapping[str, Person]) -> Json:
    """The chats of the customers with the bot."""
    with telegram.state.lock:
        return {
            "connected": telegram.polled.is_set(),
            "faults": telegram.state.faults.waiting(),
            "customers": [
                {
                    "name": name,
                    "language": person.user["language_code"],
                    "messages": [_said(m) for m in person.private.messages.values()],
                }
                for name, person in customers.items()
            ],
        }


def _said(message: Json) -> Json:
    picture = message["photo"][-1]["file_id"] if message.get("photo") else None
    files = [message[kind] for kind in _FILES if kind in message]
    keyboard = (message.get("reply_markup") or {}).get("inline_keyboard") or ()
    return {
        "id": message["message_id"],
        "bot": bool(message["from"]["is_bot"]),
        "text": message.get("text") or message.get("caption") or "",
        "at": message["date"],
        "edited": "edit_date" in message,
        "picture": picture,
        "files": [{"id": file["file_id"], "name": file.get("file_name", "file")} for file in files],
        "buttons": [
            [{"title": b["text"], "data": b.get("callback_data"), "url": b.get("url")} for b in row]
            for row in keyboard
        ],
    }


def slack_json(slack: SlackSimulator, agents: Mapping[str, str]) -> Json:
    """The channel: what stands in it, the threads under it, what only some see, open modals."""
    space = slack.space
    names = {**{p.id: p.display_name for p in list(space.people.values())}, **agents}
    with space.lock:
        return {
            "connected": slack.outbox.connected > 0,
            "faults": slack.faults.waiting(),
            "channel": space.channel_names[slack.channel],
            "agents": [{"id": key, "name": name} for key, name in agents.items()],
            "names": names,
            "messages": [
                {
                    **_posted(slack, m, names),
                    "replies": [_posted(slack, r, names) for r in slack.thread(m.ts)],
                }
                for m in space.timeline(slack.channel)
            ],
            "ephemerals": [_whispered(e) for e in space.ephemerals if not e.gone],
            "views": [
                {"id": v.id, "user": v.user, **_view(v.view)}
                for v in space.views.values()
                if v.open
            ],
        }


def _posted(slack: SlackSimulator, message: Message, names: Mapping[str, str]) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "name": names.get(message.user, message.user),
        "bot": message.user == BOT_USER,
        "text": message.text,
        "blocks": message.blocks,
        "edited": message.edited is not None and message.user != BOT_USER,
        "reactions": [
            {"name": name, "count": len(users)}
            for name, users in message.reactions.items()
            if users
        ],
        "files": [
            {"id": f.id, "name": f.name, "picture": picture_type(f.content) is not None}
            for f in (slack.space.files[key] for key in message.files)
        ],
    }


def _whispered(shown: Ephemeral) -> Json:
    return {
        "ts": shown.ts,
        "to": shown.to,
        "thread": shown.thread_ts,
        "text": shown.text,
        "blocks": shown.blocks,
    }


def _view(view: Json) -> Json:
    return {name: view.get(name) for name in ("title", "submit", "close", "blocks")}
