"""The simulator as tests see it: agents do things, and everything that happened can be read.

Every method returns at once and may be called from any thread; what the app is told of it comes
back as an `Outgoing`, whose `done()` waits for the acknowledgement.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from starlette.responses import JSONResponse, Response

from tests.simulators.slack.agents import Agents
from tests.simulators.slack.faults import Faults
from tests.simulators.slack.methods import WebApi
from tests.simulators.slack.outgoing import Outbox
from tests.simulators.slack.server import Running
from tests.simulators.slack.workspace import (
    BOT_USER,
    Ephemeral,
    Message,
    Person,
    View,
    Workspace,
)


class SlackSimulator(Agents):
    """One workspace with one app in it."""

    def __init__(self, *, channel: str = "C0ASSISTENZA") -> None:
        self.bot_token = "xoxb-simulator"
        self.app_token = "xapp-simulator"
        self.signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"
        self.space = Workspace()
        self.faults = Faults()
        self.outbox = Outbox(self.space, self.faults, self.signing_secret)
        self.base = ""
        self._running: Running | None = None
        self.api = WebApi(self.space, self._emit, "")
        self.channel = channel
        self.add_channel(channel, "assistenza")

    @contextlib.contextmanager
    def serving(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[SlackSimulator]:
        """The server answers inside; `base` is its address."""
        self._running = Running(self, host, port)
        self.base = self.api.base = f"http://{host}:{self._running.start()}"
        try:
            yield self
        finally:
            self._running.stop()

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Nobody answers at the address inside; what the workspace holds stays."""
        host, _, port = self.base.removeprefix("http://").rpartition(":")
        assert self._running is not None, "the simulator isn't running"
        self._running.stop()
        try:
            yield
        finally:
            self._running = Running(self, host, int(port))
            self._running.start()

    @property
    def api_url(self) -> str:
        """What slack-sdk calls base_url."""
        return f"{self.base}/api/"

    def deliver_to(self, base: str) -> None:
        """Events and interactions go to these addresses of the app, unless a socket is open."""
        self.outbox.events_url = f"{base}/slack/events"
        self.outbox.interactions_url = f"{base}/slack/interactions"

    # -- the scene -------------------------------------------------------------------------------

    def add_channel(self, channel: str, name: str, *, with_bot: bool = True) -> None:
        """A channel; everybody who is there already joins."""
        with self.space.lock:
            members = {p.id for p in self.space.people.values() if not p.is_bot}
            self.space.channels[channel] = members | ({BOT_USER} if with_bot else set())
            self.space.channel_names[channel] = name

    def agent(self, display_name: str, real_name: str | None = None, **values: Any) -> str:
        """Somebody who works here; their id. The same name gives the same person."""
        with self.space.lock:
            for person in self.space.people.values():
                if person.display_name == display_name and person.real_name == (
                    real_name or display_name
                ):
                    return person.id
            person = Person(
                self.space.new_id("U"), display_name, real_name or display_name, **values
            )
            self.space.people[person.id] = person
            for members in self.space.channels.values():
                members.add(person.id)
            return person.id

    # -- reading ---------------------------------------------------------------------------------

    def cards(self, channel: str | None = None) -> list[Message]:
        """What the app posted in the channel itself."""
        return [m for m in self.space.timeline(channel or self.channel) if m.bot]

    def thread(self, ts: str, channel: str | None = None) -> list[Message]:
        """A thread without its parent."""
        return [m for m in self.space.thread(channel or self.channel, ts) if m.ts != ts]

    def marks(self, ts: str, channel: str | None = None) -> list[str]:
        """The app's reactions on a message."""
        message = self.space.message(channel or self.channel, ts)
        assert message is not None, "there is no such message"
        return [name for name, users in message.reactions.items() if BOT_USER in users]

    def shown_to(self, agent: str) -> list[Ephemeral]:
        """Ephemeral messages that are still there."""
        return [e for e in self.space.ephemerals if e.to == agent and not e.gone]

    def modal(self, agent: str) -> View | None:
        """The modal that is open at somebody's."""
        found = [v for v in self.space.views.values() if v.user == agent and v.open]
        return found[-1] if found else None

    def everything_written(self) -> str:
        """All texts that the app ever gave Slack, for looking for what must not be there."""
        with self.space.lock:
            return "\n".join(str(call["arguments"]) for call in self.space.calls)

    def state(self) -> dict[str, Any]:
        """What a page needs to draw the workspace."""
        with self.space.lock:
            return {
                "people": [p.as_json() for p in self.space.people.values()],
                "channels": [
                    {"id": channel, "name": name}
                    for channel, name in self.space.channel_names.items()
                ],
                "messages": [
                    {
                        **m.as_json(),
                        "channel": m.channel,
                        "deleted": m.deleted,
                        "files": [self.api.file_json(self.space.files[f]) for f in m.files],
                    }
                    for m in sorted(self.space.messages.values(), key=lambda m: m.ts)
                ],
                "ephemerals": [vars(e) for e in self.space.ephemerals if not e.gone],
                "views": [
                    {"user": v.user, **self.api.view_json(v)}
                    for v in self.space.views.values()
                    if v.open
                ],
                "log": self.space.log[-500:],
                "connected": self.outbox.connected,
            }

    # -- the control API -------------------------------------------------------------------------

    def control(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        """The same over HTTP: POST /sim/{verb} with the arguments as JSON."""
        if verb == "agent":
            return {"id": self.agent(**body)}
        if verb == "post":
            return {"ts": self.post(**body)[0]}
        if verb in ("edit", "delete", "click", "shortcut", "react", "submit", "close"):
            getattr(self, verb)(**body)
            return {}
        if verb == "fault":
            self.faults.add(**body)
            return {}
        if verb == "deliver_to":
            self.deliver_to(**body)
            return {}
        if verb == "settings":
            for name, value in body.items():
                if name not in ("enforce_rate", "duplicate_next", "hold"):
                    raise KeyError(name)
                setattr(self.faults, name, value)
            return {}
        if verb == "release":
            self.outbox.release(**body)
            return {}
        if verb == "drop_sockets":
            self.outbox.drop_sockets()
            return {}
        raise KeyError(verb)

    def respond(self, key: str, body: dict[str, Any]) -> Response:
        """The app uses a response address: replaces or deletes, or says something."""
        with self.space.lock:
            place = self.space.urls.get(key)
            if place is None or place["uses"] <= 0:
                return JSONResponse({"ok": False, "error": "expired_url"}, 404)
            place["uses"] -= 1
            self.space.calls.append({"method": "response_url", "arguments": body})
            for shown in self.space.ephemerals:
                if shown.ts == place["ts"] and body.get("delete_original"):
                    shown.gone = True
                elif shown.ts == place["ts"] and body.get("replace_original"):
                    shown.text, shown.blocks = body.get("text", ""), body.get("blocks") or []
        return JSONResponse({"ok": True})

    # -- parts -----------------------------------------------------------------------------------

    def _emit(self, event: dict[str, Any]) -> None:
        self.outbox.event(event)
