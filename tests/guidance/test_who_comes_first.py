"""Who must be asked before any sale, how that is said in one sentence, and everyone to refer to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from counselor.guidance.advice import AdvisedReferral
from counselor.guidance.advise import _cause, _who_comes_first, advise
from counselor.guidance.findings import HOUSE, Finding
from counselor.guidance.knowledge import Cited, Knowledge, Severity, Urgency
from counselor.guidance.shelf import Shelf

from .conftest import TODAY, Ask
from .small import finding, intake, product, screened, setting, term
from .test_advise import CREAM, SHELF, code

CBD_PATCH = product("transdermal-patch", 0, 10, sku="PATCH")
THC_PATCH = product("transdermal-patch", 10, 0, sku="PATCH")


def test_the_sentence_names_every_cause_as_short_as_it_can_be_said(ask: Ask) -> None:
    advice = ask("MS", routes=["edible"], medicines=["oxycodone", "glorbizol"], shelf=SHELF)
    assert advice["disposition"]["text"].startswith(
        "Pharmacist or prescriber first: do not sell yet. Because of oxycodone with THC; "
        "a medicine that nobody could identify, and so not checked."
    )
    assert advice["disposition"]["because"] == ["thc-opioid", "glorbizol"]
    two = ask("MS", medicines=["glorbizol", "frobnicol"], shelf=SHELF)["disposition"]["text"]
    assert "Because of 2 medicines that nobody could identify" in two


def test_conditions_and_amounts_that_need_a_clinician_are_named_in_words(ask: Ask) -> None:
    high = {"experience": "regular", "current_use": {"route": "edible", "thc_mg_per_day": 45}}
    text = ask("MS", routes=["edible"], shelf=SHELF, **high)["disposition"]["text"]
    assert "Because of THC at or above the usual daily limit." in text
    swallowing = ask("MS", history=["feeding tube"], shelf=SHELF)["disposition"]["text"]
    assert "Because of trouble swallowing" in swallowing or "Because of swallowing" in swallowing


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("Trouble swallowing", "trouble swallowing"),
        ("MS", "MS"),
        ("T4 injury", "T4 injury"),
        ("Parkinson disease", "Parkinson disease"),
        ("Alzheimer disease", "Alzheimer disease"),
        ("Dravet syndrome", "Dravet syndrome"),
        ("Lennox-Gastaut syndrome", "Lennox-Gastaut syndrome"),
    ],
)
def test_inside_a_sentence_only_a_proper_name_keeps_its_capital(
    knowledge: Knowledge, name: str, inside: str
) -> None:
    known = replace(knowledge, terms={"it": term("it", name)})
    assert _cause(finding(because=("it",)), known) == inside
    assert _cause(finding(because=("it",), cannabinoids=("THC", "CBD")), known) == f"{inside} with THC or CBD"


def test_a_condition_that_a_clinician_must_agree_to_first_is_named(knowledge: Knowledge) -> None:
    asks = replace(knowledge.conditions["myoclonus"], clinician_first="The neurologist agrees first.")
    known = replace(knowledge, conditions={**knowledge.conditions, "myoclonus": asks})
    found = advise(intake("myoclonus"), SHELF, known, on=TODAY).disposition
    assert (found.code, found.because) == ("refer-first", ("myoclonus",))
    assert f"Because of {asks.name[0].lower()}{asks.name[1:]}." in found.text


def test_an_unread_condition_is_no_unread_medicine(ask: Ask) -> None:
    assert code(ask("MS", "glorbitis", shelf=SHELF)) == "suggest"


def test_a_patch_of_cbd_reaches_the_blood_and_a_cream_does_not(ask: Ask) -> None:
    said = {"routes": ["topical"], "medicines": ["clobazam"]}
    assert code(ask("leg cramps", shelf=Shelf.of([CBD_PATCH]), **said)) == "refer-first"
    assert code(ask("leg cramps", shelf=Shelf.of([CREAM]), **said)) == "suggest"


def test_a_patch_that_holds_thc_is_never_sold_and_so_sends_nobody_on(ask: Ask) -> None:
    said = {"routes": ["topical"], "medicines": ["oxycodone"]}
    assert code(ask("leg cramps", shelf=Shelf.of([THC_PATCH, CREAM]), **said)) == "suggest"
    assert code(ask("leg cramps", shelf=Shelf.of([CBD_PATCH, CREAM]), **said)) == "suggest"


def test_whoever_is_needed_soonest_is_named_first_and_each_reason_once(ask: Ask) -> None:
    advice = ask(
        "myoclonus", medicines=["warfarin", "glorbizol"], shelf=SHELF,
        symptoms=["jerks started suddenly last week", "chest pain"],
    )  # fmt: skip
    order = [
        ("emergency", "same-day", "this-week", "routine").index(r["urgency"]) for r in advice["referrals"]
    ]
    assert order == sorted(order) and len(set(order)) > 1
    assert all(referral["sources"] and referral["to"] for referral in advice["referrals"])
    warfarin = [r for r in advice["referrals"] if r["because"] == ["warfarin"]]
    assert len(warfarin) == 1 and warfarin[0]["reason"]


def first(*findings: Finding, told: Any = (), where: Any = None, shelf: Shelf = SHELF) -> Any:
    """The findings that come first, and everyone to refer to."""
    return _who_comes_first(
        screened(*findings, referrals=told), where or setting("edible"), ("edible",), shelf
    )


FLAG = AdvisedReferral("this-week", "neurologist", "Jerks.", ("oxycodone", "jerks"), ("a-source",))


@pytest.mark.parametrize(
    ("one", "again"),
    [
        (finding(), False),
        (finding(because=("oxycodone", "jerks")), False),
        (finding(because=("oxycodone", "falls")), True),
        (finding(urgency=Urgency.ROUTINE), True),
    ],
)
def test_who_is_sent_on_already_for_the_same_reason_is_not_sent_again(one: Finding, again: bool) -> None:
    found, referrals = first(one, finding("after it", because=("warfarin",)), told=(FLAG,))
    assert [f.id for f in found] == ["a-rule", "after it"]
    sent = [r.because for r in referrals if r is not FLAG]
    assert set(sent) == {("warfarin",), *([one.because] * again)}


def test_a_referral_says_to_whom_what_to_do_and_where_it_is_published() -> None:
    one = finding(sources=(Cited("a", "1"), Cited("b"), Cited("a", "2")), refer_to="cardiologist")
    _, (referral,) = first(one)
    assert (referral.urgency, referral.to, referral.reason) == ("this-week", "cardiologist", "action")
    assert (referral.because, referral.sources) == (("oxycodone",), ("a", "b"))
    _, (ours,) = first(finding(sources=()))
    assert ours.sources == (HOUSE,)


def test_the_most_urgent_referral_stands_first_and_equals_keep_their_order() -> None:
    urgencies = (Urgency.ROUTINE, Urgency.EMERGENCY, Urgency.THIS_WEEK, Urgency.SAME_DAY)
    _, referrals = first(*(finding(u.word, urgency=u, because=(u.word,)) for u in urgencies))
    assert [r.urgency for r in referrals] == ["emergency", "same-day", "this-week", "routine"]


@pytest.mark.parametrize(
    ("shelf", "cannabinoid", "comes_first"),
    [
        (Shelf.of([CBD_PATCH]), "CBD", True),
        (Shelf.of([CBD_PATCH]), "THC", False),
        (Shelf.of([THC_PATCH]), "CBD", False),
        (Shelf.of([product("cream", 0, 5)]), "CBD", False),
    ],
)
def test_on_the_skin_only_a_patch_without_thc_can_still_be_offered(
    shelf: Shelf, cannabinoid: str, comes_first: bool
) -> None:
    one = finding(cannabinoids=(cannabinoid,))
    found, _ = _who_comes_first(screened(one), setting("topical"), ("topical",), shelf)
    assert bool(found) is comes_first
    nothing_known, _ = _who_comes_first(
        screened(one), setting("topical", has_shelf=False), ("topical",), shelf
    )
    assert nothing_known == [one]


def test_what_is_asked_outright_comes_first_though_it_is_forbidden() -> None:
    forbids = finding(
        "lungs", excludes="covered", kind="precaution", refer="tell", severity=Severity.CONTRAINDICATED
    )
    asked = setting("edible", asked_outright=True, has_shelf=False)
    found, _ = first(finding(), forbids, where=asked)
    assert [f.id for f in found] == ["a-rule"]
    assert first(finding(), forbids)[0] == []


def test_a_vehicle_comes_first_only_where_no_shelf_tells_which_products_hold_it() -> None:
    one = finding(vehicle="alcohol")
    assert first(one)[0] == []
    assert first(one, where=setting("edible", has_shelf=False))[0] == [one]
