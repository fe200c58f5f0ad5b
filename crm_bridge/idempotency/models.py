"""Stored answers of changing calls."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_bridge.storage import Base, short


class StoredAnswer(Base):
    """The answer once given to a key, written in the same transaction as its effect."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"),)

    caller: Mapped[str] = mapped_column(short(32), primary_key=True)
    key: Mapped[str] = mapped_column(short(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(short(64))
    status: Mapped[int]
    answer: Mapped[str]
    created_at: Mapped[float]
