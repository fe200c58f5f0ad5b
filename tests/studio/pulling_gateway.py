"""The gateway as the designers' commands see it: proposals on a port of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from understanding.sameness import digest

TOKEN = "designers-token"


class Server(ThreadingHTTPServer):
    """The commands' part of the gateway, as the contract says: state in memory, pages of two."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proposals: list[dict[str, Any]] = []
        self.withdrawn: list[dict[str, Any]] = []
        # What happens at the gateway just before it answers one of these, once.
        self.before: dict[str, Callable[[], None]] = {}
        self.conversations: set[str] = set()
        # The hash of the model that serves.
        self.live: str | None = None
        # What isn't answered, as if somebody was killed before it.
        self.refuses = ""

    def propose(self, kind: str, text: str, **more: Any) -> dict[str, Any]:
        made = {
            "id": f"p{len(self.proposals) + 1}",
            "kind": kind,
            "intent": None,
            "article": None,
            "text": text,
            "entities": [],
            "language": "it",
            "author": "designer",
            "created_at": "2026-11-22T10:00:00Z",
            "state": "queued",
            "file": None,
            **more,
        }
        self.proposals.append(made)
        return made

    def withdraw(self, text: str, of: str, *, language: str = "it") -> None:
        """The writer of an example or question was erased."""
        key = {"language": language, "intent": of, "digest": digest(text)}
        self.withdrawn.append({**key, "removed": False})


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        match address.path.removeprefix("/designer/v1/"):
            case "proposals":
                found = [p for p in self.server.proposals if p["state"] == asked["state"]]
                first = int(asked.get("after", 0))
                following = str(first + 2) if len(found) > first + 2 else None
                self._answer({"proposals": found[first : first + 2], "next": following})
            case "withdrawn":
                self._answer({"examples": self.server.withdrawn})
            case "status":
                waiting = [one for one in self.server.withdrawn if not one["removed"]]
                self._answer({"withdrawn": len(waiting)})
            case "routing":
                self._answer({"live": self.server.live})
            case _:
                self.send_error(404)

    def do_POST(self) -> None:
        path = self.path.removeprefix("/designer/v1/")
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if path == self.server.refuses:
            self.close_connection = True
            return
        self.server.before.pop(path, lambda: None)()
        if path == "erasures":
            self._erase(body["conversation"])
            return
        queued = [one for one in self.server.proposals if one["state"] == "queued"]
        chosen = [one for one in queued if one["id"] in body.get("ids", ())]
        if path == "proposals/writing":
            for one in chosen:
                one["written"] = True
        elif path == "proposals/pulled":
            for one in chosen:
                one |= {"state": "pulled", "file": body["files"].get(one["id"])}
                self.server.withdrawn = [w for w in self.server.withdrawn if not _same(w, one)]
        elif path == "withdrawn/removed":
            for one in self.server.withdrawn:
                one["removed"] = one["removed"] or one["digest"] in body["digests"]
        self._answer({"ids": [one["id"] for one in chosen]})

    def _erase(self, conversation: str) -> None:
        if conversation not in self.server.conversations:
            self.send_error(404)
            return
        self._answer({"messages": 2, "proposals": 1, "examples": 1})

    def _answer(self, content: dict[str, Any]) -> None:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.send_error(401)
            return
        sent = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: Any) -> None:
        pass


def _same(withdrawn: dict[str, Any], proposal: dict[str, Any]) -> bool:
    found = (withdrawn["digest"], withdrawn["language"], withdrawn["intent"])
    of = proposal["intent"] or proposal["article"]
    return found == (digest(proposal["text"]), proposal["language"], of)
