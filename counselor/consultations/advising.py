"""Asking guidance about a sheet: which clearances still hold, what it answers, what exactly was asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from counselor.consultations import answerable
from counselor.consultations.medicines import medicines_of
from counselor.consultations.models import Clearance
from counselor.consultations.sheet import Problem, Sheet
from counselor.guidance.advise import advise
from counselor.guidance.intake import Intake, IntakeError
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.shelf import Shelf
from counselor.patients.models import Patient

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
    open_rules: tuple[Mapping[str, Any], ...] = ()
    """What needs a pharmacist's or prescriber's answer before anything is sold, in the form of warnings."""

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

    The first question is asked without clearances: a clearance holds only where its warning comes back for
    the same reasons, medicines, doses and routes that were cleared. Details that guidance does not recognise
    are asked again together with their topic's plain term.
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
        raised = answerable.reasons(advice, intake, knowledge)
        holding = tuple(one for one in current if holds(one, advice, sheet.routes, raised))
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
    waiting = answerable.open_rules(advice, intake, knowledge)
    return Advised(intake, advice, (), holding, lapsed, shelf, waiting)


def holds(
    clearance: Clearance, advice: Mapping[str, Any], routes: Iterable[str], raised: Mapping[str, set[str]]
) -> bool:
    """Whether a clearance still answers its warning: same reasons at most, same medicines and doses, no
    new route. `raised` are today's reasons by rule.
    """
    reasons = raised.get(clearance.rule)
    if reasons is None or not reasons <= set(clearance.because):
        return False
    return medicines_of(advice) == list(clearance.medicines) and _all_if_none(routes) <= set(
        clearance.asked_routes
    )


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


def _all_if_none(routes: Iterable[str]) -> set[str]:
    return set(routes) or {"smoked", "vaporized", "edible", "topical"}


def _page_field(name: str | None) -> str:
    return {"current_use": "current_route", "follow_up": "measure", "age": "born", None: "conditions"}.get(
        name, (name or "").split("[")[0].split(".")[0]
    )
