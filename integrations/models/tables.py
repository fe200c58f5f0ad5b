"""The tables of models and of who is served by which; times are epoch seconds.

A model is known by the first 16 hexadecimal digits of its file's SHA-256, as the bot names it in
every turn (`turns.model_sha`).
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
)
from sqlalchemy.dialects.postgresql import JSONB

from integrations.conversations.tables import metadata, turns

_Serial = BigInteger().with_variant(Integer, "sqlite")
_Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

models = Table(
    "models",
    metadata,
    Column("sha", String(80), primary_key=True),
    Column("name", String(200), nullable=False),
    # What it was trained on, as one hash.
    Column("inputs", String(80)),
    Column("trained_at", Float),
    Column("recorded_at", Float, nullable=False),
    # When it first served everybody.
    Column("published_at", Float),
    Column("author", String(200)),
    Column("revision", String(80)),
    # Figures for people: accuracies, number of examples; what the guard said.
    Column("report", _Json),
    Column("guard", _Json),
    # Ids of the review's proposals that it learnt: published as soon as it serves everybody.
    Column("proposals", _Json),
    # recorded, canary, live, previous, retired, withdrawn
    Column("state", String(12), nullable=False),
)

# One row: who is served by which model now.
routing = Table(
    "routing",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("live", String(80), nullable=False),
    Column("previous", String(80)),
    Column("canary", String(80)),
    Column("share", Float),
    Column("canary_since", Float),
    Column("since", Float, nullable=False),
)

# How it came to be so, newest last.
model_changes = Table(
    "model_changes",
    metadata,
    Column("n", _Serial, primary_key=True, autoincrement=True),
    # published, rolled_back, canary, promoted, withdrawn, share
    Column("what", String(16), nullable=False),
    Column("model", String(80), nullable=False),
    Column("instead_of", String(80)),
    # Who did it; empty: the rule of policy/canary.yml.
    Column("author", String(200), nullable=False),
    Column("why", _Json),
    Column("at", Float, nullable=False),
)

# Comparing models reads their turns of some days.
Index("turns_model", turns.c.model_sha, turns.c.created_at)
