"""An upload read the way a manager said: with its mapping, its typed cells, and what was decided about it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from counselor.imports.asking import Cells, questions, verdict
from counselor.imports.deciding import Decisions, decided, with_cells
from counselor.imports.reading import CatalogFile, read_catalog
from counselor.imports.reading.analytes import plain
from counselor.imports.reading.mapping import Proposal, propose_mapping
from counselor.imports.reading.tables import Table, read_table


@dataclass(frozen=True)
class Upload:
    """A file with all that was said about it. `mapping`: header -> field, [analyte, unit] or nothing."""

    name: str
    content: bytes
    format: str | None = None
    mapping: Mapping[str, Any] | None = None
    decisions: Decisions = field(default_factory=Decisions)

    def table(self) -> Table:
        """The file as rows of text. Raises UnreadableFile."""
        return _in_a_file(self.content, lambda path: read_table(path, self.name))

    def read(self) -> CatalogFile:
        """Its rows after every decision. Raises UnreadableFile."""
        content = self.content
        if self.decisions.cells:
            content = with_cells(self.table(), self.decisions.cells)
        catalog = _in_a_file(
            content, lambda path: read_catalog(path, format=self.format, name=self.name, mapping=self.mapping)
        )
        if not self.decisions.settled:
            return catalog
        return replace(catalog, rows=decided(catalog.rows, self.decisions, self.cells()))

    def cells(self) -> Cells:
        """The file's own texts, by row and column."""
        meanings = {
            header: said[0]
            for header, said in (self.mapping or {}).items()
            if isinstance(said, (list, tuple))
        }
        return Cells(self.table(), meanings)

    def asked(self, catalog: CatalogFile) -> dict[str, Any]:
        """What a manager has to decide, and how many rows could be sold, for the run's report."""
        cells = self.cells()
        return {
            "questions": [question.as_json() for question in questions(catalog, cells)],
            "verdict": verdict(catalog.rows),
        }

    def proposals(self) -> tuple[Table, Mapping[str, Proposal]]:
        """The table and what each of its columns probably means. Raises UnreadableFile."""
        table = self.table()
        return table, propose_mapping(table.headers, [cells for _, cells in table.rows if cells][:200])


def fingerprint(headers: Iterable[str]) -> str:
    """The same for files with the same columns, whatever their order and capitals."""
    return hashlib.sha256(
        "\n".join(sorted({plain(header) for header in headers if header})).encode()
    ).hexdigest()


def samples(table: Table, header: str) -> Sequence[str]:
    """The first three different texts of a column."""
    place = table.headers.index(header)
    return list(
        dict.fromkeys(cells[place].strip() for _, cells in table.rows if cells and cells[place].strip())
    )[:3]


T = TypeVar("T")


def _in_a_file(content: bytes, read: Callable[[Path], T]) -> T:
    with tempfile.TemporaryDirectory(prefix="counselor-import-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        return read(path)
