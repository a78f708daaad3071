"""A second, slow reading of the rules, straight from the TOML and CSV files, to hold the engine against.

Written from seed/knowledge/README.md and the contract, without the loader, the indexes or any type of
`guidance`: every rule is looked at for every patient, one condition after the other, in the order in which
the README states them. Where the two disagree, one of them is wrong.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEVELS = ("minor", "moderate", "major", "contraindicated")
SYSTEMIC = ("smoked", "vaporized", "edible")
STOPS = ("same-day", "emergency")


@dataclass(frozen=True)
class Person:
    """One visit in ids: nothing here has to be understood any more."""

    medicines: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    """Classes said without a name: "a blood thinner"."""
    terms: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    age: int | None = None
    sex: str = ""
    experience: str = "none"
    wishes: tuple[str, ...] = ()
    uses_by: str = ""
    cbd_used: float | None = None
    asked: tuple[tuple[str, ...], str] | None = None
    """The cannabinoids and the route of an exposure ("" for any); None: both, by the wished routes."""
    cleared: tuple[str, ...] = ()
    """Rules a pharmacist cleared today, for everything that raises them."""


@dataclass
class Warned:
    """What one rule comes to for one person."""

    severity: str
    because: frozenset[str]
    cannabinoids: frozenset[str]
    routes: frozenset[str]
    counts: bool = False
    cleared: bool = False
    stops: bool = False


@dataclass(frozen=True)
class Expected:
    """The answer as far as rules and red flags make it."""

    warnings: dict[str, Warned]
    flags: frozenset[str]
    disposition: str


@dataclass
class Files:
    """The statements as they stand in the files."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    families: list[dict[str, Any]] = field(default_factory=list)
    flags: list[dict[str, Any]] = field(default_factory=list)
    terms: dict[str, dict[str, Any]] = field(default_factory=dict)
    conditions: dict[str, dict[str, Any]] = field(default_factory=dict)
    ingredients: dict[str, list[str]] = field(default_factory=dict)
    strength: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Files:
        files = cls()
        for path in sorted(folder.rglob("*.toml")):
            document = tomllib.loads(path.read_text(encoding="utf-8"))
            files.rules += document.get("rule", [])
            files.families += document.get("merged", [])
            files.flags += document.get("red_flag", [])
            files.terms |= {row["id"]: row for row in document.get("term", [])}
            files.conditions |= {row["id"]: row for row in document.get("condition", [])}
        for row in _rows(folder / "medicines" / "ingredients.csv"):
            if row["systemic"] != "local":
                files.ingredients[row["ingredient"]] = [c for c in row["classes"].split("|") if c]
        for row in _rows(folder / "medicines" / "classes.csv"):
            files.strength[row["class"]] = row["depressant"]
        return files


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _within(age: int, bounds: dict[str, int]) -> bool:
    return bounds.get("min", 0) <= age <= bounds.get("max", 999)


def expect(person: Person, files: Files) -> Expected:
    """Which warnings, which red flags and which disposition this person must get, without any shelf."""
    return _Reader(person, files).expected()


class _Reader:
    def __init__(self, person: Person, files: Files) -> None:
        self.person, self.files = person, files
        self.present = self._present()
        self.taken = {name: files.ingredients[name] for name in person.medicines}
        for term in self.present:
            counts_as = files.terms.get(term, {}).get("ingredient")
            if counts_as:
                self.taken.setdefault(counts_as, files.ingredients[counts_as])
        self.groups = {files.conditions[id]["group"] for id in self.present if id in files.conditions}
        self.strong = self._of_strength("strong")
        self.weak = [name for name in self._of_strength("weak") if name not in self.strong]
        self.cannabinoids, self.routes = self._asked()
        self.on_skin_only = self.routes == {"topical"}

    def _present(self) -> dict[str, str]:
        """Every term that holds, with the nearest said term that it came from."""
        found: dict[str, str] = {}
        level = [(said, said) for said in (*self.person.conditions, *self.person.terms)]
        while level:
            following = []
            for term, said in level:
                if term not in found:
                    found[term] = said
                    implied = self.files.terms.get(term, {}).get("implies", [])
                    following += [(other, said) for other in implied]
            level = following
        return found

    def _of_strength(self, strength: str) -> list[str]:
        named = [
            name
            for name, classes in self.taken.items()
            if any(self.files.strength[c] == strength for c in classes)
        ]
        return named + [c for c in self.person.classes if self.files.strength[c] == strength]

    def _asked(self) -> tuple[set[str], set[str]]:
        if self.person.asked is not None:
            cannabinoids, route = self.person.asked
            return set(cannabinoids), {route} if route else set(SYSTEMIC)
        return {"THC", "CBD"}, set(self.person.wishes or SYSTEMIC)

    def expected(self) -> Expected:
        warnings: dict[str, Warned] = {}
        raised_by: dict[str, set[str]] = {}
        for rule in self.files.rules:
            if rule["id"] == "carrier-allergy":
                continue
            because = self._because(rule)
            if because:
                raised_by[rule["id"]] = because
                warned = self._as_it_stands(rule, because)
                if warned is not None:
                    warnings[rule["id"]] = warned
        for_class = self._unnamed_class(raised_by)
        if for_class is not None:
            warnings["class-unnamed"] = for_class
        self._merge_sedation(warnings)
        self._merge_families(warnings)
        for id in self.person.cleared:
            if id in warnings and not self._is_final(id):
                self._clear(id, warnings[id])
        flags = {
            flag["id"]: flag["urgency"]
            for flag in self.files.flags
            if self._is_raised(flag)
            and not (flag["urgency"] == "same-day" and flag["id"] in self.person.cleared)
        }
        return Expected(warnings, frozenset(flags), self._disposition(warnings, flags))

    def _because(self, rule: dict[str, Any]) -> set[str]:
        excepted = set(rule.get("except", ()))
        classes, found = set(rule.get("classes", ())), set()
        for name, its_classes in self.taken.items():
            of_class = classes & set(its_classes) and name not in excepted and not excepted & set(its_classes)
            if name in rule.get("ingredients", ()) or of_class:
                found.add(name)
        found |= classes & set(self.person.classes)
        found |= {self.present[term] for term in rule.get("terms", ()) if term in self.present}
        age = rule.get("age")
        if age and self.person.age is not None and _within(self.person.age, age):
            found.add("age")
        return found

    def _as_it_stands(self, rule: dict[str, Any], because: set[str]) -> Warned | None:
        if "only_if" in rule and not self._holds(rule["only_if"], because):
            return None
        about = set(rule.get("cannabinoids", ()))
        if about and not about & self.cannabinoids:
            return None
        routes = set(rule.get("routes", ()))
        if routes and not routes & self.routes:
            return None
        level = LEVELS.index(rule["severity"])
        raises = [step for step in rule.get("raised", ()) if self._holds(step["when"], because)]
        level = max([level, *(LEVELS.index(step["severity"]) for step in raises)])
        if not routes and self.on_skin_only and self._needs_the_blood(rule):
            level = max(0, level - 2)
        if rule["kind"] == "interaction" and not routes:
            routes = {"topical"} if self.on_skin_only else set(self.routes)
        if rule.get("vehicle") and "unknown_severity" in rule:
            level = LEVELS.index(rule["unknown_severity"])
        refer = rule["refer"]
        counts = level >= 2 and refer != "no"
        at_once = rule.get("urgency", "this-week") in STOPS and level >= 2
        return Warned(
            LEVELS[level],
            frozenset(because),
            frozenset(about),
            frozenset(routes),
            counts=counts,
            stops=bool(rule.get("no_product")) or at_once,
        )

    def _needs_the_blood(self, rule: dict[str, Any]) -> bool:
        if rule["kind"] == "interaction":
            return True
        return bool(rule.get("cannabinoids")) and rule.get("excludes") != "all" and not rule.get("no_product")

    def _holds(self, when: dict[str, Any], because: set[str]) -> bool:
        person = self.person
        all_classes = {c for classes in self.taken.values() for c in classes} | set(person.classes)
        age = when.get("age", {})
        own = next(iter(because)) if len(because) == 1 else ""
        known_cbd = person.cbd_used if person.asked is None else None  # contract: an exposure names no dose
        return all(
            (
                not when.get("terms") or bool(set(when["terms"]) & set(self.present)),
                not when.get("classes") or bool(set(when["classes"]) & all_classes),
                not when.get("ingredients") or bool(set(when["ingredients"]) & set(self.taken)),
                not when.get("groups") or bool(set(when["groups"]) & self.groups),
                not when.get("route") or not person.wishes or bool(set(when["route"]) & set(person.wishes)),
                not when.get("current_route") or person.uses_by in when["current_route"],
                not when.get("experience") or person.experience in when["experience"],
                not when.get("sex") or not person.sex or person.sex == when["sex"],
                not age or (person.age is not None and _within(person.age, age)),
                not when.get("several") or len(because) > 1,
                len([n for n in self.strong if n != own]) >= when.get("strong_sedatives", 0),
                len([n for n in self.weak if n != own]) >= when.get("weak_sedatives", 0),
                "cbd_mg_per_day" not in when
                or (known_cbd is not None and known_cbd >= when["cbd_mg_per_day"]),
            )
        )

    def _unnamed_class(self, raised_by: dict[str, set[str]]) -> Warned | None:
        """A class word weighs as the worst of its members, for what no rule on the class itself says."""
        by_id = {rule["id"]: rule for rule in self.files.rules}
        concerned: list[tuple[str, int, set[str]]] = []
        for word in self.person.classes:
            spoken_for = {
                cannabinoid
                for id, names in raised_by.items()
                if word in names and by_id[id]["kind"] == "interaction"
                for cannabinoid in (by_id[id].get("cannabinoids") or self.cannabinoids)
            }
            left = self.cannabinoids - spoken_for
            worst, about = -1, set()
            for name, classes in self.files.ingredients.items():
                if word not in classes or not left:
                    continue
                for rule in self.files.rules:
                    excepted = set(rule.get("except", ()))
                    fires = name in rule.get("ingredients", ()) or (
                        set(rule.get("classes", ())) & set(classes)
                        and name not in excepted
                        and not excepted & set(classes)
                    )
                    touches = set(rule.get("cannabinoids") or left) & left
                    if not fires or rule["kind"] != "interaction" or "only_if" in rule:
                        continue
                    if rule.get("vehicle") or not touches:
                        continue
                    level = LEVELS.index(rule["severity"])
                    if level > worst:
                        worst, about = level, set(touches)
                    elif level == worst:
                        about |= touches
            if worst >= 1:
                concerned.append((word, max(0, worst - 2) if self.on_skin_only else worst, about))
        if not concerned:
            return None
        level = max(level for _, level, _ in concerned)
        first = next(about for _, its_level, about in concerned if its_level == level)
        return Warned(
            LEVELS[level],
            frozenset(word for word, _, _ in concerned),
            frozenset(first),
            frozenset(self.routes),
            counts=level >= 2,
        )

    def _merge_sedation(self, warnings: dict[str, Warned]) -> None:
        """Two sedating medicines and more: one warning that names them all."""
        family = [r["id"] for r in self.files.rules if r.get("adds_up") == "sedation" and r["id"] in warnings]
        names = set(self.strong) | set(self.weak)
        if len(names) < 2 or not family:
            return
        wording = next(row for row in self.files.families if row["id"] == "sedatives-together")
        spoken_of = set(wording["cannabinoids"])
        if not spoken_of & self.cannabinoids:
            return
        frail = (self.person.age or 0) >= 65 or bool({"lung-disease", "sleep-apnea"} & set(self.present))
        level = 2 if self.strong or frail else 1
        if any(warnings[id].routes == {"topical"} for id in family):
            level = max(0, level - 2)
        level = max([level, *(LEVELS.index(warnings[id].severity) for id in family)])
        because = frozenset(names).union(*(warnings[id].because for id in family))
        routes = frozenset().union(*(warnings[id].routes for id in family))
        for id in family:
            left = (set(warnings[id].cannabinoids) or self.cannabinoids) - spoken_of
            left &= self.cannabinoids
            if left:
                warnings[id].cannabinoids = frozenset(left)
            else:
                del warnings[id]
        warnings["sedatives-together"] = Warned(
            LEVELS[level], because, frozenset(wording["cannabinoids"]), routes, counts=level >= 2
        )

    def _merge_families(self, warnings: dict[str, Warned]) -> None:
        """Two rules of another family, of one kind: one warning in the family's words."""
        by_family: dict[tuple[str, str], list[str]] = {}
        for rule in self.files.rules:
            if rule.get("adds_up", "sedation") != "sedation" and rule["id"] in warnings:
                by_family.setdefault((rule["adds_up"], rule["kind"]), []).append(rule["id"])
        for (name, _), ids in by_family.items():
            if len(ids) < 2:
                continue
            wording = next(row for row in self.files.families if row.get("family") == name)
            each = [warnings.pop(id) for id in ids]
            level = max(LEVELS.index(one.severity) for one in each)
            everything = frozenset[str]()
            warnings[wording["id"]] = Warned(
                LEVELS[level],
                everything.union(*(one.because for one in each)),
                everything
                if any(not one.cannabinoids for one in each)
                else everything.union(*(one.cannabinoids for one in each)),
                everything
                if any(not one.routes for one in each)
                else everything.union(*(one.routes for one in each)),
                counts=level >= 2,
            )

    def _is_final(self, id: str) -> bool:
        return any(rule["id"] == id and rule.get("no_product") for rule in self.files.rules)

    def _clear(self, id: str, warned: Warned) -> None:
        rule = next(
            (row for row in (*self.files.rules, *self.files.families) if row["id"] == id), {"raised": ()}
        )
        warned.cleared = True
        softer = rule.get("cleared_severity")
        raised = any(self._holds(step["when"], set(warned.because)) for step in rule.get("raised", ()))
        if rule.get("family"):
            raised = self._family_was_raised(rule["family"])
        if softer and not raised:
            warned.severity = min(warned.severity, softer, key=LEVELS.index)

    def _family_was_raised(self, family: str) -> bool:
        for rule in self.files.rules:
            because = self._because(rule) if rule.get("adds_up") == family else set()
            stands = because and self._as_it_stands(rule, because) is not None
            if stands and any(self._holds(step["when"], because) for step in rule.get("raised", ())):
                return True
        return False

    def _is_raised(self, flag: dict[str, Any]) -> bool:
        if any(self._is_met(name) for name in flag.get("unless", ())):
            return False
        return all(any(self._is_met(name) for name in choice) for choice in flag["all_of"])

    def _is_met(self, name: str) -> bool:
        plain, _, kind = name.partition(":")
        if kind == "class":
            return plain in self.person.classes or any(plain in c for c in self.taken.values())
        if kind == "ingredient":
            return plain in self.taken
        if kind == "group":
            return plain in self.groups
        return plain in self.present

    def _disposition(self, warnings: dict[str, Warned], flags: dict[str, str]) -> str:
        conditions = [self.files.conditions[id] for id in self.present if id in self.files.conditions]
        ends = any(urgency in STOPS for urgency in flags.values())
        ends = ends or any(w.stops and not w.cleared for w in warnings.values())
        ends = ends or any(
            c.get("no_product") and not (c.get("harmless") and len(conditions) > 1) for c in conditions
        )
        if ends:
            return "no-product"
        if any(w.counts and not w.cleared for w in warnings.values()):
            return "refer-first"
        asks_first = [
            c for c in conditions if c.get("clinician_first") and c["id"] not in self.person.cleared
        ]
        return "refer-first" if asks_first else "suggest"
