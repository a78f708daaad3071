"""Small things to reason about: one product, one finding, one statement, knowledge of only those."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from counselor.guidance.advice import Recognised
from counselor.guidance.dose import FirstDose
from counselor.guidance.findings import Finding, Setting
from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import (
    Cited,
    Condition,
    Counsel,
    Dose,
    Evidence,
    Knowledge,
    Measure,
    Merged,
    Origin,
    Ratio,
    Rule,
    Severity,
    Term,
    Urgency,
    When,
    Wording,
)
from counselor.guidance.medicines import Ingredient, Medicines
from counselor.guidance.phrases import Phrases
from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.guidance.resolve import Facts, Resolved
from counselor.guidance.screen import Screened
from counselor.guidance.shelf import FORMS, ShelfItem

TODAY = date(2026, 11, 22)
OURS = Origin("small.toml")


def reading(amount: float | str, unit: Unit = Unit.MG_PER_SERVING) -> Reading:
    """A number, or in words what a certificate says instead of one ("not-tested"); 0 is "not detected"."""
    if isinstance(amount, str):
        return Reading(None, unit, ReadAs(amount))
    return Reading(amount, unit, ReadAs.NUMBER) if amount else Reading(None, unit, ReadAs.NOT_DETECTED)


def product(form: str = "capsule", thc: float | str = 2.5, cbd: float | str = 2.5, **said: Any) -> ShelfItem:
    """One capsule of 2.5 mg each, tested today, unless said otherwise; flower and cartridges in percent."""
    route = said.pop("route", FORMS[form].route if form in FORMS else "")
    unit = said.pop("unit", Unit.PERCENT if route in ("smoked", "vaporized") else Unit.MG_PER_SERVING)
    more = {key: reading(value, unit) for key, value in said.pop("holding", {}).items()}
    stated: dict[str, Any] = {
        "sku": "A1",
        "name": "A product",
        "batch": "B1",
        "serving": f"1 {form}",
        "tested_on": TODAY,
        "expires_on": date(2027, 11, 22),
        "stock": 5,
        "ingredients": ("oil",),
        "readings": {"THC": reading(thc, unit), "CBD": reading(cbd, unit), **more},
    }
    return ShelfItem(form=form, route=route, **{**stated, **said})


def condition(id: str = "ms", **said: Any) -> Condition:
    stated: dict[str, Any] = {
        "name": id.capitalize(), "icd10": (), "icd10_accepted": (), "group": "", "central": False,
        "measure": "global-change", "sources": (),
    }  # fmt: skip
    return Condition(id=id, origin=OURS, **{**stated, **said})


def statement(grade: str = "substantial", **said: Any) -> Evidence:
    """Evidence for a swallowed or sprayed 1:1 in MS, unless said otherwise."""
    stated: dict[str, Any] = {
        "id": "one", "condition": "ms", "route": "edible", "administration": "any", "profile": "1:1",
        "ratio": Ratio(0.5, 2.0), "symptom": "stiffness", "direction": "for", "statement": "It was studied.",
        "handout": "", "lends": True, "weight": 50, "extrapolated": "", "sources": (Cited("a-trial"),),
    }  # fmt: skip
    return Evidence(grade=grade, origin=OURS, **{**stated, **said})


def dose(id: str = "thc-first", mg: float | None = 2.5, **said: Any) -> Dose:
    return Dose(**{"id": id, "purpose": "", "origin": OURS, "mg": mg, "text": f"The start of {id}.",
                   "sources": (Cited(f"source-of-{id}"),), **said})  # fmt: skip


DOSES = {
    one.id: one
    for one in (
        dose("thc-first", 2.5),
        dose("thc-first-fragile", 1.25),
        dose("thc-first-regular", 5.0),
        dose("cbd-first", 5.0),
        dose("cbd-first-fragile", 2.5),
        dose("inhaled-first", None, text="One inhalation."),
        dose("transdermal", None, text="Ask the pharmacist first."),
    )
}


def counsel(text: str, **said: Any) -> Counsel:
    """A line to say, always unless `when` says otherwise."""
    stated: dict[str, Any] = {
        "id": text, "topic": "general", "when": When(always=True), "handout": "", "priority": 50,
        "sources": (Cited("a-guideline"),),
    }  # fmt: skip
    return Counsel(text=text, origin=OURS, **{**stated, **said})


def measure(id: str = "spasticity-nrs", **said: Any) -> Measure:
    """A score of which less is better; 20 percent are useful. Each verdict is called by its name."""
    names = ("unknown", "no-threshold", "worse", "too-early", "little", "useful")
    stated: dict[str, Any] = {
        "ask": "How stiff?", "better": "lower", "useful_percent": 20.0, "points": None,
        "verdicts": {name: name for name in names}, "sources": (Cited("a-guideline"),),
    }  # fmt: skip
    return Measure(id=id, origin=OURS, **{**stated, **said})


def knowledge(**parts: Any) -> Knowledge:
    """A knowledge that holds nothing but what is given; the conditions of its evidence are added."""
    rows: dict[str, tuple[Evidence, ...]] = {}
    for row in parts.pop("statements", ()):
        rows[row.condition] = (*rows.get(row.condition, ()), row)
    rules = parts.pop("rules", ())
    conditions = {one.id: one for one in parts.pop("conditions", ())}
    conditions = {**{id: condition(id) for id in rows}, **conditions}
    nothing: dict[str, Any] = {
        "version": "0", "sources": {}, "terms": {}, "conditions": conditions, "evidence": rows,
        "rules": {one.id: one for one in rules}, "merged": {}, "red_flags": (), "doses": DOSES, "onsets": {},
        "counsel": (), "measures": {}, "allergens": {}, "program": {}, "classes": {},
        "medicines": Medicines.of([], []), "phrases": Phrases({}),
        "rules_by_class": _by("classes", rules), "rules_by_term": _by("terms", rules),
        "rules_by_ingredient": _by("ingredients", rules),
        "rules_by_age": tuple(one for one in rules if one.age),
    }  # fmt: skip
    return Knowledge(**{**nothing, **parts})


def _by(field: str, rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    names = {name for one in rules for name in getattr(one, field)}
    return {name: tuple(one for one in rules if name in getattr(one, field)) for name in names}


def term(id: str, name: str = "", kind: str = "history") -> Term:
    return Term(id, name or id, kind, OURS)


def rule(id: str = "a-rule", severity: Severity = Severity.MAJOR, **said: Any) -> Rule:
    """An interaction of THC and CBD, by any route."""
    stated: dict[str, Any] = {
        "kind": "interaction", "direction": "additive", "certainty": "B",
        "wording": Wording("effect", "action", "mechanism", "handout"), "sources": (Cited("a-label"),),
    }  # fmt: skip
    return Rule(id=id, severity=severity, origin=OURS, **{**stated, **said})


def merged(id: str = "together", **said: Any) -> Merged:
    """One warning for several rules; of THC where nothing else is said."""
    stated: dict[str, Any] = {
        "wording": Wording("{names} add up.", "Keep {names}.", "How {names} work.", "{names}: take care."),
        "cannabinoids": ("THC",), "refer_to": "prescriber", "cleared_severity": None,
        "sources": (Cited("a-review"),),
    }  # fmt: skip
    return Merged(id=id, origin=OURS, **{**stated, **said})


def finding(id: str = "a-rule", severity: Severity = Severity.MAJOR, **said: Any) -> Finding:
    """An interaction with oxycodone about THC and CBD, by any route, that excludes nothing."""
    stated: dict[str, Any] = {
        "kind": "interaction", "direction": "additive", "certainty": "B",
        "wording": Wording("effect", "action", "mechanism", "handout"), "because": ("oxycodone",),
        "cannabinoids": (), "routes": (), "sources": (Cited("a-label"),), "refer": "first",
        "refer_to": "pharmacist", "urgency": Urgency.THIS_WEEK, "excludes": "", "vehicle": "",
        "lower_first_dose": False, "no_product": False,
    }  # fmt: skip
    return Finding(id=id, severity=severity, origin=OURS, **{**stated, **said})


def setting(*asked: str, **said: Any) -> Setting:
    """THC and CBD by these routes, from a shelf that holds nothing else."""
    stated: dict[str, Any] = {
        "cannabinoids": ("THC", "CBD"), "asked": asked, "considered": asked,
        "local_only": asked == ("topical",), "has_shelf": True,
    }  # fmt: skip
    return Setting(**{**stated, **said})


def medicines(**classes: str) -> Medicines:
    """A vocabulary of these ingredients with their classes: `medicines(oxycodone="opioid")`."""
    return Medicines.of([Ingredient(name, tuple(of.split())) for name, of in classes.items()], [])


def facts(*conditions: str, **said: Any) -> Facts:
    """Somebody new to cannabis with these conditions, of whom nothing else is known."""
    stated: dict[str, Any] = {
        "age": None, "sex": "", "experience": "none", "routes": (), "current_route": "",
        "terms": frozenset(conditions), "conditions": conditions, "groups": frozenset(), "ingredients": {},
        "class_only": (), "classes": frozenset(), "strong": (), "weak": (),
    }  # fmt: skip
    return Facts(**{**stated, **said})


def resolved(*conditions: str, **said: Any) -> Resolved:
    allergens = said.pop("allergens", ())
    return Resolved(Recognised(), (), (), facts(*conditions, **said), allergens)


def screened(*findings: Finding, **said: Any) -> Screened:
    stated: dict[str, Any] = {
        "referrals": (), "unrecognised": (), "stops": (), "stop_text": "", "clinician_first": (),
        "max_thc_mg": None, "program": None, "program_lines": (),
    }  # fmt: skip
    return Screened(findings=findings, **{**stated, **said})


def first_dose_of(thc_mg: float = 2.5, cbd_mg: float = 5.0, **said: Any) -> FirstDose:
    """The caps of somebody new to it."""
    stated: dict[str, Any] = {
        "thc": DOSES["thc-first"], "cbd": DOSES["cbd-first"], "careful": False, "new_to_it": True,
        "regular_route": "", "regular": DOSES["thc-first-regular"], "max_thc_mg": None,
    }  # fmt: skip
    return FirstDose(thc_mg=thc_mg, cbd_mg=cbd_mg, **{**stated, **said})


def intake(*conditions: str, **said: Any) -> Intake:
    return Intake.from_json({"conditions": list(conditions), **said})
