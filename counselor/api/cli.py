"""`counselor advise`: one intake a line in, one advice a line out."""

from __future__ import annotations

import gc
import sys
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

import click

from counselor import places
from counselor.api.answer import LONGEST_INTAKE, NotJson, answer, as_line, error_line, parse
from counselor.guidance.heartbeat import prove_all
from counselor.guidance.intake import IntakeError
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.loader import KnowledgeError, load
from counselor.guidance.shelf import Shelf


@click.command()
@click.option(
    "--catalog",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Choose from this catalog file instead of the store's shelf.",
)
def advise(catalog: Path | None) -> None:
    """Read one intake per line (JSON) from standard input, write one advice per line.

    A line that cannot be read is answered with an error object, the others go on, and the exit status is 1.
    """
    gc.disable()  # nothing that is loaded goes away again
    try:
        knowledge = prove_all(load(places.seed() / "knowledge"))
    except KnowledgeError as error:
        raise click.ClickException(
            f"The knowledge cannot be relied on, so nothing is answered:\n{error}"
        ) from None
    today = datetime.now().astimezone().date()
    shelf = _shelf_of_file(catalog, today) if catalog else _shelf_of_store()
    gc.freeze()  # what was loaded stays; collections need not walk it again
    gc.enable()
    all_well = _answer_lines(sys.stdin.buffer, sys.stdout.buffer, shelf, knowledge, today=today)
    sys.exit(0 if all_well else 1)


def _answer_lines(lines: BinaryIO, out: BinaryIO, shelf: Shelf, knowledge: Knowledge, *, today: date) -> bool:
    """Answer every line in order; False if any was an error. Blank lines are passed over."""
    all_well = True
    for number, raw in enumerate(lines, start=1):
        data = None
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if not raw.strip():
            continue
        try:
            if len(raw) > LONGEST_INTAKE:
                raise NotJson(f"is longer than {LONGEST_INTAKE} bytes")
            data = parse(_decoded(raw))
            line = as_line(answer(data, shelf, knowledge, today=today))
        except (IntakeError, NotJson) as error:
            all_well = False
            line = as_line(error_line(data, error))
        out.write(line)
        out.flush()
    return all_well


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"is not UTF-8 text (byte {error.start + 1})") from None


def _shelf_of_file(path: Path, today: date) -> Shelf:
    from counselor.imports.reading import UnreadableFile, read_catalog, to_shelf

    try:
        catalog = read_catalog(path)
    except UnreadableFile as error:
        raise click.ClickException(f"{path}: {error}") from None
    if catalog.refused:
        faults = "\n".join(
            f"row {one.row}, {one.column}: {one.message}" for one in catalog.rejected if one.refuses
        )
        raise click.ClickException(f"{path} cannot be used:\n{faults}")
    return to_shelf(catalog.applicable, on=today)


def _shelf_of_store() -> Shelf:
    """The saleable stock of the store's database where there is one, else no products."""
    from counselor import config

    try:
        settings = config.from_environment()
    except config.UnsafeSettings as error:
        raise click.ClickException(str(error)) from None
    if settings.sqlite_file is not None and not settings.sqlite_file.is_file():
        return Shelf()
    from counselor import create_app
    from counselor.api.queries import shelf_of_first_store

    with create_app(settings).app_context():
        return shelf_of_first_store()
