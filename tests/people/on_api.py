"""A customer whose site speaks for them over the api channel."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from tests.care import PATIENCE_S
from tests.people.customers import Heard

PICTURE_URL = "https://bilder.example/maglia.png"


class OnApi:
    """`url` and `headers` are the gateway's; the name is what the site calls the customer."""

    channel = "api"
    edits = True
    brings_files = False
    turns_round = True

    def __init__(self, url: str, headers: Mapping[str, str], name: str) -> None:
        self.name = name
        self.address = f"{name.lower()}-{uuid.uuid4().hex[:8]}"
        self._http = httpx2.Client(
            base_url=f"{url}/channels/api", headers=headers, timeout=PATIENCE_S
        )
        self._numbers = itertools.count(1)
        self._bodies: dict[str, dict[str, Any]] = {}

    def close(self) -> None:
        self._http.close()

    def says(self, text: str) -> str:
        return self._send(self._message(text=text))

    def sends_picture(self, caption: str) -> str:
        picture = {"kind": "image", "url": PICTURE_URL, "name": "maglia.png", "mime": "image/png"}
        return self._send(self._message(text=caption, attachments=[picture]))

    def corrects(self, message: str, text: str) -> None:
        self._send({**self._bodies[message], "kind": "edit", "text": text})

    def again(self, message: str) -> None:
        assert self._post(self._bodies[message])["duplicate"]

    def writes_late(self, texts: Sequence[str]) -> None:
        late = [self._message(text=text, sent_at="2026-01-01T10:00:00Z") for text in texts]
        for body in reversed(late):
            self._send(body)

    def corrects_too_fast(self, text: str, corrected: str) -> None:
        body = self._message(text=text)
        self._send({**body, "kind": "edit", "text": corrected})
        self._send(body)

    def taps(self, title: str) -> None:
        payloads = [
            button["payload"]
            for message in self._messages()
            for button in message.get("buttons") or ()
            if button["title"] == title
        ]
        self._send(self._message(payload=payloads[-1]))

    def heard(self) -> list[Heard]:
        return [
            Heard(
                str(message["text"]),
                tuple(button["title"] for button in message.get("buttons") or ()),
                tuple(self._file(each["file_id"]) for each in message.get("attachments") or ()),
            )
            for message in self._messages()
            if message["role"] != "customer"
        ]

    def wire(self) -> str:
        return "\n".join(str(m) for m in self._messages() if m["role"] != "customer")

    def _message(self, **content: Any) -> dict[str, Any]:
        sender = {"name": self.name}
        number = str(next(self._numbers))
        return {
            "conversation": self.address,
            "message_id": number,
            "sender": sender,
            **content,
        }

    def _send(self, body: dict[str, Any]) -> str:
        self._bodies.setdefault(body["message_id"], body)
        assert not self._post(body)["duplicate"]
        return str(body["message_id"])

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post("/messages", json=body)
        assert answer.status_code == 202, answer.text
        accepted: dict[str, Any] = answer.json()
        return accepted

    def _messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["seq"] if found else 0
            place = f"/conversations/{self.address}/messages"
            answer = self._http.get(place, params={"after": after})
            if answer.status_code == 404:
                return found
            answer.raise_for_status()
            page = answer.json()["messages"]
            if not page:
                return found
            found += page

    def _file(self, file_id: str) -> bytes:
        answer = self._http.get(f"/files/{file_id}", params={"conversation": self.address})
        answer.raise_for_status()
        return bytes(answer.content)
