"""Open recalls: batches held together, packages set aside, patients called; reactions told at the counter.

Holds of kind "recall" that were placed before stay as they are: no notice is known that they belong to.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of both rooms."""
    op.create_table(
        "recall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "regulator",
                "producer",
                "own",
                native_enum=False,
                length=20,
                name=op.f("ck_recall_source_is_known"),
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("recall_class", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tell_patients", sa.Text(), nullable=False),
        sa.Column("least_tries", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("unfinished_because", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "closed_at IS NOT NULL OR unfinished_because = ''",
            name=op.f("ck_recall_only_closing_is_explained"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_recall_recall_has_a_reason")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (evidence IS NULL)",
            name=op.f("ck_recall_closing_is_whole"),
        ),
        sa.CheckConstraint("least_tries BETWEEN 1 AND 9", name=op.f("ck_recall_tries_are_few")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["staff.id"], name=op.f("fk_recall_closed_by_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["staff.id"], name=op.f("fk_recall_opened_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_recall_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
    )
    op.create_index("ix_recall_closed", "recall", ["closed_at"])
    op.create_table(
        "reaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column(
            "told",
            sa.Enum(
                "reaction",
                "return",
                native_enum=False,
                length=20,
                name=op.f("ck_reaction_kind_is_known"),
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("sku", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("batch_number", sa.String(length=120), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("onset", sa.String(length=200), nullable=False),
        sa.Column("dose_taken", sa.String(length=200), nullable=False),
        sa.Column("other_medicines", sa.Text(), nullable=False),
        sa.Column("symptoms", sa.JSON(), nullable=False),
        sa.Column(
            "seriousness",
            sa.Enum(
                "no-care",
                "needed-care",
                "hospital",
                "life-threatening",
                native_enum=False,
                length=20,
                name=op.f("ck_reaction_seriousness_is_known"),
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "hold_answer",
            sa.Enum(
                "not-asked",
                "open",
                "held",
                "not-held",
                native_enum=False,
                length=20,
                name=op.f("ck_reaction_hold_answer_is_known"),
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("hold_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_decided_by_id", sa.Integer(), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL) AND (settled_at IS NULL) = (settled_because = '')",
            name=op.f("ck_reaction_settling_is_whole"),
        ),
        sa.CheckConstraint("sku <> '' AND what <> ''", name=op.f("ck_reaction_says_which_and_what")),
        sa.CheckConstraint(
            "(hold_decided_at IS NULL) = (hold_decided_by_id IS NULL)",
            name=op.f("ck_reaction_decision_is_whole"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_reaction_batch_id")),
        sa.ForeignKeyConstraint(
            ["hold_decided_by_id"], ["staff.id"], name=op.f("fk_reaction_hold_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_reaction_patient_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_reaction_recorded_by_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["staff.id"], name=op.f("fk_reaction_settled_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_reaction_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reaction")),
    )
    op.create_index(op.f("ix_reaction_batch_id"), "reaction", ["batch_id"])
    op.create_index("ix_reaction_hold_answer", "reaction", ["hold_answer"])
    op.create_index("ix_reaction_patient", "reaction", ["patient_id", "sku"])
    op.create_table(
        "recall_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reached",
                "left-message",
                "no-answer",
                "wrong-number",
                "letter-printed",
                "letter-sent",
                "returned-product",
                "symptoms",
                native_enum=False,
                length=20,
                name=op.f("ck_recall_contact_contact_is_known"),
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("next_try", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("packages", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(batch_id IS NULL) = (packages IS NULL)", name=op.f("ck_recall_contact_packages_are_of_a_batch")
        ),
        sa.CheckConstraint(
            "packages IS NULL OR packages BETWEEN 1 AND 99", name=op.f("ck_recall_contact_packages_are_few")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_recall_contact_batch_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_recall_contact_by_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_recall_contact_patient_id")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_contact_recall_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_recall_contact_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_contact")),
    )
    op.create_index(op.f("ix_recall_contact_patient_id"), "recall_contact", ["patient_id"])
    op.create_index("ix_recall_contact_recall", "recall_contact", ["recall_id", "patient_id"])
    op.create_table(
        "recall_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "on-shelf",
                "set-aside",
                "returned",
                "destroyed",
                native_enum=False,
                length=20,
                name=op.f("ck_recall_step_step_is_known"),
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("packages", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("packages >= 0", name=op.f("ck_recall_step_packages_are_counted")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_recall_step_batch_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_recall_step_by_id")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_step_recall_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_recall_step_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_step")),
    )
    op.create_index("ix_recall_step_recall", "recall_step", ["recall_id", "store_id", "batch_id"])
    op.create_table(
        "reaction_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reaction_id", sa.Integer(), nullable=False),
        sa.Column(
            "recipient",
            sa.Enum(
                "department",
                "producer",
                native_enum=False,
                length=20,
                name=op.f("ck_reaction_report_recipient_is_known"),
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("how", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("how <> ''", name=op.f("ck_reaction_report_says_how")),
        sa.ForeignKeyConstraint(
            ["reaction_id"], ["reaction.id"], name=op.f("fk_reaction_report_reaction_id")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["staff.id"], name=op.f("fk_reaction_report_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reaction_report")),
    )
    op.create_index(op.f("ix_reaction_report_reaction_id"), "reaction_report", ["reaction_id"])
    op.create_table(
        "recall_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_recall_batch_batch_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_recall_batch_hold_id")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_batch_recall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_batch")),
        sa.UniqueConstraint("hold_id", name="uq_recall_batch_hold"),
        sa.UniqueConstraint("recall_id", "batch_id", name="uq_recall_batch_once"),
    )
    op.create_index(op.f("ix_recall_batch_batch_id"), "recall_batch", ["batch_id"])
