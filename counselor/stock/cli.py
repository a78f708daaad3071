"""`counselor stock load FILE` and `counselor stock watch FOLDER`."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from counselor.imports.reading import UnreadableFile

STABLE_S = 2.0
"""A file whose size and time did not change for so long is complete."""


@click.group()
def stock() -> None:
    """The point of sale's stock files."""


@stock.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--as-of", "as_of", type=click.DateTime(), help="The moment (UTC) it counts; else when it was written."
)
def load(file: Path, as_of: datetime | None) -> None:
    """Load the counts of FILE, all of it or nothing. Exit status 1 where it is refused."""
    refused = _load(file, as_of.replace(tzinfo=UTC) if as_of else None)
    for line in refused:
        click.echo(line, err=True)
    sys.exit(1 if refused else 0)


@stock.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--once", is_flag=True, help="Load what lies there now and stop.")
@click.option(
    "--every", type=click.FloatRange(1, 3600), default=10, show_default=True, help="Seconds between looks."
)
def watch(folder: Path, once: bool, every: float) -> None:
    """Load every complete file that appears in FOLDER, oldest first, and move it to done/ or refused/.

    Beside a refused file lies a text of the same name that says why, row by row.
    """
    for name in ("done", "refused"):
        (folder / name).mkdir(exist_ok=True)
    while True:
        waiting = [file for file in folder.iterdir() if file.is_file() and not file.name.startswith(".")]
        for file in sorted(waiting, key=lambda one: one.stat().st_mtime):
            if time.time() - file.stat().st_mtime < STABLE_S:
                continue
            refused = _load(file, None)
            target = folder / ("refused" if refused else "done") / file.name
            if refused:
                target.with_name(target.name + ".txt").write_text("\n".join(refused) + "\n", encoding="utf-8")
            file.replace(target)
        if once:
            return
        time.sleep(every)


def _load(file: Path, as_of: datetime | None) -> list[str]:
    """Load one file; why it was refused, nothing where it was loaded."""
    from counselor import clock
    from counselor.database import db
    from counselor.schema import open_app
    from counselor.staff import queries as staff
    from counselor.stock import actions
    from counselor.stock.loading import read_counts

    try:
        counted = read_counts(file, file.name)
    except UnreadableFile as error:
        return [str(error)]
    with open_app().app_context():
        store = staff.first_store()
        if store is None:
            return ["There is no store yet. Run: counselor store open"]
        outcome = actions.load_file(
            file,
            name=file.name,
            store=store,
            as_of=as_of or datetime.fromtimestamp(file.stat().st_mtime, UTC),
            by=None,
            at=clock.now(),
            counted=counted,
        )
        if outcome.refused:
            db.session.rollback()
            return list(outcome.refused)
        db.session.commit()
        click.echo(f"{file.name}: {outcome.rows} lines, {len(outcome.changed)} counts changed.")
        for line in outcome.unknown[:20]:
            click.echo(f"  {line}")
        return []
