"""A gateway that speaks the api channel's language and answers what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "the-key-of-the-stub"


@dataclass
class StubGateway:
    """What it was told (`received`), what it shows (`entries`) and how it answers (`answers`)."""

    url: str = ""
    owner: str = "bot"
    handoff: dict[str, Any] | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    # For each message in turn: its explanation, its disposition, and our entries after it.
    answers: list[tuple[dict[str, Any], str, list[dict[str, Any]]]] = field(default_factory=list)
    mails: list[dict[str, str]] | None = field(default_factory=list)
    refusals: list[tuple[int, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    _later: list[Callable[[], object]] = field(default_factory=list)

    def add(self, role: str, text: str, **more: Any) -> dict[str, Any]:
        """Append an entry and return it."""
        seq = len(self.entries) + 1
        entry = {"id": f"e{seq}", "seq": seq, "role": role, "text": text, "at": "", **more}
        self.entries.append(entry)
        return entry

    def receive(self, body: dict[str, Any]) -> None:
        """Take a customer's message and answer it as told, a moment later."""
        self.received.append(body)
        said = self.add("customer", body["text"], message_id=body["message_id"], disposition=None)
        if not self.answers:
            return
        explain, disposition, ours = self.answers.pop(0)
        ours = [{"role": "bot", "in_reply_to": [body["message_id"]], **one} for one in ours]
        # Handled and answered one look apart, as they are by a gateway that works.
        self._later += [
            lambda: said.update(disposition=disposition, explain=explain),
            lambda: [self.add(**one) for one in ours],
        ]

    def looked_at(self) -> None:
        """Go on by one step: called after each look at the conversation."""
        if self._later:
            self._later.pop(0)()


@contextmanager
def stub_gateway() -> Iterator[StubGateway]:
    """A stub that serves while inside."""
    stub = StubGateway()

    class Handler(BaseHTTPRequestHandler):
        def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def _authorised(self) -> bool:
            if self.headers.get("Authorization") == f"Bearer {KEY}":
                return True
            self._send(401, {"error": {"code": "unauthenticated", "message": "no"}})
            return False

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not self._authorised():
                return
            if stub.refusals:
                status, headers, refusal = stub.refusals.pop(0)
                self._send(status, refusal, headers)
                return
            stub.receive(body)
            self._send(202, {"accepted": True, "duplicate": False})

        def do_GET(self) -> None:
            if not self._authorised():
                return
            address = urlsplit(self.path)
            path = unquote(address.path)
            after = int(parse_qs(address.query).get("after", ["0"])[0])
            if path == "/channels/api/demo/mails":
                known = stub.mails is not None
                self._send(200 if known else 404, {"mails": stub.mails} if known else {})
            elif path.endswith("/messages"):
                shown = [entry for entry in stub.entries if entry["seq"] > after]
                cursor = shown[-1]["seq"] if shown else after
                self._send(200, {"messages": shown, "cursor": cursor})
                stub.looked_at()
            elif path.endswith("/events"):
                self._send(404, {})
            else:
                state = {"owner": stub.owner, "version": 1, "language": "it"}
                self._send(200, {**state, "handoff": stub.handoff})

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
