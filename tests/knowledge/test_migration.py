"""The versions that signed visits name are known after the upgrade; nothing else is made up for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from flask_migrate import Migrate
from sqlalchemy import create_engine, text

from counselor import config, create_app, knowledge, places
from counselor.database import db
from counselor.knowledge import actions, versions


def test_versions_of_signed_visits_are_carried_over(app: Any, tmp_path: Path) -> None:
    here = app.extensions["counselor"]
    url = f"sqlite:///{tmp_path / 'older.db'}"
    if here.sqlite_file is None:
        with create_engine(here.database_url, isolation_level="AUTOCOMMIT").connect() as server:
            server.execute(text("DROP DATABASE IF EXISTS older"))
            server.execute(text("CREATE DATABASE older"))
        url = here.database_url.rpartition("/")[0] + "/older"
    made = create_app(replace(config.from_environment({"COUNSELOR_HOME": str(tmp_path)}), database_url=url))
    migrate = Migrate(made, db, directory=str(places.migrations()), render_as_batch=True)
    with made.app_context():
        settings = migrate.get_config(str(places.migrations()))
        command.upgrade(settings, "0001")
        with db.engine.begin() as older:
            _fill(older)
        command.upgrade(settings, "head")
        assert [
            (row.version, row.first_seen_at.day, versions.record_of_row(row)) for row in versions.seen()
        ] == [
            ("2026-01-01+aaaaaaaa", 3, None),
            (knowledge.current().version, 9, None),
        ]
        seen = actions.remember(knowledge=knowledge.current(), at=datetime(2026, 11, 27, tzinfo=UTC))
        assert seen.first_seen_at.day == 9 and versions.record_of_row(seen) is not None
        assert versions.history_of("rule", "thc-opioid", knowledge.current()) == []
        db.session.remove()
        db.engine.dispose()


def _add(older: Any, table: str, **row: Any) -> None:
    """One row, by the columns of the older schema, whatever the models say today."""
    named = ", ".join(row)
    older.execute(text(f"INSERT INTO {table} ({named}) VALUES (:{', :'.join(row)})"), row)


def _fill(older: Any) -> None:
    """A store with one patient, three signed visits and a draft, as the first version wrote them."""
    zone = "" if older.dialect.name == "sqlite" else "+00:00"
    at = f"2026-01-01 12:00:00.000000{zone}"
    _add(older, "store", id=1, name="Main", zone="UTC", phone="")
    _add(
        older, "staff", id=1, store_id=1, username="pat", display_name="Pat", role="counselor",
        password_hash="x", password_changed_at=at, must_change_password=False, created_at=at, version=1,
    )  # fmt: skip
    _add(
        older, "patient", id=1, given_name="A", family_name="B", born="1980-01-01", sex="female",
        card_number="", phone="", language="", certification_state="", caregiver_name="", note="",
        family_key="b", given_key="a", created_at=at, created_by_id=1,
        updated_at=at, updated_by_id=1, version=1,
    )  # fmt: skip
    for number, day, version in (
        ("M-1", 9, knowledge.current().version),
        ("M-2", 5, "2026-01-01+aaaaaaaa"),
        ("M-3", 3, "2026-01-01+aaaaaaaa"),
        ("M-4", 0, None),
    ):
        told = {} if not day else {
            "outcome": "nothing-sold", "intake": "{}", "advice": "{}", "knowledge_version": version,
            "signed_at": at.replace("-01 12", f"-{day:02} 12"), "signed_by_id": 1,
        }  # fmt: skip
        _add(
            older, "consultation", number=number, store_id=1, patient_id=1, counselor_id=1,
            state="signed" if day else "draft", sheet="{}", created_at=at, saved_at=at, saved_by_id=1,
            noted_at=at, version=1, **told,
        )  # fmt: skip
