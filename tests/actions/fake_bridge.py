"""A small bridge over real HTTP: four demo customers, one-time codes, cases, a few articles.

It keeps the contract of the real one where actions can tell the difference, and can be scripted:
`fail(path, status)` answers the next matching request badly, `stall(path)` lets it time out,
`lose_answer(path)` acts on it all the same, `stop()` refuses connections until `start()`.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.actions import fake_after_sales as after_sales
from tests.actions.fake_orders import demo_orders

TOKEN = "bridge-token-for-tests"


MAX_WRONG_CODES = 5


ARTICLES = {
    ("it", "ret"): ("resi-30-giorni", "Hai 30 giorni per rendere quello che non va."),
    ("it", "lav"): ("lavare-merino", "Il merino si lava a mano in acqua fredda."),
    ("en", "ret"): ("returns-30-days", "You have 30 days to return what isn't right."),
    ("en", "was"): ("washing-merino", "Merino is washed by hand in cold water."),
}


_STEMS = {
    "it": {"ret": ("reso", "resi", "rend", "restitu", "rimbors"), "lav": ("lav", "lavare")},
    "en": {"ret": ("return", "refund", "send back", "send it back"), "was": ("wash",)},
}


class FakeBridge:
    """The server and its state; use as a context manager."""

    def __init__(self) -> None:
        self.people = demo_orders()
        self.grants: dict[str, str] = {}
        self.challenges: dict[str, dict[str, Any]] = {}
        self.mails: list[dict[str, str]] = []
        self.cases: list[dict[str, Any]] = []
        self.judged: list[dict[str, Any]] = []
        self.has_email = False
        # What comes near a question that no article answers.
        self.near: list[dict[str, Any]] = []
        self.cancelled: list[str] = []
        self.returned: list[dict[str, Any]] = []
        self.invoices: list[str] = []
        self.points = after_sales.points()
        self.requests: list[dict[str, Any]] = []
        self._answers: dict[tuple[str, str], tuple[str, int, Any]] = {}
        self._failures: deque[tuple[str, int, Any, dict[str, str]]] = deque()
        self._stalls: deque[tuple[str, float]] = deque()
        self._lost: deque[str] = deque()
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> FakeBridge:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; on the same port as before after a stop."""
        bridge = self

        class Handler(_Handler):
            fake = bridge

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Clients that gave up waiting are part of the tests."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def running(self) -> bool:
        return self._server is not None

    def fail(self, path: str, status: int, code: str = "", retry_after: str | None = None) -> None:
        """Answer the next request whose path starts so with this status."""
        headers = {"Retry-After": retry_after} if retry_after else {}
        self._failures.append((path, status, {"error": {"code": code, "message": ""}}, headers))

    def garble(self, path: str) -> None:
        """Answer the next request whose path starts so with something that is not JSON."""
        self._failures.append((path, 200, "<html>", {}))

    def stall(self, path: str, seconds: float = 3.0) -> None:
        """Let the next request whose path starts so wait longer than any action would."""
        self._stalls.append((path, seconds))

    def lose_answer(self, path: str) -> None:
        """Act on the next request whose path starts so, and break down before saying it."""
        self._lost.append(path)

    def grant(self, conversation: str, person: str) -> None:
        """Verify a conversation without a code."""
        self.grants[conversation] = person

    @property
    def code(self) -> str:
        """The newest code that was mailed."""
        return self.mails[0]["code"]

    def calls(self, method: str, path: str) -> list[dict[str, Any]]:
        """Requests seen so far with this method and path."""
        return [r for r in self.requests if (r["method"], r["path"]) == (method, path)]

    def answer(
        self, method: str, url: str, headers: dict[str, str], body: Any
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers for one request."""
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        key = headers.get("idempotency-key")
        with self._lock:
            self.requests.append(
                {"method": method, "path": parts.path, "query": query, "body": body, "key": key}
            )
            if self._failures and parts.path.startswith(self._failures[0][0]):
                _, status, content, extra = self._failures.popleft()
                return status, content, extra
            if headers.get("authorization") != f"Bearer {TOKEN}":
                return 401, {"error": {"code": "unauthenticated", "message": ""}}, {}
            if method in ("POST", "PUT") and key is not None:
                return self._once(method, parts.path, key, body)
            status, content = self._route(method, parts.path, query, body)
            return status, content, {}

    def stall_for(self, url: str) -> float:
        """Seconds to wait before answering this request."""
        if self._stalls and urlsplit(url).path.startswith(self._stalls[0][0]):
            return self._stalls.popleft()[1]
        return 0.0

    def loses(self, url: str) -> bool:
        """Whether the answer to this request gets lost."""
        lost = bool(self._lost) and url.startswith(self._lost[0])
        if lost:
            self._lost.popleft()
        return lost

    def _once(self, method: str, path: str, key: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        said = json.dumps(body, sort_keys=True)
        known = self._answers.get((path, key))
        if known is not None:
            if known[0] != said:
                return 409, {"error": {"code": "idempotency_conflict", "message": ""}}, {}
            return known[1], known[2], {"Idempotency-Replayed": "true"}
        status, content = self._route(method, path, {}, body)
        self._answers[path, key] = (said, status, content)
        return status, content, {}

    def _route(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if method == "GET" and path.startswith("/v1/orders"):
            return self._orders(path.removeprefix("/v1/orders").strip("/"), query["conversation"])
        if method == "POST" and path.endswith("/cancellation"):
            return self._cancel(path.split("/")[3], body["conversation"]["id"])
        if path.startswith("/v1/orders/"):
            return self._change(path.split("/")[3], path.rsplit("/", 1)[-1], body)
        if method == "GET" and path in ("/v1/returns", "/v1/loyalty"):
            return self._own(path, query["conversation"])
        if method == "GET" and path.startswith("/v1/promotions/"):
            return after_sales.promotion(unquote(path.split("/")[3]))
        if method == "GET" and path == "/v1/knowledge/search":
            return 200, self._search(query["q"].lower(), query["language"])
        if method == "GET" and path.startswith("/v1/knowledge/articles/"):
            return self._article(path.rsplit("/", 1)[1], query["language"])
        if method == "POST" and path == "/v1/knowledge/feedback":
            self.judged.append(body)
            return 201, {"slug": body["slug"], "helped": body["helped"], "at": "2026-11-21"}
        if method == "POST" and path == "/v1/verification/challenges":
            return 202, self._challenge(body)
        if method == "POST" and path == "/v1/verification/answers":
            return self._check(body)
        if method == "POST" and path == "/v1/cases":
            self.cases.append(body)
            return 201, {"reference": f"C-7K2M{len(self.cases) + 1}", "status": "open"}
        if method == "POST" and path == "/v1/consents":
            kept = {key: body[key] for key in ("purpose", "granted")}
            return 201, {**kept, "at": "2026-11-21T10:00:00Z", "has_email": self.has_email}
        return 404, {"error": {"code": "not_found", "message": ""}}

    def _orders(self, number: str, conversation: str) -> tuple[int, Any]:
        person = self.grants.get(conversation)
        if person is None:
            return 403, {"error": {"code": "grant_required", "message": ""}}
        if not number:
            return 200, {"orders": self.people[person]}
        for mine in self.people[person]:
            if mine["number"] == number:
                return 200, mine
        return 403, {"error": {"code": "grant_required", "message": ""}}

    def _cancel(self, number: str, conversation: str) -> tuple[int, Any]:
        status, order = self._orders(number, conversation)
        if status == 200 and not order.get("allowed", {}).get("cancel"):
            return 409, {"error": {"code": "too_late", "message": ""}}
        if status == 200:
            self.cancelled.append(number)
            order["status"] = "cancelled"
        return status, order

    def _change(self, number: str, what: str, body: Any) -> tuple[int, Any]:
        status, order = self._orders(number, body["conversation"]["id"])
        if status != 200:
            return status, order
        if what == "returns":
            status, content = after_sales.announced(order, body, len(self.returned))
            if status == 201:
                self.returned.append(content)
            return status, content
        if what == "address":
            return after_sales.sent_elsewhere(order, body["address"])
        if what == "invoice":
            owner = self._owner(number) or "?"
            status, content = after_sales.invoiced(order, None if owner == "carla" else owner)
            if status == 200:
                self.invoices.append(number)
            return status, content
        return after_sales.refused(404, "not_found")

    def _own(self, path: str, conversation: str) -> tuple[int, Any]:
        person = self.grants.get(conversation)
        if person is None:
            return after_sales.refused(403, "grant_required")
        if path == "/v1/loyalty":
            return 200, self.points
        mine = [r for r in reversed(self.returned) if self._owner(r["order_number"]) == person]
        return 200, {"returns": mine}

    def _owner(self, number: str) -> str | None:
        for person, orders in self.people.items():
            if any(order["number"] == number for order in orders):
                return person
        return None

    def _challenge(self, body: dict[str, Any]) -> dict[str, Any]:
        challenge = f"ch{len(self.challenges) + 1}"
        owner = self._owner(body["order_number"])
        code = f"{(len(self.challenges) + 1) * 104729 % 900000 + 100000}"
        self.challenges[challenge] = {"person": owner, "code": code, "wrong": 0}
        if owner is not None:
            self.mails.insert(0, {"to": f"{owner}@example.com", "code": code})
        return {"challenge_id": challenge, "expires_in_s": 600}

    def _check(self, body: dict[str, Any]) -> tuple[int, Any]:
        challenge = self.challenges.get(body["challenge_id"])
        if challenge is None or challenge["wrong"] >= MAX_WRONG_CODES:
            return 200, {"verified": False, "attempts_left": 0, "level": "unknown"}
        if challenge["person"] is not None and body["code"] == challenge["code"]:
            self.grants[body["conversation"]["id"]] = challenge["person"]
            left = MAX_WRONG_CODES - challenge["wrong"]
            return 200, {"verified": True, "attempts_left": left, "level": "verified"}
        challenge["wrong"] += 1
        left = max(0, MAX_WRONG_CODES - challenge["wrong"])
        return 200, {"verified": False, "attempts_left": left, "level": "unknown"}

    def _search(self, question: str, language: str) -> dict[str, Any]:
        for topic, stems in _STEMS[language].items():
            if any(stem in question for stem in stems):
                slug, text = ARTICLES[language, topic]
                folder = {"it": "it/aiuto", "en": "en/help"}[language]
                url = f"https://www.lanificioaurora.example/{folder}/{slug}"
                answer = {"slug": slug, "title": slug, "text": text, "url": url, "score": 0.8}
                return {"answer": answer, "candidates": [answer]}
        return {"answer": None, "candidates": self.near}

    def _article(self, slug: str, language: str) -> tuple[int, Any]:
        for (spoken, _), (name, text) in ARTICLES.items():
            if (spoken, name) == (language, slug):
                url = f"https://www.lanificioaurora.example/{language}/{slug}"
                return 200, {"slug": slug, "title": slug, "text": text, "url": url, "score": 1.0}
        return 404, {"error": {"code": "not_found", "message": ""}}


class _Handler(BaseHTTPRequestHandler):
    fake: FakeBridge
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET", None)

    def do_POST(self) -> None:
        self._serve("POST", self._body())

    def do_PUT(self) -> None:
        self._serve("PUT", self._body())

    def _body(self) -> Any:
        length = int(self.headers.get("Content-Length") or 0)
        return json.loads(self.rfile.read(length) or b"null")

    def _serve(self, method: str, body: Any) -> None:
        # A real delay, because it is the client's time-out that is tested.
        time.sleep(self.fake.stall_for(self.path))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, content, extra = self.fake.answer(method, self.path, headers, body)
        if self.fake.loses(self.path):
            status, content = 503, {"error": {"code": "unavailable", "message": ""}}
        data = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        # A connection kept alive would still be served after `stop()`.
        self.send_header("Connection", "close")
        for name, value in extra.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""
