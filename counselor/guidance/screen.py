"""What stands against a product for this patient: warnings, referrals, and what they exclude."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from .advice import AdvisedReferral, Unrecognised
from .clearing import agreed, clear
from .findings import Finding, Setting, carrier_reason, setting_of
from .intake import Intake
from .knowledge import Knowledge, Referral, Severity, StateProgram, Urgency
from .merging import merge
from .programs import of_programs
from .referring import merge_referrals, red_flags, referral_of, unassessed_referral, unread_referral
from .resolve import Facts, Resolved
from .rules import CARRIER_RULE, finding_of, fired
from .shelf import Shelf


@dataclass(frozen=True, slots=True)
class Screened:
    """Every warning and referral that this patient raises, and what stops the visit."""

    findings: tuple[Finding, ...]
    referrals: tuple[AdvisedReferral, ...]
    unrecognised: tuple[Unrecognised, ...]
    stops: tuple[str, ...]
    """Ids because of which nothing is suggested at all."""
    stop_text: str
    clinician_first: tuple[tuple[str, str], ...]
    """Conditions a clinician must agree to first: (id, sentence)."""
    max_thc_mg: float | None
    """The smallest THC dose that a recorded clearance allows."""
    program: StateProgram | None
    """The settings of the state that certified the patient, in force on the day."""
    program_lines: tuple[Finding, ...]
    """What the programme asks, to be said beside the warnings; about the visit, not about a product."""


def screen(intake: Intake, resolved: Resolved, shelf: Shelf, knowledge: Knowledge, *, on: date) -> Screened:
    """Apply every rule that this patient raises. Nothing here looks at what sells."""
    facts = resolved.facts
    setting = setting_of(intake, shelf)
    findings = fired(facts, setting, knowledge)
    findings = merge(findings, facts, setting, knowledge)
    findings += _allergies(resolved, facts, setting, shelf, knowledge)
    findings = [clear(finding, intake, knowledge, on) for finding in findings]
    programs = of_programs(intake, facts, shelf, knowledge, on)
    findings += programs.expired
    findings.sort(key=lambda f: (-f.severity, f.kind not in ("interaction", "cause"), f.id))
    referrals, stops, stop_text = red_flags(facts, intake, knowledge, on)
    for finding in programs.expired:
        stops.append(finding.id)
        stop_text = stop_text or finding.wording.effect
    for finding in findings:
        at_once = finding.urgency >= Urgency.SAME_DAY and finding.severity >= Severity.MAJOR
        if (finding.no_product or at_once) and not finding.cleared:
            stops.append(finding.id)
            stop_text = stop_text or finding.wording.effect
    clinician_first = []
    for id in facts.conditions:
        condition = knowledge.conditions[id]
        if condition.no_product and not (condition.harmless and len(facts.conditions) > 1):
            stops.append(id)
            stop_text = stop_text or condition.no_product
        if condition.clinician_first and not agreed(id, intake, on):
            clinician_first.append((id, condition.clinician_first))
            if condition.refer is None:
                referrals.append(
                    referral_of(
                        Referral(Urgency.THIS_WEEK, "the treating clinician", condition.clinician_first),
                        (id,),
                        condition.sources,
                    )
                )
        if condition.refer is not None:
            referrals.append(referral_of(condition.refer, (id,), condition.sources))
    clinician_first += _over_ceiling(intake, knowledge, referrals, on)
    unrecognised = _unrecognised(resolved, facts, setting, knowledge)
    referrals += unread_referral(unrecognised)
    referrals += unassessed_referral(resolved.unassessed)
    limits = [
        f.cleared_by.max_thc_mg for f in findings if f.cleared_by and f.cleared_by.max_thc_mg is not None
    ]
    return Screened(
        tuple(findings),
        tuple(merge_referrals(referrals)),
        unrecognised,
        tuple(dict.fromkeys(stops)),
        stop_text,
        tuple(clinician_first),
        min(limits) if limits else None,
        programs.state,
        programs.lines if not stops else programs.when_stopped,
    )


def _over_ceiling(
    intake: Intake, knowledge: Knowledge, referrals: list[AdvisedReferral], on: date
) -> list[tuple[str, str]]:
    """Somebody at or above the daily ceiling already: no more without the treating clinician's order."""
    taken = intake.current_use.thc_mg_per_day if intake.current_use else None
    ceiling = knowledge.doses.get("thc-ceiling-hard")
    if (
        taken is None
        or ceiling is None
        or ceiling.mg is None
        or taken < ceiling.mg
        or agreed(ceiling.id, intake, on)
    ):
        return []
    referral = Referral(Urgency.THIS_WEEK, "the treating clinician", ceiling.text)
    referrals.append(referral_of(referral, (ceiling.id,), ceiling.sources))
    return [(ceiling.id, ceiling.text)]


def _allergies(
    resolved: Resolved, facts: Facts, setting: Setting, shelf: Shelf, knowledge: Knowledge
) -> list[Finding]:
    """One finding for all carrier allergies; each product's own reason is `carrier_reason`."""
    concerned = [
        pair
        for pair in resolved.allergens
        if not shelf.items or any(carrier_reason(item, (pair,), knowledge) for item in shelf.items)
    ]
    rule = knowledge.rules.get(CARRIER_RULE)
    if not concerned or rule is None:
        return []
    finding = finding_of(rule, tuple(dict.fromkeys(id for id, _ in concerned)), facts, setting)
    return [] if finding is None else [replace(finding, vehicle="carrier")]


def _unrecognised(
    resolved: Resolved, facts: Facts, setting: Setting, knowledge: Knowledge
) -> tuple[Unrecognised, ...]:
    """Say of each unclear medicine how bad its worst candidate would be."""
    out = []
    for unread in resolved.unrecognised:
        worst: Severity | None = None
        for name in unread.nearest if unread.field == "medicines" else ():
            entry = knowledge.medicines.find(name)
            if entry is None:
                continue
            also = {i: knowledge.medicines.classes_of([i]) for i in entry.ingredients}
            supposed = replace(
                facts,
                ingredients={**facts.ingredients, **also},
                classes=facts.classes
                | {c for classes in also.values() for c in classes}
                | set(entry.classes),
            )
            for finding in fired(supposed, setting, knowledge):
                if set(finding.because) & set(also):
                    worst = finding.severity if worst is None else max(worst, finding.severity)
        out.append(replace(unread, worst=worst.word) if worst is not None else unread)
    return tuple(out)
