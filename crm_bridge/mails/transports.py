"""Ways out for a mail. A transport says whether a failure is certain.

They block, and are run in a thread.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from runtime.errors import Permanent, Temporary, UnknownOutcome
from runtime.settings import Settings

_TIMEOUT_S = 15.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Transport(Protocol):
    """Sends one mail. Raises Temporary or Permanent (certain), or UnknownOutcome."""

    def send(self, message: EmailMessage) -> None: ...


class FileTransport:
    """Puts mails into a folder, for the demo; whoever lists it never sees half a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write `<message id>.eml`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        partial = self.folder / f".{name}.part"
        with partial.open("wb") as file:
            file.write(bytes(message))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.folder / f"{name}.eml")


class SmtpTransport:
    """Sends through one mail server: `smtp://user:password@host:587` or `smtps://…:465`.

    Over `smtp://` the connection is encrypted when the server offers it. A password is never sent
    in clear to another machine. Raises ValueError for an address that can't be used.
    """

    def __init__(self, url: str, timeout_s: float = _TIMEOUT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("ASCOLTO_SMTP_URL must look like smtp://user:password@host:587")
        self._host = parts.hostname
        self._encrypted = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._encrypted else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._timeout_s = timeout_s

    def send(self, message: EmailMessage) -> None:
        """Send it step by step: until the body is written, any failure is certain."""
        body_begun = False
        connection: smtplib.SMTP | None = None
        try:
            connection = self._connect()
            self._log_in(connection)
            _accept(connection.mail(parseaddr(str(message["From"]))[1]))
            _accept(connection.rcpt(parseaddr(str(message["To"]))[1]))
            body_begun = True
            _accept(connection.data(bytes(message)))
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Permanent("the mail server can't do that", code="smtp_not_supported") from error
        except (OSError, smtplib.SMTPException) as error:
            if body_begun:
                raise UnknownOutcome("the mail server fell silent", code="smtp_silent") from error
            raise Temporary("the mail server is away", code="smtp_away") from error
        finally:
            if connection is not None:
                _leave(connection)

    def _connect(self) -> smtplib.SMTP:
        if self._encrypted:
            return smtplib.SMTP_SSL(
                self._host,
                self._port,
                timeout=self._timeout_s,
                context=ssl.create_default_context(),
            )
        return smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)

    def _log_in(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        private = self._encrypted
        if not private and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
            private = True
        if self._user:
            if not private and self._host not in _LOOPBACK:
                raise Permanent(
                    "the mail server offers no encryption: the password stays here",
                    code="smtp_no_encryption",
                )
            connection.login(self._user, self._password)


def choose(settings: Settings) -> Transport | None:
    """The transport that the settings ask for; None when there is no way out.

    Raises ValueError for a mail server's address that can't be used.
    """
    if settings.smtp_url:
        return SmtpTransport(settings.smtp_url)
    if settings.demo:
        return FileTransport(settings.home / "mail")
    return None


def _accept(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if code not in (250, 251):
        raise smtplib.SMTPResponseException(code, text)


def _refusal(code: int) -> Temporary | Permanent:
    if 500 <= code < 600:
        return Permanent("the mail server refused the mail", code=f"smtp_{code}")
    return Temporary("the mail server can't take the mail now", code=f"smtp_{code}")


def _leave(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()
