"""`counselor catalog import`: read a file, say what is in it, and apply it whole or not at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from .reading import CatalogFile, UnreadableFile, read_catalog
from .reading.formats import BY_NAME


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(BY_NAME)),
    help="The format, where headers leave a doubt.",
)
@click.option("--dry-run", is_flag=True, help="Read and report only. Needs no database.")
@click.option(
    "--report", "report_file", type=click.Path(path_type=Path), help="Write the report here, as JSON."
)
@click.option(
    "--rows",
    "rows_file",
    type=click.Path(path_type=Path),
    help="Write every row after normalisation here, as JSON Lines.",
)
@click.option(
    "--count",
    type=click.IntRange(0, 9999),
    default=0,
    show_default=True,
    help="Packages of each new batch where the file counts none.",
)
def import_command(
    file: Path,
    format_name: str | None,
    dry_run: bool,
    report_file: Path | None,
    rows_file: Path | None,
    count: int,
) -> None:
    """Import a CSV or XLSX catalog FILE.

    Exit status: 0 applied, or a dry run of a file that could be applied; 1 refused, with a report; 2 the
    file cannot be read.
    """
    for out in (report_file, rows_file):
        if out is not None and not out.parent.is_dir():
            click.echo(f"{out} cannot be written: there is no folder {out.parent}.", err=True)
            sys.exit(2)
    try:
        read = read_catalog(file, format=format_name)
    except UnreadableFile as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    report = read.report() if dry_run or read.refused else _apply(file, format_name, count)
    try:
        _write(read, report, report_file, rows_file)
    except OSError as error:
        click.echo(f"{error.filename} cannot be written: {error.strerror}.", err=True)
        sys.exit(2)
    _say(read, report, dry_run=dry_run)
    sys.exit(1 if read.refused else 0)


def _apply(file: Path, format_name: str | None, count: int) -> dict[str, Any]:
    from sqlalchemy import inspect

    from counselor import clock
    from counselor.database import db
    from counselor.schema import open_app
    from counselor.staff import queries as staff

    from .actions import import_file

    with open_app().app_context():
        if not inspect(db.engine).has_table("product"):
            raise click.ClickException("The database has no schema yet. Run: counselor db upgrade")
        store = staff.first_store()
        if store is None:
            raise click.ClickException("There is no store yet. Run: counselor store open")
        db.session.rollback()  # nothing is locked while the file is read
        outcome = import_file(file, by=None, at=clock.now(), store=store, format=format_name, count=count)
        db.session.commit()
        return outcome.report


def _write(
    read: CatalogFile, report: dict[str, Any], report_file: Path | None, rows_file: Path | None
) -> None:
    if report_file is not None:
        report_file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if rows_file is not None:
        with rows_file.open("w", encoding="utf-8", newline="\n") as out:
            for row in read.rows:
                out.write(json.dumps(row.as_json(), ensure_ascii=False) + "\n")


def _say(read: CatalogFile, report: dict[str, Any], *, dry_run: bool) -> None:
    held = sum(not row.saleable for row in read.applicable)
    click.echo(f"{read.file}: {read.format}, {report['rows']} rows, {held} held until a manager has looked.")
    for finding in read.findings:
        click.echo(f"  {finding.code}: {finding.message} ({finding.effect})")
    for rejection in read.rejected[:20]:
        where = f"row {rejection.row}" + (f", {rejection.column}" if rejection.column else "")
        click.echo(f"  {where}: {rejection.message}")
    if len(read.rejected) > 20:
        click.echo(f"  … and {len(read.rejected) - 20} more cells; --report lists them all.")
    if read.refused:
        click.echo("Nothing was imported. Mend the file and import it again.", err=True)
    elif dry_run:
        click.echo("Dry run: nothing was changed.")
    else:
        counts = "; ".join(
            f"{name}: {report[name]['new']} new, {report[name]['changed']} changed,"
            f" {report[name]['unchanged']} unchanged"
            for name in ("products", "batches")
        )
        click.echo(counts + ".")
