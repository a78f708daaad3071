"""Every address of the program against every kind of person, from the app's own url map."""

from __future__ import annotations

import pytest
from werkzeug.routing import IntegerConverter

from counselor import clock
from counselor.database import db
from counselor.staff import actions
from counselor.staff.models import Role
from counselor.staff.permissions import ENDPOINTS, Access, Permission, may
from counselor.web.writes import kind_of

ROLES = {role.value for role in Role}
PEOPLE = ("nobody", "counselor", "pharmacist", "manager", "disabled")


def addresses(app):
    """(endpoint, method, path) of everything the app answers; numbers in a path are 1, words are x."""
    for rule in app.url_map.iter_rules():
        values = {
            name: 1 if isinstance(part, IntegerConverter) else "x" for name, part in rule._converters.items()
        }
        with app.test_request_context():
            path = rule.build(values, append_unknown=False)[1]
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, path


def test_every_address_has_a_row_in_the_permission_table_and_every_row_an_address(app):
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert known - set(ENDPOINTS) == set(), "addresses without a row"
    assert set(ENDPOINTS) - known == set(), "rows without an address"


def test_an_address_without_a_row_is_refused_to_everybody(app, manager_client, client, monkeypatch):
    monkeypatch.delitem(ENDPOINTS, "home.index")
    assert manager_client.get("/").status_code == 403
    assert client.get("/").status_code == 403


def test_only_what_must_be_is_open_to_anybody():
    public = {endpoint for endpoint, access in ENDPOINTS.items() if access is Access.PUBLIC}
    assert public == {"static", "session.sign_in", "session.sign_out"}


@pytest.fixture
def people(app, client, counselor_client, pharmacist_client, manager_client, make_staff, client_of):
    """A browser for each kind of person."""
    gone = make_staff("manager")
    disabled = client_of(gone)
    db.session.refresh(gone)
    actions.disable_staff(staff=gone, by=manager_client.staff, at=clock.now())
    db.session.commit()
    return {
        "nobody": client,
        "counselor": counselor_client,
        "pharmacist": pharmacist_client,
        "manager": manager_client,
        "disabled": disabled,
    }


@pytest.mark.parametrize("person", PEOPLE)
def test_every_address_lets_in_whom_the_table_says_and_nobody_else(app, people, person, monkeypatch):
    reached = []
    for endpoint in app.view_functions:
        if endpoint != "session.sign_out":
            monkeypatch.setitem(app.view_functions, endpoint, lambda **_: ("let in", 204))
    browser, cells = people[person], 0
    for endpoint, method, path in addresses(app):
        if endpoint in {"static", "session.sign_out"} or endpoint not in ENDPOINTS:
            continue
        answer = browser.open(path, method=method)
        access, cells = ENDPOINTS[endpoint], cells + 1
        if isinstance(access, Access) or (person in ROLES and may(Role(person), access)):
            expected = 204
        elif person in ROLES:
            expected = 403
        else:
            expected = 303 if method == "GET" else 401
        if answer.status_code != expected:
            reached.append((endpoint, method, answer.status_code, expected))
    assert reached == []
    assert cells >= 10


@pytest.mark.parametrize("token", [None, "foreign"])
def test_every_changing_address_refuses_a_form_that_is_not_ours(app, people, token, client_of, make_staff):
    foreign = client_of(make_staff("manager")).csrf_token() if token else None
    let_in = []
    for endpoint, method, path in addresses(app):
        access = ENDPOINTS.get(endpoint, Access.BEARER)
        if method == "GET" or access is Access.BEARER:
            continue
        role = next((r for r in Role if isinstance(access, Permission) and may(r, access)), Role.COUNSELOR)
        data = {"csrf_token": foreign} if foreign else {}
        answer = people[role.value].post(path, bare=True, data=data)
        if answer.status_code != 400:
            let_in.append((endpoint, answer.status_code))
    assert let_in == []


def test_every_changing_view_says_whether_it_writes_or_only_reads(app):
    doors = {"session.sign_in", "session.sign_out"}
    unmarked = [
        endpoint
        for endpoint, method, _ in addresses(app)
        if method != "GET"
        and endpoint not in doors
        and ENDPOINTS.get(endpoint) is not Access.BEARER
        and not kind_of(app.view_functions[endpoint])
    ]
    assert unmarked == []


def test_no_page_that_is_only_looked_at_changes_the_database(app, people):
    """GET changes nothing but the log of reads and the session's last activity."""
    quiet = [
        table
        for table in db.metadata.sorted_tables
        if table.name not in {"audit_event", "audit_head", "sign_in_session", "sign_in_failure"}
    ]

    def everything():
        rows = {table.name: db.session.execute(db.select(table)).all() for table in quiet}
        db.session.commit()
        return rows

    before = everything()
    for _, method, path in addresses(app):
        if method == "GET":
            for browser in people.values():
                assert browser.get(path).status_code != 500, path
    assert everything() == before
