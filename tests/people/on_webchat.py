"""A customer with the web chat open: the widget's side of the socket, as the widget keeps it."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import threading
from collections.abc import Sequence
from typing import Any

import httpx2
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.care import PATIENCE_S, until
from tests.people.customers import Heard
from tests.simulators.telegram.customers import PNG

_NUMBERS = itertools.count(1)


class OnWebChat:
    """One page. What comes is kept; what is written is repeated until it is acknowledged."""

    channel = "webchat"
    edits = False
    brings_files = True
    turns_round = False

    def __init__(self, url: str) -> None:
        self._http = httpx2.Client(base_url=url, timeout=PATIENCE_S)
        answer = self._http.post("/chat/session", content=json.dumps({"token": None}))
        answer.raise_for_status()
        self._token = str(answer.json()["token"])
        payload = self._token.partition(".")[0]
        self.address = str(
            json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["c"]
        )
        self._place = f"{url.replace('http', 'ws', 1)}/chat/ws"
        self._frames: list[dict[str, Any]] = []
        self._messages: dict[str, dict[str, Any]] = {}
        self._open()

    def close(self) -> None:
        self._leave()
        self._http.close()

    def says(self, text: str) -> str:
        return self._write(text=text)

    def sends_picture(self, caption: str) -> str:
        answer = self._http.post(
            "/chat/files",
            data={"token": self._token},
            files={"file": ("maglia.png", PNG, "image/png")},
        )
        answer.raise_for_status()
        return self._write(text=caption, attachments=[answer.json()["receipt"]])

    def corrects(self, message: str, text: str) -> None:
        self._write(text=text)

    def again(self, message: str) -> None:
        """The page never heard that it arrived, and sends it again."""
        before = self._acknowledged(message)
        self._send(self._messages[message])
        until(lambda: self._acknowledged(message) > before, "the duplicate is acknowledged")

    def writes_late(self, texts: Sequence[str]) -> None:
        """The page is offline: it keeps what is written and sends it in order when it is back."""
        self._leave()
        kept = [self._message(text=text) for text in texts]
        self._open()
        for frame in kept:
            self._send(frame)
        for frame in kept:
            self._arrived(frame["id"])

    def corrects_too_fast(self, text: str, corrected: str) -> None:
        self.says(text)
        self.says(corrected)

    def taps(self, title: str) -> None:
        payloads = [
            button["payload"]
            for entry in self._entries()
            for button in entry.get("buttons") or ()
            if button["title"] == title
        ]
        self._write(text=title, button=payloads[-1])

    def heard(self) -> list[Heard]:
        return [
            Heard(
                str(entry["text"]),
                tuple(button["title"] for button in entry.get("buttons") or ()),
                tuple(self._file(each["url"]) for each in entry.get("attachments") or ()),
            )
            for entry in self._entries()
            if entry["role"] != "customer"
        ]

    def wire(self) -> str:
        frames = list(self._frames)
        return "\n".join(str(frame) for frame in frames if frame["type"] != "ack")

    # -- the page --------------------------------------------------------------------------------

    def _open(self) -> None:
        self._connection = contextlib.ExitStack()
        self._socket = self._connection.enter_context(connect(self._place, max_size=None))
        self._listening = threading.Thread(target=self._listen, args=(self._socket,), daemon=True)
        self._listening.start()
        self._send({"type": "hello", "token": self._token, "after": self._cursor()})

    def _leave(self) -> None:
        self._connection.close()
        self._listening.join(timeout=PATIENCE_S)

    def _listen(self, socket: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            for text in socket:
                self._frames.append(json.loads(text))

    def _message(self, **content: Any) -> dict[str, Any]:
        frame = {"type": "message", "id": f"person-{next(_NUMBERS):08}", **content}
        self._messages[frame["id"]] = frame
        return frame

    def _write(self, **content: Any) -> str:
        frame = self._message(**content)
        self._send(frame)
        return self._arrived(frame["id"])

    def _send(self, frame: dict[str, Any]) -> None:
        self._socket.send(json.dumps(frame))

    def _arrived(self, message: str) -> str:
        until(lambda: self._acknowledged(message), f"{message} is acknowledged")
        return message

    def _acknowledged(self, message: str) -> int:
        refused = [f for f in self._told("refused") if f["id"] == message]
        assert not refused, refused
        return sum(frame["id"] == message for frame in self._told("ack"))

    def _told(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in list(self._frames) if frame["type"] == kind]

    def _entries(self) -> list[dict[str, Any]]:
        return [entry for frame in self._told("entries") for entry in frame["entries"]]

    def _cursor(self) -> int:
        return max((frame["cursor"] for frame in self._told("entries")), default=0)

    def _file(self, url: str) -> bytes:
        answer = self._http.get(url)
        answer.raise_for_status()
        return bytes(answer.content)
