"""Recorded answers of a pharmacist or prescriber: when one still holds, and what it allows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from .findings import Finding
from .intake import Intake


def clear(finding: Finding, intake: Intake, on: date) -> Finding:
    """Mark a finding as cleared where a recorded answer still holds for just these medicines and routes."""
    for clearance in intake.clearances:
        if (
            clearance.rule != finding.id
            or clearance.on > on
            or (clearance.until is not None and clearance.until < on)
        ):
            continue
        if clearance.because and not set(finding.because) <= set(clearance.because):
            continue
        if clearance.routes and intake.routes and not set(intake.routes) <= set(clearance.routes):
            continue
        if finding.no_product:
            continue
        limit = clearance.max_thc_mg if clearance.max_thc_mg is not None else limit_said(clearance.said)
        severity = (
            finding.severity
            if finding.cleared_severity is None
            else min(finding.severity, finding.cleared_severity)
        )
        return replace(finding, severity=severity, cleared_by=replace(clearance, max_thc_mg=limit))
    return finding


def agreed(condition: str, intake: Intake, on: date) -> bool:
    """Whether a clinician's agreement to this condition is on record and still holds."""
    return any(
        c.rule == condition and c.on <= on and (c.until is None or on <= c.until) for c in intake.clearances
    )


def limit_said(said: str) -> float | None:
    """The most mg a recorded answer allows: "2.5 mg oral at most" is 2.5; None where it names no limit."""
    match = re.search(
        r"(\d+(?:[.,]\d+)?)\s*mg\b(?=.*\b(?:most|max|maximum|limit|less|below|exceed)\b)", said, re.IGNORECASE
    )
    match = match or re.search(
        r"\b(?:most|max(?:imum)?|limit|up to|no more than|not more than)\D{0,20}?(\d+(?:[.,]\d+)?)\s*mg\b",
        said,
        re.I,
    )
    return float(match.group(1).replace(",", ".")) if match else None
