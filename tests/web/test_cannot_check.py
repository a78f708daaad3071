"""Where the knowledge is broken, pages say that nothing could be checked and never that nothing was found."""

from __future__ import annotations

import pytest

from counselor import knowledge
from counselor.guidance.entries import Fault, KnowledgeError
from counselor.knowledge.presenters import named
from counselor.web.typed import Typed, words_for


@pytest.fixture
def broken_knowledge(monkeypatch):
    def fail():
        raise KnowledgeError((Fault("red-flags.toml", "rhabdomyolysis", "lacks say"),))

    monkeypatch.setattr(knowledge, "current", fail)


def test_the_counter_says_so_first(counselor_client, broken_knowledge):
    page = counselor_client.get("/")
    assert page.status_code == 200
    assert "Cannot check" in page.text


def test_the_counter_is_quiet_where_all_is_well(counselor_client):
    assert "Cannot check" not in counselor_client.get("/").text


@pytest.mark.parametrize("address", ["/knowledge", "/knowledge/statements/thc-opioid"])
def test_a_page_that_needs_it_says_cannot_check(counselor_client, broken_knowledge, address):
    page = counselor_client.get(address)
    assert page.status_code == 503
    assert "Cannot check" in page.text
    assert "no medicine was checked" in page.text


def test_the_reason_reaches_the_log_and_not_the_page(counselor_client, broken_knowledge, caplog):
    page = counselor_client.get("/knowledge")
    assert "rhabdomyolysis" not in page.text
    assert "rhabdomyolysis" in caplog.text


def test_ids_still_read_as_words_so_that_a_signed_record_can_be_shown(broken_knowledge):
    assert named(["lung-disease", "clonazepam"]) == ["Lung disease", "clonazepam"]


def test_what_was_typed_is_told_without_the_marks_that_a_page_sends_for_itself():
    typed = Typed("/x", (("version", "2"), ("sheet", "1"), ("note", ""), ("medicines", "Klonopin")))
    assert typed.shown == (("medicines", "Klonopin"),)
    assert set(typed.shown) | set(typed.unseen) == set(typed.fields)


def test_the_fields_of_a_sheet_have_words_for_labels():
    assert [words_for(name) for name in ("topic-heart", "detail-substance-use", "current_thc")] == [
        "Heart",
        "Substance use, what exactly",
        "Current thc",
    ]
