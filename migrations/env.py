"""Alembic's environment: one transaction for all missing migrations, on SQLite and PostgreSQL.

On SQLite a changed table is copied (batch mode), with foreign keys off meanwhile and checked at the end. On
PostgreSQL a lock keeps two servers that start together from migrating at once.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from counselor.database import UtcDateTime

ONE_AT_A_TIME = 5710200  # any number of our own, the same in every process

db = current_app.extensions["migrate"].db


def render(kind: str, thing: Any, autogen_context: Any) -> str | bool:
    """Write our moment column as plain SQLAlchemy, so that old migrations do not depend on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


def same_type(ctx: Any, inspected: Any, column: Any, inspected_type: Any, our_type: Any) -> bool | None:
    """Leave the comparison of types to Alembic, moments excepted: SQLite forgets their zone."""
    return False if isinstance(our_type, UtcDateTime) else None


def migrate(connection: Connection) -> None:
    """Run what is missing, all or nothing."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[attr-defined]
    options = dict(current_app.extensions["migrate"].configure_args)
    options.pop("render_as_batch", None)
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        render_item=render,
        compare_type=same_type,
        transactional_ddl=True,  # SQLite can, now that we say BEGIN ourselves
        **{name: value for name, value in options.items() if name not in {"compare_type"}},
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"The migration would leave rows that point nowhere: {broken[:5]}")
    if sqlite:
        connection.connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined]


with db.engine.connect() as opened:
    migrate(opened)
