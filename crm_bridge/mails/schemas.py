"""Mails of the demo's file sink."""

from __future__ import annotations

from crm_bridge.fields import Document, Moment


class MailView(Document):
    """One mail as its reader would see it."""

    id: str
    to: str
    subject: str
    text: str
    at: Moment


class MailList(Document):
    """The newest mails, newest first."""

    mails: list[MailView]
