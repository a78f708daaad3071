"""The schema that migrations make is the schema that the models describe, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from counselor import config, create_app
from counselor.database import UtcDateTime, db
from counselor.schema import upgrade_database


@pytest.fixture
def migrated(app, tmp_path):
    """An application whose database was made by the migrations, from nothing."""
    here = app.extensions["counselor"]
    if here.sqlite_file is None:
        with create_engine(here.database_url, isolation_level="AUTOCOMMIT").connect() as server:
            server.execute(text("DROP DATABASE IF EXISTS migrated"))
            server.execute(text("CREATE DATABASE migrated"))
        url = here.database_url.rpartition("/")[0] + "/migrated"
    else:
        url = f"sqlite:///{tmp_path / 'migrated.db'}"
    settings = replace(config.from_environment({"COUNSELOR_HOME": str(tmp_path)}), database_url=url)
    made = create_app(settings)
    upgrade_database(made)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def same_type(context, inspected, column, inspected_type, our_type):
    return False if isinstance(our_type, UtcDateTime) else None


def test_models_and_migrations_describe_the_same_tables(migrated):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        differences = compare_metadata(context, db.metadata)
    assert differences == []


def catalogue(engine):
    """Every constraint and index by its name, with what it says, and every trigger with its table."""
    found, look = {}, inspect(engine)
    for table in look.get_table_names():
        if table == "alembic_version":
            continue
        for check in look.get_check_constraints(table):
            found[table, check["name"]] = " ".join(check["sqltext"].split())
        for key in look.get_foreign_keys(table):
            found[table, key["name"]] = (key["constrained_columns"], key["referred_table"])
        for unique in look.get_unique_constraints(table):
            found[table, unique["name"]] = unique["column_names"]
        for index in look.get_indexes(table):
            found[table, index["name"]] = (index["column_names"], bool(index["unique"]))
    ask = (
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname, relname, pg_get_triggerdef(t.oid) FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        for name, table, sql in connection.execute(text(ask)):
            found["trigger", name] = (table, " ".join(sql.split()))
    return found


def test_constraints_and_triggers_are_the_same_too(app, migrated):
    by_migrations = catalogue(db.engine)
    with app.app_context():
        by_models = catalogue(db.engine)
    assert by_migrations == by_models
    assert any(kind == "trigger" for kind, _ in by_migrations)


def test_every_constraint_has_a_name(app):
    nameless = [
        (table.name, constraint)
        for table in db.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert nameless == []


def test_an_upgrade_that_is_done_already_changes_nothing(migrated):
    before = catalogue(db.engine)
    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO store (name, zone, phone) VALUES ('Kept', 'UTC', '')"))
    upgrade_database(migrated)
    assert catalogue(db.engine) == before
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM store")) == "Kept"


def test_the_migrated_database_keeps_its_log(migrated):
    from counselor import audit, clock
    from counselor.audit import queries

    audit.record("test.done", subject="test", by=None, at=clock.now())
    db.session.commit()
    with pytest.raises(IntegrityError, match="kept as it was written"):
        db.session.execute(text("UPDATE audit_event SET note = 'x'"))
    db.session.rollback()
    assert queries.check_chain().whole


def test_a_migration_that_fails_in_the_middle_leaves_nothing_behind(app, tmp_path, monkeypatch):
    from alembic import op

    from counselor import schema

    if app.extensions["counselor"].sqlite_file is None:
        pytest.skip("PostgreSQL rolls DDL back by itself")
    real = op.execute

    def fail(sql, *rest, **more):
        if "amendment_refuses_delete" in str(sql):
            raise RuntimeError("power cut")
        return real(sql, *rest, **more)

    settings = replace(
        config.from_environment({"COUNSELOR_HOME": str(tmp_path)}),
        database_url=f"sqlite:///{tmp_path / 'cut.db'}",
    )
    made = create_app(settings)
    with monkeypatch.context() as patched:
        patched.setattr(op, "execute", fail)
        with pytest.raises(RuntimeError, match="power cut"):
            schema.upgrade_database(made)
    with made.app_context():
        assert inspect(db.engine).get_table_names() in ([], ["alembic_version"])
        db.engine.dispose()
    schema.upgrade_database(made)
    with made.app_context():
        assert "consultation" in inspect(db.engine).get_table_names()
        db.engine.dispose()


def test_foreign_keys_hold_after_a_migration(migrated):
    with db.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(
            text(
                "INSERT INTO api_token (store_id, name, key_hash, created_at)"
                " VALUES (99, 'x', 'x', '2026-01-01 00:00:00')"
            )
        )
