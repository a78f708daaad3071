"""The `counselor` command.

Each subcommand is loaded only when it is called: `counselor advise` needs no web and no database, and
starts like it.
"""

from __future__ import annotations

import importlib
import sys

import click

COMMANDS = {
    "advise": "counselor.api.cli:advise",
    "audit": "counselor.audit.cli:audit",
    "catalog": "counselor.catalog.cli:catalog",
    "db": "counselor.schema:db_commands",
    "knowledge": "counselor.knowledge.cli:knowledge",
    "run": "counselor.serving:run",
    "serve": "counselor.serving:serve",
    "staff": "counselor.staff.cli:staff",
    "stock": "counselor.stock.cli:stock",
    "store": "counselor.staff.cli:store",
    "token": "counselor.staff.cli:token",
}

SHORT_HELP = {
    "advise": "Answer intakes (JSON Lines) with advice.",
    "audit": "Check the audit log.",
    "catalog": "Import a catalog file.",
    "db": "Bring the database to the newest schema.",
    "knowledge": "Check what is known, and see what changed.",
    "run": "Everything for a first look: database, sample shop, sign-ins, server.",
    "serve": "Serve the pages.",
    "staff": "Add staff, give new passwords.",
    "stock": "Load the point of sale's stock file, or watch a folder for it.",
    "store": "Open a store.",
    "token": "Make and revoke API tokens.",
}


class LazyGroup(click.Group):
    """A group whose commands live in their own rooms and are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's room and give the command."""
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, name = where.split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SHORT_HELP[name]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup)
@click.version_option(package_name="counselor", message="%(prog)s %(version)s")
def main() -> None:
    """The counter, the shelf and the record of a licensed medical-cannabis dispensary."""


if __name__ == "__main__":
    sys.exit(main())
