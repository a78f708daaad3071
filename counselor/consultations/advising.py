"""Asking guidance about a sheet: which clearances still hold, what the advice says, what exactly was
asked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from counselor.consultations.models import Clearance
from counselor.consultations.sheet import Problem, Removed, Sheet
from counselor.guidance.advise import advise
from counselor.guidance.intake import Intake, IntakeError
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.shelf import Shelf
from counselor.patients.models import Patient

DOSE_WORDS = frozenset({
    "mg", "mcg", "ug", "g", "ml", "iu", "units", "unit", "percent", "daily", "day", "days", "twice",
    "once", "thrice", "three", "four", "times", "bid", "tid", "qid", "qd", "qhs", "qam", "prn", "hs",
    "weekly", "week", "monthly", "month", "hour", "hours", "hourly", "bedtime", "night", "nightly",
    "morning", "evening", "noon", "needed", "half", "quarter", "patch", "spray", "drops", "tablet",
    "tablets", "capsule", "capsules", "puff", "puffs",
})  # fmt: skip
"""Words of a direction: a change in one of them is a change of the dose."""


EMPTY = Shelf()


@dataclass(frozen=True)
class Advised:
    """One question to guidance and its answer. `problems` says why there is none, where there is none."""

    intake: Mapping[str, Any]
    advice: Mapping[str, Any] | None
    problems: tuple[Problem, ...] = ()
    holding: tuple[Clearance, ...] = ()
    lapsed: tuple[Clearance, ...] = ()
    shelf: Shelf = EMPTY

    @cached_property
    def intake_text(self) -> str:
        """The intake as one line of JSON, the text that a signature keeps."""
        return as_text(self.intake)

    @cached_property
    def text(self) -> str:
        """The advice as one line of JSON, the text that a signature keeps."""
        return as_text(self.advice)

    @cached_property
    def digest(self) -> str:
        """A short mark of what was asked and answered: a page shown earlier with another mark is out of
        date."""
        return hashlib.sha256(f"{self.intake_text}\n{self.text}".encode()).hexdigest()[:20]

    @property
    def max_thc_mg(self) -> float | None:
        """The tightest limit of the clearances that hold, in mg THC for one dose."""
        limits = [one.max_thc_mg for one in self.holding if one.max_thc_mg is not None]
        return min(limits, default=None)

    @property
    def allowed_routes(self) -> frozenset[str] | None:
        """Routes that every holding clearance agrees to; None where no clearance limits them."""
        if not self.holding:
            return None
        return frozenset.intersection(*(frozenset(one.routes) for one in self.holding))

    def open_rules(self) -> tuple[Mapping[str, Any], ...]:
        """What needs a pharmacist's or prescriber's answer before anything is sold: major warnings, and
        conditions that a clinician must agree to first, in the form of a warning.
        """
        if self.advice is None:
            return ()
        warnings = [
            warning
            for warning in self.advice["warnings"]
            if warning["severity"] in ("major", "contraindicated")
            and warning["refer"]
            and not warning["cleared"]
        ]
        return (*warnings, *_clinician_first(self.advice))


def _clinician_first(advice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Conditions for which the advice wants a clinician's word, each as a warning about itself."""
    if advice["disposition"]["code"] != "refer-first":
        return []
    conditions = {one["id"]: one["name"] for one in advice["recognised"]["conditions"] if not one["denied"]}
    found: list[Mapping[str, Any]] = []
    for id in advice["disposition"]["because"]:
        if id in conditions:
            referral = next((one for one in advice["referrals"] if id in one["because"]), None)
            found.append(
                {
                    "rule": id,
                    "title": conditions[id],
                    "severity": "major",
                    "certainty": "",
                    "because": [id],
                    "cannabinoids": [],
                    "effect": f"{conditions[id]}: a clinician must agree first.",
                    "action": referral["reason"] if referral else "Ask the treating clinician.",
                    "mechanism": "",
                    "sources": referral["sources"] if referral else [],
                    "refer": True,
                    "cleared": False,
                }
            )
    return found


def as_text(answer: Mapping[str, Any] | None) -> str:
    """One line of JSON, always the same for the same content."""
    return json.dumps(answer, ensure_ascii=False, separators=(", ", ": "), allow_nan=False)


def advise_on(
    sheet: Sheet,
    *,
    patient: Patient,
    number: str,
    shelf: Shelf,
    knowledge: Knowledge,
    clearances: Sequence[Clearance],
    on: date,
) -> Advised:
    """Ask guidance about the sheet as of the day.

    The first question is asked without clearances: a clearance holds only where its warning comes back
    for the
    same reasons, medicines, doses and routes that were cleared. Details that guidance does not recognise
    are asked
    again together with their topic's plain term.
    """
    if problems := sheet.problems():
        return Advised({}, None, problems, shelf=shelf)
    intake = sheet.to_intake(patient=patient, number=number, on=on)
    try:
        advice = _ask(intake, shelf, knowledge, on)
        missed = _not_understood(sheet, advice)
        if missed:
            intake = sheet.to_intake(patient=patient, number=number, on=on, not_understood=missed)
            advice = _ask(intake, shelf, knowledge, on)
        current = [one for one in clearances if one.ended_at is None and one.cleared_on <= on <= one.until]
        holding = tuple(one for one in current if holds(one, advice, sheet.routes))
        raised = _reasons(advice)
        lapsed = tuple(one for one in current if one not in holding and one.rule in raised)
        if holding:
            intake = sheet.to_intake(
                patient=patient,
                number=number,
                on=on,
                not_understood=missed,
                clearances=tuple(_public(one) for one in holding),
            )
            advice = _ask(intake, shelf, knowledge, on)
    except IntakeError as error:
        return Advised(
            intake,
            None,
            (Problem(_page_field(error.field), f"{error.message[:1].upper()}{error.message[1:]}."),),
            shelf=shelf,
        )
    return Advised(intake, advice, (), holding, lapsed, shelf)


def holds(clearance: Clearance, advice: Mapping[str, Any], routes: Iterable[str]) -> bool:
    """Whether a clearance still answers its warning: same reasons at most, same medicines and doses, no
    new route."""
    reasons = _reasons(advice).get(clearance.rule)
    if reasons is None or not reasons <= set(clearance.because):
        return False
    return medicines_of(advice) == list(clearance.medicines) and _all_if_none(routes) <= set(
        clearance.asked_routes
    )


def _reasons(advice: Mapping[str, Any]) -> dict[str, set[str]]:
    """What raised each warning; a recognised condition stands for itself."""
    reasons = {one["id"]: {one["id"]} for one in advice["recognised"]["conditions"] if not one["denied"]}
    return reasons | {one["rule"]: set(one["because"]) for one in advice["warnings"]}


def medicines_of(advice: Mapping[str, Any]) -> list[str]:
    """What the patient takes, sorted, each with its dose as said: equal lists mean that nothing changed."""
    told = [
        (" + ".join(one["ingredients"]) or " + ".join(one["classes"]) or one["said"].casefold(), one["said"])
        for one in advice["recognised"]["medicines"]
        if not one.get("denied")
    ]
    told += [
        (one["said"].casefold(), one["said"]) for one in advice["unrecognised"] if one["field"] == "medicines"
    ]
    return sorted({f"{name} {_dose_words(said)}".strip() for name, said in told})


def raised_by(advised: Advised) -> dict[str, Removed]:
    """Each medicine of the sheet, as it was typed, that raised a warning of moderate severity or worse."""
    if advised.advice is None:
        return {}
    found: dict[str, Removed] = {}
    for one in advised.advice["recognised"]["medicines"]:
        if one.get("denied"):
            continue
        reasons = {*one["ingredients"], *one["classes"]}
        rules = [
            warning["rule"]
            for warning in advised.advice["warnings"]
            if warning["severity"] != "minor" and reasons & set(warning["because"])
        ]
        if rules:
            line = one.get("line") or one["said"]
            before = found.get(line, Removed(line, (), ()))
            found[line] = Removed(
                line,
                tuple(dict.fromkeys([*before.ingredients, *(one["ingredients"] or one["classes"])])),
                tuple(dict.fromkeys([*before.rules, *rules])),
            )
    return found


def taken(advised: Advised) -> set[str]:
    """Ingredients and classes that the sheet's medicines amount to."""
    if advised.advice is None:
        return set()
    names: set[str] = set()
    for one in advised.advice["recognised"]["medicines"]:
        names |= {*one["ingredients"], *one["classes"]}
    return names


def _ask(intake: Mapping[str, Any], shelf: Shelf, knowledge: Knowledge, on: date) -> dict[str, Any]:
    answer: dict[str, Any] = advise(Intake.from_json(dict(intake)), shelf, knowledge, on=on).to_json()
    return answer


def _not_understood(sheet: Sheet, advice: Mapping[str, Any]) -> frozenset[str]:
    missed = [one["said"].casefold() for one in advice["unrecognised"] if one["field"] == "history"]
    details = [said.strip() for topic, said in sheet.details.items() if sheet.topics.get(topic) == "yes"]
    return frozenset(said for said in details if said and any(part in said.casefold() for part in missed))


def _public(clearance: Clearance) -> dict[str, Any]:
    return {
        "rule": clearance.rule,
        "by": clearance.by_role,
        "on": clearance.cleared_on.isoformat(),
        "until": clearance.until.isoformat(),
        "said": clearance.said,
        "because": list(clearance.because),
        "routes": list(clearance.asked_routes),
        "max_thc_mg": clearance.max_thc_mg,
    }


def _dose_words(said: str) -> str:
    parts = re.findall(
        r"\d+(?:[.,]\d+)?|[a-zµ]+|%", said.casefold().replace("½", " 0.5 ").replace("¼", " 0.25 ")
    )
    kept = [
        re.sub(r"^0+(?=\d)", "", part.replace(",", "."))
        for part in parts
        if part[0].isdigit() or part in DOSE_WORDS
    ]
    return " ".join(kept)


def _all_if_none(routes: Iterable[str]) -> set[str]:
    return set(routes) or {"smoked", "vaporized", "edible", "topical"}


def _page_field(name: str | None) -> str:
    return {"current_use": "current_route", "follow_up": "measure", "age": "born", None: "conditions"}.get(
        name, (name or "").split("[")[0].split(".")[0]
    )
