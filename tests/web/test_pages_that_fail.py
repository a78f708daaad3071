"""Error pages: plain words, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest

ANN = {"display_name": "Ann Other", "username": "ann.other", "role": "counselor"}


def hidden(page, name):
    return re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page).group(1)


def test_a_form_with_an_old_csrf_token_comes_back_filled_and_can_be_sent(manager_client):
    stale = manager_client.post("/staff", bare=True, data=ANN | {"csrf_token": "old", "form_token": "once"})
    assert stale.status_code == 400
    assert "Nothing you typed is lost" in stale.text
    again = {name: hidden(stale.text, name) for name in (*ANN, "csrf_token", "form_token")}
    assert again["form_token"] == "once"
    answer = manager_client.post("/staff", bare=True, data=again)
    assert answer.status_code == 200
    assert "Ann Other" in answer.text


def test_passwords_are_not_shown_again(counselor_client):
    answer = counselor_client.post(
        "/account/password", bare=True, data={"current": "x", "new_password": "opensesame", "note": "kept"}
    )
    assert "opensesame" not in answer.text
    assert "kept" in answer.text


def test_a_form_sent_after_being_signed_out_survives_the_sign_in(manager_client, password):
    manager_client.post("/sign-out")
    asked = manager_client.post("/staff", data=ANN | {"form_token": "once", "csrf_token": "gone"})
    assert asked.status_code == 401
    assert "nothing typed is lost" in asked.text
    names = ["kept_action", "kept_token", *(f"kept:{name}" for name in ANN)]
    kept = {name: hidden(asked.text, name) for name in names}
    filled = manager_client.post(
        "/sign-in", data=kept | {"username": manager_client.staff.username, "password": password}
    )
    assert filled.status_code == 200
    again = {name: hidden(filled.text, name) for name in (*ANN, "csrf_token", "form_token")}
    assert again | ANN == again
    assert manager_client.post("/staff", bare=True, data=again).status_code == 200


def test_what_was_typed_survives_a_wrong_password_on_the_way(manager_client):
    manager_client.post("/sign-out")
    asked = manager_client.post("/staff", data=ANN)
    kept = {name: hidden(asked.text, name) for name in ("kept_action", "kept:display_name")}
    again = manager_client.post("/sign-in", data=kept | {"username": "somebody", "password": "wrong one"})
    assert hidden(again.text, "kept:display_name") == "Ann Other"


def test_a_kept_form_is_never_sent_to_another_site(manager_client, password):
    manager_client.post("/sign-out")
    answer = manager_client.post(
        "/sign-in",
        data={
            "username": manager_client.staff.username,
            "password": password,
            "kept_action": "https://evil.example/",
            "kept:name": "Ann",
        },
    )
    assert answer.status_code == 303
    assert answer.location == "/"


def test_autosave_while_signed_out_is_told_so_in_json(client):
    answer = client.post("/staff", headers={"X-Autosave": "1"}, data=ANN)
    assert answer.status_code == 401
    assert "nothing here is lost" in answer.json["error"]["message"]


def test_an_address_nobody_has_is_explained(counselor_client):
    answer = counselor_client.get("/nowhere")
    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert "Go to the counter" in answer.text


def test_a_role_that_may_not_is_told_who_may(counselor_client):
    answer = counselor_client.get("/staff")
    assert answer.status_code == 403
    assert "Not for your role" in answer.text


def test_a_form_of_three_megabytes_is_too_large(manager_client):
    answer = manager_client.post("/staff", data=ANN | {"display_name": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "Too large" in answer.text


def test_a_button_address_typed_by_hand_is_explained(manager_client):
    answer = manager_client.get("/sign-out")
    assert answer.status_code == 405
    assert "Not in this way" in answer.text


@pytest.mark.parametrize("before", ["x", "-1", "1" * 30, "²"])
def test_a_page_number_that_is_none_is_refused_and_not_guessed(manager_client, before):
    assert manager_client.get("/audit", query_string={"before": before}).status_code == 400


@pytest.mark.parametrize("number", [2**31, 10**25])
def test_a_number_that_no_row_can_have_is_simply_not_found(manager_client, number):
    assert manager_client.get(f"/patients/{number}").status_code == 404
    assert manager_client.post(f"/staff/{number}/disable").status_code == 404


def test_a_value_that_cannot_be_stored_is_said_to_be_one(manager_client, monkeypatch):
    from sqlalchemy.exc import DataError

    def nul(**_):
        raise DataError("INSERT", {}, Exception("NUL"))

    monkeypatch.setattr("counselor.staff.actions.add_staff", nul)
    answer = manager_client.post("/staff", data=ANN)
    assert answer.status_code == 400
    assert "cannot be stored" in answer.text
    assert "Ann Other" in answer.text


def test_a_surprise_shows_no_inside_and_logs_no_words_of_the_request(manager_client, monkeypatch, caplog):
    def fail(store_id):
        raise ValueError("patient Jane Roe takes clonazepam")

    monkeypatch.setattr("counselor.staff.queries.all_staff", fail)
    answer = manager_client.get("/staff")
    assert answer.status_code == 500
    assert "Jane" not in answer.text
    assert "Traceback" not in answer.text
    assert "Jane" not in caplog.text
    assert "ValueError" in caplog.text
    assert "staff.index" in caplog.text


def test_every_page_carries_the_headers_that_keep_it_ours(counselor_client):
    for path in ("/", "/nowhere", "/sign-in", "/account/password"):
        headers = counselor_client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(make_staff, client):
    cookie = client.sign_in(make_staff().username).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_the_cookie_is_secure_and_the_browser_is_told_to_stay():
    from counselor.config import Settings

    flask = Settings(home="/", database_url="sqlite://", secret_key="k", https=True).flask()
    assert flask["SESSION_COOKIE_SECURE"] is True
    assert str(flask["SESSION_COOKIE_NAME"]).startswith("__Host-")
