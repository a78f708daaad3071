"""Triggers by which the database itself keeps what was written: the audit log and signed records.

Attached to the metadata, so that a schema made by `create_all` has them too; the first migration has its own
copy, and a test compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData, event, text

from counselor.database import Base

REFUSED = "kept as it was written"

# Tables whose rows are added and never touched again.
APPEND_ONLY = ("audit_event", "amendment", "medicine_removal")

# What a signature covers. Its version may still count up, when an amendment is added.
SIGNED_COLUMNS = (
    "number",
    "store_id",
    "patient_id",
    "counselor_id",
    "state",
    "outcome",
    "sheet",
    "intake",
    "advice",
    "knowledge_version",
    "created_at",
    "signed_at",
    "signed_by_id",
)


def sqlite_triggers() -> dict[str, tuple[str, str]]:
    """Name of each trigger -> its table and its SQL, for SQLite."""
    triggers = {}
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuses_{verb.lower()}"
            triggers[name] = (table, f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {refuse}")
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in SIGNED_COLUMNS)
    for name, verb, when in (
        ("consultation_signed_refuses_update", "UPDATE", f"OLD.state = 'signed' AND ({changed})"),
        ("consultation_signed_refuses_delete", "DELETE", "OLD.state = 'signed'"),
    ):
        sql = f"CREATE TRIGGER {name} BEFORE {verb} ON consultation WHEN {when} {refuse}"
        triggers[name] = ("consultation", sql)
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        name = f"consultation_item_signed_refuses_{verb.lower()}"
        signed = f"(SELECT state FROM consultation WHERE id = {row}.consultation_id) = 'signed'"  # noqa: S608  constants
        sql = f"CREATE TRIGGER {name} BEFORE {verb} ON consultation_item WHEN {signed} {refuse}"
        triggers[name] = ("consultation_item", sql)
    return triggers


def postgresql_triggers() -> dict[str, tuple[str, str]]:
    """Name of each trigger -> its table and its SQL, for PostgreSQL. They call `refuse_change()`."""
    triggers = {}
    refuse = "EXECUTE FUNCTION refuse_change()"
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuses_{verb.lower()}"
            triggers[name] = (table, f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {refuse}")
    changed = " OR ".join(
        # JSON has no equality of its own in PostgreSQL; its text has
        f"NEW.{column}::text IS DISTINCT FROM OLD.{column}::text"
        for column in SIGNED_COLUMNS
    )
    for name, verb, when in (
        ("consultation_signed_refuses_update", "UPDATE", f"OLD.state = 'signed' AND ({changed})"),
        ("consultation_signed_refuses_delete", "DELETE", "OLD.state = 'signed'"),
    ):
        sql = f"CREATE TRIGGER {name} BEFORE {verb} ON consultation FOR EACH ROW WHEN ({when}) {refuse}"
        triggers[name] = ("consultation", sql)
    for verb in ("INSERT", "UPDATE", "DELETE"):
        name = f"consultation_item_signed_refuses_{verb.lower()}"
        sql = (
            f"CREATE TRIGGER {name} BEFORE {verb} ON consultation_item FOR EACH ROW"
            " EXECUTE FUNCTION refuse_change_of_signed_item()"
        )
        triggers[name] = ("consultation_item", sql)
    return triggers


POSTGRESQL_FUNCTIONS = (
    f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'check_violation';
END $$
""",
    """
CREATE OR REPLACE FUNCTION refuse_change_of_signed_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item consultation_item%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN item := NEW; ELSE item := OLD; END IF;
    IF (SELECT state FROM consultation WHERE id = item.consultation_id) = 'signed' THEN
        RAISE EXCEPTION 'kept as it was written' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$
""",
)


@event.listens_for(Base.metadata, "after_create")
def _add(target: MetaData, connection: Connection, **_: Any) -> None:
    """Add the triggers of every table that was made."""
    made = {table.name for table in target.sorted_tables}
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite and "consultation_item" in made:
        for function in POSTGRESQL_FUNCTIONS:
            connection.execute(text(function))
    for table, sql in (sqlite_triggers() if sqlite else postgresql_triggers()).values():
        if table in made:
            connection.execute(text(sql))
