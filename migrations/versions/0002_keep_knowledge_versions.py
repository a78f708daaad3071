"""Keep knowledge versions: what each said, and which pharmacist approved it for which store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables; versions named by signed visits are carried over, of them only the name is known."""
    op.create_table(
        "knowledge_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statements", sa.LargeBinary(), nullable=True),
        sa.Column("names", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(statements IS NULL) = (names IS NULL)",
            name=op.f("ck_knowledge_version_content_is_whole_or_absent"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_version")),
        sa.UniqueConstraint("version", name=op.f("uq_knowledge_version_version")),
    )
    op.create_table(
        "knowledge_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_by_name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name=op.f("ck_knowledge_approval_withdrawal_is_signed"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_knowledge_approval_store_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["knowledge_version.id"], name=op.f("fk_knowledge_approval_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["staff.id"], name=op.f("fk_knowledge_approval_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["staff.id"], name=op.f("fk_knowledge_approval_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_approval")),
    )
    op.create_index(op.f("ix_knowledge_approval_version_id"), "knowledge_approval", ["version_id"])
    op.create_index(
        "uq_knowledge_approval_live",
        "knowledge_approval",
        ["store_id", "version_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.execute(
        sa.text(
            "INSERT INTO knowledge_version (version, first_seen_at)"
            " SELECT knowledge_version, min(signed_at) FROM consultation"
            " WHERE state = 'signed' AND knowledge_version IS NOT NULL GROUP BY knowledge_version"
            " ORDER BY min(signed_at)"
        )
    )
