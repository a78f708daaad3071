"""A version of the knowledge as plain data: what is kept of it, compared, and told apart from the next.

The record holds every statement field by field and every medicine name with its meaning; where a statement
stands in which file does not count. It can be packed into a few hundred kilobytes for the database.
"""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from counselor.guidance.knowledge import Cited, Knowledge, Origin

Statements = dict[str, dict[str, dict[str, Any]]]
"""Kind of statement -> its id -> its fields. Fields left empty are left out."""

Names = dict[str, list[Any]]
"""A medicine's name -> [how, ingredients, classes, local]."""


@dataclasses.dataclass(frozen=True)
class Record:
    """One version: its name, its statements and its medicine names."""

    version: str
    statements: Statements
    names: Names

    def pack(self) -> tuple[bytes, bytes]:
        """Statements and names, compressed, for `unpack`."""
        return _packed(self.statements), _packed(self.names)


def unpack(version: str, statements: bytes, names: bytes) -> Record:
    """What `pack` gave, as it was."""
    return Record(version, json.loads(zlib.decompress(statements)), json.loads(zlib.decompress(names)))


def record_of(knowledge: Knowledge) -> Record:
    """The record of loaded knowledge."""
    tables: dict[str, Iterable[Any]] = {
        "red_flag": knowledge.red_flags,
        "rule": knowledge.rules.values(),
        "merged": knowledge.merged.values(),
        "dose": knowledge.doses.values(),
        "condition": knowledge.conditions.values(),
        "evidence": (row for rows in knowledge.evidence.values() for row in rows),
        "counsel": knowledge.counsel,
        "onset": knowledge.onsets.values(),
        "measure": knowledge.measures.values(),
        "program": knowledge.program.values(),
        "state": knowledge.states.values(),
        "state_line": (line for state in knowledge.states.values() for line in state.lines.values()),
        "term": (term for term in knowledge.terms.values() if term.id not in knowledge.conditions),
        "class": knowledge.classes.values(),
        "source": knowledge.sources.values(),
    }
    statements: Statements = {
        kind: {_id(row): _fields(row) for row in sorted(rows, key=_id)} for kind, rows in tables.items()
    }
    statements["allergen"] = {id: {"words": list(words)} for id, words in sorted(knowledge.allergens.items())}
    statements["ingredient"] = {
        name: _fields(entry) for name, entry in sorted(knowledge.medicines.ingredients.items())
    }
    names: Names = {
        entry.name: [entry.how, list(entry.ingredients), list(entry.classes), entry.local]
        for _, entry in sorted(knowledge.medicines.names.items())
    }
    return Record(knowledge.version, statements, names)


def _id(row: Any) -> str:
    for name in ("id", "key", "administration"):
        if hasattr(row, name):
            return str(getattr(row, name))
    raise TypeError(f"{type(row).__name__} has no id")


def _fields(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in dataclasses.fields(row):
        value = getattr(row, field.name)
        if field.name in ("id", "key", "common", "lines"):  # a state's lines stand as rows of their own
            continue
        if isinstance(value, Origin):
            if value.review is not None:
                found["review"] = _plain(value.review)
        elif field.name in ("wording", "refer") and dataclasses.is_dataclass(value):
            found |= {f"{field.name} {name}": said for name, said in _plain(value).items()}
        elif (plain := _plain(value)) not in (None, "", [], {}, False):
            found[field.name] = plain
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Cited):
        return f"{value.key} ({value.at})" if value.at else value.key
    if isinstance(value, Enum):
        return getattr(value, "word", value.value)
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {name: part for name, part in parts.items() if part not in (None, "", [], {}, False, 0)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in sorted(value.items())}
    if isinstance(value, frozenset | set):
        return sorted(_plain(inner) for inner in value)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return None
    return value


def _packed(data: object) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return zlib.compress(text.encode("utf-8"), 9)
