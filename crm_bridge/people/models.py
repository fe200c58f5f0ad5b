"""Golden records, handles, consents, and the record of every join."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_bridge.storage import Base, RowId, short


class Person(Base):
    """A customer the company knows, or a contact: someone who wrote and is not known yet."""

    __tablename__ = "people"
    __table_args__ = (Index(None, "email"),)

    id: Mapped[str] = mapped_column(short(40), primary_key=True)
    kind: Mapped[str] = mapped_column(short(16))
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(short(8))
    city: Mapped[str | None]
    country: Mapped[str | None] = mapped_column(short(8))
    tier: Mapped[str | None] = mapped_column(short(16))
    created_at: Mapped[float]
    joined_into: Mapped[str | None] = mapped_column(ForeignKey("people.id"))

    identities: Mapped[list[Identity]] = relationship(
        back_populates="person", lazy="raise", order_by="Identity.first_seen_at"
    )
    consents: Mapped[list[Consent]] = relationship(lazy="raise", order_by="Consent.at")


class Identity(Base):
    """One handle on one channel; `verified_at` is when a one-time code was last answered there."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("channel", "account", "handle"),
        Index(None, "person_id"),
    )

    id: Mapped[str] = mapped_column(short(40), primary_key=True)
    channel: Mapped[str] = mapped_column(short(32))
    account: Mapped[str] = mapped_column(short(64))
    handle: Mapped[str] = mapped_column(short(256))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    display_name: Mapped[str | None]
    verified_at: Mapped[float | None]
    first_seen_at: Mapped[float]
    last_seen_at: Mapped[float]

    person: Mapped[Person] = relationship(back_populates="identities", lazy="raise")


class Consent(Base):
    """What a person allowed or refused for one purpose, and where they said so."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[str] = mapped_column(short(32))
    granted: Mapped[bool]
    at: Mapped[float]
    source: Mapped[str]


class Join(Base):
    """That handles of one person were found to be another's; kept so that it can be undone."""

    __tablename__ = "joins"
    __table_args__ = (Index(None, "into_person"), Index(None, "from_person"))

    id: Mapped[str] = mapped_column(short(40), primary_key=True)
    from_person: Mapped[str] = mapped_column(ForeignKey("people.id"))
    into_person: Mapped[str] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(short(32))
    at: Mapped[float]
    moved_interactions: Mapped[int]
    moved_cases: Mapped[int]
    undone_at: Mapped[float | None]
    undone_by: Mapped[str | None] = mapped_column(short(128))

    moves: Mapped[list[JoinMove]] = relationship(lazy="raise")


class JoinMove(Base):
    """One handle that a join moved, and what it was before."""

    __tablename__ = "join_moves"
    __table_args__ = (Index(None, "identity_id"),)

    join_id: Mapped[str] = mapped_column(ForeignKey("joins.id"), primary_key=True)
    identity_id: Mapped[str] = mapped_column(ForeignKey("identities.id"), primary_key=True)
    verified_before: Mapped[float | None]
