"""Signing in, staying signed in, and being signed out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counselor import clock
from counselor.database import db
from counselor.staff import actions
from counselor.staff.models import SignInFailure, SignInSession

WRONG = "a wrong password entirely"
PASSWORD = "harmless teapot orbit 9"


@pytest.fixture
def move_clock(monkeypatch):
    """Put the clock forward by so much, for the requests that follow."""
    real = clock.now

    def move(**by):
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(**by))

    return move


def test_a_counselor_signs_in_and_reaches_the_counter(make_staff, client):
    staff = make_staff("counselor")
    answer = client.sign_in(staff.username)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").status_code == 200


def test_a_username_may_be_typed_in_capitals_and_with_spaces_around(make_staff, client):
    make_staff("counselor", username="mreyes")
    assert client.sign_in("  MReyes ").status_code == 303


def test_after_signing_in_one_comes_to_the_page_one_asked_for(make_staff, client):
    staff = make_staff("manager")
    asked = client.get("/staff")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/staff")
    answer = client.post(
        "/sign-in", data={"username": staff.username, "password": PASSWORD, "next": "/staff"}
    )
    assert answer.location == "/staff"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_sent_to_another_site_after_signing_in(make_staff, client, elsewhere):
    staff = make_staff()
    answer = client.post(
        "/sign-in", data={"username": staff.username, "password": PASSWORD, "next": elsewhere}
    )
    assert answer.location == "/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(make_staff, client):
    staff = make_staff(username="known-name")
    disabled = make_staff(username="gone-away")
    actions.disable_staff(staff=disabled, by=staff, at=clock.now())
    answers = [
        client.post("/sign-in", data={"username": name, "password": password})
        for name, password in (("known-name", WRONG), ("unknown-me", WRONG), ("gone-away", PASSWORD))
    ]
    pages = {
        answer.text.replace(name, "NAME").split("<form")[0]
        for answer, name in zip(answers, ("known-name", "unknown-me", "gone-away"), strict=True)
    }
    assert {answer.status_code for answer in answers} == {401}
    assert len({page.split("</head>")[1] for page in pages}) == 1


def test_an_unknown_name_costs_the_same_work_as_a_known_one(make_staff, client, monkeypatch):
    from argon2 import PasswordHasher

    checked = []
    real = PasswordHasher.verify

    def counted(self, kept, password):
        checked.append(kept)
        return real(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for name in (make_staff().username, "nobody-here"):
        client.sign_in(name, WRONG)
    assert len(checked) == 2
    assert len({kept.rsplit("$", 2)[0] for kept in checked}) == 1


def test_answered_forms_are_forgotten_after_a_week_and_not_before(make_staff, client, move_clock):
    from counselor.staff.models import FormToken

    staff = make_staff("manager")
    client.sign_in(staff.username)
    client.post("/staff", data={"display_name": "Ann", "username": "ann", "role": "counselor"})
    for days, left in ((6, 1), (8, 0)):
        move_clock(days=days)
        client.sign_in(staff.username)
        assert len(db.session.scalars(db.select(FormToken)).all()) == left


def test_the_cookie_carries_a_random_id_whose_hash_alone_is_stored(counselor_client):
    row = db.session.scalars(db.select(SignInSession)).one()
    with counselor_client.session_transaction() as kept:
        assert len(kept["sid"]) >= 43
        assert kept["sid"] not in row.key_hash
        assert set(kept) <= {"sid", "csrf_token", "_flashes"}


def test_signing_in_gives_a_new_id_and_ends_the_session_before(counselor_client):
    with counselor_client.session_transaction() as kept:
        before = kept["sid"]
    counselor_client.sign_in(counselor_client.staff.username)
    with counselor_client.session_transaction() as kept:
        assert kept["sid"] != before
    ended = db.session.scalars(db.select(SignInSession).order_by(SignInSession.id)).first()
    assert ended.ended_because == "signed in anew"


def stolen_cookie(client):
    return client.get_cookie("counselor").value


def replayed(app, cookie):
    thief = app.test_client()
    thief.set_cookie("counselor", cookie)
    return thief.get("/").status_code


def test_a_stolen_cookie_is_dead_after_signing_out(app, counselor_client):
    cookie = stolen_cookie(counselor_client)
    assert replayed(app, cookie) == 200
    counselor_client.post("/sign-out")
    assert replayed(app, cookie) == 303


def test_a_stolen_cookie_is_dead_once_the_account_is_disabled(app, counselor_client, manager_client):
    cookie = stolen_cookie(counselor_client)
    manager_client.post(f"/staff/{counselor_client.staff.id}/disable")
    assert replayed(app, cookie) == 303


def test_a_password_change_ends_every_session_but_the_one_it_was_made_in(app, counselor_client, client):
    client.sign_in(counselor_client.staff.username)
    cookie = stolen_cookie(counselor_client)
    new = "vuvuzela gravel oboist"
    answer = counselor_client.post("/account/password", data={"current": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 303
    assert counselor_client.get("/").status_code == 200
    assert client.get("/").status_code == 303
    assert replayed(app, cookie) == 303
    assert app.test_client().sign_in(counselor_client.staff.username, new).status_code == 303


def test_a_cookie_that_was_tampered_with_signs_nobody_in(app, counselor_client):
    assert replayed(app, stolen_cookie(counselor_client)[:-3] + "AAA") == 303


def test_an_idle_session_ends_after_fifteen_minutes(counselor_client, move_clock):
    move_clock(minutes=14)
    assert counselor_client.get("/").status_code == 200
    move_clock(minutes=28)
    assert counselor_client.get("/").status_code == 200
    move_clock(minutes=44)
    assert counselor_client.get("/").status_code == 303


def test_autosave_is_not_activity(counselor_client, move_clock):
    move_clock(minutes=14)
    counselor_client.post("/sign-out-nowhere", headers={"X-Autosave": "1"})
    counselor_client.get("/", headers={"X-Autosave": "1"})
    move_clock(minutes=16)
    assert counselor_client.get("/").status_code == 303


def test_a_session_ends_after_twelve_hours_however_busy(counselor_client, move_clock):
    for minutes in range(0, 12 * 60, 14):
        move_clock(minutes=minutes)
        assert counselor_client.get("/").status_code == 200
    move_clock(hours=12, minutes=1)
    assert counselor_client.get("/").status_code == 303


def test_a_clock_set_back_by_a_day_does_not_make_a_session_live_forever(counselor_client, move_clock):
    move_clock(days=-1)
    assert counselor_client.get("/").status_code == 303


def test_after_five_wrong_passwords_one_waits_and_the_wait_grows(make_staff, client, move_clock):
    staff = make_staff()
    for _ in range(5):
        assert client.sign_in(staff.username, WRONG).status_code == 401
    refused = client.sign_in(staff.username)
    assert refused.status_code == 429
    assert "Wait 2 seconds" in refused.text
    move_clock(seconds=3)
    assert client.sign_in(staff.username, WRONG).status_code == 401
    assert "Wait 4 seconds" in client.sign_in(staff.username).text
    move_clock(seconds=8)
    assert client.sign_in(staff.username).status_code == 303


def test_names_that_do_not_exist_wait_just_the_same(client):
    for _ in range(5):
        assert client.sign_in("nobody-here", WRONG).status_code == 401
    assert client.sign_in("nobody-here", WRONG).status_code == 429


def test_a_right_password_forgets_the_wrong_ones(make_staff, client):
    staff = make_staff()
    for _ in range(2):
        for _ in range(4):
            client.sign_in(staff.username, WRONG)
        assert client.sign_in(staff.username).status_code == 303


def test_the_count_of_wrong_passwords_lies_in_the_database_and_not_by_name(make_staff, client):
    client.sign_in(make_staff(username="mreyes").username, WRONG)
    failure = db.session.scalars(db.select(SignInFailure)).one()
    assert "mreyes" not in failure.name_key
    assert len(failure.name_key) == 64


def test_twenty_wrong_passwords_a_minute_from_one_address_stop_that_address_only(make_staff, client, app):
    staff = make_staff()
    for number in range(20):
        client.sign_in(f"guess{number}", WRONG)
    assert client.sign_in(staff.username).status_code == 429
    elsewhere = app.test_client()
    answer = elsewhere.post(
        "/sign-in",
        data={"username": staff.username, "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "10.0.0.7"},
    )
    assert answer.status_code == 303


def test_after_a_hundred_wrong_passwords_only_a_manager_opens_the_account(
    make_staff, client, app, move_clock
):
    staff, settings = make_staff(), app.extensions["counselor"]
    key = actions._name_key(staff.username, settings)
    for _ in range(100):
        db.session.add(SignInFailure(name_key=key, address="10.0.0.7", at=clock.now()))
    db.session.commit()
    move_clock(days=30)
    assert client.sign_in(staff.username).status_code == 429
    given = actions.reset_password(staff=staff, by=None, at=clock.now(), settings=settings)
    assert client.sign_in(staff.username, given).status_code == 303


def test_a_password_for_one_use_must_be_changed_before_anything_else(app, make_staff, client):
    staff = make_staff()
    given = actions.reset_password(staff=staff, by=None, at=clock.now(), settings=app.extensions["counselor"])
    client.sign_in(staff.username, given)
    assert client.get("/").location == "/account/password"
    new = "vuvuzela gravel oboist"
    client.post("/account/password", data={"current": given, "new": new, "again": new})
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (
            {"current": WRONG, "new": "vuvuzela gravel oboist", "again": "vuvuzela gravel oboist"},
            "not the password you have",
        ),
        ({"current": PASSWORD, "new": "vuvuzela gravel oboist", "again": "vuvuzela gravel"}, "differ"),
        ({"current": PASSWORD, "new": "short", "again": "short"}, "at least 15"),
        ({"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "password you have now"),
        ({"current": "", "new": "", "again": ""}, "Type the password you have now"),
    ],
)
def test_a_password_change_that_does_not_work_says_why_and_changes_nothing(
    counselor_client, client, typed, says
):
    answer = counselor_client.post("/account/password", data=typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert client.sign_in(counselor_client.staff.username).status_code == 303


def test_guessing_the_password_from_a_signed_in_tablet_is_slowed_too(counselor_client):
    for _ in range(6):
        counselor_client.post("/account/password", data={"current": WRONG, "new": "x", "again": "x"})
    new = "vuvuzela gravel oboist"
    answer = counselor_client.post("/account/password", data={"current": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 422
