"""Checking the audit log from outside."""

from __future__ import annotations

import sys

import click

from counselor.audit import queries
from counselor.schema import open_app


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command(name="check")
def check_command() -> None:
    """Walk the whole chain; exit status 1 where an event was changed, taken out or cut off.

    The last line is the head. Kept elsewhere (on paper, in another system), it also shows a log that was
    replaced as a whole.
    """
    with open_app().app_context():
        found, head = queries.check_chain(), queries.head()
    click.echo(f"{found.events} events: {found.why}.")
    if head is not None:
        click.echo(f"Head:  {head.number} {head.hash}")
    sys.exit(0 if found.whole else 1)
