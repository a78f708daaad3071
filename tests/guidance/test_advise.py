"""One answer put together: who comes first, what is shown, what is left out and why, and every source."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from counselor.guidance.advice import AdvisedReferral, one_step
from counselor.guidance.advise import MOST_EXCLUDED, NO_CONDITION, _cause, _who_comes_first, advise
from counselor.guidance.findings import HOUSE, Finding
from counselor.guidance.knowledge import Cited, Knowledge, Severity, Urgency, When
from counselor.guidance.shelf import Shelf, ShelfItem

from .conftest import TODAY, Ask
from .small import counsel, finding, intake, product, screened, setting, term

FIRST_DOSE = {"smallest_dose": 0.5, "price": 30.0, "servings_per_package": 10}
CAPSULE = product("capsule", 2, 2, sku="CAP", name="Capsule", **FIRST_DOSE)
SPRAY = product("oromucosal-spray", 2, 2, sku="SPRAY", **FIRST_DOSE)
CBD_OIL = product("oral-oil", 0, 4, sku="OIL", **FIRST_DOSE)
CREAM = product("cream", 1, 1, sku="CREAM")
FLOWER = product("flower", 5, 5, sku="FLOWER")
CBD_PATCH = product("transdermal-patch", 0, 10, sku="PATCH")
THC_PATCH = product("transdermal-patch", 10, 0, sku="PATCH")
SHELF = Shelf.of([CAPSULE, SPRAY, CBD_OIL, CREAM])


def code(advice: dict[str, Any]) -> str:
    return str(advice["disposition"]["code"])


def reasons(advice: dict[str, Any]) -> dict[str, list[str]]:
    return {row["sku"]: row["reasons"] for row in advice["excluded"]}


# The frame of an answer


def test_an_answer_names_its_visit_its_day_and_the_knowledge_it_rests_on(
    ask: Ask, knowledge: Knowledge
) -> None:
    advice = ask("MS", id="visit 7", shelf=SHELF, wrong_field=1)
    assert (advice["id"], advice["on"], advice["knowledge"]) == ("visit 7", "2026-11-22", knowledge.version)
    assert advice["ignored"] == ["wrong_field"]
    assert ask("MS", shelf=SHELF)["id"] is None


def test_an_answer_is_written_step_by_step_as_it_is_written_at_once(knowledge: Knowledge) -> None:
    advice = advise(intake("MS", medicines=["oxycodone"], routes=["edible"]), SHELF, knowledge, on=TODAY)
    assert json.loads(json.dumps(advice, default=one_step)) == advice.to_json()
    assert json.loads(json.dumps(advice.to_json())) == advice.to_json()
    assert one_step(MappingProxyType({"a": TODAY})) == {"a": TODAY}
    assert one_step(TODAY) == "2026-11-22"


def test_ranks_count_from_one_and_what_lies_beyond_the_limit_is_counted(ask: Ask) -> None:
    all_of_them = ask("MS", shelf=SHELF)
    assert [s["rank"] for s in all_of_them["suggestions"]] == [1, 2, 3, 4] and all_of_them["more"] == 0
    two = ask("MS", shelf=SHELF, limit=2)
    assert [s["sku"] for s in two["suggestions"]] == [s["sku"] for s in all_of_them["suggestions"][:2]]
    assert two["more"] == 2


def test_a_suggestion_shows_the_batch_as_it_was_tested(ask: Ask) -> None:
    shown = ask("MS", shelf=Shelf.of([CAPSULE]))["suggestions"][0]
    assert (shown["sku"], shown["name"], shown["batch"], shown["form"]) == ("CAP", "Capsule", "B1", "capsule")
    assert (shown["route"], shown["administration"], shown["serving"]) == ("edible", "swallowed", "1 capsule")
    assert (shown["tested_on"], shown["expires_on"]) == ("2026-11-22", "2027-11-22")
    assert shown["profile"] == {"per": "serving", "mg": {"THC": 2, "CBD": 2}, "percent": {}, "ratio": "1:1"}
    assert (shown["price"], shown["cost_per_start_dose"]) == (30.0, 3.0)
    assert shown["score"] == pytest.approx(sum(reason["points"] for reason in shown["reasons"]))


def test_a_suggestion_says_when_it_begins_and_ends_by_the_way_it_is_taken(
    ask: Ask, knowledge: Knowledge
) -> None:
    shown = {s["sku"]: s["onset"] for s in ask("MS", shelf=SHELF)["suggestions"]}
    swallowed = knowledge.onsets["swallowed"]
    assert shown["CAP"] == {
        "onset": swallowed.onset, "peak": swallowed.peak, "lasts": swallowed.lasts,
        "next_dose": swallowed.next_dose, "onset_minutes": list(swallowed.onset_minutes),
        "peak_minutes": list(swallowed.peak_minutes), "lasts_minutes": list(swallowed.lasts_minutes),
        "sources": [cited.key for cited in swallowed.sources],
    }  # fmt: skip
    assert shown["SPRAY"]["onset"] == knowledge.onsets["oromucosal"].onset


def test_where_no_times_are_known_none_are_shown(knowledge: Knowledge) -> None:
    advice = advise(intake("MS"), SHELF, replace(knowledge, onsets={}), on=TODAY)
    assert {s.onset for s in advice.suggestions} == {None}


def test_evidence_is_shown_for_the_asked_routes_or_for_all(ask: Ask) -> None:
    def routes(**said: Any) -> set[str]:
        return {row["route"] for row in ask("MS", shelf=SHELF, **said)["evidence"]}

    assert "smoked" in routes() and "edible" in routes()
    assert "smoked" not in routes(routes=["edible"])


def test_warnings_stand_worst_first_with_the_programs_lines_among_them(ask: Ask) -> None:
    advice = ask(
        "MS", routes=["edible"], medicines=["oxycodone", "gabapentin"], shelf=SHELF,
        certification={"state": "PA", "expires": "2026-12-01"},
    )  # fmt: skip
    levels = [
        ("minor", "moderate", "major", "contraindicated").index(w["severity"]) for w in advice["warnings"]
    ]
    assert levels == sorted(levels, reverse=True) and len(set(levels)) > 1
    assert {w["rule"] for w in advice["warnings"] if w["refer"]} == set(advice["disposition"]["because"])


# What is said about what is shown


def lines(knowledge: Knowledge, shelf: Shelf, **said: Any) -> set[str]:
    by_way = [counsel(way, when=When(administration=frozenset({way}))) for way in
              ("swallowed", "oromucosal", "inhaled", "local")]  # fmt: skip
    by_content = [counsel(name, when=When(cannabinoids=frozenset({name}))) for name in ("THC", "CBD")]
    known = replace(knowledge, counsel=(*by_way, *by_content))
    advice = advise(intake(*said.pop("of", ["MS"]), **said), shelf, known, on=TODAY)
    return {line.text for line in advice.counsel} & {
        "swallowed",
        "oromucosal",
        "inhaled",
        "local",
        "THC",
        "CBD",
    }


@pytest.mark.parametrize(
    ("shelf", "said", "expected"),
    [
        ((CAPSULE,), {"routes": ["edible"]}, {"swallowed", "THC", "CBD"}),
        ((CBD_OIL,), {"routes": ["edible"]}, {"swallowed", "CBD"}),
        ((CAPSULE, SPRAY), {"routes": ["edible"]}, {"swallowed", "oromucosal", "THC", "CBD"}),
        ((), {"routes": ["edible"]}, {"swallowed", "oromucosal", "THC", "CBD"}),
        ((), {"routes": ["vaporized"]}, {"inhaled", "swallowed", "oromucosal", "THC", "CBD"}),
        ((), {"routes": ["topical"], "of": ["leg cramps"]}, {"local", "THC", "CBD"}),
        ((), {"exposure": {"cannabinoids": ["CBD"], "route": "smoked"}}, {"inhaled", "CBD"}),
    ],
)
def test_what_is_said_is_about_what_is_shown_or_about_what_was_asked(
    knowledge: Knowledge, shelf: tuple[ShelfItem, ...], said: dict[str, Any], expected: set[str]
) -> None:
    assert lines(knowledge, Shelf.of(shelf), **said) == expected


# Why nothing is shown


def test_what_stops_the_visit_is_the_reason_beside_every_product(ask: Ask) -> None:
    advice = ask("MS", history=["pregnant"], shelf=Shelf.of([CAPSULE, replace(SPRAY, stock=0)]))
    text = advice["disposition"]["text"]
    assert text.startswith("Suggest nothing today. ") and advice["suggestions"] == []
    assert advice["disposition"]["because"] == ["pregnancy"]
    assert any("Pregnan" in why for why in reasons(advice)["CAP"])
    assert "Out of stock" in reasons(advice)["SPRAY"]
    emergency = ask("MS", symptoms=["chest pain this morning"], shelf=Shelf.of([CAPSULE]))
    assert (
        reasons(emergency) == {"CAP": [emergency["disposition"]["text"]]} and emergency["suggestions"] == []
    )


def test_without_a_condition_every_product_says_so(ask: Ask) -> None:
    advice = ask("glorbitis", shelf=SHELF)
    assert advice["suggestions"] == [] and advice["disposition"]["text"] == NO_CONDITION
    assert set(map(tuple, reasons(advice).values())) == {(NO_CONDITION,)}
    refer = ask("glorbitis", medicines=["oxycodone"], shelf=SHELF)
    assert refer["disposition"]["text"].endswith(NO_CONDITION) and code(refer) == "refer-first"


@pytest.mark.parametrize(
    ("shelf", "said", "words"),
    [
        ((), {}, "No products were given to choose from."),
        ((replace(CAPSULE, stock=0),), {}, "Nothing on this shelf fits"),
        (
            (CAPSULE,),
            {"exposure": {"cannabinoids": ["CBD"], "route": "edible"}},
            "No products were looked at",
        ),
    ],
)
def test_an_empty_list_says_why_it_is_empty(
    ask: Ask, shelf: tuple[ShelfItem, ...], said: dict[str, Any], words: str
) -> None:
    advice = ask("MS", shelf=Shelf.of(shelf), **said)
    assert advice["disposition"]["text"].startswith(words) and code(advice) == "suggest"
    first = ask("MS", shelf=Shelf.of(shelf), medicines=["glorbizol"], **said)
    assert first["disposition"]["text"].startswith("Pharmacist or prescriber first")
    assert words in first["disposition"]["text"]


def test_who_asks_for_no_products_is_told_of_none(ask: Ask) -> None:
    advice = ask("MS", shelf=SHELF, limit=0)
    assert advice["disposition"]["text"].startswith("Products may be suggested") and advice["more"] == 4


def test_a_list_without_a_studied_product_says_so_above_it(ask: Ask) -> None:
    unstudied = ask("myoclonus", "hiccups", shelf=Shelf.of([CAPSULE]))["disposition"]
    opening = "No product of this kind was shown to help with myoclonus"
    assert unstudied["text"].startswith(opening) and "stated and harmless jerks" in unstudied["text"]
    assert unstudied["text"].endswith("with what there is to say.")
    studied = ask("MS", shelf=Shelf.of([SPRAY, CREAM]))
    grades = {s["evidence_grade"] for s in studied["suggestions"]}
    assert len(grades) > 1 and studied["disposition"]["text"].startswith("Products may be suggested")
    first = ask("myoclonus", medicines=["glorbizol"], shelf=Shelf.of([CAPSULE]))
    assert first["disposition"]["text"].startswith("Pharmacist or prescriber first")


def test_the_first_fifty_left_out_are_named_and_the_rest_counted_by_their_first_reason(ask: Ask) -> None:
    sold_out = [product(sku=f"A{n:03}", stock=0) for n in range(MOST_EXCLUDED)]
    more = [product(sku=f"B{n}", stock=0) for n in range(2)]
    more += [product(sku=f"C{n}", expires_on=date(2020, 1, 1), stock=0) for n in range(3)]
    more += [product(sku=f"D{n}", tested_on=date(2030, 1, 1)) for n in range(2)]
    advice = ask("MS", shelf=Shelf.of([*sold_out, *more]))
    assert [row["sku"] for row in advice["excluded"]] == [item.sku for item in sold_out]
    assert advice["excluded"][0]["name"] == "A product" and advice["excluded"][0]["batch"] == "B1"
    assert advice["excluded_counts"] == [
        {"reason": "Expired on 1 January 2020", "count": 3},
        {"reason": "Its certificate is dated in the future", "count": 2},
        {"reason": "Out of stock", "count": 2},
    ]


def test_a_product_pushed_out_by_better_ones_says_so(ask: Ask) -> None:
    others = [product("capsule", 2, 2, sku=f"CAP{n}") for n in range(4)]
    advice = ask("MS", routes=["smoked"], shelf=Shelf.of([replace(FLOWER, form="pre-roll"), *others]))
    assert list(reasons(advice)) == ["CAP3"] and "best few" in reasons(advice)["CAP3"][0]


# What was asked about by name


def considered(ask: Ask, *skus: str, shelf: Shelf = SHELF, **said: Any) -> list[dict[str, Any]]:
    return list(ask("MS", shelf=shelf, consider=list(skus), **said)["considered"])


def test_a_suitable_product_shows_its_first_dose_and_what_speaks_for_it(ask: Ask) -> None:
    (answer,) = considered(ask, "CAP", routes=["edible"])
    assert (answer["suitable"], answer["name"], answer["batch"]) == (True, "Capsule", "B1")
    assert answer["reasons"][0].startswith("First dose: 1 capsule: 2 mg THC")
    assert "The patient's first choice of route" in answer["reasons"]
    (cream,) = considered(ask, "CREAM")
    assert cream["suitable"] and not any("First dose" in why for why in cream["reasons"])


def test_what_counts_nothing_for_a_product_is_no_reason_for_it(ask: Ask) -> None:
    (answer,) = ask("myoclonus", shelf=SHELF, consider=["CAP"])["considered"]
    assert not any("evidence" in why or "No profile" in why for why in answer["reasons"])


def test_where_somebody_must_be_asked_first_that_stands_before_the_reasons(ask: Ask) -> None:
    advice = ask("MS", shelf=SHELF, consider=["CAP"], medicines=["glorbizol"])
    (answer,) = advice["considered"]
    assert answer["suitable"] is False
    assert answer["reasons"][0] == advice["disposition"]["text"] and answer["reasons"][1].startswith(
        "First dose"
    )


def test_every_batch_is_answered_once_and_what_is_not_here_says_so(ask: Ask) -> None:
    two = Shelf.of([CAPSULE, replace(CAPSULE, batch="B2", stock=0)])
    answers = considered(ask, "NOPE", "CAP", "CAP", shelf=two)
    assert [(a["sku"], a["batch"], a["suitable"]) for a in answers] == [
        ("NOPE", "", False),
        ("CAP", "B1", True),
        ("CAP", "B2", False),
    ]
    assert answers[0]["reasons"] == ["Not on this shelf"] and answers[2]["reasons"] == ["Out of stock"]
    assert considered(ask) == []


def test_where_nothing_may_be_sold_a_product_asked_about_says_that(ask: Ask) -> None:
    advice = ask("MS", shelf=SHELF, consider=["CAP"], symptoms=["chest pain this morning"])
    assert advice["considered"][0]["suitable"] is False
    assert advice["considered"][0]["reasons"] == [advice["disposition"]["text"]]


# Who comes first


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


# Sources


def test_every_source_that_anything_names_is_cited_once_in_order(ask: Ask, knowledge: Knowledge) -> None:
    advice = ask(
        "MS", routes=["edible"], medicines=["oxycodone"], shelf=SHELF,
        follow_up={"measure": "spasticity-nrs", "baseline": 7, "now": 5, "weeks": 5},
    )  # fmt: skip
    named = {HOUSE, *advice["follow_up"]["sources"]}
    for part in ("referrals", "warnings", "evidence", "counsel"):
        named |= {key for row in advice[part] for key in row["sources"]}
    for s in advice["suggestions"]:
        named |= {*(s["starting_dose"] or {"sources": []})["sources"], *s["onset"]["sources"]}
    assert list(advice["sources"]) == sorted(named)
    assert advice["sources"][HOUSE]["citation"] == knowledge.sources[HOUSE].citation
    key = next(iter(advice["warnings"][0]["sources"]))
    assert advice["sources"][key]["url"] == knowledge.sources[key].url


@pytest.mark.parametrize("part", ["doses", "onsets", "measures", "counsel", "evidence"])
def test_no_part_of_the_answer_has_a_source_of_its_own_that_is_left_out(
    knowledge: Knowledge, part: str
) -> None:
    rare = replace(knowledge.sources[HOUSE], key="rare", citation="Cited by one part alone")
    changed: dict[str, Any] = {
        "doses": {"doses": {id: replace(d, sources=(Cited("rare"),)) for id, d in knowledge.doses.items()}},
        "onsets": {
            "onsets": {id: replace(o, sources=(Cited("rare"),)) for id, o in knowledge.onsets.items()}
        },
        "measures": {
            "measures": {id: replace(m, sources=(Cited("rare"),)) for id, m in knowledge.measures.items()}
        },
        "counsel": {"counsel": (counsel("a line", sources=(Cited("rare"), Cited("nobody-knows"))),)},
        "evidence": {
            "evidence": {
                id: tuple(replace(row, sources=(Cited("rare"),)) for row in rows)
                for id, rows in knowledge.evidence.items()
            }
        },
    }
    known = replace(knowledge, sources={**knowledge.sources, "rare": rare}, **changed[part])
    score = {"measure": "spasticity-nrs", "baseline": 7, "now": 5, "weeks": 5}
    advice = advise(intake("MS", routes=["edible"], follow_up=score), SHELF, known, on=TODAY)
    assert advice.sources["rare"].citation == "Cited by one part alone"
    assert "nobody-knows" not in advice.sources
