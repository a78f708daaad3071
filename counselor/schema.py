"""Bringing the database to the newest schema."""

from __future__ import annotations

import logging
import os

import click
from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate

from counselor import create_app, places
from counselor.config import UnsafeSettings
from counselor.database import db


def upgrade_database(app: Flask) -> None:
    """Apply every migration that is missing, in one transaction; a second call changes nothing."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    folder = str(places.migrations())
    migrate = Migrate(app, db, directory=folder, render_as_batch=True)
    with app.app_context():
        command.upgrade(migrate.get_config(folder), "head")


def is_current(app: Flask) -> bool:
    """Whether the database has the schema this program was made for."""
    scripts = ScriptDirectory(str(places.migrations()))
    with app.app_context(), db.engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_heads()
    return set(there) == set(scripts.get_heads())


def open_app() -> Flask:
    """The application for a command; what it makes can be read by its owner only.

    Ends the command with a plain message where the settings cannot be used.
    """
    os.umask(0o077)
    try:
        return create_app()
    except UnsafeSettings as unsafe:
        raise click.ClickException(str(unsafe)) from unsafe


@click.group(name="db")
def db_commands() -> None:
    """The database's schema."""


@db_commands.command(name="upgrade")
def upgrade_command() -> None:
    """Bring the database to the newest schema; nothing happens where it is there already."""
    app = open_app()
    upgrade_database(app)
    where = app.extensions["counselor"].sqlite_file or "the PostgreSQL database"
    click.echo(f"The schema of {where} is up to date.")
