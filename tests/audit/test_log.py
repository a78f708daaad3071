"""The log cannot be altered without its showing."""

from __future__ import annotations

import random
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from counselor import audit, clock
from counselor.audit import chain, queries
from counselor.audit.models import AuditEvent, AuditHead
from counselor.database import db, reading


def write(number, by=None):
    for index in range(number):
        audit.record(
            "test.done", subject="test", by=by, at=clock.now(), note=f"é {index}", detail={"dose": 1.25}
        )
    db.session.commit()


def events():
    return list(db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.number)))


def detached():
    """All events and the head, out of the session, to be tampered with."""
    found, head = events(), db.session.get(AuditHead, 1)
    db.session.expunge_all()
    return found, head


def test_an_untouched_log_is_whole(app, make_staff):
    write(20, by=make_staff())
    found = queries.check_chain()
    assert found.whole
    assert found.events == 21


def test_an_empty_log_is_whole(app):
    assert queries.check_chain().whole


FIELDS = (
    "kind",
    "subject_kind",
    "subject_id",
    "patient_id",
    "by_id",
    "by_name",
    "note",
    "detail",
    "at",
    "hash",
)


def test_any_single_edit_shows_at_the_event_that_was_edited(app):
    write(30)
    dice = random.Random(1)
    for _ in range(200):
        found, head = detached()
        victim, field = dice.choice(found), dice.choice(FIELDS)
        other = {"subject_id": 77, "patient_id": 77, "by_id": 77, "detail": {"dose": 2.5}}.get(field, "x")
        setattr(victim, field, clock.now() if field == "at" else other)
        broken = chain.check(found, head)
        assert not broken.whole, field
        assert broken.broken_at in (victim.number, victim.number + 1)


def test_any_deletion_shows_the_last_one_too(app):
    write(30)
    for victim in range(30):
        found, head = detached()
        del found[victim]
        assert chain.check(found, head).broken_at == victim + 1


def test_two_events_that_change_places_show(app):
    write(5)
    found, head = detached()
    found[1], found[2] = found[2], found[1]
    assert not chain.check(found, head).whole


def test_the_whole_log_thrown_away_shows(app):
    write(5)
    _, head = detached()
    assert not chain.check([], head).whole


@pytest.mark.parametrize("sql", ["UPDATE audit_event SET note = 'x'", "DELETE FROM audit_event"])
def test_the_database_itself_refuses_to_change_the_log(app, sql):
    write(2)
    with pytest.raises(IntegrityError, match="kept as it was written"):
        db.session.execute(text(sql))
    db.session.rollback()
    assert queries.check_chain().whole


def test_events_written_at_the_same_time_make_one_chain_without_forks(app):
    failures = []

    def work():
        with app.app_context():
            try:
                for _ in range(10):
                    write(1)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [event.number for event in events()] == list(range(1, 41))
    assert queries.check_chain().whole


def test_an_action_that_is_rolled_back_leaves_no_event(app):
    audit.record("test.done", subject="test", by=None, at=clock.now())
    db.session.rollback()
    assert events() == []


def test_order_is_kept_by_number_even_where_the_clock_was_set_back(app):
    from datetime import timedelta

    audit.record("test.first", subject="test", by=None, at=clock.now())
    audit.record("test.second", subject="test", by=None, at=clock.now() - timedelta(days=1))
    db.session.commit()
    assert [event.kind for event in queries.newest()] == ["test.second", "test.first"]
    assert queries.check_chain().whole


def test_a_page_that_only_reads_cannot_record_a_write(app):
    with reading(), pytest.raises(RuntimeError, match="record_read"):
        audit.record("test.done", subject="test", by=None, at=clock.now())


def test_a_page_that_only_reads_notes_whom_it_showed_and_the_note_is_written(
    app, counselor_client, monkeypatch
):
    staff = counselor_client.staff

    def page():
        audit.record_read("patient.read", subject="patient", by=staff, at=clock.now(), patient_id=12)
        return "shown"

    monkeypatch.setitem(app.view_functions, "home.index", page)
    db.session.refresh(staff)
    db.session.expunge(staff)
    assert counselor_client.get("/").text == "shown"
    event = queries.newest()[0]
    assert (event.kind, event.patient_id, event.by_id) == ("patient.read", 12, staff.id)


def test_a_page_is_not_sent_when_the_reading_cannot_be_recorded(app, counselor_client, monkeypatch):
    from sqlalchemy.exc import OperationalError

    staff = counselor_client.staff

    def page():
        audit.record_read("patient.read", subject="patient", by=staff, at=clock.now(), patient_id=12)
        return "Jane Roe, clonazepam"

    def full(_):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setitem(app.view_functions, "home.index", page)
    monkeypatch.setattr("counselor.audit.actions.append_noted", full)
    db.session.refresh(staff)
    db.session.expunge(staff)
    answer = counselor_client.get("/")
    assert answer.status_code == 503
    assert "Jane" not in answer.text


def test_a_manager_reads_the_log_newest_first_and_page_by_page(manager_client):
    write(150)
    page = manager_client.get("/audit").text
    assert "The log is whole" in page
    assert page.index("é 149") < page.index("é 60")
    assert "é 10;" not in page
    assert "é 10;" in manager_client.get("/audit?before=53").text


def test_a_broken_log_is_said_on_the_page_and_by_the_command(manager_client):
    write(3)
    head = db.session.get(AuditHead, 1)
    head.number += 1
    db.session.commit()
    assert "tampered" in manager_client.get("/audit").text
