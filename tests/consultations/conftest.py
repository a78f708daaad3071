"""A patient, a small shelf, and the steps of a visit in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from counselor import clock
from counselor.catalog.models import AnalyteReading, Batch, Hold, HoldKind, Product, Stock
from counselor.consultations import actions
from counselor.consultations.models import Consultation
from counselor.database import db
from counselor.guidance.profile import ReadAs, Unit
from counselor.patients.models import Patient
from counselor.staff.models import Staff, Store

MS_AND_TWO_SEDATIVES = {
    "conditions": "multiple sclerosis",
    "routes": ["edible"],
    "medicines": "Klonopin, oxycodone 5mg",
    "experience": "none",
}
MS_ALONE = {"conditions": "multiple sclerosis", "routes": ["edible"], "experience": "none"}
ALL_ASKED = {
    f"topic-{topic}": "no"
    for topic in ("allergies", "pregnancy", "psychosis", "heart", "liver", "kidney", "lung", "substance-use")
} | {"present": ["patient"]}
NO_MEDICINES = {"topic-medicines": "no"}
READY = MS_ALONE | ALL_ASKED | NO_MEDICINES
READY_WITH_SEDATIVES = MS_AND_TWO_SEDATIVES | ALL_ASKED


@pytest.fixture
def make_patient(app: Flask, make_staff: Callable[..., Staff]) -> Callable[..., Patient]:
    """Make a patient: Ana Rivera, 47, unless said otherwise."""
    by = make_staff("manager", username="registrar")

    def make(**given: Any) -> Patient:
        at = clock.now()
        values = {
            "given_name": "Ana",
            "family_name": "Rivera",
            "born": date(1979, 3, 25),
            "sex": "female",
        } | given
        patient = Patient(**values, created_at=at, created_by_id=by.id, updated_at=at, updated_by_id=by.id)
        db.session.add(patient)
        db.session.commit()
        return patient

    return make


@pytest.fixture
def patient(make_patient: Callable[..., Patient]) -> Patient:
    """Ana Rivera, 47."""
    return make_patient()


@pytest.fixture
def make_batch(app: Flask, store: Store) -> Callable[..., Batch]:
    """Put a batch on the shelf: 1:1 capsules of 1.25 mg unless said otherwise."""

    def make(
        sku: str = "CAP-1", *, thc: float = 1.25, cbd: float = 1.25, count: int = 5, **given: Any
    ) -> Batch:
        at, today = clock.now(), clock.today(store)
        product = Product(
            sku=sku,
            name=given.pop("name", f"One to one {sku}"),
            form=given.pop("form", "capsule"),
            route=given.pop("route", "edible"),
            serving="1 capsule",
            servings_per_package=30,
            smallest_dose=1,
            ingredients="olive oil, gelatin",
            created_at=at,
            updated_at=at,
        )
        batch = Batch(
            product=product,
            number=given.pop("number", "B-1"),
            tested_on=today - timedelta(days=30),
            expires_on=today + timedelta(days=300),
            price=30.0,
        )
        batch.readings = [
            AnalyteReading(analyte=name, value=mg, unit=Unit.MG_PER_SERVING, read_as=ReadAs.NUMBER)
            for name, mg in (("THC", thc), ("CBD", cbd))
        ]
        db.session.add(batch)
        db.session.flush()
        db.session.add(Stock(store_id=store.id, batch_id=batch.id, count=count))
        db.session.commit()
        return batch

    return make


@pytest.fixture
def capsules(make_batch: Callable[..., Batch]) -> Batch:
    """One to one capsules, 1.25 mg THC, five packages."""
    return make_batch()


def hold(batch: Batch, reason: str, *, by: Staff) -> None:
    """Take the batch off sale while a page is open."""
    db.session.add(
        Hold(
            batch_id=batch.id, kind=HoldKind.MANUAL, reason=reason, placed_at=clock.now(), placed_by_id=by.id
        )
    )
    db.session.commit()


def left(batch: Batch) -> int:
    """Packages on the shelf."""
    db.session.expire_all()
    return db.session.scalars(db.select(Stock.count).where(Stock.batch_id == batch.id)).one()


@dataclass
class Visit:
    """One consultation as a browser drives it."""

    client: Any
    id: int
    typed: dict[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> Consultation:
        """The stored consultation."""
        db.session.expire_all()
        found = db.session.get(Consultation, self.id)
        assert found is not None
        return found

    def page(self, query: str = "") -> str:
        """The page as text."""
        answer = self.client.get(f"/consultations/{self.id}{query}")
        assert answer.status_code == 200, answer.status_code
        return str(answer.get_data(as_text=True))

    def form(self) -> dict[str, Any]:
        """What the page would send: version and mark of what was shown."""
        html = self.page()
        seen = re.search(r'name="seen" value="([^"]*)"', html)
        return self.typed | {
            "sheet": "1",
            "version": str(self.row.version),
            "seen": seen.group(1) if seen else "",
        }

    def save(self, fields: dict[str, Any], **more: Any) -> Any:
        """Type and press Check."""
        self.typed = self.typed | fields
        return self.client.post(f"/consultations/{self.id}/intake", data=self.form() | more)

    def press(self, what: str, follow: bool = True, **fields: Any) -> Any:
        """Press a button of the page: choose, ask, sign..."""
        path = {"sign": "signature", "choose": "items", "ask": "question", "explain": "removal"}.get(
            what, what
        )
        return self.client.post(
            f"/consultations/{self.id}/{path}", data=self.form() | fields, follow_redirects=follow
        )

    def sign(self, outcome: str, **fields: Any) -> Any:
        """Press a signature."""
        return self.press("sign", outcome=outcome, **fields)


@pytest.fixture
def visit_of(app: Flask) -> Callable[..., Visit]:
    """Begin a visit in somebody's browser: `visit_of(counselor_client, patient, READY)`."""

    def begin(client: Any, patient: Patient, fields: dict[str, Any] | None = None) -> Visit:
        consultation = actions.start(
            patient=patient, previous=None, by=db.session.merge(client.staff), at=clock.now()
        )
        db.session.commit()
        visit = Visit(client, consultation.id)
        if fields:
            answer = visit.save(fields)
            assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
        return visit

    return begin
