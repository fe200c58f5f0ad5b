"""What mails say, in the customer's language and the company's voice."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from crm_bridge.verification.codes import readable

_SUBJECT = {
    ("it", "informal"): "Il codice per parlare del tuo ordine",
    ("it", "formal"): "Il codice per parlare del Suo ordine",
    ("en", "informal"): "The code to talk about your order",
    ("en", "formal"): "The code to talk about your order",
}
_BODY = {
    ("it", "informal"): """\
Ciao{name},

ci hai chiesto notizie di un ordine in chat e vogliamo essere sicuri di parlarne solo con te.
Scrivi questo codice nella conversazione:

    {code}

Vale {minutes} minuti e una volta sola. Non darlo mai a nessuno: noi non te lo chiederemo
mai per telefono, per posta o con un altro messaggio.

Non sei stato tu a chiederlo? Allora ignora questa mail: senza il codice nessuno vede niente.

Un caro saluto da Biella,
{company}
""",
    ("it", "formal"): """\
Buongiorno{name},

ci ha chiesto notizie di un ordine in chat e vogliamo essere sicuri di parlarne solo con Lei.
Scriva questo codice nella conversazione:

    {code}

Vale {minutes} minuti e una volta sola. Non lo dia mai a nessuno: noi non glielo chiederemo
mai per telefono, per posta o con un altro messaggio.

Non è stato Lei a chiederlo? Allora ignori questa mail: senza il codice nessuno vede niente.

Cordiali saluti da Biella,
{company}
""",
    ("en", "informal"): """\
Hello{name},

you asked us about an order in a chat, and we want to be sure to talk about it only with you.
Please write this code in the conversation:

    {code}

It is good for {minutes} minutes and works once. Never share it with anybody: we will never ask
you for it on the phone, by mail or in another message.

Wasn't it you who asked? Then ignore this mail: without the code nobody sees anything.

Warm wishes from Biella,
{company}
""",
    ("en", "formal"): """\
Good day{name},

you asked us about an order in a chat, and we want to be sure to discuss it only with you.
Please write this code in the conversation:

    {code}

It is valid for {minutes} minutes and works once. Please never share it with anybody: we will
never ask you for it on the phone, by mail or in another message.

Was it not you who asked? Then please ignore this mail: without the code nobody sees anything.

Kind regards from Biella,
{company}
""",
}


def code_mail(
    *,
    language: str,
    first_name: str | None,
    address: str,
    code: str,
    minutes: int,
    sender: str,
    company: str,
    mail_id: str,
    now: float,
    voice: str = "informal",
) -> EmailMessage:
    """The mail with a one-time code, in the `voice` informal or formal.

    Raises ValueError when the address can't be one.
    """
    return mail(
        language=language,
        address=address,
        # The code is not in the subject: phones show subjects to whoever stands by.
        subject=f"{_SUBJECT[language, voice]} – {company}",
        text=_BODY[language, voice].format(
            name=greeted(first_name), code=readable(code), minutes=minutes, company=company
        ),
        sender=sender,
        mail_id=mail_id,
        now=now,
    )


def mail(
    *,
    language: str,
    address: str,
    subject: str,
    text: str,
    sender: str,
    mail_id: str,
    now: float,
) -> EmailMessage:
    """A mail from us in plain text. Raises ValueError when the address can't be one."""
    message = EmailMessage()
    name, own = parseaddr(sender)
    local, _, domain = own.rpartition("@")
    message["From"] = Address(name, local, domain)
    message["To"] = Address(addr_spec=address)
    message["Subject"] = one_line(subject, 200)
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = f"<{mail_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    # Setting the text drops every Content- header that stood before.
    message["Content-Language"] = language
    return message


def greeted(first_name: str | None) -> str:
    """What follows `Ciao`: a space and the name, or nothing."""
    return f" {one_line(first_name)}" if first_name else ""


def one_line(text: str, longest: int = 80) -> str:
    """Text that breaks no line: what customers and shops write stays where it is put."""
    return " ".join(text.split())[:longest]
