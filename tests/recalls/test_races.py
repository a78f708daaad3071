"""A recall opens while five counters sign: every sale is on its list, or did not happen."""

from __future__ import annotations

from counselor.catalog.models import Stock
from counselor.consultations.models import Consultation, Outcome
from counselor.database import db
from counselor.recalls import queries
from counselor.recalls.models import Recall, Step
from tests.consultations.conftest import READY
from tests.consultations.test_races import all_at_once, signing
from tests.recalls.conftest import NOTICE


def test_a_sale_beside_the_recall_is_on_its_list_or_is_refused(
    make_staff, client_of, make_patient, make_batch, visit_of, manager_client
):
    batch = make_batch(count=9)
    batch_id = batch.id
    deeds = []
    for number in range(5):
        client = client_of(make_staff("counselor"))
        visit = visit_of(client, make_patient(given_name=f"P{number}"), READY)
        visit.press("choose", choose="CAP-1|B-1")
        deeds.append(signing(visit, visit.form()))
    opening = {**NOTICE, "batch": [str(batch_id)]}
    answers = all_at_once(
        [*deeds[:3], lambda: manager_client.post("/recalls", data=opening).status_code, *deeds[3:]]
    )
    assert set(answers) <= {303}
    db.session.expire_all()
    recall = db.session.scalars(db.select(Recall)).one()
    sold = set(
        db.session.scalars(db.select(Consultation.patient_id).where(Consultation.outcome == Outcome.SOLD))
    )
    standing = queries.standing(queries.find(recall.id))
    assert {call.patient.id for call in standing.to_call} == sold
    left = db.session.scalars(db.select(Stock.count).where(Stock.batch_id == batch_id)).one()
    assert left == 9 - len(sold)
    noted = [step.packages for step in recall.steps if step.step is Step.ON_SHELF]
    assert noted == [left], "nothing was sold after the recall counted the shelf"
