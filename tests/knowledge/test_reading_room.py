"""The reading room and the type-ahead."""

from __future__ import annotations

from typing import Any

import pytest

from counselor import knowledge
from counselor.knowledge import queries
from counselor.knowledge.statements import KIND_WORDS


def ask(client: Any, kind: str, text: str) -> list[dict[str, str]]:
    """What the type-ahead offers."""
    answer = client.post("/knowledge/lookup", json={"kind": kind, "text": text})
    assert answer.status_code == 200
    matches: list[dict[str, str]] = answer.get_json()["matches"]
    return matches


@pytest.mark.parametrize(
    ("kind", "text", "name", "meaning"),
    [
        ("medicine", "klon", "Klonopin", "clonazepam"),
        ("medicine", "oxyc", "oxycodone", ""),
        ("condition", "multiple", "multiple sclerosis", "Multiple sclerosis, spasticity"),
        ("condition", "ms", "MS", "Multiple sclerosis, spasticity"),
        ("history", "copd", "copd", "Lung disease"),
    ],
)
def test_the_beginning_of_a_word_is_completed(
    kind: str, text: str, name: str, meaning: str, counselor_client: Any
) -> None:
    assert {"name": name, "meaning": meaning} in ask(counselor_client, kind, text)


def test_what_is_spelled_nearly_right_is_offered_too(counselor_client: Any) -> None:
    assert any(
        match["meaning"] == "clonazepam" or match["name"] == "clonazepam"
        for match in ask(counselor_client, "medicine", "klonipin")
    )
    assert ask(counselor_client, "condition", "multipel sclerosis")


@pytest.mark.parametrize("text", ["", "   ", "\x00", "%", "(" * 500])
def test_nothing_and_nonsense_offer_nothing_and_break_nothing(text: str, counselor_client: Any) -> None:
    assert isinstance(ask(counselor_client, "medicine", text), list)
    assert isinstance(ask(counselor_client, "condition", text), list)


@pytest.mark.parametrize("body", [[], {"text": 5}, {"kind": "medicine"}, "klon"])
def test_a_body_that_is_no_question_is_refused_in_plain_words(body: Any, counselor_client: Any) -> None:
    answer = counselor_client.post("/knowledge/lookup", json=body)
    assert answer.status_code == 400 and answer.get_json()["error"]["field"] == "text"


def test_every_kind_of_statement_has_its_room(counselor_client: Any) -> None:
    known = queries.all_statements(knowledge.current())
    assert {one.kind for one in known.values()} <= set(KIND_WORDS)
    for kind in {one.kind for one in known.values()}:
        assert counselor_client.get(f"/knowledge?kind={kind}").status_code == 200


def test_every_statement_and_source_can_be_read(counselor_client: Any) -> None:
    known = knowledge.current()
    for statement in list(queries.all_statements(known).values())[::15]:
        page = counselor_client.get(f"/knowledge/statements/{statement.id}")
        assert page.status_code == 200, statement.id
    for key in list(known.sources)[::15]:
        assert counselor_client.get(f"/knowledge/sources/{key}").status_code == 200


def test_a_statement_says_that_it_awaits_a_pharmacists_approval(counselor_client: Any) -> None:
    page = counselor_client.get("/knowledge/statements/thc-benzodiazepine").get_data(as_text=True)
    assert "awaiting a pharmacist" in page and knowledge.current().version in page


def test_an_unknown_statement_is_a_plain_404(counselor_client: Any) -> None:
    assert counselor_client.get("/knowledge/statements/nothing").status_code == 404
    assert counselor_client.get("/knowledge/sources/nothing").status_code == 404


@pytest.mark.parametrize("opening", ["[", '{"text":'])
def test_brackets_thousands_deep_are_refused_in_plain_words(opening: str, counselor_client: Any) -> None:
    answer = counselor_client.post(
        "/knowledge/lookup", data=opening * 50_000, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400 and answer.get_json()["error"]["field"] == "text"
