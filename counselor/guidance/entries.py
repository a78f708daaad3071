"""One TOML table, asked for its fields by name, with every fault named by file and statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .knowledge import Cited, Origin, Review


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one statement. `line` 0: not looked for yet, see `lines.located`.

    `table`, `number` and `field` say which row of which table it is about, where that is known.
    """

    file: str
    statement: str
    message: str
    line: int = 0
    table: str = ""
    number: int = 0
    field: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.statement + ': ' if self.statement else ''}{self.message}"


class KnowledgeError(Exception):
    """The knowledge cannot be relied on; `faults` says why, one line each."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class Faults:
    """Collects faults so that an editor sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(
        self,
        file: str,
        statement: str,
        message: str,
        *,
        line: int = 0,
        table: str = "",
        number: int = 0,
        field: str = "",
    ) -> None:
        """Note one fault; `statement` is its id, empty where the fault is the file's own.

        `line` where it is known already; else `table` with `number` (1 for the first) says which row, where
        ids cannot; `field` what in it.
        """
        self.found.append(Fault(file, statement, message, line, table, number, field))

    def raise_if_any(self, located: Callable[[Iterable[Fault]], tuple[Fault, ...]] = tuple) -> None:
        """Raise `KnowledgeError` with all that was noted, or do nothing; `located` finds their lines."""
        if self.found:
            raise KnowledgeError(located(self.found))


class Broken(Exception):
    """This table cannot become a statement; its fault is already noted."""


@dataclass
class Entry:
    """One TOML table, asked for its fields by name; what nobody asked for is a fault too."""

    file: str
    table: str
    id: str
    row: Mapping[str, Any]
    defaults: Mapping[str, Any]
    faults: Faults
    number: int = 0
    """Which row of its table in the file it is, 1 for the first."""
    asked: set[str] = field(default_factory=set)

    def build(self, make: Callable[[Entry], Any]) -> Any | None:
        """What `make` reads from this table, None if it is `Broken`; fields left over are faults."""
        try:
            statement = make(self)
        except Broken:
            return None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # a list where a table should be, two numbers where there is one: refused like everything else
            self.fault(f"has a field of the wrong shape ({type(error).__name__}: {error})")
            return None
        for extra in sorted(set(self.row) - self.asked):
            self.fault(f"has the field {extra}, which a {self.table} does not have", extra)
        return statement

    def fault(self, message: str, field: str = "") -> None:
        """Note what is wrong with this table, or with one field of it, by its file and id."""
        self.faults.add(
            self.file,
            self.id or f"a {self.table} without id",
            message,
            table=self.table.partition(" ")[0],
            number=self.number,
            field=field,
        )

    def take(
        self, name: str, kind: type | tuple[type, ...], default: Any = ..., among: Iterable[Any] = ()
    ) -> Any:
        """A field of the right kind and among the allowed words; no default means it must be there."""
        self.asked.add(name)
        if name not in self.row:
            if default is ...:
                self.fault(f"lacks {name}")
                raise Broken
            return default
        value = self.row[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(f"{name} is not a {kind.__name__ if isinstance(kind, type) else 'number'}", name)
            raise Broken
        allowed = tuple(among)
        if allowed and (
            any(v not in allowed for v in value) if isinstance(value, list) else value not in allowed
        ):
            self.fault(f"{name} is {value!r}, not one of {', '.join(map(str, allowed))}", name)
            raise Broken
        return value

    def text(self, name: str, default: Any = ..., among: Iterable[str] = ()) -> str:
        """A text field. Without a default it must be there and say something, else `Broken` is raised."""
        value = self.take(name, str, default, among)
        if default is ... and not value.strip():
            self.fault(f"{name} is empty", name)
            raise Broken
        return str(value)

    def words(self, name: str, default: Any = (), among: Iterable[str] = ()) -> tuple[str, ...]:
        """A list of texts, in the order of the file; the default is an empty one."""
        found = self.take(name, list, default if default is ... else list(default), among)
        if not all(isinstance(word, str) and word.strip() for word in found):
            self.fault(f"{name} holds something that is no word", name)
            raise Broken
        return tuple(found)

    def sources(self, *, needed: bool = True) -> tuple[Cited, ...]:
        """The sources cited, plain keys or keys with a place. Raises `Broken` if needed and none is named."""
        rows = self.take("sources", list, ... if needed else [])
        cited = tuple(
            Cited(row, "") if isinstance(row, str) else Cited(row.get("key", ""), row.get("at", ""))
            for row in rows
        )
        if needed and not cited:
            self.fault("names no source", "sources")
            raise Broken
        return cited

    def origin(self, *, needed: bool = True) -> Origin:
        """The file and the review, by default that of the file. Raises `Broken` if it is incomplete."""
        self.asked.add("review")
        row = self.row.get("review", self.defaults.get("review", {}))
        if not needed and not row:
            return Origin(self.file)
        written, following = row.get("written"), row.get("next")
        if not isinstance(written, date) or not isinstance(following, date) or "checked_by" not in row:
            self.fault("has no review with written, checked_by and next", "review")
            raise Broken
        return Origin(self.file, Review(written, following, row["checked_by"]))

    def inner(self, name: str, row: Any) -> Entry:
        """A table inside this one, asked for its fields in the same way."""
        if not isinstance(row, dict):
            self.fault(f"{name} is not a table", name)
            raise Broken
        return Entry(self.file, f"{self.table} {name}", self.id, row, {}, self.faults, self.number)
