"""Reading catalog files: no database, no web. `read_catalog(path)` gives rows, findings, rejected cells."""

from __future__ import annotations

from .catalog import CatalogFile, read_catalog
from .findings import Finding, Rejection, RowHold, UnknownHeaders, UnreadableFile
from .rows import NormalRow
from .shelf import to_shelf

__all__ = [
    "CatalogFile",
    "Finding",
    "NormalRow",
    "Rejection",
    "RowHold",
    "UnknownHeaders",
    "UnreadableFile",
    "read_catalog",
    "to_shelf",
]
