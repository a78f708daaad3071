"""A whole catalog file, read: its rows, what was found, what was rejected, and the report on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from counselor.guidance.profile import ReadAs

from .findings import Finding, Rejection, UnknownHeaders, UnreadableFile, shown
from .formats import BY_NAME, FORMATS, recognise
from .mapping import mapped_format
from .memory import uncollected
from .normalise import missing_columns, normalise
from .rows import NormalRow
from .tables import read_table


@dataclass(frozen=True)
class CatalogFile:
    """What one file says. `refused` is true where nothing of it may be applied."""

    file: str
    format: str
    encoding: str
    rows: tuple[NormalRow, ...]
    findings: tuple[Finding, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether a fault lets nobody tell what the file means."""
        return any(rejection.refuses for rejection in self.rejected)

    @property
    def applicable(self) -> tuple[NormalRow, ...]:
        """Rows that name a product and do not merely repeat or contradict an earlier one."""
        return tuple(row for row in self.rows if not row.skipped and not row.repeat_of)

    def readings(self) -> dict[str, int]:
        """How many readings are of each kind, over all rows and analytes."""
        counted = Counter(reading.read_as for row in self.rows for reading in row.analytes.values())
        return {kind.value: counted[kind] for kind in ReadAs}

    def report(
        self, *, applied: bool = False, counts: dict[str, dict[str, int]] | None = None
    ) -> dict[str, Any]:
        """The import report of the contract; without a store's counts everything counts as new."""
        if counts is None:
            rows = self.applicable
            counts = {
                "products": {"new": len({row.sku for row in rows}), "changed": 0, "unchanged": 0},
                "batches": {"new": len({(row.sku, row.batch) for row in rows}), "changed": 0, "unchanged": 0},
            }
        return {
            "file": self.file,
            "format": self.format,
            "encoding": self.encoding,
            "rows": len(self.rows),
            "applied": applied,
            **counts,
            "readings": self.readings(),
            "findings": [finding.as_json() for finding in self.findings],
            "rejected": [rejection.as_json() for rejection in self.rejected],
        }


def read_catalog(
    path: str | Path,
    *,
    format: str | None = None,
    mapping: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> CatalogFile:
    """Read a catalog file of any known format, or of one that a manager mapped.

    `format` names one where the headers leave a doubt, or the source of a `mapping` (header -> meaning, see
    `mapped_format`); `name` is what the file is called where `path` is a
    copy. UnreadableFile where the file is no table, or of no format we know; faults inside come back as
    findings.
    """
    with uncollected():
        return _read(Path(path), format, name, mapping)


def _read(path: Path, format: str | None, name: str | None, mapping: Mapping[str, Any] | None) -> CatalogFile:
    name = name or path.name
    table = read_table(path, name)
    mapped = mapped_format(mapping, format or "mapped") if mapping is not None else None
    if mapped is None and format is not None and format not in BY_NAME:
        raise UnreadableFile(f"There is no format called “{format}”. Known: {', '.join(BY_NAME)}.")
    known = mapped or (BY_NAME[format] if format is not None else recognise(table.headers))
    if known is None:
        raise UnknownHeaders(
            f"{name} has headers of no format we know"
            f" ({', '.join(shown(header, 30) for header in table.headers[:6])} …)."
            f" Known: {', '.join(each.title for each in FORMATS)}. A Counselor CSV needs at least sku,"
            f" name, form and batch."
        )
    lacking = list(missing_columns(table, known))
    if lacking:
        faults = [
            Rejection(
                1,
                column,
                "",
                "missing",
                f"{known.title} needs a column “{column}”, which is not there.",
                refuses=True,
            )
            for column in lacking
        ]
        return CatalogFile(
            name, known.name, table.encoding, (), tuple(table.findings), (*table.rejected, *faults)
        )
    rows, findings, rejected = normalise(table, known)
    if not rows:
        rejected.append(Rejection(2, "", "", "missing", f"{name} has a header and no rows.", refuses=True))
    return CatalogFile(name, known.name, table.encoding, tuple(rows), tuple(findings), tuple(rejected))
