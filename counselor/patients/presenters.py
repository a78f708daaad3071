"""How a patient is worded on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from counselor.patients.models import Patient

SOON = 30
"""Days before the end of a certification at which the counter is told."""


def on_day(value: date) -> str:
    """25 Mar 1979."""
    return f"{value.day} {value:%b %Y}"


def short_card(number: str) -> str:
    """The last four only: the rest is nobody's business on a shared screen."""
    return f"····{number[-4:]}" if len(number) > 4 else number


def certified(patient: Patient, today: date) -> tuple[str, str]:
    """Words and tone for the certification."""
    ends = patient.certification_expires
    if ends is None:
        return "certification not asked", ""
    if ends < today:
        return f"certification ended {on_day(ends)}", "stop"
    if (ends - today).days <= SOON:
        return f"certified to {on_day(ends)}", "care"
    return f"certified to {on_day(ends)}", ""


def caregiver(patient: Patient, today: date) -> str:
    """The caregiver, with the end of the card where it has one."""
    if not patient.caregiver_name:
        return ""
    ends = patient.caregiver_expires
    if ends is None:
        return patient.caregiver_name
    return f"{patient.caregiver_name}, card {'ended' if ends < today else 'to'} {on_day(ends)}"


def strip(patient: Patient, today: date, *, href: str | None = None, born: bool = True) -> Mapping[str, Any]:
    """The one line that says who this is about."""
    words, tone = certified(patient, today)
    return {
        "name": patient.name,
        "href": href,
        "age": patient.age_on(today),
        "card": short_card(patient.card_number),
        "certified": words,
        "certified_tone": tone,
        "caregiver": caregiver(patient, today),
        "notes": [f"born {on_day(patient.born)}"] if born else [],
    }


def guess_names(text: str) -> dict[str, str]:
    """What was searched for, as the beginning of a new record: nobody types it twice."""
    words = text.split()
    if not words:
        return {}
    if any(letter.isdigit() for letter in text):
        return {"card_number": text.strip()}
    if "," in text:
        family, _, given = text.partition(",")
        return {"family_name": family.strip(), "given_name": given.strip()}
    return (
        {"given_name": " ".join(words[:-1]), "family_name": words[-1]}
        if len(words) > 1
        else {"family_name": words[0]}
    )
