"""Returns, refunds, addresses, invoices, points and promotions; mails that hold no code.

Revision: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables, and let existing rows have what is new."""
    op.add_column("orders", sa.Column("ships_to", sa.Text(), nullable=True))
    op.add_column("order_changes", sa.Column("address_before", sa.Text(), nullable=True))
    _returns()
    _refunds()
    _invoices()
    op.create_table(
        "points_entries",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=64), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_points_entries_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_entries")),
    )
    op.create_index(
        op.f("ix_points_entries_person_id_at"),
        "points_entries",
        ["person_id", "at"],
        unique=False,
    )
    op.create_table(
        "promotions",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column("minimum_cents", sa.BigInteger(), nullable=True),
        sa.Column("first_order_only", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=True),
        sa.Column("valid_until", sa.String(length=10), nullable=True),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("most_uses", sa.BigInteger(), nullable=True),
        sa.Column("note_it", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_promotions")),
    )
    with op.batch_alter_table("mails") as mails:
        mails.alter_column("challenge_id", existing_type=sa.String(length=40), nullable=True)
        mails.add_column(sa.Column("return_reference", sa.String(length=16), nullable=True))
        mails.add_column(sa.Column("invoice_number", sa.String(length=16), nullable=True))
        mails.add_column(sa.Column("person_id", sa.String(length=40), nullable=True))
        mails.add_column(sa.Column("language", sa.String(length=8), nullable=True))
        mails.create_foreign_key(
            op.f("fk_mails_return_reference"), "returns", ["return_reference"], ["reference"]
        )
        mails.create_foreign_key(
            op.f("fk_mails_invoice_number"), "invoices", ["invoice_number"], ["number"]
        )
        mails.create_foreign_key(op.f("fk_mails_person_id"), "people", ["person_id"], ["id"])
        mails.create_index(op.f("ix_mails_invoice_number"), ["invoice_number"], unique=False)


def _returns() -> None:
    op.create_table(
        "returns",
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("wanted", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("label_cents", sa.BigInteger(), nullable=True),
        sa.Column("send_by", sa.String(length=10), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("announced_by", sa.String(length=32), nullable=False),
        sa.Column("announced_at", sa.Double(), nullable=False),
        sa.Column("received_at", sa.Double(), nullable=True),
        sa.Column("closed_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_number"], ["orders.number"], name=op.f("fk_returns_order_number")
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_returns")),
    )
    op.create_index(op.f("ix_returns_order_number"), "returns", ["order_number"], unique=False)
    op.create_table(
        "return_items",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reference"], ["returns.reference"], name=op.f("fk_return_items_reference")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_items")),
        sa.UniqueConstraint(
            "reference", "position", name=op.f("uq_return_items_reference_position")
        ),
    )


def _refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("return_reference", sa.String(length=16), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("expected_by", sa.String(length=10), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_number"], ["orders.number"], name=op.f("fk_refunds_order_number")
        ),
        sa.ForeignKeyConstraint(
            ["return_reference"], ["returns.reference"], name=op.f("fk_refunds_return_reference")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("return_reference", name=op.f("uq_refunds_return_reference")),
    )
    op.create_index(op.f("ix_refunds_order_number"), "refunds", ["order_number"], unique=False)


def _invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_number"], ["orders.number"], name=op.f("fk_invoices_order_number")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_invoices")),
        sa.UniqueConstraint("order_number", name=op.f("uq_invoices_order_number")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_invoices_year_serial")),
    )


def downgrade() -> None:
    """Drop what is new, and the mails that could not be before."""
    op.execute("DELETE FROM mails WHERE challenge_id IS NULL")
    with op.batch_alter_table("mails") as mails:
        mails.drop_index(op.f("ix_mails_invoice_number"))
        for name in ("person_id", "invoice_number", "return_reference"):
            mails.drop_constraint(op.f(f"fk_mails_{name}"), type_="foreignkey")
        for name in ("language", "person_id", "invoice_number", "return_reference"):
            mails.drop_column(name)
        mails.alter_column("challenge_id", existing_type=sa.String(length=40), nullable=False)
    op.drop_table("promotions")
    op.drop_index(op.f("ix_points_entries_person_id_at"), table_name="points_entries")
    op.drop_table("points_entries")
    op.drop_table("invoices")
    op.drop_index(op.f("ix_refunds_order_number"), table_name="refunds")
    op.drop_table("refunds")
    op.drop_table("return_items")
    op.drop_index(op.f("ix_returns_order_number"), table_name="returns")
    op.drop_table("returns")
    op.drop_column("order_changes", "address_before")
    op.drop_column("orders", "ships_to")
