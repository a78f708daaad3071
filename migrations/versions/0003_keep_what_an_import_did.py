"""Keep what an import did, so that it can be undone; readings are found by their own key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNITS = ("percent", "mg_per_g", "mg_per_serving", "mg_per_package", "unknown")
KINDS = ("number", "not-detected", "below-limit", "not-tested", "blank", "rejected")


ROUTES = ("", "smoked", "vaporized", "edible", "topical")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQLite builds a table for every IN of every row that is written; an OR chain costs nothing."""
    return " OR ".join(f"{column} = '{value}'" for value in values)


def upgrade() -> None:
    """Carry every reading over; nothing older than this can be undone, for nobody kept what it changed."""
    _key_readings()
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("kind IN ('product', 'batch')", name=op.f("ck_import_change_kind_is_known")),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_change_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    op.create_index(op.f("ix_import_change_run_id"), "import_change", ["run_id"])
    for table in ("product", "batch"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("made_by_run_id", sa.Integer(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_{table}_made_by_run_id"), "import_run", ["made_by_run_id"], ["id"]
            )
            batch.create_index(op.f(f"ix_{table}_made_by_run_id"), ["made_by_run_id"])
            if table == "product":
                batch.drop_constraint(op.f("ck_product_route_is_known"), type_="check")
                batch.create_check_constraint(op.f("ck_product_route_is_known"), one_of("route", ROUTES))
    with op.batch_alter_table("import_run") as batch:
        batch.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("undone_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("undo_reason", sa.Text(), nullable=True))
        batch.create_foreign_key(op.f("fk_import_run_undone_by_id"), "staff", ["undone_by_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_import_run_undoing_is_whole"),
            "(undone_at IS NULL) = (undone_by_id IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_import_run_only_what_was_applied_is_undone"),
            "undone_at IS NULL OR applied_at IS NOT NULL",
        )


def _key_readings() -> None:
    """A reading's key becomes batch, analyte and unit."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("uq_analyte_reading_once", "analyte_reading", type_="unique")
        op.drop_constraint("pk_analyte_reading", "analyte_reading", type_="primary")
        op.drop_column("analyte_reading", "id")
        op.create_primary_key("pk_analyte_reading", "analyte_reading", ["batch_id", "analyte", "unit"])
        for name, column, values in (("unit_is_known", "unit", UNITS), ("kind_is_known", "read_as", KINDS)):
            op.drop_constraint(op.f(f"ck_analyte_reading_{name}"), "analyte_reading", type_="check")
            op.create_check_constraint(
                op.f(f"ck_analyte_reading_{name}"), "analyte_reading", one_of(column, values)
            )
        return
    op.rename_table("analyte_reading", "analyte_reading_before")
    op.create_table(
        "analyte_reading",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("analyte", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("read_as", sa.String(length=20), nullable=False),
        sa.Column("limit_value", sa.Double(), nullable=True),
        sa.CheckConstraint(one_of("unit", UNITS), name=op.f("ck_analyte_reading_unit_is_known")),
        sa.CheckConstraint(one_of("read_as", KINDS), name=op.f("ck_analyte_reading_kind_is_known")),
        sa.CheckConstraint(
            "(value IS NOT NULL) = (read_as = 'number')",
            name=op.f("ck_analyte_reading_a_number_has_its_value"),
        ),
        sa.CheckConstraint(
            "limit_value IS NULL OR read_as = 'below-limit'",
            name=op.f("ck_analyte_reading_only_below_limit_has_a_limit"),
        ),
        sa.CheckConstraint(
            "value IS NULL OR value >= 0", name=op.f("ck_analyte_reading_value_is_not_negative")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_analyte_reading_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "analyte", "unit", name=op.f("pk_analyte_reading")),
        sqlite_with_rowid=False,
    )
    columns = "batch_id, analyte, unit, value, read_as, limit_value"
    op.execute(
        f"INSERT INTO analyte_reading ({columns}) SELECT {columns} FROM analyte_reading_before ORDER BY batch_id"
    )
    op.drop_table("analyte_reading_before")
