"""What lacks a certificate, what expires, what was tested long ago; and the labels on the shelf."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from counselor import clock
from counselor.certificates.policy import State, fresh_since, soon, states_of
from counselor.database import db

from .conftest import upload
from .test_content import PDF

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("tested", "expires", "on_file", "states"),
    [
        (date(2026, 9, 1), date(2027, 9, 1), True, []),
        (date(2026, 9, 1), date(2027, 9, 1), False, [State.MISSING]),
        (None, None, True, []),
        (None, TODAY, True, [State.EXPIRES_SOON]),
        (None, TODAY + timedelta(30), True, [State.EXPIRES_SOON]),
        (None, TODAY + timedelta(31), True, []),
        (None, TODAY - timedelta(1), True, [State.EXPIRED]),
        (date(2025, 11, 22), None, True, []),
        (date(2025, 11, 21), None, True, [State.OLD_TEST]),
        (date(2025, 1, 1), TODAY - timedelta(1), False, [State.EXPIRED, State.MISSING, State.OLD_TEST]),
    ],
)
def test_states_hold_on_their_very_days(tested, expires, on_file, states):
    assert states_of(tested_on=tested, expires_on=expires, has_certificate=on_file, today=TODAY) == states


def test_twelve_months_before_a_leap_day_is_the_last_of_february():
    assert fresh_since(date(2028, 2, 29)) == date(2027, 2, 28)
    assert soon(date(2026, 12, 15)) == date(2027, 1, 14)


@pytest.fixture
def shelf(make_batch, store):
    """Batches in every state; returns today."""
    today = clock.today(store)
    make_batch("FINE-1", expires_on=today + timedelta(200), tested_on=today - timedelta(20))
    make_batch("HELD-2", held="missing")
    make_batch("GONE-3", stock=0)
    make_batch("SOON-4", expires_on=today + timedelta(9))
    make_batch("PAST-5", expires_on=today - timedelta(1))
    make_batch("OLD-6", tested_on=today - timedelta(500))
    make_batch("NEVER-7", stock=None)
    return today


def listed(client, **asked):
    page = client.get("/certificates/missing", query_string=asked).get_data(as_text=True)
    return set(re.findall(r"<td>([A-Z]+-\d)</td>", page))


@pytest.mark.parametrize(
    ("state", "here", "everywhere"),
    [
        ("missing", {"FINE-1", "SOON-4", "OLD-6"}, {"FINE-1", "SOON-4", "OLD-6", "GONE-3", "NEVER-7"}),
        ("expires-soon", {"SOON-4"}, {"SOON-4"}),
        ("expired", {"PAST-5"}, {"PAST-5"}),
        ("old-test", {"OLD-6"}, {"OLD-6"}),
    ],
)
def test_the_list_names_the_batches_of_each_state(counselor_client, shelf, state, here, everywhere):
    assert listed(counselor_client, state=state) == here
    assert listed(counselor_client, state=state, stock="all") == everywhere


def test_the_list_counts_every_state(counselor_client, shelf):
    page = counselor_client.get("/certificates/missing").get_data(as_text=True)
    assert re.findall(r'class="count">(\d+)', page) == ["3", "1", "1", "1"]


def test_a_batch_leaves_the_list_with_its_certificate_and_comes_back_without(manager_client, make_batch):
    batch = make_batch("B-1")
    assert listed(manager_client) == {"B-1"}
    manager_client.post(
        f"/certificates/batches/{batch.id}", data=upload(PDF), content_type="multipart/form-data"
    )
    assert listed(manager_client) == set()
    manager_client.post("/certificates/attachments/1/withdraw", data={"reason": "torn"})
    assert listed(manager_client) == {"B-1"}


def test_a_strange_address_shows_what_is_missing(counselor_client, shelf):
    assert listed(counselor_client, state="x", page="zz", stock="?") == {"FINE-1", "SOON-4", "OLD-6"}
    assert listed(counselor_client, page="99999999") == {"FINE-1", "SOON-4", "OLD-6"}


def test_labels_say_what_stands_on_the_shelf(counselor_client, make_batch):
    one = make_batch("B-1", tested_on=date(2026, 9, 1), expires_on=date(2099, 1, 5))
    page = counselor_client.get(f"/certificates/labels?batch={one.id}").get_data(as_text=True)
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for words in (
        "Quiet Creek S1", "Alder · Gummy · Edible", "THC 5 mg", "CBD none found", "in one serving",
        "Servings: 20 · Smallest dose: 0.5 of a serving, 2.5 mg THC", "Batch B-1 · SKU S1",
        "Tested 1 Sep 2026 · Expires 5 Jan 2099",
    ):  # fmt: skip
        assert words in text
    assert 'aria-label="QR code: S1 B-1"' in page
    assert "style=" not in page
    assert "Not for sale" not in page


def test_a_label_of_a_held_batch_says_that_it_is_not_for_sale(counselor_client, make_batch):
    one = make_batch(held="unit-unknown")
    assert "Not for sale: On hold" in counselor_client.get(f"/certificates/labels?batch={one.id}").get_data(
        as_text=True
    )


def test_a_label_says_not_known_where_the_certificate_does_not_tell(counselor_client, make_batch):
    one = make_batch()
    one.readings = [row for row in one.readings if row.analyte != "THC"]
    db.session.commit()
    page = counselor_client.get(f"/certificates/labels?batch={one.id}").get_data(as_text=True)
    assert "<b>THC</b> not known" in page
    assert "mg THC" not in page


def test_labels_keep_the_order_and_leave_out_what_is_not_there(counselor_client, make_batch):
    one, two = make_batch("B-1"), make_batch("B-2", sku="S2")
    asked = f"/certificates/labels?batch={two.id}&batch=x&batch=999&batch={one.id}&batch={two.id}&batch=²"
    page = counselor_client.get(asked).get_data(as_text=True)
    assert re.findall(r"QR code: (S\d B-\d)", page) == ["S2 B-2", "S1 B-1"]


def test_no_label_asked_for_is_said(counselor_client):
    answer = counselor_client.get("/certificates/labels", follow_redirects=True)
    assert "Tick at least one batch" in answer.get_data(as_text=True)
