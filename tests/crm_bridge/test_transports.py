"""What mails say, and the ways out for them."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.voice.forms import informal
from crm_bridge.mails.texts import code_mail
from crm_bridge.mails.transports import FileTransport, SmtpTransport, choose
from runtime.errors import Permanent, Temporary, UnknownOutcome
from runtime.settings import Settings
from tests.crm_bridge.smtp_server import Server


def mail(**fields: Any) -> EmailMessage:
    values: dict[str, Any] = {
        "language": "it",
        "first_name": "Giulia",
        "address": "giulia@example.com",
        "code": "482913",
        "minutes": 10,
        "sender": "Lanificio Aurora <ciao@lanificioaurora.example>",
        "company": "Lanificio Aurora",
        "mail_id": "e_1",
        "now": 1.78e9,
        **fields,
    }
    return code_mail(**values)


def test_a_mail_arrives_as_it_was_written(smtp: Server) -> None:
    SmtpTransport(f"smtp://127.0.0.1:{smtp.port}").send(mail())
    (envelope,) = smtp.received
    assert envelope.mail_from == "ciao@lanificioaurora.example"
    assert envelope.rcpt_tos == ["giulia@example.com"]
    assert isinstance(envelope.content, bytes)
    read = message_from_bytes(envelope.content, policy=policy.default)
    assert "482 913" in read.get_content()


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_formal_mail_never_says_tu(language: str) -> None:
    told = [mail(language=language, voice=voice) for voice in ("informal", "formal")]
    informally, formally = (f"{m['Subject']}\n{m.get_content()}" for m in told)
    assert informal(formally, language) == []
    assert informally != formally
    assert "482 913" in formally
    assert "{" not in formally


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": "550 no such mailbox"}, Permanent),
        ({"RCPT": "451 try later"}, Temporary),
        ({"DATA": "554 no spam please"}, Permanent),
        ({"DATA": "452 disk full"}, Temporary),
        ({"DATA": "hang up"}, UnknownOutcome),
    ],
)
def test_a_refusal_is_certain_and_silence_after_the_text_is_not(
    smtp: Server, answers: dict[str, str], error: type[Exception]
) -> None:
    smtp.answers = answers
    with pytest.raises(error):
        SmtpTransport(f"smtp://127.0.0.1:{smtp.port}", timeout_s=3).send(mail())


def test_a_server_that_is_away_is_a_certain_failure(smtp: Server, unused_tcp_port: int) -> None:
    with pytest.raises(Temporary):
        SmtpTransport(f"smtp://127.0.0.1:{unused_tcp_port}").send(mail())


def test_a_server_without_log_in_is_not_asked_again(smtp: Server) -> None:
    with pytest.raises(Permanent):
        SmtpTransport(f"smtp://user:secret@127.0.0.1:{smtp.port}").send(mail())


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_an_address_that_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ASCOLTO_SMTP_URL"):
        SmtpTransport(url)


def test_files_are_for_the_demo_only_and_a_server_comes_first(tmp_path: Path) -> None:
    assert choose(Settings(home=tmp_path, demo=False)) is None
    assert isinstance(choose(Settings(home=tmp_path, demo=True)), FileTransport)
    served = choose(Settings(home=tmp_path, demo=True, smtp_url="smtp://127.0.0.1"))
    assert isinstance(served, SmtpTransport)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", ("Ciao Giulia", "482 913", "10 minuti", "Non darlo mai a nessuno", "Lanificio")),
        ("en", ("Hello Giulia", "482 913", "10 minutes", "Never share it with anybody")),
    ],
)
def test_the_mail_speaks_the_customers_language_and_warns(
    language: str, words: tuple[str, ...]
) -> None:
    message = mail(language=language)
    for word in words:
        assert word in message.get_content()
    assert "482" not in str(message["Subject"])
    assert message["Content-Language"] == language


def test_names_and_addresses_cannot_add_headers() -> None:
    message = mail(first_name="Giulia\r\nBcc: all@example.com\r\n\r\nHi")
    assert message["Bcc"] is None
    with pytest.raises(ValueError, match="CR or LF"):
        mail(address="giulia@example.com\r\nBcc: all@example.com")
