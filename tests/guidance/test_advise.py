"""One answer put together: who comes first, what is shown, what is left out and why, and every source."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from counselor.guidance.advice import one_step
from counselor.guidance.advise import MOST_EXCLUDED, NO_CONDITION, advise
from counselor.guidance.findings import HOUSE
from counselor.guidance.knowledge import Cited, Knowledge, When
from counselor.guidance.shelf import Shelf, ShelfItem

from .conftest import TODAY, Ask
from .small import counsel, intake, product

FIRST_DOSE = {"smallest_dose": 0.5, "price": 30.0, "servings_per_package": 10}
CAPSULE = product("capsule", 2, 2, sku="CAP", name="Capsule", **FIRST_DOSE)
SPRAY = product("oromucosal-spray", 2, 2, sku="SPRAY", **FIRST_DOSE)
CBD_OIL = product("oral-oil", 0, 4, sku="OIL", **FIRST_DOSE)
CREAM = product("cream", 1, 1, sku="CREAM")
FLOWER = product("flower", 5, 5, sku="FLOWER")
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
