"""Challenges, grants, and the counters that limit both."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_bridge.storage import Base, short


class Challenge(Base):
    """A code that was asked for. The code itself is nowhere: it is derived from a secret key.

    `state` is `open` (a code goes out), `decoy` (there is no such order: nothing goes out),
    `withheld` (a limit was reached: nothing goes out) or `used`.
    """

    __tablename__ = "challenges"
    __table_args__ = (Index(None, "created_at"),)

    id: Mapped[str] = mapped_column(short(40), primary_key=True)
    conversation: Mapped[str] = mapped_column(short(128))
    identity_id: Mapped[str] = mapped_column(ForeignKey("identities.id"))
    purpose: Mapped[str] = mapped_column(short(32))
    order_key: Mapped[str] = mapped_column(short(64))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    language: Mapped[str] = mapped_column(short(8))
    state: Mapped[str] = mapped_column(short(16))
    wrong: Mapped[int]
    created_at: Mapped[float]
    expires_at: Mapped[float]


class Allowance(Base):
    """When something limited last happened; the key is hashed and names no customer."""

    __tablename__ = "allowances"
    __table_args__ = (Index(None, "updated_at"),)

    key: Mapped[str] = mapped_column(short(120), primary_key=True)
    moments: Mapped[str]
    updated_at: Mapped[float]


class Grant(Base):
    """That a conversation may read one person's data, until it is unused, old or revoked."""

    __tablename__ = "grants"
    __table_args__ = (Index(None, "conversation"), Index(None, "identity_id"))

    id: Mapped[str] = mapped_column(short(40), primary_key=True)
    conversation: Mapped[str] = mapped_column(short(128))
    identity_id: Mapped[str] = mapped_column(ForeignKey("identities.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    scope: Mapped[str] = mapped_column(short(32))
    created_at: Mapped[float]
    expires_at: Mapped[float]
    ends_at: Mapped[float]
    revoked_at: Mapped[float | None]
