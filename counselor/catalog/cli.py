"""`counselor catalog ...`: its commands live in the rooms that do the work."""

from __future__ import annotations

import click

from counselor.imports.cli import import_command


@click.group()
def catalog() -> None:
    """Products, batches and certificates."""


catalog.add_command(import_command)
