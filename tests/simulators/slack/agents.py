"""What agents do in the workspace: write, edit, press, submit. The app is told of each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from tests.simulators.slack import limits
from tests.simulators.slack.methods import WebApi
from tests.simulators.slack.outgoing import Outbox, Outgoing
from tests.simulators.slack.workspace import APP, BOT, TEAM, File, Message, View, Workspace


class Agents:
    """Every method returns at once; what the app is told of it comes back as an `Outgoing`."""

    space: Workspace
    outbox: Outbox
    api: WebApi
    channel: str
    base: str

    def post(
        self,
        agent: str,
        text: str,
        *,
        channel: str | None = None,
        thread_ts: str | None = None,
        broadcast: bool = False,
        file: tuple[str, bytes, str] | None = None,
    ) -> tuple[str, Outgoing]:
        """Write, with a file (name, bytes, type) if any; the message's ts and its event."""
        message = Message(
            channel or self.channel, self.space.new_ts(), agent, text, thread_ts=thread_ts
        )
        event: dict[str, Any] = {
            **message.as_json(),
            "client_msg_id": str(uuid.uuid4()),
            "channel": message.channel,
            "channel_type": "channel",
        }
        if broadcast:
            event |= {"subtype": "thread_broadcast", "root": {"ts": thread_ts}}
        if file is not None:
            name, content, mime = file
            kept = File(self.space.new_id("F"), name, agent, content, mime)
            kept.shared.append((message.channel, message.ts))
            self.space.files[kept.id] = kept
            message.files.append(kept.id)
            event |= {"subtype": "file_share", "files": [self.api.file_json(kept)], "upload": False}
        self.space.add(message)
        return message.ts, self.outbox.event(event)

    def edit(self, agent: str, ts: str, text: str, *, channel: str | None = None) -> Outgoing:
        """Change one's own message."""
        with self.space.lock:
            message = self._own(agent, ts, channel)
            previous = self._whole(message)
            message.versions.append(message.text)
            message.text, message.edited = text, self.space.new_ts()
            self.space.record("edit", channel=message.channel, ts=ts, user=agent, text=text)
        return self.outbox.event(
            {
                "type": "message",
                "subtype": "message_changed",
                "hidden": True,
                "channel": message.channel,
                "channel_type": "channel",
                "ts": message.edited,
                "message": self._whole(message),
                "previous_message": previous,
            }
        )

    def delete(self, agent: str, ts: str, *, channel: str | None = None) -> Outgoing:
        """Delete one's own message."""
        with self.space.lock:
            message = self._own(agent, ts, channel)
            previous = message.as_json()
            message.deleted = True
            self.space.record("delete", channel=message.channel, ts=ts, user=agent)
        return self.outbox.event(
            {
                "type": "message",
                "subtype": "message_deleted",
                "hidden": True,
                "channel": message.channel,
                "channel_type": "channel",
                "ts": self.space.new_ts(),
                "deleted_ts": ts,
                "previous_message": previous,
            }
        )

    def react(self, agent: str, ts: str, name: str, *, channel: str | None = None) -> None:
        """Add a reaction."""
        message = self.space.message(channel or self.channel, ts)
        assert message is not None, "there is no such message"
        with self.space.lock:
            self.api.react(message, agent, name, add=True)

    def click(self, agent: str, ts: str, action_id: str, *, channel: str | None = None) -> Outgoing:
        """Press a button of a message, or of an ephemeral one by its ts."""
        channel = channel or self.channel
        with self.space.lock:
            message = self.space.message(channel, ts)
            shown = next((e for e in self.space.ephemerals if e.ts == ts and e.to == agent), None)
            found = message or shown
            if found is None:
                raise LookupError("there is no such message")
            element = _button(found.blocks, action_id)
            container: dict[str, Any] = {
                "type": "message",
                "message_ts": ts,
                "channel_id": channel,
                "is_ephemeral": message is None,
            }
            if found.thread_ts:
                container["thread_ts"] = found.thread_ts
            payload: dict[str, Any] = {
                **self._interaction(agent, "block_actions"),
                "container": container,
                "channel": {"id": channel, "name": self.space.channel_names[channel]},
                "state": {"values": {}},
                "response_url": self._response_url(channel, ts),
                "actions": [
                    {
                        "action_id": action_id,
                        "block_id": element[0],
                        "text": element[1]["text"],
                        "value": element[1].get("value"),
                        "type": "button",
                        "action_ts": self.space.new_ts(),
                    }
                ],
            }
            if message is not None:
                payload["message"] = message.as_json()
        return self.outbox.interaction(payload)

    def shortcut(
        self, agent: str, ts: str, callback_id: str, *, channel: str | None = None
    ) -> Outgoing:
        """Use a message shortcut."""
        channel = channel or self.channel
        message = self.space.message(channel, ts)
        if message is None:
            raise LookupError("there is no such message")
        return self.outbox.interaction(
            {
                **self._interaction(agent, "message_action"),
                "action_ts": self.space.new_ts(),
                "callback_id": callback_id,
                "channel": {"id": channel, "name": self.space.channel_names[channel]},
                "message_ts": ts,
                "message": message.as_json(),
                "response_url": self._response_url(channel, ts),
            }
        )

    def submit(self, view_id: str, values: Mapping[str, str]) -> Outgoing:
        """Submit a modal; `values` by action id. It closes when the app agrees."""
        with self.space.lock:
            view = self._open(view_id)
            state = {
                block["block_id"]: {
                    block["element"]["action_id"]: _answered(
                        block["element"], values.get(block["element"]["action_id"]) or None
                    )
                }
                for block in view.view["blocks"]
                if block["type"] == "input"
            }
            payload = {
                **self._interaction(view.user, "view_submission"),
                "view": self.api.view_json(view, state),
                "response_urls": [],
            }
            view.open = False

        def then(outgoing: Outgoing) -> None:
            answer = outgoing.response if isinstance(outgoing.response, dict) else {}
            # Refused or not heard: the modal stays, with what was written.
            if not outgoing.acknowledged or answer.get("response_action") == "errors":
                view.open = True

        return self.outbox.send(Outgoing("interactive", payload, then=then))

    def close(self, view_id: str) -> Outgoing | None:
        """Close a modal; the app hears of it if it asked to."""
        with self.space.lock:
            view = self._open(view_id)
            view.open = False
        if not view.view.get("notify_on_close"):
            return None
        return self.outbox.interaction(
            {
                **self._interaction(view.user, "view_closed"),
                "view": self.api.view_json(view),
                "is_cleared": False,
            }
        )

    # -- parts -----------------------------------------------------------------------------------

    def _own(self, agent: str, ts: str, channel: str | None) -> Message:
        message = self.space.message(channel or self.channel, ts)
        if message is None or message.user != agent:
            raise LookupError("this isn't a message of theirs")
        return message

    def _whole(self, message: Message) -> dict[str, Any]:
        files = [self.api.file_json(self.space.files[file]) for file in message.files]
        return {**message.as_json(), **({"files": files} if files else {})}

    def _open(self, view_id: str) -> View:
        view = self.space.views[view_id]
        if not view.open:
            raise LookupError("the modal is closed")
        return view

    def _interaction(self, agent: str, kind: str) -> dict[str, Any]:
        person = self.space.people[agent]
        return {
            "type": kind,
            "token": "verification",
            "api_app_id": APP,
            "bot_id": BOT,
            "team": {"id": TEAM, "domain": "lanificio-aurora"},
            "user": {
                "id": agent,
                "username": person.display_name.lower(),
                "name": person.display_name.lower(),
                "team_id": person.team,
            },
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self.space.new_trigger(agent),
        }

    def _response_url(self, channel: str, ts: str) -> str:
        key = uuid.uuid4().hex
        self.space.urls[key] = {"channel": channel, "ts": ts, "uses": 5}
        return f"{self.base}/respond/{key}"


def _button(blocks: list[dict[str, Any]], action_id: str) -> tuple[str, dict[str, Any]]:
    for place, block in enumerate(blocks):
        elements = [*block.get("elements", ()), block.get("accessory") or {}]
        for element in elements:
            if element.get("action_id") == action_id:
                return block.get("block_id") or f"b{place}", element
    raise LookupError(f"there is no button {action_id}")


def _answered(element: Mapping[str, Any], value: str | None) -> dict[str, Any]:
    """What stands in one element of a modal; of a select, `value` is an option's."""
    if element["type"] != "static_select":
        return {"type": element["type"], "value": value}
    offered = {option["value"]: option for option in limits.options_of(element)}
    return {"type": element["type"], "selected_option": offered[value] if value else None}
