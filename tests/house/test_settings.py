"""Settings: read once, and refused where they would endanger data."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from sqlalchemy import text

from counselor import config
from counselor.config import UnsafeSettings
from counselor.database import db, reading


def settings(tmp_path, **env):
    return config.from_environment({"COUNSELOR_HOME": str(tmp_path / "home"), **env})


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first, second = settings(tmp_path), settings(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 43
    if os.name == "posix":
        assert (tmp_path / "home" / "secret-key").stat().st_mode & 0o077 == 0


def test_the_database_lies_in_the_home_folder_unless_said_otherwise(tmp_path):
    assert settings(tmp_path).sqlite_file == (tmp_path / "home" / "counselor.db").resolve()
    for url in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        elsewhere = settings(tmp_path, DATABASE_URL=url)
        assert elsewhere.database_url == "postgresql+psycopg://u@h/d"
        assert elsewhere.sqlite_file is None


@pytest.mark.parametrize("said", ["x", "-1", "70000", "5_000", "٣"])
def test_a_port_that_is_none_is_refused_by_name(tmp_path, said):
    with pytest.raises(UnsafeSettings, match="PORT"):
        settings(tmp_path, PORT=said)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"secret_key": "dev"}, "SECRET_KEY"),
        ({"host": "0.0.0.0"}, "without https"),
    ],
)
def test_serving_with_unsafe_settings_is_refused_in_plain_words(tmp_path, change, says):
    with pytest.raises(UnsafeSettings, match=says):
        config.refuse_unsafe(replace(settings(tmp_path), **change), debug=False)


def test_debug_mode_is_refused(tmp_path):
    with pytest.raises(UnsafeSettings, match="Debug"):
        config.refuse_unsafe(settings(tmp_path), debug=True)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_database_that_others_can_read_is_refused(tmp_path):
    mine = settings(tmp_path)
    mine.sqlite_file.touch(0o644)
    mine.sqlite_file.chmod(0o644)
    with pytest.raises(UnsafeSettings, match="chmod 600"):
        config.refuse_unsafe(mine, debug=False)


def test_sqlite_keeps_what_it_acknowledges(app):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only; on PostgreSQL the server is asked when serving starts")
    asked = {name: db.session.execute(text(f"PRAGMA {name}")).scalar() for name in
             ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}  # fmt: skip
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}


def test_a_page_that_only_reads_does_not_wait_for_a_writer(app):
    with db.engine.connect() as writer:
        writer.execute(text("UPDATE store SET phone = '1'"))
        with reading():
            assert db.session.scalar(text("SELECT phone FROM store")) == ""
        db.session.rollback()
        writer.rollback()
