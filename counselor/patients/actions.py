"""What is done with a patient's record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.database import db
from counselor.patients.models import Patient
from counselor.staff.models import Staff


def add(*, values: Mapping[str, Any], by: Staff, at: datetime) -> Patient:
    """Add a patient. `values` are the form's."""
    patient = Patient(**values, created_at=at, created_by_id=by.id, updated_at=at, updated_by=by)
    db.session.add(patient)
    db.session.flush()
    audit.record("patient.added", subject=patient, by=by, at=at, patient_id=patient.id)
    return patient


def change(*, patient: Patient, values: Mapping[str, Any], version: int, by: Staff, at: datetime) -> bool:
    """Change the record; False where nothing differs. Raises StaleDataError where somebody else was first."""
    if patient.version != version:
        raise StaleDataError()
    changed = sorted(name for name, value in values.items() if getattr(patient, name) != value)
    if not changed:
        return False
    for name in changed:
        setattr(patient, name, values[name])
    patient.updated_at, patient.updated_by = at, by
    db.session.flush()
    audit.record(
        "patient.changed", subject=patient, by=by, at=at, patient_id=patient.id, detail={"fields": changed}
    )
    return True
