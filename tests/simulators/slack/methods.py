"""The Web API's methods: from arguments to an answer, or an error code of Slack's."""

from __future__ import annotations

from typing import Any

from tests.simulators.slack import limits
from tests.simulators.slack.basics import Arguments
from tests.simulators.slack.files import SharedFiles
from tests.simulators.slack.limits import Refused
from tests.simulators.slack.views import Views
from tests.simulators.slack.workspace import (
    APP,
    BOT,
    BOT_USER,
    TEAM,
    Ephemeral,
    Message,
)


class WebApi(Views, SharedFiles):
    """Slack's side of the methods that a desk needs."""

    def call(self, method: str, arguments: Arguments) -> dict[str, Any]:
        """The answer's body. Raises Refused."""
        handler = getattr(self, "_" + method.replace(".", "_"), None)
        if handler is None:
            raise Refused("unknown_method")
        with self.space.lock:
            answer: dict[str, Any] = handler(arguments)
        return {"ok": True, **answer}

    # -- auth, people, channels ------------------------------------------------------------------

    def _auth_test(self, _arguments: Arguments) -> dict[str, Any]:
        return {
            "url": "https://lanificio-aurora.slack.example/",
            "team": "Lanificio Aurora",
            "user": "ascolto",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            "app_id": APP,
            "is_enterprise_install": False,
        }

    def _users_info(self, arguments: Arguments) -> dict[str, Any]:
        person = self.space.people.get(str(arguments.get("user")))
        if person is None:
            raise Refused("user_not_found")
        return {"user": person.as_json()}

    def _conversations_info(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._channel(arguments)
        return {
            "channel": {
                "id": channel,
                "name": self.space.channel_names[channel],
                "is_channel": True,
                "is_private": channel.startswith("G"),
                "is_member": BOT_USER in self.space.channels[channel],
            }
        }

    def _conversations_history(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._joined(arguments)
        return self._page(self.space.timeline(channel)[::-1], arguments)

    def _conversations_replies(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._joined(arguments)
        self._found(channel, arguments.get("ts"), "thread_not_found")
        return self._page(self.space.thread(channel, str(arguments["ts"])), arguments)

    @staticmethod
    def _page(messages: list[Message], arguments: Arguments) -> dict[str, Any]:
        oldest = float(arguments.get("oldest") or 0)
        latest = float(arguments.get("latest") or 1e12)
        limit = int(arguments.get("limit") or 100)
        start = int(arguments.get("cursor") or 0)
        whole = str(arguments.get("include_all_metadata", "")).lower() in ("true", "1")
        fitting = [m for m in messages if oldest < float(m.ts) <= latest]
        page = fitting[start : start + limit]
        more = start + limit < len(fitting)
        return {
            "messages": [m.as_json(metadata=whole) for m in page],
            "has_more": more,
            "response_metadata": {"next_cursor": str(start + limit) if more else ""},
        }

    # -- messages --------------------------------------------------------------------------------

    def _chat_postMessage(self, arguments: Arguments) -> dict[str, Any]:  # noqa: N802
        channel = self._joined(arguments)
        blocks = limits.message(arguments)
        thread_ts = arguments.get("thread_ts")
        if thread_ts and self.space.message(channel, str(thread_ts)) is None:
            raise Refused("cannot_reply_to_message")
        message = self.space.add(
            Message(
                channel,
                self.space.new_ts(),
                BOT_USER,
                str(arguments.get("text") or "")[: limits.TEXT],
                blocks,
                str(thread_ts) if thread_ts else None,
                arguments.get("metadata"),
                bot=True,
            )
        )
        self.emit({**message.as_json(), "channel": channel, "channel_type": "channel"})
        return {"channel": channel, "ts": message.ts, "message": message.as_json()}

    def _chat_update(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._joined(arguments)
        message = self._found(channel, arguments.get("ts"))
        if not message.bot:
            raise Refused("cant_update_message")
        blocks = limits.message(arguments)
        previous = message.as_json()
        message.versions.append(message.text)
        message.text, message.blocks = str(arguments.get("text") or ""), blocks
        message.edited = self.space.new_ts()
        if arguments.get("metadata") is not None:
            message.metadata = arguments["metadata"]
        self.space.record("update", channel=channel, ts=message.ts, text=message.text)
        self.emit(
            {
                "type": "message",
                "subtype": "message_changed",
                "channel": channel,
                "hidden": True,
                "ts": message.edited,
                "message": message.as_json(),
                "previous_message": previous,
            }
        )
        return {"channel": channel, "ts": message.ts, "text": message.text}

    def _chat_delete(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._joined(arguments)
        message = self._found(channel, arguments.get("ts"))
        if not message.bot:
            raise Refused("cant_delete_message")
        message.deleted = True
        self.space.record("delete", channel=channel, ts=message.ts)
        return {"channel": channel, "ts": message.ts}

    def _chat_postEphemeral(self, arguments: Arguments) -> dict[str, Any]:  # noqa: N802
        channel = self._joined(arguments)
        blocks = limits.message(arguments)
        user = str(arguments.get("user"))
        if user not in self.space.channels[channel]:
            raise Refused("user_not_in_channel")
        shown = Ephemeral(
            channel,
            self.space.new_ts(),
            user,
            str(arguments.get("text") or ""),
            blocks,
            arguments.get("thread_ts"),
        )
        self.space.ephemerals.append(shown)
        self.space.record("ephemeral", channel=channel, to=user, text=shown.text)
        return {"message_ts": shown.ts}

    def _chat_getPermalink(self, arguments: Arguments) -> dict[str, Any]:  # noqa: N802
        channel = self._channel(arguments)
        message = self._found(channel, arguments.get("message_ts"))
        name = "p" + message.ts.replace(".", "")
        return {
            "channel": channel,
            "permalink": f"https://lanificio-aurora.slack.example/archives/{channel}/{name}",
        }

    def _reactions_add(self, arguments: Arguments) -> dict[str, Any]:
        return self._react(arguments, add=True)

    def _reactions_remove(self, arguments: Arguments) -> dict[str, Any]:
        return self._react(arguments, add=False)

    def _react(self, arguments: Arguments, *, add: bool) -> dict[str, Any]:
        channel = self._channel(arguments)
        message = self._found(channel, arguments.get("timestamp"))
        name = str(arguments.get("name") or "")
        if not name or not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
            raise Refused("invalid_name")
        self.react(message, BOT_USER, name, add=add)
        return {}

    def react(self, message: Message, user: str, name: str, *, add: bool) -> None:
        """Somebody reacts, or takes it back. Raises Refused."""
        users = message.reactions.setdefault(name, [])
        if add == (user in users):
            raise Refused("already_reacted" if add else "no_reaction")
        (users.append if add else users.remove)(user)
        what = "reaction_added" if add else "reaction_removed"
        self.space.record(what, channel=message.channel, ts=message.ts, user=user, name=name)
        self.emit(
            {
                "type": what,
                "user": user,
                "reaction": name,
                "item_user": message.user,
                "item": {"type": "message", "channel": message.channel, "ts": message.ts},
                "event_ts": self.space.new_ts(),
            }
        )
