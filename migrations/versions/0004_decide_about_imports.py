"""Keep what a manager decides about an import, and what a source's columns mean."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen import_run, whose content may now stay once applied; make the table of mappings."""
    with op.batch_alter_table("import_run") as run:
        run.add_column(sa.Column("decisions", sa.JSON(none_as_null=True), nullable=True))
        run.add_column(sa.Column("mapping", sa.JSON(none_as_null=True), nullable=True))
        run.drop_constraint(op.f("ck_import_run_what_waits_has_content"), type_="check")
        run.create_check_constraint(
            op.f("ck_import_run_what_waits_has_content"), "NOT waiting OR content IS NOT NULL"
        )
    op.create_table(
        "import_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_import_mapping_store_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_import_mapping_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mapping")),
        sa.UniqueConstraint("store_id", "fingerprint", name="uq_import_mapping_of_headers"),
    )
