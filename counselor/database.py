"""The database: one session, typed models, names for every constraint, and how a transaction begins.

SQLite by default (WAL, foreign keys on, synchronous FULL, ten seconds of patience for a lock), PostgreSQL by
DATABASE_URL. On SQLite every transaction begins IMMEDIATE, so that nothing checks a fact that another
writer changes before it is acted on; only pages that merely read (`reading`) begin without the write lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, MetaData, Table, event, func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_only_reading: ContextVar[bool] = ContextVar("only_reading", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware going in, aware and in UTC coming out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC; SQLite keeps it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every model shares: named constraints and our column types."""

    metadata = MetaData(naming_convention=NAMES)


Base.registry.update_type_annotation_map(
    {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
    }
)

db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Versioned:
    """A row that two people may edit: saving over somebody else's change raises StaleDataError."""

    version: Mapped[int] = mapped_column(nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


@contextmanager
def reading(only: bool = True) -> Iterator[None]:
    """While inside, transactions begin without SQLite's write lock (or, with False, with it again)."""
    token = _only_reading.set(only)
    try:
        yield
    finally:
        _only_reading.reset(token)


def set_reading(only: bool) -> None:
    """Say for the rest of this request whether transactions only read."""
    _only_reading.set(only)


def is_only_reading() -> bool:
    """Whether the current transaction may not write."""
    return _only_reading.get()


@event.listens_for(Engine, "connect")
def _set_up_connection(connection: Any, record: Any) -> None:
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _only_reading.get() else "BEGIN IMMEDIATE")


def next_ids(table: Table, count: int) -> list[int]:
    """Numbers for `count` new rows of a table, taken inside the current writing transaction.

    On SQLite that transaction holds the only write lock, so the highest number cannot move; on PostgreSQL
    they come from the table's own sequence.
    """
    if db.session.connection().dialect.name == "sqlite":
        highest = db.session.scalar(select(func.max(table.c.id))) or 0
        return list(range(highest + 1, highest + 1 + count))
    ask = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return list(db.session.scalars(ask, {"name": table.name, "count": count}))


def insert_columns(table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Put many rows into a table, given column by column, each as long as the others.

    Ten times the speed of inserting objects or dictionaries: SQLite gets tuples in one executemany,
    PostgreSQL a COPY. Column types convert values as always, each different value once.
    """
    connection = db.session.connection()
    dialect = connection.dialect
    values = [_bound(table, name, column, dialect) for name, column in columns.items()]
    rows = zip(*values, strict=True)
    names = ", ".join(f'"{name}"' for name in columns)
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        prepared = list(rows)
        if prepared:
            connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', prepared)  # noqa: S608
        return
    with connection.connection.cursor().copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _bound(table: Table, name: str, column: Iterable[Any], dialect: Dialect) -> Iterable[Any]:
    """Values as the driver takes them."""
    convert = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return column
    column = list(column)
    converted = {value: convert(value) for value in set(column)}
    return [converted[value] for value in column]


def normal_url(url: str) -> str:
    """The address as SQLAlchemy wants it: `postgres://` and `postgresql://` mean psycopg 3 here."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
