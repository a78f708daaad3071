"""A pharmacist approves a version for their store; every page and handout says how it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from counselor import clock, knowledge
from counselor.audit.models import AuditEvent
from counselor.database import db
from counselor.guidance.knowledge import Severity
from counselor.knowledge import actions
from counselor.knowledge.models import KnowledgeApproval
from counselor.staff.models import Staff, Store

PAGES = ("/knowledge", "/knowledge/statements/thc-opioid", "/knowledge/sources/house-policy",
         "/knowledge/medicines?name=Klonopin", "/knowledge/approval")  # fmt: skip
AWAITED = "awaiting a pharmacist&#39;s approval"
RULE = "thc-opioid"


def standing_line(client: Any, path: str) -> str:
    """The line of a page that says how its version stands."""
    page = client.get(path).get_data(as_text=True)
    assert page.count('class="standing') == 1, path
    return str(page.split('class="standing')[1].split("</p>")[0])


def approve(client: Any, **changes: str) -> Any:
    form = {"version": knowledge.current().version, "read": "yes"} | changes
    return client.post("/knowledge/approval", data={name: said for name, said in form.items() if said})


def approve_an_older_version(by: Staff) -> str:
    """An approval of a version that called opioids minor."""
    known = knowledge.current()
    rules = {**known.rules, RULE: replace(known.rules[RULE], severity=Severity.MINOR)}
    old = replace(known, version="2026-01-01+00000001", rules=rules)
    actions.approve(knowledge=old, store=by.store, note="", by=by, at=datetime(2026, 1, 5, 15, tzinfo=UTC))
    db.session.commit()
    return old.version


def test_until_somebody_approves_every_page_says_that_approval_is_awaited(counselor_client: Any) -> None:
    for path in PAGES:
        line = standing_line(counselor_client, path)
        assert AWAITED in line and knowledge.current().version in line, path


def test_after_approval_every_page_says_who_and_when(counselor_client: Any, pharmacist_client: Any) -> None:
    assert approve(pharmacist_client, note="read on paper").status_code == 303
    day = clock.local(clock.now(), pharmacist_client.staff.store)
    for path in PAGES:
        line = standing_line(counselor_client, path)
        assert AWAITED not in line
        assert f"approved by Pat Pharmacist, pharmacist, on {day.day} {day:%b %Y}" in line, path
    event = db.session.scalars(db.select(AuditEvent).where(AuditEvent.kind == "knowledge.approved")).one()
    assert event.by_name == "Pat Pharmacist" and event.note == "read on paper"
    assert event.detail == {"version": knowledge.current().version}


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"read": ""}, 422, "Tick that you have read it."),
        ({"version": "2020-01-01+00000000"}, 409, "this is another version now"),
        ({"version": ""}, 409, "this is another version now"),
    ],
)
def test_nothing_is_approved_unread_or_under_another_name(
    changes: dict[str, str], status: int, says: str, pharmacist_client: Any
) -> None:
    answer = approve(pharmacist_client, **changes)
    assert answer.status_code == status and says in answer.get_data(as_text=True)
    assert AWAITED in standing_line(pharmacist_client, "/knowledge")


@pytest.mark.parametrize("who", ["counselor", "manager"])
def test_nobody_but_a_pharmacist_may_approve(who: str, request: pytest.FixtureRequest) -> None:
    client = request.getfixturevalue(f"{who}_client")
    assert approve(client).status_code == 403
    page = client.get("/knowledge/approval").get_data(as_text=True)
    assert 'name="read"' not in page and "under their own sign-in" in page


def test_an_approval_counts_in_its_own_store_only(
    pharmacist_client: Any, make_staff: Callable[..., Staff], client_of: Callable[[Staff], Any]
) -> None:
    approve(pharmacist_client)
    other = Store(name="Harbor", zone="America/New_York")
    db.session.add(other)
    db.session.commit()
    there = client_of(make_staff("pharmacist", store=other))
    assert AWAITED in standing_line(there, "/knowledge")
    ours = db.session.scalars(db.select(KnowledgeApproval)).one()
    answer = there.post(f"/knowledge/approval/{ours.id}/withdrawal", data={"because": "not ours"})
    assert answer.status_code == 404


def test_a_new_version_brings_the_line_back_and_says_what_changed(
    counselor_client: Any, pharmacist_client: Any
) -> None:
    old = approve_an_older_version(pharmacist_client.staff)
    line = standing_line(counselor_client, "/knowledge/statements/thc-benzodiazepine")
    assert AWAITED in line and f"last approved: {old} on 5 Jan 2026 by Pat Pharmacist" in line
    assert "What changed since" in line and "/knowledge/approval#changes" in line
    now = knowledge.current().rules[RULE].severity.word
    for path in ("/knowledge", "/knowledge/approval"):
        page = counselor_client.get(path).get_data(as_text=True)
        assert f"thc-opioid: severity minor → {now}" in page, path
    for rule, words in (
        (RULE, f"severity minor → {now}"),
        ("thc-benzodiazepine", "Unchanged in every version seen here"),
    ):
        assert words in counselor_client.get(f"/knowledge/statements/{rule}").get_data(as_text=True)
    approve(pharmacist_client)
    line = standing_line(counselor_client, "/knowledge")
    assert "approved by Pat Pharmacist" in line and "What changed since" in line


def test_a_withdrawal_needs_a_reason_and_brings_the_line_back(pharmacist_client: Any) -> None:
    approve(pharmacist_client)
    found = db.session.scalars(db.select(KnowledgeApproval)).one()
    path = f"/knowledge/approval/{found.id}/withdrawal"
    assert pharmacist_client.post(path, data={"because": "  "}).status_code == 422
    assert AWAITED not in standing_line(pharmacist_client, "/knowledge")
    assert pharmacist_client.post(path, data={"because": "a dose is wrong"}).status_code == 303
    assert AWAITED in standing_line(pharmacist_client, "/knowledge")
    assert "withdrawn by Pat Pharmacist" in pharmacist_client.get("/knowledge/approval").get_data(
        as_text=True
    )
    event = db.session.scalars(
        db.select(AuditEvent).where(AuditEvent.kind == "knowledge.approval-withdrawn")
    ).one()
    assert event.note == "a dose is wrong"
    assert pharmacist_client.post(path, data={"because": "again"}).status_code == 303
    assert db.session.scalars(db.select(KnowledgeApproval)).one().withdrawn_because == "a dose is wrong"
    assert approve(pharmacist_client).status_code == 303
    assert AWAITED not in standing_line(pharmacist_client, "/knowledge")
    assert len(db.session.scalars(db.select(KnowledgeApproval)).all()) == 2


def test_approving_twice_is_one_approval(pharmacist_client: Any) -> None:
    approve(pharmacist_client)
    approve(pharmacist_client)
    assert len(db.session.scalars(db.select(KnowledgeApproval)).all()) == 1


def test_the_database_itself_keeps_one_live_approval_and_whole_withdrawals(pharmacist_client: Any) -> None:
    approve(pharmacist_client)
    found = db.session.scalars(db.select(KnowledgeApproval)).one()
    twin = KnowledgeApproval(
        store_id=found.store_id,
        version_id=found.version_id,
        approved_at=clock.now(),
        approved_by_id=found.approved_by_id,
        approved_by_name="Pat",
    )
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(twin)
    found.withdrawn_at = clock.now()
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
