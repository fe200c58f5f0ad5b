"""`/sim/`: what scripts and the simulators' page can do with the simulated Telegram.

GET  /sim/state                       bot, chats, what the bot sent, calls, pending updates
POST /sim/people/{name}/{action}      text, start, photo, album, document, voice, location, contact,
                                      sticker, edit, tap, block, unblock; arguments as JSON
POST /sim/groups/{title}/text         {"by": name, "text": …, "reply_to": …}
POST /sim/groups/{title}/migrate      {"by": name}
POST /sim/faults                      {"kind": …, "method"?, "chat_id"?, "seconds"?, "times"?}
POST /sim/updates/{action}            hold, release {"reverse": true}, duplicate {"times": 1}
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.simulators.telegram.customers import Group, Person
from tests.simulators.telegram.faults import Fault
from tests.simulators.telegram.state import Json, State

ACTIONS = frozenset(
    {
        "text",
        "start",
        "photo",
        "album",
        "document",
        "voice",
        "location",
        "contact",
        "sticker",
        "edit",
        "tap",
        "block",
        "unblock",
    }
)
CALLS_SHOWN = 200


class Control:
    """Keeps people and groups by name, for HTTP and for tests alike."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}

    def person(self, name: str, language: str = "it") -> Person:
        """The person of this first name, made when first asked for."""
        with self._state.lock:
            if name not in self.people:
                number = self._state.number()
                user = {
                    "id": 500_000_000 + number,
                    "is_bot": False,
                    "first_name": name,
                    "username": f"{name.lower()}_{number}",
                    "language_code": language,
                }
                self.people[name] = Person(self._state, user)
            return self.people[name]

    def newcomer(self, name: str, language: str = "it") -> Person:
        """Somebody of this first name who was never here, whoever had the name so far."""
        with self._state.lock:
            self.people.pop(name, None)
            return self.person(name, language)

    def group(self, title: str) -> Group:
        """The group of this title, with the bot in it."""
        with self._state.lock:
            if title not in self.groups:
                chat = Group(id=-4_000_000 - self._state.number(), type="group", title=title)
                self._state.chats[chat.id] = chat
                self.groups[title] = chat
            return self.groups[title]

    def routes(self) -> list[Route]:
        return [
            Route("/sim/state", self._show),
            Route("/sim/people/{name}/{action}", self._act, methods=["POST"]),
            Route("/sim/groups/{title}/{action}", self._in_group, methods=["POST"]),
            Route("/sim/faults", self._fault, methods=["POST"]),
            Route("/sim/updates/{action}", self._updates, methods=["POST"]),
        ]

    async def _show(self, _request: Request) -> JSONResponse:
        state = self._state
        with state.lock:
            calls = [
                {"method": c.method, "ok": c.ok, "description": c.description}
                for c in state.calls[-CALLS_SHOWN:]
            ]
            return JSONResponse(
                {
                    "bot": state.bot,
                    "webhook": bool(state.webhook),
                    "pending_updates": state.updates.count(),
                    "people": {n: p.private.id for n, p in self.people.items()},
                    "groups": {t: g.id for t, g in self.groups.items()},
                    "chats": [
                        {**chat.public(), "messages": list(chat.messages.values())}
                        for chat in state.chats.values()
                    ],
                    "sent": {str(chat): messages for chat, messages in state.sent.items()},
                    "calls": calls,
                    "faults_waiting": state.faults.waiting(),
                }
            )

    async def _act(self, request: Request) -> JSONResponse:
        action = request.path_params["action"]
        if action not in ACTIONS:
            return _problem(404, f"no such action: {action}")
        arguments = await _arguments(request)
        who = self.person(request.path_params["name"], arguments.pop("language", "it"))
        try:
            result = getattr(who, action)(**arguments)
        except (TypeError, KeyError, AssertionError) as error:
            return _problem(422, f"{type(error).__name__}: {error}")
        return JSONResponse({"result": result})

    async def _in_group(self, request: Request) -> JSONResponse:
        title, action = request.path_params["title"], request.path_params["action"]
        arguments = await _arguments(request)
        who = self.person(arguments.pop("by", "Anna"))
        chat = self.group(title)
        if action == "migrate":
            self.groups[title] = chat.migrate(self._state, who)
            return JSONResponse({"result": self.groups[title].public()})
        if action == "text":
            return JSONResponse({"result": who.text(chat=chat, **arguments)})
        return _problem(404, f"no such action: {action}")

    async def _fault(self, request: Request) -> JSONResponse:
        try:
            self._state.faults.add(Fault(**await _arguments(request)))
        except TypeError as error:
            return _problem(422, str(error))
        return JSONResponse({"result": True})

    async def _updates(self, request: Request) -> JSONResponse:
        action = request.path_params["action"]
        if action not in ("hold", "release", "duplicate"):
            return _problem(404, f"no such action: {action}")
        result: Any = getattr(self._state.updates, action)(**await _arguments(request))
        return JSONResponse({"result": result})


async def _arguments(request: Request) -> Json:
    body = await request.body()
    found = json.loads(body) if body else {}
    return dict(found)


def _problem(code: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, code)
