"""Serving the pages, and the first look at everything with a sample shop."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import text
from waitress import create_server

from counselor import clock, config, knowledge, places
from counselor.config import Settings, UnsafeSettings
from counselor.database import db
from counselor.guidance.loader import KnowledgeError
from counselor.knowledge.actions import remember
from counselor.schema import is_current, open_app, upgrade_database
from counselor.staff import actions, passwords, queries
from counselor.staff.models import Role, Store

LARGEST_BODY = 25 * 1024 * 1024  # bytes; pages have smaller limits of their own
SIGN_INS = "sign-ins.txt"
SAMPLE_STAFF = (
    ("counselor", "Casey Counselor", Role.COUNSELOR),
    ("pharmacist", "Pat Pharmacist", Role.PHARMACIST),
    ("manager", "Morgan Manager", Role.MANAGER),
)


@click.command()
@click.option("--host", help="The address to listen on; HOST, else 127.0.0.1.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port; PORT, else 5000. A busy one is passed over."
)
def serve(host: str | None, port: int | None) -> None:
    """Serve the pages of a database that is there already."""
    app = open_app()
    settings = _listening(app, host, port)
    _say_trouble()
    if not is_current(app):
        raise click.ClickException(
            "The database does not have this version's schema. Run: counselor db upgrade"
        )
    with app.app_context():
        _remember_knowledge()
    sock = _socket(settings)
    click.echo(f"Address:  {_address(settings, sock)}")
    sys.stdout.flush()
    _serve(app, settings, sock)


@click.command()
@click.option("--host", help="The address to listen on; HOST, else 127.0.0.1.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port; PORT, else 5000. A busy one is passed over."
)
def run(host: str | None, port: int | None) -> None:
    """Bring the database up to date, fill an empty one with a sample shop and staff, and serve it."""
    app = open_app()
    settings = _listening(app, host, port)
    _say_trouble()
    upgrade_database(app)
    with app.app_context():
        store = _store()
        _sample_staff(store, settings)
        _sample_shop(store)
        _remember_knowledge()
    sock = _socket(settings)
    click.echo(f"Address:  {_address(settings, sock)}")
    with app.app_context():
        for line in _sign_ins(settings):
            click.echo(line)
    sys.stdout.flush()
    _serve(app, settings, sock)


def _say_trouble() -> None:
    """Say at the start what every page will say: a store can still look up patients and stock."""
    if reason := knowledge.trouble():
        click.echo(f"CANNOT CHECK: nothing is advised until this is mended.\n{reason}", err=True)


def _remember_knowledge() -> None:
    """Keep what this version of the knowledge says, so that it can be compared when its files are gone.

    Knowledge that cannot be loaded is no reason not to serve: the pages say so themselves.
    """
    try:
        known = knowledge.current()
    except KnowledgeError as refused:
        logging.getLogger(__name__).error("The knowledge cannot be relied on:\n%s", refused)
        return
    remember(knowledge=known, at=clock.now())
    db.session.commit()


def _listening(app: Flask, host: str | None, port: int | None) -> Settings:
    """The settings with the command's own host and port; refuses to serve unsafe ones."""
    settings: Settings = app.extensions["counselor"]
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    try:
        config.refuse_unsafe(settings, debug=app.debug)
        with app.app_context():
            _refuse_unsafe_database()
    except UnsafeSettings as unsafe:
        raise click.ClickException(str(unsafe)) from unsafe
    return settings


def _refuse_unsafe_database() -> None:
    """Ask the database itself whether it keeps what it acknowledges."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            if connection.execute(text("PRAGMA synchronous")).scalar() != 2:
                raise UnsafeSettings(
                    "SQLite does not run with synchronous=FULL; saved records could be lost."
                )
            return
        for name in ("fsync", "full_page_writes"):
            if connection.execute(text(f"SHOW {name}")).scalar() != "on":
                raise UnsafeSettings(
                    f"PostgreSQL runs with {name}=off; saved records could be lost. Turn it on."
                )


def _socket(settings: Settings) -> socket.socket:
    """A socket on the wanted port, or on a free one where that is busy."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    for port in (settings.port, 0):
        sock = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((settings.host, port))
            sock.listen(128)
            return sock
        except OSError as error:
            sock.close()
            if port == 0:
                raise click.ClickException(f"Cannot listen on {settings.host}: {error.strerror}.") from error
            click.echo(f"Port {port} is in use or not allowed; taking a free one.", err=True)
    raise AssertionError("unreachable: port 0 is always free or refused above")


def _address(settings: Settings, sock: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{sock.getsockname()[1]}/"


def _serve(app: Flask, settings: Settings, sock: socket.socket) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short queue is not worth a line
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = create_server(
        app,
        sockets=[sock],
        threads=settings.threads,
        ident="",
        max_request_body_size=LARGEST_BODY,
        clear_untrusted_proxy_headers=settings.proxies == 0,
    )
    server.run()


def _store() -> Store:
    store = queries.first_store()
    if store is None:
        store = actions.open_store(name="Main Street", zone="America/New_York", at=clock.now())
        db.session.commit()
    return store


def _sample_staff(store: Store, settings: Settings) -> None:
    """Three accounts for an empty database; their passwords lie in a file that only its owner can read."""
    if queries.all_staff():
        return
    lines = []
    for username, name, role in SAMPLE_STAFF:
        _, password = actions.add_staff(
            store=store,
            username=username,
            display_name=name,
            role=role,
            by=None,
            at=clock.now(),
            settings=settings,
            password=passwords.one_time_password(),
        )
        lines.append(f"{username} {password}\n")
    file = settings.home / SIGN_INS
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as out:
        out.writelines(lines)
    db.session.commit()


def _sample_shop(store: Store) -> None:
    """Load seed/catalog through the importer every catalog goes through, into an empty catalog only."""
    from counselor.catalog import queries as shelves
    from counselor.imports import actions as imports

    if shelves.count_products():
        return
    for file in _sample_files():
        click.echo(f"Loading the sample shop: {file.name}", err=True)
        imports.import_file(file, by=None, at=clock.now(), store=store, count=12)  # where a file counts none
        db.session.commit()


def _sample_files() -> Iterator[Path]:
    folder = places.seed() / "catalog"
    yield from sorted(file for file in folder.glob("*") if file.suffix in {".csv", ".xlsx"})


def _sign_ins(settings: Settings) -> Iterator[str]:
    """The sample accounts whose first password still holds; for others, where to get a new one."""
    file = settings.home / SIGN_INS
    if not file.exists():
        yield "Sign in:  with your own account (a new password: counselor staff reset USERNAME)"
        return
    for line in file.read_text(encoding="ascii").splitlines():
        username, _, password = line.partition(" ")
        staff = queries.find_by_username(username)
        if (
            staff is not None
            and staff.is_active
            and passwords.matches(password, staff.password_hash, settings)
        ):
            yield f"Sign in:  username {username}   password {password}"
        else:
            yield f"Sign in:  username {username}   (changed; new one: counselor staff reset {username})"
