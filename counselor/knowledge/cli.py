"""`counselor knowledge`: check what an editor wrote, and say in words what changed. No server is needed."""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from counselor import places
from counselor.guidance.lines import located
from counselor.guidance.loader import Fault, KnowledgeError, load
from counselor.knowledge import content, readability
from counselor.knowledge.differences import Differences, compare
from counselor.knowledge.records import Record, record_of

if TYPE_CHECKING:
    from counselor.guidance.knowledge import Knowledge

LARGEST_ZIP = 200 * 1024 * 1024
"""Bytes once unpacked: knowledge is a few megabytes, a bomb is not."""


@click.group()
def knowledge() -> None:
    """What Counselor knows: check it, and see what changed."""


@knowledge.command(name="check")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--grade",
    type=float,
    default=readability.HARDEST,
    show_default=True,
    help="The school grade above which a patient's text is reported.",
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As of this day; today if left out.")
def check_command(folder: Path | None, grade: float, on: datetime | None) -> None:
    """Check every statement in FOLDER (the program's own knowledge if left out).

    One line for each fault: file, line, statement, what is wrong. Exit status 1 where there is one.
    """
    folder = folder or places.seed() / "knowledge"
    if not folder.is_dir():
        raise click.ClickException(f"{folder} is no folder.")
    day = (on or datetime.now().astimezone()).date()
    known: Knowledge | None = None
    try:
        known = load(folder)
        faults = located(folder, content.faults_of(known, on=day, hardest=grade))
    except KnowledgeError as refused:
        faults = refused.faults
    for fault in faults:
        click.echo(str(fault))
    if faults:
        click.echo(_counted(faults, loads=known is not None), err=True)
        sys.exit(1)
    if known is not None:
        record = record_of(known)
        statements = sum(map(len, record.statements.values())) - len(record.statements["ingredient"])
        click.echo(
            f"Clean: {known.version}, {statements:,} statements, {len(record.statements['ingredient']):,}"
            f" ingredients, {len(record.names):,} medicine names."
        )


def _counted(faults: tuple[Fault, ...], *, loads: bool) -> str:
    number = f"{len(faults)} fault{'s' if len(faults) != 1 else ''}."
    return number if loads else f"{number} The program does not start with this knowledge."


@knowledge.command(name="diff")
@click.argument("old")
@click.argument("new", default="")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def diff_command(old: str, new: str, as_json: bool) -> None:
    """Say what changed from OLD to NEW, statement by statement, in words.

    Each is a folder, a zip of one, or a version that this store's database has kept (its beginning is
    enough). NEW left out means the knowledge this program came with.
    """
    try:
        found = compare(_record(old), _record(new))
    except KnowledgeError as refused:
        raise click.ClickException(f"This knowledge cannot be read:\n{refused}") from None
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(lines_of(found)))


def lines_of(found: Differences) -> list[str]:
    """The differences as text to read."""
    lines = [f"{found.old} -> {found.new}", found.summary if found.anything else "Nothing changed."]
    for heading, rows in found.headings:
        lines += ["", heading, *(f"  {one.words}" for one in rows)]
    if found.names.lines:
        lines += ["", "Medicine names", *(f"  {line}" for line in found.names.lines)]
    return lines


def _record(named: str) -> Record:
    """The record of a folder, a zip or a kept version."""
    if not named:
        return record_of(load(places.seed() / "knowledge"))
    path = Path(named)
    if path.is_dir():
        return record_of(load(path))
    if path.is_file():
        return _record_of_zip(path)
    return _kept(named)


def _record_of_zip(path: Path) -> Record:
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as name:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_ZIP:
                raise click.ClickException(f"{path} holds more than {LARGEST_ZIP // 1024 // 1024} MB.")
            archive.extractall(name)
            versions = sorted(Path(name).rglob("version.toml"), key=lambda found: len(found.parts))
            if not versions:
                raise click.ClickException(f"{path} holds no knowledge: there is no version.toml in it.")
            return record_of(load(versions[0].parent))
    except zipfile.BadZipFile:
        raise click.ClickException(f"{path} is neither a folder nor a zip.") from None


def _kept(named: str) -> Record:
    from sqlalchemy import inspect

    from counselor import config
    from counselor.database import db
    from counselor.knowledge import versions
    from counselor.schema import open_app

    try:
        file = config.from_environment().sqlite_file
    except config.UnsafeSettings as error:
        raise click.ClickException(str(error)) from None
    if file is not None and not file.is_file():  # asking must not make a database
        raise click.ClickException(f"{named} is no folder and no zip, and there is no database here.")
    with open_app().app_context():
        if not inspect(db.engine).has_table("knowledge_version"):
            raise click.ClickException(
                f"{named} is no folder and no zip, and this database keeps no versions."
                " Run: counselor db upgrade"
            )
        found = versions.beginning_with(named)
        if len(found) != 1:
            kept = ", ".join(row.version for row in versions.seen()) or "none yet"
            many = "several versions begin" if found else "no kept version begins"
            raise click.ClickException(f"{many} with {named!r}. Kept: {kept}.")
        record = versions.record_of_row(found[0])
        if record is None:
            raise click.ClickException(f"Of version {found[0].version} only the name is known.")
        return record
