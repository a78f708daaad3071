"""Batches that were sold, patients who have them at home, and the steps of a recall in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from counselor import clock
from counselor.catalog.models import Batch
from counselor.consultations.actions import _next_number
from counselor.consultations.models import Consultation, ConsultationItem, Outcome, State
from counselor.database import db
from counselor.patients.models import Patient
from counselor.recalls.models import Recall
from counselor.staff.models import Staff
from tests.consultations.conftest import (  # noqa: F401
    make_batch,
    make_patient,
    patient,
    visit_of,
)


@pytest.fixture
def sell(app: Flask, make_staff: Callable[..., Staff]) -> Callable[..., Consultation]:
    """Sign a sale: `sell(patient, batch, packages=2)`, in the seller's store, some days ago."""
    somebody = make_staff("counselor", username="seller", display_name="Sal Seller")

    def make(
        buyer: Patient,
        *batches: Batch,
        packages: int = 1,
        by: Staff | None = None,
        days: int = 10,
        outcome: Outcome = Outcome.SOLD,
    ) -> Consultation:
        by, at = by or somebody, clock.now() - timedelta(days=days)
        visit = Consultation(
            number=_next_number(by.store), store_id=by.store_id, patient=buyer, counselor=by,
            state=State.DRAFT, sheet={}, created_at=at, saved_at=at, saved_by=by, noted_at=at,
        )  # fmt: skip
        visit.items = [
            ConsultationItem(
                batch_id=batch.id, sku=batch.product.sku, name=batch.product.name, batch=batch.number,
                route=batch.product.route, packages=packages, first_dose="1 capsule", added_at=at,
                added_by_id=by.id,
            )
            for batch in batches
        ]  # fmt: skip
        db.session.add(visit)
        db.session.flush()
        visit.state, visit.outcome = State.SIGNED, outcome
        visit.intake = visit.advice = json.dumps({"suggestions": [], "recognised": {"medicines": []}})
        visit.knowledge_version, visit.signed_at, visit.signed_by = "test", at, by
        db.session.commit()
        return visit

    return make


NOTICE = {
    "action": "recall",
    "source": "regulator",
    "reason": "Mold was found.",
    "reference": "R-2026-17",
    "recall_class": "Class II",
    "tell_patients": "Even a small amount of mold can matter.",
    "least_tries": "3",
}


@pytest.fixture
def recall_of() -> Callable[..., Recall]:
    """Recall batches through the page: `recall_of(manager_client, batch, ...)`."""

    def make(client: Any, *batches: Batch, **given: Any) -> Recall:
        answer = client.post("/recalls", data=NOTICE | given | {"batch": [str(one.id) for one in batches]})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        number = int(re.search(r"/recalls/(\d+)", answer.location).group(1))
        found = db.session.get(Recall, number)
        assert found is not None
        return found

    return make
