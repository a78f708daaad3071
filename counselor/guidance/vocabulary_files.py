"""Read the lists of medicine words (seed/knowledge/medicines), each fault named by file and line.

With `loader` the only module of guidance that touches files; nothing calls it while advising.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import statements
from .entries import Faults
from .knowledge import DrugClass
from .medicines import Ingredient, MedicineName, Medicines

FOLDER = "medicines"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "classes": ("class", "name", "plural", "depressant", "note"),
    "ingredients": ("ingredient", "classes", "systemic", "common", "note"),
    "names": ("name", "ingredients", "how", "classes", "common", "note", "systemic"),
    "misspellings": ("wrong", "right"),
    "sound-alikes": ("a", "b"),
    "everyday-words": ("word",),
    "compiled-names": ("name", "ingredients", "how", "like"),
    "compiled-ingredients": ("ingredient", "classes", "systemic", "why"),
}
"""Every list that is read, with its header."""
HOW = frozenset({"generic", "brand", "synonym", "class"})
COMMON = frozenset({"", "1", "2", "3"})
SYSTEMIC = frozenset({"", "yes", "local"})


@dataclass
class _Line:
    """One row and where it stands."""

    file: str
    number: int
    cells: dict[str, str]
    faults: Faults

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, message: str) -> None:
        """Note what is wrong with this row, by file and line and what its first cell says."""
        first = next(iter(self.cells.values()), "")
        self.faults.add(f"{FOLDER}/{self.file}", first, message, line=self.number)

    def among(self, column: str, allowed: frozenset[str]) -> str:
        """The cell, which must hold one of these words."""
        if self[column] not in allowed:
            self.fault(f"{column} is {self[column]!r}, not one of {', '.join(sorted(allowed - {''}))}")
        return self[column]

    def listed(self, column: str, known: Mapping[str, Any], kind: str, where: str) -> tuple[str, ...]:
        """The parts of a cell, each of which must be known."""
        cell = self.cells[column]
        if not cell:
            return ()
        parts = tuple(part.strip() for part in cell.split("|") if part.strip())
        for part in parts:
            if part not in known:
                self.fault(f"names the {kind} {part}, which {where} does not know")
        return parts


def read(folder: Path, digest: Any, faults: Faults) -> tuple[Medicines, dict[str, DrugClass]]:
    """The vocabulary and the classes. What cannot be read is noted in `faults`; `digest` takes every byte."""
    lists = _Lists(folder, digest, faults)
    classes: dict[str, DrugClass] = {}
    for line in lists.rows("classes"):
        line.among("depressant", frozenset({"", "strong", "weak"}))
        classes[line["class"]] = statements.drug_class(line.cells)
    ingredients = {entry.name: entry for entry in _ingredients(lists.rows("ingredients"), classes)}
    names = list(_names(lists.rows("names"), ingredients, classes))
    members = {c for entry in ingredients.values() for c in entry.classes} | {
        c for entry in names for c in entry.classes
    }
    for empty in sorted(set(classes) - members):
        faults.add(f"{FOLDER}/classes.csv", empty, "has no member")
    compiled = _compiled_ingredients(lists.rows("compiled-ingredients"), classes)
    medicines = Medicines.of(
        ingredients.values(),
        names,
        lists.pairs("misspellings"),
        lists.pairs("sound-alikes"),
        [line["word"] for line in lists.rows("everyday-words")],
        lists.wide(),
        compiled,
    )
    _check_pairs(lists, medicines)
    return medicines, classes


@dataclass
class _Lists:
    folder: Path
    digest: Any
    faults: Faults

    def __post_init__(self) -> None:
        self.read: dict[str, list[tuple[int, list[str]]]] = {name: self._read(name) for name in COLUMNS}

    def _read(self, name: str) -> list[tuple[int, list[str]]]:
        """The rows of one list below its header, with the line each ends on."""
        path = self.folder / f"{name}.csv"
        shown = f"{FOLDER}/{path.name}"
        if not path.is_file():
            self.faults.add(shown, "", "is missing")
            return []
        content = path.read_bytes()
        self.digest.update(path.name.encode() + b"\0" + content + b"\0")
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.faults.add(shown, "", "is not UTF-8 text", line=line)
            return []
        reader = csv.reader(text.splitlines(), strict=True)
        rows: list[tuple[int, list[str]]] = []
        columns = COLUMNS[name]
        try:
            header = next(reader, [])
            if tuple(header) != columns:
                self.faults.add(shown, "", f"the header is not {','.join(columns)}", line=1)
                return []
            for row in reader:
                if not row:
                    continue
                if len(row) != len(columns):
                    self.faults.add(
                        shown, row[0], "has not as many cells as the header", line=reader.line_num
                    )
                    row = [*row, *[""] * len(columns)][: len(columns)]
                if not row[0].strip():
                    self.faults.add(shown, "", f"has no {columns[0]}", line=reader.line_num)
                    continue
                rows.append((reader.line_num, row))
        except csv.Error as error:
            self.faults.add(shown, "", f"cannot be read as CSV: {error}", line=reader.line_num)
        return rows

    def rows(self, name: str) -> Iterator[_Line]:
        """The rows of a list; one that says again what an earlier row said is a fault."""
        columns, seen = COLUMNS[name], set()
        for number, row in self.read[name]:
            cells = dict(zip(columns, map(str.strip, row), strict=True))
            line = _Line(f"{name}.csv", number, cells, self.faults)
            if name != "sound-alikes" and cells[columns[0]] in seen:
                line.fault("stands there a second time")
            seen.add(cells[columns[0]])
            yield line

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """The two cells of each row."""
        return [(row[0].strip(), row[1].strip()) for _, row in self.read[name]]

    def wide(self) -> dict[str, tuple[str, str, str]]:
        """The compiled names, which come folded already; only their form is checked, they are many."""
        found: dict[str, tuple[str, str, str]] = {}
        last = ""
        for number, (name, ingredients, how, like) in self.read["compiled-names"]:
            if name <= last or not ingredients or how not in HOW:
                self.faults.add(
                    f"{FOLDER}/compiled-names.csv",
                    name,
                    "is out of order, a second time there, without ingredients or neither brand nor generic",
                    line=number,
                )
            found[name] = (ingredients, how, like)
            last = name
        return found


def _ingredients(rows: Iterator[_Line], classes: Mapping[str, DrugClass]) -> Iterator[Ingredient]:
    for line in rows:
        its = line.listed("classes", classes, "class", "classes.csv")
        local = line.among("systemic", SYSTEMIC) == "local"
        yield Ingredient(line["ingredient"], its, not local, _common(line))


def _compiled_ingredients(rows: Iterator[_Line], classes: Mapping[str, DrugClass]) -> list[Ingredient]:
    """One that ingredients.csv has too is no fault: what is written by hand later wins without compiling."""
    found = []
    for line in rows:
        its = line.listed("classes", classes, "class", "classes.csv")
        local = line.among("systemic", SYSTEMIC) == "local"
        found.append(Ingredient(line["ingredient"], its, not local))
    return found


def _names(
    rows: Iterator[_Line], ingredients: Mapping[str, Ingredient], classes: Mapping[str, DrugClass]
) -> Iterator[MedicineName]:
    for line in rows:
        parts = line.listed("ingredients", ingredients, "ingredient", "ingredients.csv")
        its = line.listed("classes", classes, "class", "classes.csv")
        how = line.among("how", HOW)
        if not parts and not its:
            line.fault("means no ingredient and no class")
        local = line.among("systemic", SYSTEMIC) == "local"
        yield MedicineName(line["name"], parts, its, how, _common(line), local)


def _common(line: _Line) -> int:
    return int(line["common"] or 3) if line.among("common", COMMON) in COMMON else 3


def _check_pairs(lists: _Lists, medicines: Medicines) -> None:
    """A misspelling and both halves of a pair must mean a known medicine."""
    curated = medicines.curated()
    for line in lists.rows("misspellings"):
        if line["wrong"] not in medicines.misspellings and curated.find(line["right"]) is None:
            line.fault(f"means {line['right']}, which neither ingredients.csv nor names.csv knows")
        if tuple(line["wrong"].split()) in medicines.names:
            line.fault("is a known name, and so no misspelling")
    for line in lists.rows("sound-alikes"):
        for name in (line["a"], line["b"]):
            if curated.find(name) is None:
                line.fault(f"names {name}, which neither ingredients.csv nor names.csv knows")
