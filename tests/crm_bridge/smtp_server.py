"""A mail server for tests: it keeps what it gets, or refuses as it is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Server:
    """A mail server that keeps what it gets, or refuses as it is told."""

    received: list[Envelope] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.answers.get("DATA") == "hang up":
            assert server.transport is not None
            server.transport.close()
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.received.append(envelope)
        return "250 OK"


@contextmanager
def serving(port: int) -> Iterator[Server]:
    """A running mail server."""
    server = Server(port=port)
    controller = Controller(server, hostname="127.0.0.1", port=port, ready_timeout=60)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
