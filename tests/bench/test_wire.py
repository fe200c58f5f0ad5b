"""The benchmark's HTTP client, against a server that says exactly what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bench.wire import Http, Unexpected


@asynccontextmanager
async def saying(*answers: bytes, close: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server's address and the requests it got; each request gets the next answer."""
    left, got = list(answers), []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while left:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = next(
                (int(h[16:]) for h in head.split(b"\r\n") if h.startswith(b"Content-Length: ")), 0
            )
            got.append(head + await reader.readexactly(length))
            writer.write(left.pop(0))
            await writer.drain()
            if close:
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"http://127.0.0.1:{port}", got


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'


async def test_a_connection_is_kept() -> None:
    async with saying(OK, OK) as (url, got):
        http = Http(url, {"Authorization": "Bearer k"})
        assert await http.get("/a") == {"ok": True}
        assert await http.post("/b", {"x": "ü"}, Idempotency_Key="1") == {"ok": True}
        http.close()
    assert b"Authorization: Bearer k" in got[0]
    assert b"Idempotency-Key: 1" in got[1]
    assert got[1].endswith(b'{"x": "\\u00fc"}')


async def test_another_connection_after_the_server_closed_one() -> None:
    async with saying(OK, OK, close=True) as (url, _):
        http = Http(url)
        await http.get("/a")
        assert http._streams is not None
        assert await http._streams[0].read() == b""
        assert await http.get("/b") == {"ok": True}
        http.close()


async def test_chunks_are_put_together() -> None:
    body = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n2\r\n3]\r\n0\r\n\r\n"
    )
    async with saying(body) as (url, _):
        http = Http(url)
        assert await http.get("/") == [1, 2, 3]
        http.close()


async def test_events_are_read_as_they_come() -> None:
    first = b'event: message\ndata: {"seq": 1}\n\n: still here\n\nevent: upd'
    second = b'ate\ndata: {"seq": 2}\n\n'
    stream = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for piece in (first, second):
        stream += f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    async with saying(stream + b"0\r\n\r\n") as (url, _):
        http = Http(url)
        events = [(name, data) async for _, name, data in http.events("/events")]
        http.close()
    assert events == [("message", {"seq": 1}), ("update", {"seq": 2})]


async def test_another_status_voids_the_measurement() -> None:
    async with saying(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n") as (url, _):
        http = Http(url)
        with pytest.raises(Unexpected, match="/x answered 503"):
            await http.get("/x")
        http.close()
