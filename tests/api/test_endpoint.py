"""POST /api/v1/advice: the same answer over HTTP, and every refusal in one form."""

from __future__ import annotations

from typing import Any

import pytest

from counselor import clock
from counselor.database import db
from counselor.staff import actions
from counselor.staff.models import Store

URL = "/api/v1/advice"


@pytest.fixture
def key(store: Store) -> str:
    _, made = actions.create_token(store=store, name="Intake desk", at=clock.now())
    db.session.commit()
    return made


def post(client: Any, key: str | None, **kwargs: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return client.post(URL, headers=headers, bare=True, **kwargs)


def test_an_intake_is_answered_for_who_holds_a_token(client: Any, key: str) -> None:
    answer = post(
        client,
        key,
        json={
            "id": "7",
            "conditions": ["MS"],
            "medicines": ["Klonopin, oxycodone 5mg"],
            "routes": ["edible"],
        },
    )
    assert answer.status_code == 200
    assert answer.json["id"] == "7"
    assert answer.json["disposition"]["code"] == "refer-first"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "kind", "status", "field"),
    [
        (b"{ torn", "application/json", 400, None),
        (b"\xff\xfe", "application/json", 400, None),
        (b'{"conditions": ["MS"], "age": NaN}', "application/json", 400, None),
        (
            b'{"conditions": ["MS"], "medicines": ["warfarin"], "medicines": []}',
            "application/json",
            400,
            None,
        ),
        (b"conditions=MS", "application/x-www-form-urlencoded", 415, None),
        (b"[]", "application/json", 422, None),
        (b"{}", "application/json", 422, "conditions"),
        (b'{"conditions": ["MS"], "age": 999}', "application/json", 422, "age"),
        (b'{"conditions": ["MS"], "routes": ["rectal"]}', "application/json", 422, "routes[0]"),
        (b'{"conditions": ["MS"], "medicines": "baclofen"}', "application/json", 422, "medicines"),
        (b'{"conditions": ["' + b"x" * 6000 + b'"]}', "application/json", 422, "conditions[0]"),
        (b"[" * 100_000, "application/json", 400, None),
        (b'{"conditions": ["' + b"x" * 10_000_000 + b'"]}', "application/json", 413, None),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_form(
    client: Any, key: str, body: bytes, kind: str, status: int, field: str | None
) -> None:
    answer = post(client, key, data=body, content_type=kind)
    assert answer.status_code == status
    assert answer.json["error"]["message"]
    assert answer.json["error"]["field"] == field


@pytest.mark.parametrize("bad", [None, "counselor-wrong", ""])
def test_without_a_live_token_nothing_is_answered(client: Any, store: Store, bad: str | None) -> None:
    answer = post(client, bad, json={"conditions": ["MS"]})
    assert answer.status_code == 401
    assert answer.json["error"]["message"]


def test_a_number_nobody_can_mean_is_refused_in_our_own_words(client: Any, key: str) -> None:
    body = b'{"conditions": ["MS"], "age": ' + b"9" * 5000 + b"}"
    answer = post(client, key, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == "The body holds a number with too many digits."


def test_a_revoked_token_is_worthless_at_once(client: Any, store: Store) -> None:
    token, key = actions.create_token(store=store, name="Old desk", at=clock.now())
    db.session.commit()
    actions.revoke_token(token=token, at=clock.now())
    db.session.commit()
    assert post(client, key, json={"conditions": ["MS"]}).status_code == 401


def test_a_browser_is_not_let_in_by_its_session(counselor_client: Any) -> None:
    assert counselor_client.post(URL, json={"conditions": ["MS"]}).status_code == 401


def test_no_get(client: Any) -> None:
    assert client.get(URL).status_code == 405
