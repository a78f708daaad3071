"""A medicine in the reading room: what its name means, and what the engine says of it by cannabinoid and
route. The engine itself is asked, so this page cannot tell another story than an advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from counselor.guidance.advice import RecognisedMedicine
from counselor.guidance.findings import Finding, setting_of
from counselor.guidance.intake import Exposure, Intake
from counselor.guidance.knowledge import Knowledge, Rule
from counselor.guidance.resolve import resolve
from counselor.guidance.rules import fired
from counselor.guidance.shelf import ROUTES, Shelf
from counselor.knowledge.presenters import named

CANNABINOIDS = ("THC", "CBD")
ROUTE_WORDS = {
    "smoked": "Smoked",
    "vaporized": "Vaporized",
    "edible": "By mouth",
    "topical": "On the skin, local",
}


@dataclass(frozen=True)
class Cell:
    """What is said of a medicine with one cannabinoid by one route: its rules, the worst first."""

    findings: tuple[Finding, ...]

    @property
    def worst(self) -> str:
        """The severity to show; empty where no rule fires."""
        return self.findings[0].severity.word if self.findings else ""


@dataclass(frozen=True)
class MedicinePage:
    """One medicine, recognised."""

    said: str
    ingredients: tuple[str, ...]
    classes: tuple[str, ...]
    how: str
    grid: Sequence[tuple[str, Sequence[tuple[str, Cell]]]]
    conditional: Sequence[Rule]
    silent_because: str
    unassessed: tuple[str, ...] = ()
    """Its ingredients of which nobody has judged what they do with cannabis."""

    @property
    def name(self) -> str:
        """Ingredients, or the class where only a class is known."""
        return " + ".join(self.ingredients) or ", ".join(named(self.classes))


@dataclass(frozen=True)
class NotRecognised:
    """A name nobody could place: it is not checked, and that is all there is to say."""

    said: str
    nearest: tuple[str, ...]


def look_up(text: str, knowledge: Knowledge, *, on: date) -> tuple[list[MedicinePage], list[NotRecognised]]:
    """Every medicine that the text names, and what of it nobody could identify."""
    intake = Intake(conditions=(), medicines=(text,))
    heard = resolve(intake, knowledge, on=on)
    pages = [
        _page(one, knowledge, on=on) for one in heard.recognised.medicines if one.ingredients or one.classes
    ]
    unread = [
        NotRecognised(one.said, tuple(one.nearest)) for one in heard.unrecognised if one.field == "medicines"
    ]
    if not pages and not unread:
        unread = [NotRecognised(text, ())]
    return pages, unread


def _page(one: RecognisedMedicine, knowledge: Knowledge, *, on: date) -> MedicinePage:
    grid = []
    seen: set[str] = set()
    for route in ROUTES:
        row = []
        for cannabinoid in CANNABINOIDS:
            cell = Cell(_findings(one.said, cannabinoid, route, knowledge, on=on))
            seen |= {finding.id for finding in cell.findings}
            row.append((cannabinoid, cell))
        grid.append((ROUTE_WORDS[route], row))
    named = [] if one.local else _rules_naming(one, knowledge)
    conditional = [rule for rule in named if rule.id not in seen]
    return MedicinePage(
        one.said,
        tuple(one.ingredients),
        tuple(one.classes),
        one.how,
        grid,
        conditional,
        "" if seen else _why_silent(one, conditional, knowledge),
        one.unassessed,
    )


def _findings(
    said: str, cannabinoid: str, route: str, knowledge: Knowledge, *, on: date
) -> tuple[Finding, ...]:
    intake = Intake(conditions=(), medicines=(said,), exposure=Exposure((cannabinoid,), route))
    facts = resolve(intake, knowledge, on=on).facts
    found = fired(facts, setting_of(intake, Shelf()), knowledge)
    about = [finding for finding in found if finding.kind in ("interaction", "cause")]
    return tuple(sorted(about, key=lambda finding: (-finding.severity, finding.id)))


def _rules_naming(one: RecognisedMedicine, knowledge: Knowledge) -> list[Rule]:
    found: dict[str, Rule] = {}
    for ingredient in one.ingredients:
        entry = knowledge.medicines.ingredients.get(ingredient)
        classes = entry.classes if entry else ()
        for rule in knowledge.rules_by_ingredient.get(ingredient, ()):
            found[rule.id] = rule
        for name in classes:
            for rule in knowledge.rules_by_class.get(name, ()):
                if ingredient not in rule.excepted and not rule.excepted.intersection(classes):
                    found[rule.id] = rule
    return list(found.values())


def _why_silent(one: RecognisedMedicine, conditional: list[Rule], knowledge: Knowledge) -> str:
    entries = [knowledge.medicines.ingredients[name] for name in one.ingredients if name in
               knowledge.medicines.ingredients]  # fmt: skip
    if one.local or (entries and not any(entry.systemic for entry in entries)):
        return (
            "it acts where it is put on and hardly reaches the blood, so the rules about the blood are silent"
        )
    if conditional:
        return "the rules that name it need circumstances that a medicine's name alone does not give"
    classes = ", ".join(knowledge.name_of(name) for name in one.classes)
    of_classes = f", nor its classes ({classes})" if classes else "; it belongs to no class that a rule names"
    return f"no rule names it{of_classes}"
