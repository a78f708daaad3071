"""Keep every movement of stock, the line below which it is low, and the point of sale's files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHY = (
    "sale",
    "received",
    "counted",
    "damaged",
    "returned",
    "destroyed",
    "transfer",
    "recall",
    "file",
    "import",
)


def upgrade() -> None:
    """Make the three tables; counts stay where they are, and what moved before nobody kept."""
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("count_after", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("consultation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            " OR ".join(f"why = '{why}'" for why in WHY), name=op.f("ck_stock_movement_why_is_known")
        ),
        sa.CheckConstraint("count_after >= 0", name=op.f("ck_stock_movement_count_is_not_negative")),
        sa.CheckConstraint("change <> 0", name=op.f("ck_stock_movement_something_moved")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_movement_store_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_stock_movement_batch_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_stock_movement_by_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_stock_movement_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
    )
    op.create_index("ix_stock_movement_batch", "stock_movement", ["store_id", "batch_id", "at"])
    op.create_index(op.f("ix_stock_movement_batch_id"), "stock_movement", ["batch_id"])
    op.create_table(
        "stock_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.CheckConstraint("least >= 0", name=op.f("ck_stock_line_least_is_not_negative")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_line_store_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_stock_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_line")),
        sa.UniqueConstraint("store_id", "product_id", name="uq_stock_line_of_product"),
    )
    op.create_table(
        "stock_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_file_store_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_stock_file_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_file")),
    )
    op.create_index("ix_stock_file_as_of", "stock_file", ["store_id", "as_of"])
