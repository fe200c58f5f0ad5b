"""A small HTTP/1.1 client: little enough work of its own not to show in what it measures."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SECONDS = 60.0


class Unexpected(Exception):
    """A server answered what makes the measurement worthless; the message says what."""


@dataclass(frozen=True)
class Answer:
    """Status and body; `at` is when its last byte was read (`time.perf_counter`)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    at: float

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Http:
    """One kept connection; one request at a time."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        lines = {"Host": parts.netloc, "Accept": "*/*", **(headers or {})}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send one request and read its answer. Raises Unexpected when the connection breaks.

        `body` is sent as JSON, or as it is when it is bytes; a header's `_` stands for `-`.
        """
        try:
            async with asyncio.timeout(SECONDS):
                return await self._request(method, path, body, headers)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.close()
            raise Unexpected(f"{method} {path}: {type(error).__name__}") from error

    async def get(self, path: str) -> Any:
        """The JSON of a GET that must answer 200."""
        return self._checked(await self.request("GET", path), 200, path)

    async def post(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        """The JSON of a POST that must answer `status`."""
        return self._checked(await self.request("POST", path, body, **headers), status, path)

    @staticmethod
    def _checked(answer: Answer, status: int, path: str) -> Any:
        if answer.status != status:
            raise Unexpected(f"{path} answered {answer.status}: {answer.body[:300]!r}")
        return answer.json()

    async def events(self, path: str) -> AsyncIterator[tuple[float, str, Any]]:
        """Server-sent events: when each was read, its name and its data. Ends with `close`."""
        reader, writer = await self._open()
        writer.write(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())
        status, headers = await _read_head(reader)
        if status != 200:
            raise Unexpected(f"{path} answered {status}")
        chunked = headers.get("transfer-encoding") == "chunked"
        pending = b""
        while True:
            with contextlib.suppress(asyncio.IncompleteReadError):
                piece = await (_chunk(reader) if chunked else reader.read(65536))
                at = time.perf_counter()
                if piece:
                    pending += piece
                    while b"\n\n" in pending:
                        block, pending = pending.split(b"\n\n", 1)
                        if event := _event(block):
                            yield (at, *event)
                    continue
            return

    async def _request(
        self, method: str, path: str, body: Any, headers: Mapping[str, str]
    ) -> Answer:
        reader, writer = await self._open()
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        content = b""
        if isinstance(body, bytes):
            content = body
            more += f"Content-Length: {len(content)}\r\n"
        elif body is not None:
            content = json.dumps(body).encode()
            more += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        writer.write(f"{method} {path} HTTP/1.1\r\n{self._head}{more}\r\n".encode() + content)
        status, answered = await _read_head(reader)
        if answered.get("transfer-encoding") == "chunked":
            pieces = []
            while piece := await _chunk(reader):
                pieces.append(piece)
            read = b"".join(pieces)
        else:
            read = await reader.readexactly(int(answered.get("content-length", "0")))
        at = time.perf_counter()
        if answered.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, answered, read, at)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        # A server closes what has been idle for some seconds; its end of file is here by then.
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(*self._address)
        return self._streams

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return int(first.split(" ", 2)[1]), headers


async def _chunk(reader: asyncio.StreamReader) -> bytes:
    size = int((await reader.readline()).split(b";")[0] or b"0", 16)
    data = await reader.readexactly(size + 2)
    return data[:-2]


def _event(block: bytes) -> tuple[str, Any] | None:
    name, data = "message", ""
    for line in block.decode().split("\n"):
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data += value
    return (name, json.loads(data)) if data else None
