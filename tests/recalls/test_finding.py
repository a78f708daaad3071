"""Finding what a notice names, and putting it on hold at once."""

from __future__ import annotations

import pytest

from counselor.audit.models import AuditEvent
from counselor.catalog.models import Batch, Hold, HoldKind
from counselor.database import db
from counselor.recalls import finding
from counselor.recalls.models import Recall
from tests.recalls.conftest import NOTICE


def named(found):
    return [(one.batch.number, one.because) for one in found.matches]


@pytest.fixture
def shelf(make_batch):
    one = make_batch("CAP-1", number="B-1")
    ten = make_batch("CAP-2", number="B-10")
    green = make_batch("OIL-1", number="G-7", name="Green oil")
    green.product.brand = "Alder Farms"
    green.certificate_number = "COA-2026-99"
    db.session.commit()
    return one, ten, green


def test_a_pasted_list_finds_batch_certificate_sku_and_producer_and_tells_which_line(shelf):
    found = finding.find("b-1\n\n coa-2026-99 \nCAP-2\nALDER FARMS")
    assert named(found) == [
        ("G-7", ("certificate, line 3", "producer, line 5")),
        ("B-1", ("batch number, line 1",)),
        ("B-10", ("SKU, line 4",)),
    ]
    assert not found.missed


def test_lines_that_name_nothing_are_told_by_the_number_they_have_in_the_list(shelf):
    found = finding.find("B-1\nB-2\n\nX-9\nB-1")
    assert [(line.number, line.text) for line in found.missed] == [(2, "B-2"), (4, "X-9")]
    assert [line.number for line in found.twice] == [5]


def test_a_line_matches_whole_and_a_batch_without_number_is_no_match_for_nothing(shelf, make_batch):
    make_batch("CAP-3", number="")
    assert named(finding.find("B-1")) == [("B-1", ("batch number, line 1",))]
    assert not finding.find("   \n  \n").matches


def test_a_part_of_the_producers_name_finds_and_percent_is_a_letter_like_others(shelf):
    assert [one.batch.number for one in finding.find("", producer="alder").matches] == ["G-7"]
    assert not finding.find("", producer="%").matches
    assert [one.batch.number for one in finding.find("", producer="alder", product="green").matches] == [
        "G-7"
    ]
    assert not finding.find("", producer="alder", product="capsule").matches


def test_two_hundred_items_of_one_day_are_found_and_held_in_one_go(make_batch, manager_client):
    for number in range(200):
        make_batch(f"SKU-{number}", number=f"LOT-{number}")
    page = manager_client.post(
        "/recalls/find", data={"numbers": "\n".join(f"LOT-{number}" for number in range(200)) + "\nLOT-x"}
    ).text
    assert "line 201: LOT-x" in page
    assert page.count('name="batch"') == 200
    every = [str(one) for one in db.session.scalars(db.select(Batch.id))]
    assert manager_client.post("/recalls", data=NOTICE | {"batch": every}).status_code == 303
    holds = db.session.scalars(db.select(Hold)).all()
    assert len(holds) == 200
    assert {(one.kind, one.reason) for one in holds} == {
        (HoldKind.RECALL, "Recall (Class II R-2026-17): Mold was found.")
    }


def test_a_search_changes_nothing_and_an_empty_one_says_so(shelf, manager_client):
    answer = manager_client.post("/recalls/find", data={"numbers": "B-1"})
    assert answer.status_code == 200
    assert not db.session.scalars(db.select(Hold)).all()
    empty = manager_client.post("/recalls/find", data={})
    assert empty.status_code == 422
    assert "Write at least one number" in empty.text


def test_without_reason_or_batch_nothing_is_held_and_nothing_typed_is_lost(shelf, manager_client):
    typed = NOTICE | {"reason": "", "numbers": "B-1\nB-77", "reference": "R-5"}
    answer = manager_client.post("/recalls", data=typed | {"batch": [str(shelf[0].id)]})
    assert answer.status_code == 422
    assert "Write why. Every counter reads it." in answer.text
    assert "B-77" in answer.text and 'value="R-5"' in answer.text
    none = manager_client.post("/recalls", data=NOTICE | {"numbers": "B-1"})
    assert none.status_code == 422
    assert "Tick at least one batch." in none.text
    assert not db.session.scalars(db.select(Hold)).all()


def test_a_hold_only_makes_no_recall_and_calls_nobody(shelf, manager_client):
    answer = manager_client.post(
        "/recalls", data=NOTICE | {"action": "hold", "batch": [str(one.id) for one in shelf[:2]]}
    )
    assert answer.location == "/recalls/holds"
    assert not db.session.scalars(db.select(Recall)).all()
    assert [one.kind for one in db.session.scalars(db.select(Hold))] == [HoldKind.MANUAL] * 2


def test_a_counselor_may_not_hold_and_a_pharmacist_may(shelf, counselor_client, pharmacist_client):
    data = NOTICE | {"batch": [str(shelf[0].id)]}
    assert counselor_client.post("/recalls", data=data).status_code == 403
    assert counselor_client.get("/recalls/new").status_code == 403
    assert pharmacist_client.post("/recalls", data=data).status_code == 303


def test_several_holds_are_released_with_one_reason_and_a_reason_is_needed(shelf, manager_client, recall_of):
    recall = recall_of(manager_client, *shelf)
    holds = [str(one.hold_id) for one in recall.batches]
    assert manager_client.post("/recalls/holds", data={"hold": holds, "reason": " "}).status_code == 422
    assert all(one.hold.released_at is None for one in recall.batches)
    done = manager_client.post("/recalls/holds", data={"hold": holds[:2], "reason": "The lab was wrong."})
    assert done.status_code == 303
    assert [one.hold.release_reason for one in recall.batches] == ["The lab was wrong."] * 2 + [None]
    released = db.session.scalars(db.select(AuditEvent).where(AuditEvent.kind == "batch.released")).all()
    assert {one.note for one in released} == {"The lab was wrong."} and len(released) == 2
    assert "Released a hold of CAP-1" in manager_client.get(f"/recalls/{recall.id}").text


def test_a_counselor_may_not_release(shelf, manager_client, counselor_client, recall_of):
    recall = recall_of(manager_client, shelf[0])
    data = {"hold": [str(recall.batches[0].hold_id)], "reason": "I want to sell it"}
    assert counselor_client.post("/recalls/holds", data=data).status_code == 403
    db.session.expire_all()
    assert recall.batches[0].hold.released_at is None
