"""A hold works at once at every counter: an open consultation is told before it signs."""

from __future__ import annotations

import pytest

from counselor import clock
from counselor.catalog.actions import hold_batch
from counselor.catalog.models import HoldKind, Stock
from counselor.consultations import actions, today
from counselor.consultations.models import Outcome, State
from counselor.database import db
from tests.consultations.conftest import READY, left


@pytest.fixture
def chosen(make_batch, patient, visit_of, counselor_client):
    """A draft ready to sign with the capsules chosen."""
    batch = make_batch(count=5)
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose=f"{batch.product.sku}|{batch.number}", **{"packages|CAP-1|B-1": "1"})
    assert [item.batch_id for item in visit.row.items] == [batch.id]
    return visit, batch


def test_another_counter_sees_the_recall_on_its_next_look_and_why(chosen, manager_client, recall_of):
    visit, batch = chosen
    assert "do not sell" not in visit.page()
    recall_of(manager_client, batch)
    page = visit.page()
    assert "On hold: do not sell" in page
    assert "One to one CAP-1, batch B-1" in page
    assert "Recall (Class II R-2026-17): Mold was found." in page
    assert "This visit cannot be signed as sold with it." in page


def test_the_page_shown_before_the_recall_cannot_be_signed_and_tells_which_and_why(
    chosen, manager_client, recall_of
):
    visit, batch = chosen
    before = visit.form()  # the page as it was shown, its mark included
    recall_of(manager_client, batch)
    answer = visit.client.post(
        f"/consultations/{visit.id}/signature", data=before | {"outcome": "sold"}, follow_redirects=True
    )
    assert visit.row.state is State.DRAFT
    assert left(batch) == 5
    assert "On hold: do not sell" in answer.text
    assert "Mold was found." in answer.text
    again = visit.sign("sold")  # after the new look it is still refused, now because of the hold itself
    assert visit.row.state is State.DRAFT
    assert "is no longer offered for this patient" in again.text
    assert "It is on hold: Recall (Class II R-2026-17): Mold was found." in again.text


def test_it_can_be_signed_after_the_batch_was_taken_off(chosen, manager_client, recall_of, make_batch):
    visit, batch = chosen
    recall_of(manager_client, batch)
    visit.press("choose", drop=str(visit.row.items[0].id))
    visit.sign("nothing-sold")
    assert visit.row.state is State.SIGNED


def test_a_hold_placed_between_reading_and_signing_still_stops_the_sale(chosen, make_staff):
    visit, batch = chosen
    row = visit.row
    advised = today.advised(row, on=clock.today(row.store))
    hold_batch(
        batch=batch, reason="Glass found", by=make_staff("manager"), at=clock.now(), kind=HoldKind.RECALL
    )
    problems = actions.sign(
        consultation=row, outcome=Outcome.SOLD, advised=advised, by=row.counselor, at=clock.now()
    )
    assert [one.message for one in problems] == [
        "One to one CAP-1, batch B-1: it was put on hold just now. Glass found"
    ]
    assert row.state is State.DRAFT
    db.session.commit()
    assert db.session.scalars(db.select(Stock.count)).one() == 5


def test_the_recalls_page_names_the_visits_that_have_it_chosen(chosen, manager_client, recall_of):
    visit, batch = chosen
    recall = recall_of(manager_client, batch)
    assert visit.row.number in manager_client.get(f"/recalls/{recall.id}").text


def test_a_patient_with_a_recalled_product_at_home_is_told_at_the_next_visit(
    patient, make_batch, sell, visit_of, counselor_client, manager_client, recall_of
):
    batch = make_batch()
    sell(patient, batch)
    recall = recall_of(manager_client, batch)
    visit = visit_of(counselor_client, patient, READY)
    assert "Something they were given was recalled" in visit.page()
    assert "TELL THEM NOW" in counselor_client.get(f"/patients/{patient.id}").text
    counselor_client.post(
        f"/recalls/{recall.id}/contacts", data={"patient": str(patient.id), "kind": "reached"}
    )
    assert "Something they were given was recalled" not in visit.page()
    assert "Told already" in counselor_client.get(f"/patients/{patient.id}").text
