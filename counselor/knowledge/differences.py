"""What changed between two versions of the knowledge, in words a pharmacist reads: statement by statement,
what concerns danger first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from counselor.guidance.knowledge import Severity
from counselor.knowledge.records import Record

KINDS = {
    "red_flag": ("red flag", "Red flags"),
    "rule": ("rule", "Rules"),
    "merged": ("merged wording", "Merged wordings"),
    "dose": ("dose", "Doses"),
    "condition": ("condition", "Conditions"),
    "evidence": ("evidence", "Evidence"),
    "counsel": ("counsel", "What to say"),
    "program": ("program rule", "Program rules"),
    "state": ("state program", "State programs"),
    "state_line": ("state rule", "Rules of the states"),
    "onset": ("onset", "Onset and duration"),
    "measure": ("follow-up score", "Follow-up scores"),
    "allergen": ("allergen", "Allergens"),
    "ingredient": ("ingredient", "Ingredients"),
    "class": ("class", "Classes of medicines"),
    "term": ("term", "Words people say"),
    "source": ("source", "Sources"),
}
"""Every kind in reading order: its word in a line, and its heading."""

LABELS = {
    "wording effect": "wording of what can happen",
    "wording action": "wording of what to do",
    "wording mechanism": "wording of the mechanism",
    "wording handout": "wording of the handout",
    "handout": "wording of the handout",
    "statement": "wording of the statement",
    "say": "words for the patient",
    "text": "wording",
    "excepted": "exceptions",
    "only_if": "circumstances needed",
    "all_of": "signs needed",
    "raised": "what raises it",
    "to_confirm": "what to confirm",
    "clinician_first": "clinician first",
    "no_product": "no product",
    "treatment_note": "treatment note",
    "refer_to": "refers to",
    "refer reason": "reason to refer",
    "cleared_severity": "severity once cleared",
    "unknown_severity": "severity where unknown",
    "lower_first_dose": "smaller first dose",
    "adds_up": "adds up as",
}

TELLING = ("wording effect", "reason", "statement", "text", "name", "citation", "ask")
"""The field that says best what a whole statement is about."""

DEADLY = {Severity.MAJOR.word, Severity.CONTRAINDICATED.word}
LONG = 40
"""From so many characters on, a text is quoted rather than set beside an arrow."""
MOST_NAMES = 40


@dataclass(frozen=True)
class Change:
    """One statement that is new, removed or changed; `lines` say how, one for each field."""

    kind: str
    id: str
    what: str
    lines: tuple[str, ...] = ()
    fields: tuple[tuple[str, Any, Any], ...] = ()
    weight: int = 0

    @property
    def words(self) -> str:
        """`thc-opioid: severity moderate -> major`, `new rule thc-x: ...`."""
        if self.what == "changed":
            return f"{self.id}: {'; '.join(self.lines)}"
        return f"{self.what} {KINDS[self.kind][0]} {self.id}" + (f": {self.lines[0]}" if self.lines else "")


@dataclass(frozen=True)
class NameChanges:
    """Medicine names counted; those of dangerous medicines, and those that mean something else, by name."""

    added: int = 0
    removed: int = 0
    dangerous_added: tuple[str, ...] = ()
    dangerous_removed: tuple[str, ...] = ()
    meaning: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """One line each for what there is to say."""
        found = []
        for count, dangerous, verb in (
            (self.added, self.dangerous_added, "added"),
            (self.removed, self.dangerous_removed, "removed"),
        ):
            if count:
                named = f", dangerous ones: {_some(dangerous)}" if dangerous else ", no dangerous one"
                found.append(f"{count:,} name{'s' if count != 1 else ''} {verb}{named}")
        return (*found, *self.meaning)


@dataclass(frozen=True)
class Differences:
    """From the old version to the new one."""

    old: str
    new: str
    changes: tuple[Change, ...]
    names: NameChanges = field(default_factory=NameChanges)

    @property
    def anything(self) -> bool:
        """Whether anything differs at all."""
        return bool(self.changes or self.names.lines)

    @property
    def summary(self) -> str:
        """`3 statements changed, 1 new, none removed; 12 names added, none removed.`"""
        counted = {
            what: sum(one.what == what for one in self.changes) for what in ("changed", "new", "removed")
        }
        return (
            f"{_count(counted['changed'], 'statement')} changed, {counted['new'] or 'none'} new,"
            f" {counted['removed'] or 'none'} removed; {_count(self.names.added, 'medicine name')} added,"
            f" {self.names.removed or 'none'} removed."
        )

    @property
    def headings(self) -> list[tuple[str, list[Change]]]:
        """The changes under the heading of their kind, in reading order."""
        return [
            (words[1], rows)
            for kind, words in KINDS.items()
            if (rows := [one for one in self.changes if one.kind == kind])
        ]

    def weightiest(self, most: int = 5) -> list[str]:
        """The few lines that somebody at the counter must know, the gravest first."""
        ranked = sorted(self.changes, key=lambda one: -one.weight)
        told = [one.words for one in ranked if one.weight > 0]
        names = [line for line in self.names.lines if "dangerous ones" in line or line in self.names.meaning]
        return [shortened(line) for line in (*told, *names)][:most]

    def to_json(self) -> dict[str, Any]:
        """The public form of `counselor knowledge diff --json`."""
        return {
            "old": self.old,
            "new": self.new,
            "summary": self.summary,
            "statements": [
                {
                    "kind": one.kind,
                    "id": one.id,
                    "change": one.what,
                    "words": one.words,
                    "fields": [
                        {"field": name, "old": before, "new": after} for name, before, after in one.fields
                    ],
                }
                for one in self.changes
            ],
            "names": {
                "added": self.names.added,
                "removed": self.names.removed,
                "dangerous_added": list(self.names.dangerous_added),
                "dangerous_removed": list(self.names.dangerous_removed),
                "meaning": list(self.names.meaning),
            },
        }


def compare(old: Record, new: Record) -> Differences:
    """Every statement that differs, and the medicine names."""
    changes: list[Change] = []
    for kind in KINDS:
        before, after = old.statements.get(kind, {}), new.statements.get(kind, {})
        for id in sorted(before.keys() | after.keys()):
            if id not in before:
                changes.append(_whole("new", kind, id, after[id]))
            elif id not in after:
                changes.append(_whole("removed", kind, id, before[id]))
            elif before[id] != after[id]:
                changes.append(_changed(kind, id, before[id], after[id]))
    return Differences(old.version, new.version, tuple(changes), _names(old, new))


def _whole(what: str, kind: str, id: str, row: Mapping[str, Any]) -> Change:
    said = next((str(row[name]) for name in TELLING if row.get(name)), "")
    severity = row.get("severity") or row.get("urgency")
    line = f"{severity}. {said}" if severity else said
    grave = kind == "red_flag" or (kind in ("rule", "merged") and row.get("severity") in DEADLY)
    weight = (4 if grave else 2) if kind in ("red_flag", "rule", "merged", "dose") else 0
    return Change(kind, id, what, (line,) if line else (), (), weight)


def _changed(kind: str, id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    fields = tuple(
        (name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )
    names = {name for name, _, _ in fields}
    weight = 0
    if kind in ("rule", "red_flag", "merged"):
        weight = 5 if names & {"severity", "urgency"} else 3 if names - {"review", "sources"} else 0
    elif kind == "dose":
        weight = 5 if "mg" in names else 1
    elif kind in ("condition", "evidence"):
        weight = 2 if names & {"no_product", "clinician_first", "grade", "direction", "lends"} else 0
    lines = tuple(line for name, old, new in fields for line in _lines(name, old, new))
    return Change(kind, id, "changed", lines, fields, weight)


def _lines(name: str, old: Any, new: Any) -> Iterator[str]:
    label = LABELS.get(name, name.replace("_", " "))
    if isinstance(old, dict) or isinstance(new, dict):
        before, after = old or {}, new or {}
        if isinstance(before, dict) and isinstance(after, dict):
            for part in dict.fromkeys((*before, *after)):
                if before.get(part) != after.get(part):
                    yield from _lines(f"{label}, {part.replace('_', ' ')}", before.get(part), after.get(part))
            return
    if isinstance(old, list) or isinstance(new, list):
        gone = [_said(one) for one in old or [] if one not in (new or [])]
        come = [_said(one) for one in new or [] if one not in (old or [])]
        parts = [f"+ {one}" for one in come] + [f"- {one}" for one in gone]
        yield f"{label}: {', '.join(parts)}" if parts else f"{label}: in another order"
        return
    before, after = _said(old), _said(new)
    if len(before) > LONG or len(after) > LONG:
        yield f"{label} changed: “{before}” / “{after}”"
    else:
        yield f"{label} {before} -> {after}"


def _said(value: Any) -> str:
    """A value in words: `major when aged 65 or over`, `dark urine or red urine`."""
    if value is None or value == "":
        return "none"
    if value is True:
        return "yes"
    if isinstance(value, dict):
        if {"severity", "why"} <= value.keys():
            return f"{value['severity']} when {value['why']}"
        return ", ".join(f"{key.replace('_', ' ')} {_said(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return " or ".join(_said(inner) for inner in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _names(old: Record, new: Record) -> NameChanges:
    added = sorted(new.names.keys() - old.names.keys())
    removed = sorted(old.names.keys() - new.names.keys())
    meaning = []
    for name in sorted(old.names.keys() & new.names.keys()):
        before, after = _meaning(old.names[name]), _meaning(new.names[name])
        if before != after:
            meaning.append(f"{name}: now means {after}, meant {before}")
    grave_old, grave_new = _grave(old), _grave(new)
    return NameChanges(
        len(added),
        len(removed),
        tuple(name for name in added if _is_grave(new, name, grave_new)),
        tuple(name for name in removed if _is_grave(old, name, grave_old)),
        tuple(meaning),
    )


def _grave(record: Record) -> tuple[set[str], set[str]]:
    """Classes and ingredients that some interaction calls major or worse, as it stands or when raised."""
    classes: set[str] = set()
    ingredients: set[str] = set()
    for rule in record.statements.get("rule", {}).values():
        worst = {rule.get("severity"), *(step.get("severity") for step in rule.get("raised", ()))}
        if rule.get("kind") == "interaction" and worst & DEADLY:
            classes |= set(rule.get("classes", ()))
            ingredients |= set(rule.get("ingredients", ()))
    return classes, ingredients


def _is_grave(record: Record, name: str, grave: tuple[set[str], set[str]]) -> bool:
    _, parts, classes, local = record.names[name]
    known = record.statements.get("ingredient", {})
    of_parts = {each for part in parts for each in known.get(part, {}).get("classes", ())}
    return not local and bool((of_parts | set(classes)) & grave[0] or set(parts) & grave[1])


def _meaning(entry: list[Any]) -> str:
    _, parts, classes, local = entry
    return (" + ".join(parts) or " or ".join(classes) or "nothing") + (" on the skin" if local else "")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' if number != 1 else ''}" if number else f"no {word}"


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def shortened(line: str, most: int = 180) -> str:
    """A line that fits a notice."""
    return line if len(line) <= most else line[: most - 2].rsplit(" ", 1)[0] + " …"
