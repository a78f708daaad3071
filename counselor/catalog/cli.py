"""`counselor catalog ...`: its commands live in the rooms that do the work."""

from __future__ import annotations

from pathlib import Path

import click

from counselor.imports.cli import import_command


@click.group()
def catalog() -> None:
    """Products, batches and certificates."""


@catalog.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
def export_command(file: Path | None) -> None:
    """Write the store's catalog as a Counselor CSV to FILE, or to standard output."""
    from counselor.schema import open_app
    from counselor.staff import queries as staff

    from .exporting import counselor_csv

    with open_app().app_context():
        store = staff.first_store()
        if store is None:
            raise click.ClickException("There is no store yet. Run: counselor store open")
        if file is None:
            for line in counselor_csv(store):
                click.echo(line, nl=False)
            return
        try:
            with file.open("w", encoding="utf-8", newline="") as out:
                out.writelines(counselor_csv(store))
        except OSError as error:
            raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
        click.echo(f"The catalog is in {file}.")


catalog.add_command(import_command)
