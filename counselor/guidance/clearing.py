"""Recorded answers of a pharmacist or prescriber: when one still holds, and what it allows.

A doubtful answer clears nothing: what was said is read for a refusal, for routes and for medicines, so that
a clearance given for one thing does not wave another through.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from .findings import Finding
from .intake import Clearance, Intake
from .knowledge import Knowledge, Severity
from .medicine_lines import read_line

LONGEST = timedelta(days=365)
"""A clearance that names no end holds a year. House policy."""
MAY_CLEAR = re.compile(
    r"\b(pharmac\w*|rph|pharmd|prescriber|doctor|dr|physician|clinic\w*|md|do|np|pa|"
    r"nurse practitioner|specialist|\w+ologist|\w+iatrist)\b",
    re.I,
)
REFUSES = re.compile(
    r"^\s*no\b(?! more than| limit| change| objection| concern| problem)|"
    r"\b(?:do not|don't|dont|must not|should not|may not|cannot) "
    r"(?:sell|use|give|take|offer|start|dispense|approve|clear|agree)|"
    r"\bnot (?:cleared|approved|agreed|ok|okay|recommended)\b|"
    r"\b(?:refus\w+|declin\w+|denied|denies|against it)\b",
    re.I,
)
WITHOUT_THC = re.compile(r"\b(?:cbd[- ]only|only cbd|no thc|without thc|thc[- ]free|not thc)\b", re.I)
ROUTE_WORDS = {
    "edible": (
        r"oral|orally|by mouth|edibles?|capsules?|tinctures?|gumm(?:y|ies)|sprays?|"
        r"swallowed|under the tongue"
    ),
    "smoked": r"smok(?:e|ed|ing)",
    "vaporized": r"vap(?:e|ed|ing|ou?ri[sz]ed|ou?r)",
    "topical": r"topicals?|creams?|balms?|on the skin",
}


def clear(finding: Finding, intake: Intake, knowledge: Knowledge, on: date) -> Finding:
    """Mark a finding as cleared where a recorded answer still holds for just these medicines and routes.

    A warning that something raised keeps its severity; one that forbids keeps what it excludes.
    """
    for clearance in intake.clearances:
        if clearance.rule != finding.id or finding.no_product or not _holds(clearance, intake, on):
            continue
        if not _fits(clearance, finding, intake, knowledge):
            continue
        severity = finding.severity
        if finding.cleared_severity is not None and not finding.raised_by:
            severity = Severity(min(severity, finding.cleared_severity))
        return replace(
            finding, severity=severity, cleared_by=replace(clearance, max_thc_mg=limit_of(clearance))
        )
    return finding


def agreed(rule: str, intake: Intake, on: date) -> bool:
    """Whether a clinician's agreement to this condition or same-day concern is on record and still holds."""
    return any(c.rule == rule and _holds(c, intake, on) for c in intake.clearances)


def limit_of(clearance: Clearance) -> float | None:
    """The most mg THC one dose may hold by this answer; 0 for "CBD only", None where it names no limit."""
    if clearance.max_thc_mg is not None:
        return clearance.max_thc_mg
    return 0.0 if WITHOUT_THC.search(clearance.said) else limit_said(clearance.said)


def limit_said(said: str) -> float | None:
    """The most mg a recorded answer allows: "2.5 mg oral at most" is 2.5; None where it names no limit."""
    match = re.search(
        r"(\d+(?:[.,]\d+)?)\s*mg\b(?=.*\b(?:most|max|maximum|limit|less|below|exceed|only)\b)",
        said,
        re.IGNORECASE,
    )
    match = match or re.search(
        r"\b(?:most|max(?:imum)?|limit|up to|only|no more than|not more than)"
        r"\D{0,20}?(\d+(?:[.,]\d+)?)\s*mg\b",
        said,
        re.I,
    )
    return float(match.group(1).replace(",", ".")) if match else None


def _holds(clearance: Clearance, intake: Intake, on: date) -> bool:
    """Whether somebody who may clear said yes, and the day is within it."""
    if not MAY_CLEAR.search(clearance.by) or REFUSES.search(clearance.said):
        return False
    until = clearance.until or clearance.on + LONGEST
    if not clearance.on <= on <= until:
        return False
    return set(intake.routes) <= (set(clearance.routes) or _routes_said(clearance.said))


def _routes_said(said: str) -> set[str]:
    """The routes that an answer leaves open ("oral only, no smoking"); all where it limits itself to none."""
    named = {route for route, words in ROUTE_WORDS.items() if re.search(rf"\b(?:{words})\b", said, re.I)}
    barred = {
        route
        for route, words in ROUTE_WORDS.items()
        if re.search(rf"\b(?:no|not|never|without) (?:\w+ )?(?:{words})\b", said, re.I)
    }
    if named - barred and re.search(r"\bonly\b", said, re.I):
        return named - barred
    return set(ROUTE_WORDS) - barred


def _fits(clearance: Clearance, finding: Finding, intake: Intake, knowledge: Knowledge) -> bool:
    """Whether it was given for the medicines that raise the finding today."""
    if clearance.because:
        return set(finding.because) <= set(clearance.because)
    taken = {name for name in finding.because if name in knowledge.medicines.ingredients}
    named = {
        name
        for m in read_line(knowledge.medicines, clearance.said).medicines
        for name in m.ingredients
        if m.how != "spelling" and "cannabinoid" not in knowledge.medicines.classes_of([name])
    }
    named -= {"naloxone", "alcohol"}
    return not (taken and named) or bool(taken & named)
