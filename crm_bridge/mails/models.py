"""The outbox of mails."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_bridge.storage import Base, short


class Mail(Base):
    """One mail to send at most once; its text is rendered when it is sent and kept nowhere.

    It holds a challenge's code, a return's instructions or an invoice's copy: exactly one of the
    three is named. Letters carry their own language and reader; a code's are the challenge's.

    `state`: pending → sending → sent | failed | unknown, or withheld (nothing to send),
    undeliverable (no mail is configured).
    """

    __tablename__ = "mails"
    __table_args__ = (Index(None, "state", "next_at"), Index(None, "invoice_number"))

    id: Mapped[str] = mapped_column(short(40), primary_key=True)
    challenge_id: Mapped[str | None] = mapped_column(ForeignKey("challenges.id"), unique=True)
    return_reference: Mapped[str | None] = mapped_column(ForeignKey("returns.reference"))
    invoice_number: Mapped[str | None] = mapped_column(ForeignKey("invoices.number"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    language: Mapped[str | None] = mapped_column(short(8))
    state: Mapped[str] = mapped_column(short(16))
    attempts: Mapped[int]
    next_at: Mapped[float]
    lease: Mapped[str | None] = mapped_column(short(40))
    lease_until: Mapped[float | None]
    created_at: Mapped[float]
    finished_at: Mapped[float | None]
    problem: Mapped[str | None] = mapped_column(short(64))
