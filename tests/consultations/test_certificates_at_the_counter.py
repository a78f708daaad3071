"""The certificate of a suggested and a chosen batch is one press away; where there is none, no link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counselor import clock
from counselor.catalog.models import Batch
from counselor.certificates import actions
from counselor.database import db
from counselor.patients.models import Patient

from .conftest import READY, Visit

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n%%EOF\n"


def test_the_counter_links_the_certificate_of_a_batch_that_has_one(
    counselor_client: Any,
    manager_client: Any,
    capsules: Batch,
    patient: Patient,
    visit_of: Callable[..., Visit],
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    assert "/certificates/" not in visit.page()
    assert 'name="choose"' in visit.page()
    attachment = actions.attach_certificate(
        batch=capsules, content=PDF, name="coa.pdf", by=manager_client.staff, at=clock.now()
    )
    db.session.commit()
    page = visit.page()
    assert page.count(f'href="/certificates/{attachment.certificate_id}/read"') == 1
    assert counselor_client.get(f"/certificates/{attachment.certificate_id}/read").status_code == 200
