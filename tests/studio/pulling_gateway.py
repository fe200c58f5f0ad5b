"""The gateway as the designers' commands see it: proposals on a port of their own."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "designers-token"


class Server(ThreadingHTTPServer):
    """The commands' part of the gateway, as the contract says: state in memory, pages of two."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proposals: list[dict[str, Any]] = []
        self.withdrawn: list[dict[str, str]] = []
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
                self._answer({"withdrawn": len(self.server.withdrawn)})
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
        if path == "proposals/pulled":
            for one in self.server.proposals:
                if one["id"] in body["ids"]:
                    one |= {"state": "pulled", "file": body["files"].get(one["id"])}
        elif path == "withdrawn/removed":
            kept = [one for one in self.server.withdrawn if one["digest"] not in body["digests"]]
            self.server.withdrawn = kept
        self._answer({})

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
