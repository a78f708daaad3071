"""Open the store: every table of the first version, and the triggers that keep what was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = (
    """CREATE TRIGGER audit_event_refuses_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER audit_event_refuses_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER amendment_refuses_update BEFORE UPDATE ON amendment BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER amendment_refuses_delete BEFORE DELETE ON amendment BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER medicine_removal_refuses_update BEFORE UPDATE ON medicine_removal BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER medicine_removal_refuses_delete BEFORE DELETE ON medicine_removal BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER consultation_signed_refuses_update BEFORE UPDATE ON consultation WHEN OLD.state = 'signed' AND (NEW.number IS NOT OLD.number OR NEW.store_id IS NOT OLD.store_id OR NEW.patient_id IS NOT OLD.patient_id OR NEW.counselor_id IS NOT OLD.counselor_id OR NEW.state IS NOT OLD.state OR NEW.outcome IS NOT OLD.outcome OR NEW.sheet IS NOT OLD.sheet OR NEW.intake IS NOT OLD.intake OR NEW.advice IS NOT OLD.advice OR NEW.knowledge_version IS NOT OLD.knowledge_version OR NEW.created_at IS NOT OLD.created_at OR NEW.signed_at IS NOT OLD.signed_at OR NEW.signed_by_id IS NOT OLD.signed_by_id) BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER consultation_signed_refuses_delete BEFORE DELETE ON consultation WHEN OLD.state = 'signed' BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER consultation_item_signed_refuses_insert BEFORE INSERT ON consultation_item WHEN (SELECT state FROM consultation WHERE id = NEW.consultation_id) = 'signed' BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER consultation_item_signed_refuses_update BEFORE UPDATE ON consultation_item WHEN (SELECT state FROM consultation WHERE id = OLD.consultation_id) = 'signed' BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
    """CREATE TRIGGER consultation_item_signed_refuses_delete BEFORE DELETE ON consultation_item WHEN (SELECT state FROM consultation WHERE id = OLD.consultation_id) = 'signed' BEGIN SELECT RAISE(ABORT, 'kept as it was written'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'kept as it was written' USING ERRCODE = 'check_violation';
END $$""",
    """CREATE OR REPLACE FUNCTION refuse_change_of_signed_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item consultation_item%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN item := NEW; ELSE item := OLD; END IF;
    IF (SELECT state FROM consultation WHERE id = item.consultation_id) = 'signed' THEN
        RAISE EXCEPTION 'kept as it was written' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$""",
    """CREATE TRIGGER audit_event_refuses_update BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER audit_event_refuses_delete BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER amendment_refuses_update BEFORE UPDATE ON amendment FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER amendment_refuses_delete BEFORE DELETE ON amendment FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER medicine_removal_refuses_update BEFORE UPDATE ON medicine_removal FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER medicine_removal_refuses_delete BEFORE DELETE ON medicine_removal FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER consultation_signed_refuses_update BEFORE UPDATE ON consultation FOR EACH ROW WHEN (OLD.state = 'signed' AND (NEW.number::text IS DISTINCT FROM OLD.number::text OR NEW.store_id::text IS DISTINCT FROM OLD.store_id::text OR NEW.patient_id::text IS DISTINCT FROM OLD.patient_id::text OR NEW.counselor_id::text IS DISTINCT FROM OLD.counselor_id::text OR NEW.state::text IS DISTINCT FROM OLD.state::text OR NEW.outcome::text IS DISTINCT FROM OLD.outcome::text OR NEW.sheet::text IS DISTINCT FROM OLD.sheet::text OR NEW.intake::text IS DISTINCT FROM OLD.intake::text OR NEW.advice::text IS DISTINCT FROM OLD.advice::text OR NEW.knowledge_version::text IS DISTINCT FROM OLD.knowledge_version::text OR NEW.created_at::text IS DISTINCT FROM OLD.created_at::text OR NEW.signed_at::text IS DISTINCT FROM OLD.signed_at::text OR NEW.signed_by_id::text IS DISTINCT FROM OLD.signed_by_id::text)) EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER consultation_signed_refuses_delete BEFORE DELETE ON consultation FOR EACH ROW WHEN (OLD.state = 'signed') EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER consultation_item_signed_refuses_insert BEFORE INSERT ON consultation_item FOR EACH ROW EXECUTE FUNCTION refuse_change_of_signed_item()""",
    """CREATE TRIGGER consultation_item_signed_refuses_update BEFORE UPDATE ON consultation_item FOR EACH ROW EXECUTE FUNCTION refuse_change_of_signed_item()""",
    """CREATE TRIGGER consultation_item_signed_refuses_delete BEFORE DELETE ON consultation_item FOR EACH ROW EXECUTE FUNCTION refuse_change_of_signed_item()""",
)


def upgrade() -> None:
    """Make the tables, then the triggers of this database."""
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_there_is_one_head")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgiven", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_address", "sign_in_failure", ["address", "at"])
    op.create_index("ix_sign_in_failure_name", "sign_in_failure", ["name_key", "at"])

    op.create_table(
        "store",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("name", name=op.f("uq_store_name")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_api_token_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_token_key_hash")),
    )
    op.create_table(
        "number_series",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("ck_number_series_counts_up")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_number_series_store_id")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_number_series")),
        sa.UniqueConstraint("prefix", name=op.f("uq_number_series_prefix")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "counselor",
                "pharmacist",
                "manager",
                name="role_is_known",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(disabled_at IS NULL) = (disabled_by_id IS NULL)", name=op.f("ck_staff_disabling_is_signed")
        ),
        sa.CheckConstraint("username = lower(username)", name=op.f("ck_staff_username_is_lower_case")),
        sa.ForeignKeyConstraint(["disabled_by_id"], ["staff.id"], name=op.f("fk_staff_disabled_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_staff_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_index(op.f("ix_staff_store_id"), "staff", ["store_id"])

    op.create_table(
        "audit_event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_audit_event_numbers_start_at_one")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_audit_event_by_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_event_hash")),
    )
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"])
    op.create_index(op.f("ix_audit_event_by_id"), "audit_event", ["by_id"])
    op.create_index(op.f("ix_audit_event_kind"), "audit_event", ["kind"])
    op.create_index(op.f("ix_audit_event_patient_id"), "audit_event", ["patient_id"])
    op.create_index("ix_audit_event_subject", "audit_event", ["subject_kind", "subject_id"])

    op.create_table(
        "form_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=200), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_form_token_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_token")),
        sa.UniqueConstraint("staff_id", "action", "token", name="uq_form_token_once"),
    )
    op.create_index(op.f("ix_form_token_at"), "form_token", ["at"])

    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "NOT waiting OR applied_at IS NULL", name=op.f("ck_import_run_what_is_applied_waits_no_more")
        ),
        sa.CheckConstraint(
            "waiting = (content IS NOT NULL)", name=op.f("ck_import_run_what_waits_has_content")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_import_run_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_import_run_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index("ix_import_run_same_file", "import_run", ["store_id", "sha256"])
    op.create_index(op.f("ix_import_run_uploaded_at"), "import_run", ["uploaded_at"])

    op.create_table(
        "patient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("family_name", sa.String(length=100), nullable=False),
        sa.Column("born", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(length=10), nullable=False),
        sa.Column("card_number", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=60), nullable=False),
        sa.Column("certification_state", sa.String(length=2), nullable=False),
        sa.Column("certification_expires", sa.Date(), nullable=True),
        sa.Column("caregiver_name", sa.String(length=200), nullable=False),
        sa.Column("caregiver_expires", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("family_key", sa.String(length=200), nullable=False),
        sa.Column("given_key", sa.String(length=200), nullable=False),
        sa.Column("card_key", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(card_number = '') = (card_key IS NULL)", name=op.f("ck_patient_card_has_its_key")
        ),
        sa.CheckConstraint(
            "caregiver_expires IS NULL OR caregiver_name <> ''",
            name=op.f("ck_patient_caregiver_card_has_a_holder"),
        ),
        sa.CheckConstraint(
            "certification_expires IS NULL OR certification_state <> ''",
            name=op.f("ck_patient_certification_names_its_state"),
        ),
        sa.CheckConstraint(
            "sex IN ('', 'female', 'male', 'other')", name=op.f("ck_patient_sex_is_known_or_blank")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["staff.id"], name=op.f("fk_patient_created_by_id")),
        sa.ForeignKeyConstraint(["updated_by_id"], ["staff.id"], name=op.f("fk_patient_updated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("card_key", name="uq_patient_card"),
    )
    op.create_index("ix_patient_family", "patient", ["family_key", "given_key"])
    op.create_index("ix_patient_given", "patient", ["given_key"])

    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("brand", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("serving", sa.String(length=120), nullable=False),
        sa.Column("serving_g", sa.Double(), nullable=True),
        sa.Column("servings_per_package", sa.Double(), nullable=True),
        sa.Column("package_g", sa.Double(), nullable=True),
        sa.Column("smallest_dose", sa.Double(), nullable=True),
        sa.Column("ingredients", sa.Text(), nullable=True),
        sa.Column("lineage", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_product_name_is_given")),
        sa.CheckConstraint(
            "route IN ('', 'smoked', 'vaporized', 'edible', 'topical')",
            name=op.f("ck_product_route_is_known"),
        ),
        sa.CheckConstraint("sku <> ''", name=op.f("ck_product_sku_is_given")),
        sa.CheckConstraint(
            "package_g IS NULL OR package_g > 0", name=op.f("ck_product_package_weighs_something")
        ),
        sa.CheckConstraint(
            "serving_g IS NULL OR serving_g > 0", name=op.f("ck_product_serving_weighs_something")
        ),
        sa.CheckConstraint(
            "servings_per_package IS NULL OR servings_per_package > 0",
            name=op.f("ck_product_package_has_servings"),
        ),
        sa.CheckConstraint(
            "smallest_dose IS NULL OR (smallest_dose > 0 AND smallest_dose <= 1)",
            name=op.f("ck_product_dose_is_part_of_a_serving"),
        ),
        sa.ForeignKeyConstraint(["updated_by_id"], ["staff.id"], name=op.f("fk_product_updated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("sku", name=op.f("uq_product_sku")),
    )
    op.create_index("ix_product_name", "product", ["name"])
    op.create_index(op.f("ix_product_route"), "product", ["route"])

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)",
            name=op.f("ck_sign_in_session_ending_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_in_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_sign_in_session_key_hash")),
    )
    op.create_index(op.f("ix_sign_in_session_staff_id"), "sign_in_session", ["staff_id"])

    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("laboratory", sa.String(length=200), nullable=False),
        sa.Column("certificate_number", sa.String(length=120), nullable=False),
        sa.Column("price", sa.Numeric(precision=10, scale=2, asdecimal=False), nullable=True),
        sa.CheckConstraint("price IS NULL OR price >= 0", name=op.f("ck_batch_price_is_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_batch_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("product_id", "number", name="uq_batch_of_product"),
    )
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("counselor_id", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "waiting",
                "signed",
                "abandoned",
                name="state_is_known",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "sold",
                "referred-not-sold",
                "nothing-sold",
                name="outcome_is_known",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("sheet", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("intake", sa.Text(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("knowledge_version", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'signed') = (outcome IS NOT NULL AND intake IS NOT NULL AND advice IS NOT NULL AND knowledge_version IS NOT NULL)",
            name=op.f("ck_consultation_signed_record_is_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL) AND (signed_at IS NULL) = (signed_by_id IS NULL)",
            name=op.f("ck_consultation_signature_is_whole"),
        ),
        sa.ForeignKeyConstraint(["counselor_id"], ["staff.id"], name=op.f("fk_consultation_counselor_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_consultation_patient_id")),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["consultation.id"], name=op.f("fk_consultation_previous_id")
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["staff.id"], name=op.f("fk_consultation_saved_by_id")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["staff.id"], name=op.f("fk_consultation_signed_by_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_consultation_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("number", name=op.f("uq_consultation_number")),
    )
    op.create_index(op.f("ix_consultation_counselor_id"), "consultation", ["counselor_id"])
    op.create_index("ix_consultation_patient_started", "consultation", ["patient_id", "created_at"])
    op.create_index("ix_consultation_store_state", "consultation", ["store_id", "state"])

    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amended_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> '' AND text <> ''", name=op.f("ck_amendment_says_what_and_why")),
        sa.ForeignKeyConstraint(["amended_by_id"], ["staff.id"], name=op.f("fk_amendment_amended_by_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_amendment_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    op.create_index(op.f("ix_amendment_consultation_id"), "amendment", ["consultation_id"])

    op.create_table(
        "analyte_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("analyte", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column(
            "unit",
            sa.Enum(
                "percent",
                "mg_per_g",
                "mg_per_serving",
                "mg_per_package",
                "unknown",
                name="unit_is_known",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "read_as",
            sa.Enum(
                "number",
                "not-detected",
                "below-limit",
                "not-tested",
                "blank",
                "rejected",
                name="kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("limit_value", sa.Double(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analyte_reading")),
        sa.UniqueConstraint("batch_id", "analyte", "unit", name="uq_analyte_reading_once"),
    )
    op.create_table(
        "clearance_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "cleared",
                "refused",
                "withdrawn",
                name="state_is_known",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("rules", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("waiting_note", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('cleared', 'refused')) = (answered_at IS NOT NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL) AND (answered_at IS NULL) = (said = '')",
            name=op.f("ck_clearance_request_answer_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["staff.id"], name=op.f("fk_clearance_request_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_clearance_request_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_clearance_request_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance_request")),
    )
    op.create_index(op.f("ix_clearance_request_consultation_id"), "clearance_request", ["consultation_id"])
    op.create_index(
        "ix_clearance_request_one_open",
        "clearance_request",
        ["consultation_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_clearance_request_state"), "clearance_request", ["state"])

    op.create_table(
        "consultation_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("batch", sa.String(length=120), nullable=False),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("packages", sa.Integer(), nullable=False),
        sa.Column("first_dose", sa.Text(), nullable=False),
        sa.Column("first_dose_thc_mg", sa.Double(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "first_dose_thc_mg IS NULL OR first_dose_thc_mg >= 0",
            name=op.f("ck_consultation_item_dose_is_not_negative"),
        ),
        sa.CheckConstraint("packages BETWEEN 1 AND 99", name=op.f("ck_consultation_item_packages_are_few")),
        sa.ForeignKeyConstraint(["added_by_id"], ["staff.id"], name=op.f("fk_consultation_item_added_by_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_consultation_item_batch_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_consultation_item_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_item")),
        sa.UniqueConstraint("consultation_id", "batch_id", name="uq_consultation_item_batch"),
    )
    op.create_index(op.f("ix_consultation_item_batch_id"), "consultation_item", ["batch_id"])
    op.create_index(op.f("ix_consultation_item_consultation_id"), "consultation_item", ["consultation_id"])

    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "finding",
                "manual",
                "recall",
                "reaction",
                name="hold_kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind = 'finding' OR placed_by_id IS NOT NULL", name=op.f("ck_hold_a_person_placed_it")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_hold_hold_has_a_reason")),
        sa.CheckConstraint(
            "(released_at IS NULL) = (release_reason IS NULL)", name=op.f("ck_hold_release_has_a_reason")
        ),
        sa.CheckConstraint(
            "released_by_id IS NULL OR released_at IS NOT NULL", name=op.f("ck_hold_release_is_dated")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_hold_batch_id")),
        sa.ForeignKeyConstraint(["placed_by_id"], ["staff.id"], name=op.f("fk_hold_placed_by_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["staff.id"], name=op.f("fk_hold_released_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_open", "hold", ["batch_id", "released_at"])

    op.create_table(
        "medicine_removal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=300), nullable=False),
        sa.Column("ingredients", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rules", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_medicine_removal_says_why")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_medicine_removal_consultation_id")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["staff.id"], name=op.f("fk_medicine_removal_removed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medicine_removal")),
    )
    op.create_index(op.f("ix_medicine_removal_consultation_id"), "medicine_removal", ["consultation_id"])

    op.create_table(
        "stock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_stock_count_is_not_negative")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_stock_batch_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock")),
        sa.UniqueConstraint("store_id", "batch_id", name="uq_stock_of_batch"),
    )
    op.create_index(op.f("ix_stock_batch_id"), "stock", ["batch_id"])

    op.create_table(
        "clearance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("because", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("medicines", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("asked_routes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("routes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("max_thc_mg", sa.Double(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("by_role", sa.String(length=20), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_clearance_ending_has_a_reason")
        ),
        sa.CheckConstraint(
            "max_thc_mg IS NULL OR max_thc_mg >= 0", name=op.f("ck_clearance_limit_is_not_negative")
        ),
        sa.CheckConstraint("until >= cleared_on", name=op.f("ck_clearance_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_clearance_patient_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_clearance_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["clearance_request.id"], name=op.f("fk_clearance_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance")),
    )
    op.create_index("ix_clearance_patient_rule", "clearance", ["patient_id", "rule"])
    op.create_index(op.f("ix_clearance_request_id"), "clearance", ["request_id"])

    sqlite = op.get_bind().dialect.name == "sqlite"
    for sql in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(sa.text(sql))
