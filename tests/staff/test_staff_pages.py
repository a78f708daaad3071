"""The manager's pages for accounts."""

from __future__ import annotations

import re

import pytest

from counselor import clock
from counselor.audit.models import AuditEvent
from counselor.database import db
from counselor.staff import actions, queries
from counselor.staff.models import Role, Store

ANN = {"display_name": "Ann Other", "username": "Ann.Other", "role": "pharmacist"}


def test_a_manager_adds_somebody_who_signs_in_with_the_password_shown_once(manager_client, client):
    page = manager_client.post("/staff", data=ANN)
    password = re.search(r'password-once"[^>]*>([^<]+)<', page.text).group(1)
    assert client.sign_in("ann.other", password).status_code == 303
    assert client.get("/").location == "/account/password"
    assert password not in manager_client.get("/staff").text


def test_adding_somebody_is_written_to_the_log_with_the_role_and_the_manager(manager_client):
    manager_client.post("/staff", data=ANN)
    event = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.number.desc())).first()
    assert (event.kind, event.by_name, event.detail) == (
        "staff.added",
        "Morgan Manager",
        {"role": "pharmacist"},
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"username": ""}, "Type a username."),
        ({"username": "two words"}, "without spaces"),
        ({"display_name": "  "}, "Type the person"),
        ({"role": "owner"}, "Not a valid choice"),
        ({"username": "u" * 65}, "at most 64"),
    ],
)
def test_a_form_that_does_not_fit_names_the_field_and_keeps_what_was_typed(manager_client, change, says):
    answer = manager_client.post("/staff", data=ANN | change)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Ann" in answer.text
    assert queries.find_by_username("ann.other") is None


def test_a_username_is_given_once_even_to_somebody_long_disabled(manager_client, make_staff):
    gone = make_staff(username="ann.other")
    actions.disable_staff(staff=gone, by=manager_client.staff, at=clock.now())
    answer = manager_client.post("/staff", data=ANN)
    assert answer.status_code == 422
    assert "is taken" in answer.text


def test_a_disabled_person_cannot_sign_in_until_enabled_again(manager_client, make_staff, client):
    staff = make_staff()
    manager_client.post(f"/staff/{staff.id}/disable")
    assert client.sign_in(staff.username).status_code == 401
    manager_client.post(f"/staff/{staff.id}/enable")
    assert client.sign_in(staff.username).status_code == 303


def test_a_manager_cannot_disable_herself(manager_client):
    answer = manager_client.post(f"/staff/{manager_client.staff.id}/disable")
    assert answer.status_code == 409
    assert "your own account" in answer.text
    assert manager_client.get("/staff").status_code == 200


def test_the_last_manager_cannot_be_disabled(make_staff):
    boss, other = make_staff("manager"), make_staff("counselor")
    with pytest.raises(actions.Refused, match="last manager"):
        actions.disable_staff(staff=boss, by=other, at=clock.now())


def test_a_new_password_signs_the_person_out_and_opens_the_door_once(
    manager_client, counselor_client, client
):
    staff = counselor_client.staff
    page = manager_client.post(f"/staff/{staff.id}/password")
    password = re.search(r'password-once"[^>]*>([^<]+)<', page.text).group(1)
    assert counselor_client.get("/").status_code == 303
    assert client.sign_in(staff.username, password).status_code == 303


@pytest.mark.parametrize("path", ["/staff/99999/disable", "/staff/99999/enable", "/staff/99999/password"])
def test_an_account_nobody_has_is_not_found(manager_client, path):
    assert manager_client.post(path).status_code == 404


@pytest.mark.parametrize("what", ["disable", "enable", "password"])
def test_a_manager_cannot_change_an_account_of_another_store(manager_client, make_staff, what):
    theirs = make_staff("pharmacist", store=_another_store())
    before = (theirs.password_hash, theirs.disabled_at)
    assert manager_client.post(f"/staff/{theirs.id}/{what}").status_code == 404
    db.session.expire_all()
    assert (theirs.password_hash, theirs.disabled_at) == before


def test_a_manager_sees_the_accounts_of_her_own_store_only(manager_client, make_staff):
    make_staff(display_name="Our Own")
    make_staff(display_name="Far Away", store=_another_store())
    page = manager_client.get("/staff").text
    assert "Our Own" in page
    assert "Far Away" not in page


def test_a_manager_elsewhere_does_not_make_the_last_manager_of_a_store_dispensable(make_staff):
    boss, other = make_staff("manager"), make_staff("counselor")
    make_staff("manager", store=_another_store())
    with pytest.raises(actions.Refused, match="last manager"):
        actions.disable_staff(staff=boss, by=other, at=clock.now())


def _another_store() -> Store:
    return actions.open_store(name="Blue Door", zone="America/Los_Angeles", at=clock.now())


def test_names_are_shown_as_text_whatever_they_hold(manager_client):
    manager_client.post("/staff", data=ANN | {"display_name": "<script>alert(1)</script>"})
    page = manager_client.get("/staff").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_every_role_has_a_row_in_the_permission_table():
    from counselor.staff.permissions import ROLE_PERMISSIONS

    assert set(ROLE_PERMISSIONS) == set(Role)
