"""Commands for stores, staff and API tokens."""

from __future__ import annotations

import click
from flask import Flask

from counselor import clock
from counselor.database import db
from counselor.schema import open_app
from counselor.staff import actions, queries
from counselor.staff.models import Role, Store


@click.group()
def store() -> None:
    """Stores of the organisation."""


@store.command(name="open")
@click.option("--name", required=True)
@click.option("--zone", required=True, help="The store's time zone, like America/New_York.")
def open_command(name: str, zone: str) -> None:
    """Open a store."""
    with open_app().app_context():
        try:
            actions.open_store(name=name, zone=zone, at=clock.now())
        except actions.Refused as refused:
            raise click.ClickException(str(refused)) from refused
        db.session.commit()
    click.echo(f"{name} is open.")


@click.group()
def staff() -> None:
    """People with an account."""


@staff.command(name="add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name, as records show it.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--store", "store_name", help="The store's name; not needed where there is one.")
def add_command(username: str, name: str, role: str, store_name: str | None) -> None:
    """Add an account and print its password for one use."""
    app = open_app()
    with app.app_context():
        try:
            _, password = actions.add_staff(
                store=_store(store_name),
                username=username,
                display_name=name,
                role=Role(role),
                by=None,
                at=clock.now(),
                settings=app.extensions["counselor"],
            )
        except actions.Refused as refused:
            raise click.ClickException(str(refused)) from refused
        db.session.commit()
    click.echo(f"Sign in:  username {queries.folded(username)}   password {password}")
    click.echo("The password is for one use and kept nowhere; the first sign-in asks for an own one.")


@staff.command(name="reset")
@click.argument("username")
def reset_command(username: str) -> None:
    """Print a new password for one use; sessions end and wrong tries are forgotten."""
    app: Flask = open_app()
    with app.app_context():
        person = queries.find_by_username(username)
        if person is None:
            raise click.ClickException(f"Nobody has the username {queries.folded(username)}.")
        password = actions.reset_password(
            staff=person, by=None, at=clock.now(), settings=app.extensions["counselor"]
        )
        db.session.commit()
    click.echo(f"Sign in:  username {queries.folded(username)}   password {password}")


@click.group()
def token() -> None:
    """Keys for outside programs that ask for advice."""


@token.command(name="create")
@click.option("--name", required=True, help="What the key is for; the log shows it.")
@click.option("--store", "store_name", help="The store's name; not needed where there is one.")
def create_command(name: str, store_name: str | None) -> None:
    """Make an API token and print its key, once."""
    with open_app().app_context():
        made, key = actions.create_token(store=_store(store_name), name=name, at=clock.now())
        db.session.commit()
        click.echo(f"Token {made.id}:  {key}")
    click.echo("It is kept nowhere. Send it as:  Authorization: Bearer KEY")


@token.command(name="revoke")
@click.argument("number", type=int)
def revoke_command(number: int) -> None:
    """Make an API token worthless."""
    with open_app().app_context():
        found = queries.find_live_token(number)
        if found is None:
            raise click.ClickException(f"There is no live token {number}.")
        actions.revoke_token(token=found, at=clock.now())
        db.session.commit()
    click.echo(f"Token {number} is revoked.")


def _store(name: str | None) -> Store:
    """The store by that name, or the only one."""
    if name is not None:
        found = queries.find_store(name)
        if found is None:
            raise click.ClickException(f"There is no store called {name}.")
        return found
    first = queries.first_store()
    if first is None:
        raise click.ClickException(
            "There is no store yet. Open one: counselor store open --name ... --zone ..."
        )
    if queries.count_stores() > 1:
        raise click.ClickException("There are several stores. Say which: --store NAME")
    return first
