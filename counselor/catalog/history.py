"""The history of each field of a product and its batches, read from the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from counselor.audit.models import AuditEvent
from counselor.catalog.presenters import shown_value

EVERYTHING = "everything"


@dataclass(frozen=True)
class FieldChange:
    """One field's step from what it was to what it became. `bulk` is the bulk change it belongs to."""

    at: datetime
    number: int
    field: str
    was: str
    became: str
    who: str
    why: str
    how: str
    bulk: int | None = None


def field_changes(events: Iterable[AuditEvent], imports: Iterable[AuditEvent]) -> list[FieldChange]:
    """Every step, newest first. Holds and releases count as steps of the field "hold". An import is told as
    a whole: which of the fields it wrote stands in the import itself.
    """
    found = [change for event in events for change in _of(event)]
    found += [_imported(event) for event in imports]
    return sorted(found, key=lambda change: change.number, reverse=True)


def fields(changes: Iterable[FieldChange]) -> list[tuple[str, int]]:
    """(field, how many steps), by name; what concerns everything stands first."""
    counted = Counter(change.field for change in changes)
    return sorted(counted.items(), key=lambda one: (one[0] != EVERYTHING, one[0].lower()))


def _of(event: AuditEvent) -> list[FieldChange]:
    detail: dict[str, Any] = event.detail or {}
    if event.kind in ("batch.held", "batch.released"):
        became = "on hold" if event.kind == "batch.held" else "released"
        return [_step(event, "hold", "", became)]
    steps = [
        _step(event, name, shown_value(was), shown_value(became))
        for name, (was, became) in detail.get("changes", {}).items()
    ]
    if event.kind in ("product.added", "batch.added"):
        name = (
            f"batch {detail.get('batch') or 'without number'}" if event.kind == "batch.added" else EVERYTHING
        )
        steps.append(_step(event, name, "", "added by hand"))
    return steps


def _step(event: AuditEvent, field: str, was: str, became: str) -> FieldChange:
    detail = event.detail or {}
    bulk = detail.get("bulk")
    how = "by a bulk change" if bulk else "by hand"
    who = event.by_name or "nobody signed in"
    return FieldChange(event.at, event.number, field, was, became, who, event.note, how, bulk)


def _imported(event: AuditEvent) -> FieldChange:
    detail = event.detail or {}
    undone = event.kind.endswith("undone")
    became = "import taken back" if undone else "written by an import"
    who = event.by_name or "by command"
    file = f"File {detail.get('file')}" if detail.get("file") else event.note
    return FieldChange(event.at, event.number, EVERYTHING, "", became, who, file, "by an import")
