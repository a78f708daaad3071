"""Every write happens exactly once, whole, or not at all."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from counselor import clock
from counselor.audit.models import AuditEvent
from counselor.database import db
from counselor.staff import actions
from counselor.staff.models import FormToken, Staff

ANN = {"display_name": "Ann Other", "username": "ann.other", "role": "counselor"}


def count(model):
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_the_same_form_sent_twice_gets_the_first_answer_and_adds_one_account(manager_client):
    before = count(Staff)
    first = manager_client.post("/staff", data=ANN | {"form_token": "once"})
    again = manager_client.post("/staff", data=ANN | {"form_token": "once"})
    assert first.status_code == 200
    assert (again.status_code, again.location) == (303, "/staff")
    assert count(Staff) == before + 1


def test_a_form_sent_twenty_times_at_once_writes_once(app, manager_client, client_of, make_staff):
    managers = [client_of(manager_client.staff) for _ in range(4)]
    tokens = [manager.csrf_token() for manager in managers]
    before, answers = count(Staff), []
    db.session.commit()

    def send(number):
        browser = managers[number]
        for _ in range(5):
            answer = browser.post(
                "/staff", bare=True, data=ANN | {"form_token": "once", "csrf_token": tokens[number]}
            )
            answers.append(answer.status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [303] * 19
    assert count(Staff) == before + 1


def test_a_form_that_was_refused_keeps_its_token_for_the_corrected_one(manager_client):
    wrong = manager_client.post("/staff", data=ANN | {"role": "", "form_token": "once"})
    right = manager_client.post("/staff", data=ANN | {"form_token": "once"})
    assert (wrong.status_code, right.status_code) == (422, 200)


def test_another_persons_form_with_the_same_token_is_another_form(manager_client, make_staff, client_of):
    other = client_of(make_staff("manager"))
    manager_client.post("/staff", data=ANN | {"form_token": "once"})
    answer = other.post("/staff", data=ANN | {"username": "ann.second", "form_token": "once"})
    assert answer.status_code == 200


def test_a_form_without_a_token_is_shown_again_filled_and_writes_nothing(manager_client):
    before = count(Staff)
    answer = manager_client.post("/staff", bare=True, data=ANN | {"csrf_token": manager_client.csrf_token()})
    assert answer.status_code == 400
    assert 'value="Ann Other"' in answer.text
    assert count(Staff) == before


def test_nothing_is_kept_of_a_write_that_failed_in_the_middle(manager_client, monkeypatch):
    before, events = count(Staff), count(AuditEvent)

    def fail(**_):
        raise RuntimeError("Ann Other could not be shown")

    monkeypatch.setattr("counselor.staff.views._show_once", lambda *_: fail())
    answer = manager_client.post("/staff", data=ANN | {"form_token": "once"})
    assert answer.status_code == 500
    assert "Ann Other" not in answer.text
    assert (count(Staff), count(AuditEvent), count(FormToken)) == (before, events, 0)


def test_a_change_in_between_answers_with_what_was_typed_and_writes_nothing(manager_client, monkeypatch):
    def stale(**_):
        raise StaleDataError("0 rows")

    monkeypatch.setattr(actions, "add_staff", stale)
    answer = manager_client.post("/staff", data=ANN)
    assert answer.status_code == 409
    assert "Changed in the meantime" in answer.text
    assert "Ann Other" in answer.text


def test_a_database_that_does_not_answer_says_not_saved_and_offers_to_send_again(manager_client, monkeypatch):
    def busy(**_):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(actions, "add_staff", busy)
    answer = manager_client.post("/staff", data=ANN | {"form_token": "once"})
    assert answer.status_code == 503
    assert "NOT saved" in answer.text
    assert 'value="Ann Other"' in answer.text
    assert 'name="form_token" value="once"' in answer.text
    monkeypatch.undo()
    assert manager_client.post("/staff", data=ANN | {"form_token": "once"}).status_code == 200


def test_two_people_who_edit_one_account_do_not_overwrite_each_other(app, make_staff):
    mine = make_staff()
    db.session.refresh(mine)
    db.session.expunge(mine)
    db.session.rollback()
    db.session.get(Staff, mine.id).display_name = "Second"
    db.session.commit()
    db.session.expunge_all()
    db.session.add(mine)
    mine.display_name = "Third"
    with pytest.raises(StaleDataError):
        db.session.flush()
    db.session.rollback()


def test_a_moment_without_a_zone_is_refused_and_one_with_a_zone_comes_back_in_utc(make_staff):
    from sqlalchemy.exc import StatementError

    staff = make_staff()
    moment = clock.now().astimezone(clock.ZoneInfo("Asia/Kolkata")) + timedelta(days=1)
    staff.password_changed_at = moment
    db.session.commit()
    assert staff.password_changed_at == moment
    assert staff.password_changed_at.utcoffset() == timedelta(0)
    staff.password_changed_at = moment.replace(tzinfo=None)
    with pytest.raises(StatementError, match="without a time zone"):
        db.session.flush()
    db.session.rollback()
