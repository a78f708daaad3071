"""Fixtures for the whole house.

The application is built once. Every test starts from the same empty schema with one store; the database is
a SQLite file, or the PostgreSQL database that TEST_DATABASE_URL names. Requests run in a context of their
own, as they do behind a server: the client first commits what the test arranged, and afterwards the test
sees what the request left.
"""

from __future__ import annotations

import contextvars
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import text

from counselor import clock, config, create_app
from counselor.database import db, normal_url
from counselor.staff import actions
from counselor.staff.models import Role, Staff, Store
from counselor.web.writes import form_token

PASSWORD = "harmless teapot orbit 9"
_numbers = count(1)


class CounterClient(FlaskClient):
    """A browser for tests: it sends the hidden marks of our forms unless told `bare=True`."""

    staff: Staff | None = None

    def open(self, *args: Any, bare: bool = False, **kwargs: Any) -> Any:
        """Send one request as a server would get it, in a fresh context."""
        if kwargs.get("method") == "POST" and not bare:
            self._add_marks(kwargs)
        arranged = has_app_context() and db.session.registry.has()
        if arranged:
            db.session.commit()
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        if arranged:
            db.session.expire_all()
        return answer

    def _add_marks(self, request: dict[str, Any]) -> None:
        headers = dict(request.get("headers") or {})
        marks = {"csrf_token": self.csrf_token()}
        data = request.get("data")
        if data is None and "json" not in request:
            data = {}
        if isinstance(data, dict):
            marks["form_token"] = form_token()
            request["data"] = marks | data
        else:
            headers.setdefault("X-CSRFToken", marks["csrf_token"])
        request["headers"] = headers

    def csrf_token(self) -> str:
        """A token that belongs to this browser's session."""

        def make() -> str:
            with self.application.test_request_context():
                from flask import g, session

                with self.session_transaction() as kept:
                    session["csrf_token"] = kept.get("csrf_token") or os.urandom(20).hex()
                    kept["csrf_token"] = session["csrf_token"]
                g.pop("csrf_token", None)
                return str(generate_csrf())

        return contextvars.Context().run(make)

    def sign_in(self, username: str, password: str = PASSWORD) -> Any:
        """Sign in through the page."""
        return self.post("/sign-in", data={"username": username, "password": password})


@pytest.fixture(scope="session")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Path | None]]:
    home = tmp_path_factory.mktemp("home")
    url = normal_url(os.environ.get("TEST_DATABASE_URL", ""))
    settings = replace(
        config.from_environment({"COUNSELOR_HOME": str(home)}),
        argon2_rounds=1,
        argon2_memory_kib=8,
        **({"database_url": url} if url else {}),
    )
    app = create_app(settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = CounterClient
    with app.app_context():
        if url:
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
        db.create_all()
        db.session.add(Store(name="Green Door", zone="America/New_York"))
        db.session.commit()
        db.session.remove()
        file = settings.sqlite_file
        if file is not None:
            with db.engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
            shutil.copyfile(file, home / "empty.db")
        yield app, file
        db.engine.dispose()


@pytest.fixture
def app(_house: tuple[Flask, Path | None]) -> Iterator[Flask]:
    """The application on a database that holds one store and nothing else. An app context is open."""
    app, file = _house
    with app.app_context():
        if file is not None:
            db.engine.dispose()
            for leftover in (file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
                leftover.unlink(missing_ok=True)
            shutil.copyfile(file.with_name("empty.db"), file)
        try:
            yield app
        finally:
            db.session.remove()
            if file is None:
                _empty_tables()


def _empty_tables() -> None:
    names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        connection.execute(
            text("INSERT INTO store (name, zone, phone) VALUES ('Green Door', 'America/New_York', '')")
        )


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium lies. Without it the test is skipped, or under CI=true failed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing = "Chromium not found (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@pytest.fixture
def password() -> str:
    """The password of every account that `make_staff` makes."""
    return PASSWORD


@pytest.fixture
def store(app: Flask) -> Store:
    """The one store."""
    found = db.session.scalars(db.select(Store)).first()
    assert found is not None
    return found


@pytest.fixture
def make_staff(app: Flask, store: Store) -> Callable[..., Staff]:
    """Make an account: `make_staff("pharmacist")`. The password is PASSWORD."""

    def make(role: str = "counselor", **given: Any) -> Staff:
        username = given.pop("username", f"{role}{next(_numbers)}")
        staff, _ = actions.add_staff(
            store=given.pop("store", store),
            username=username,
            display_name=given.pop("display_name", f"Some {role.capitalize()}"),
            role=Role(role),
            by=None,
            at=given.pop("at", clock.now()),
            settings=app.extensions["counselor"],
            password=given.pop("password", PASSWORD),
        )
        for name, value in given.items():
            setattr(staff, name, value)
        db.session.commit()
        return staff

    return make


@pytest.fixture
def client(app: Flask) -> CounterClient:
    """A browser in which nobody is signed in."""
    client = app.test_client()
    assert isinstance(client, CounterClient)
    return client


@pytest.fixture
def client_of(app: Flask) -> Callable[[Staff], CounterClient]:
    """A browser in which this person is signed in."""

    def sign_in(staff: Staff) -> CounterClient:
        client = app.test_client()
        assert isinstance(client, CounterClient)
        answer = client.sign_in(staff.username)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        client.staff = staff
        return client

    return sign_in


@pytest.fixture
def counselor_client(
    make_staff: Callable[..., Staff], client_of: Callable[[Staff], CounterClient]
) -> CounterClient:
    """A browser in which a counselor is signed in; `.staff` is the person."""
    return client_of(make_staff("counselor", display_name="Casey Counselor"))


@pytest.fixture
def pharmacist_client(
    make_staff: Callable[..., Staff], client_of: Callable[[Staff], CounterClient]
) -> CounterClient:
    """A browser in which a pharmacist is signed in."""
    return client_of(make_staff("pharmacist", display_name="Pat Pharmacist"))


@pytest.fixture
def manager_client(
    make_staff: Callable[..., Staff], client_of: Callable[[Staff], CounterClient]
) -> CounterClient:
    """A browser in which a manager is signed in."""
    return client_of(make_staff("manager", display_name="Morgan Manager"))
