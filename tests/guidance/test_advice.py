"""The main cases of the counter, from words to answer, on the real knowledge and the clinic's shelf."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from counselor.guidance.advise import advise
from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.guidance.shelf import Shelf, ShelfItem

from .conftest import TODAY, Ask

MS_BY_MOUTH: dict[str, Any] = {"routes": ["edible"], "experience": "none"}


def warning(advice: dict[str, Any], rule: str) -> dict[str, Any]:
    found = [w for w in advice["warnings"] if w["rule"] == rule]
    assert found, f"{rule} is not among {[w['rule'] for w in advice['warnings']]}"
    return dict(found[0])


def major(advice: dict[str, Any]) -> list[str]:
    return [w["rule"] for w in advice["warnings"] if w["severity"] in ("major", "contraindicated")]


def test_ms_by_mouth_for_someone_new_gets_three_small_first_doses_with_a_source(ask: Ask) -> None:
    advice = ask("MS", **MS_BY_MOUTH)
    small = [
        s
        for s in advice["suggestions"]
        if s["route"] == "edible"
        and 0 < s["starting_dose"]["mg"].get("THC", 0) <= 2.5 * 1.05
        and s["starting_dose"]["sources"]
    ]
    assert advice["disposition"]["code"] == "suggest"
    assert len(small) >= 3


def test_a_benzodiazepine_with_an_opioid_is_one_merged_major_warning_and_a_referral(ask: Ask) -> None:
    advice = ask("MS", medicines=["Klonopin, oxycodone 5mg"], **MS_BY_MOUTH)
    assert advice["disposition"]["code"] == "refer-first"
    assert major(advice) == ["sedatives-together"]
    assert warning(advice, "sedatives-together")["because"] == ["clonazepam", "oxycodone"]
    assert any(r["to"] for r in advice["referrals"])
    assert advice["suggestions"][0]["route"] != "topical"
    assert all(s["starting_dose"]["mg"].get("THC", 0) <= 1.25 * 1.05 for s in advice["suggestions"])


def test_myoclonus_has_no_grade_whatever_the_product(ask: Ask) -> None:
    advice = ask("myoclonus", medicines=["clonazepam"], routes=["edible", "vaporized"])
    assert {e["grade"] for e in advice["evidence"] if e["condition"] == "myoclonus"} == {
        "none-or-insufficient"
    }
    assert {s["evidence_grade"] for s in advice["suggestions"]} == {"none-or-insufficient"}


def test_clonazepam_for_jerks_is_not_to_be_stopped_suddenly(ask: Ask) -> None:
    advice = ask("myoclonus", medicines=["clonazepam"])
    named = [w for w in advice["warnings"] if "clonazepam" in w["because"] and w["cannabinoids"] == ["THC"]]
    assert len(named) == 1
    assert "sudden" in named[0]["action"].lower() or "as prescribed" in named[0]["action"].lower()
    said = [c["text"].lower() for c in advice["counsel"] if c["topic"] == "do-not-stop"]
    assert any("clonazepam" in text and "sudden" in text for text in said)


@pytest.mark.parametrize(
    "opioid", ["morphine", "MS Contin", "oxycodone", "fentanyl patch", "methadone", "tramadol"]
)
def test_an_opioid_in_someone_with_jerks_goes_to_the_prescriber_the_same_day(ask: Ask, opioid: str) -> None:
    advice = ask("myoclonus", medicines=[opioid])
    assert advice["disposition"]["code"] == "no-product"
    assert advice["suggestions"] == []
    assert "same-day" in [r["urgency"] for r in advice["referrals"]]


@pytest.mark.parametrize(
    "said", ["pregnant", "pregnent", "expecting a baby", "breastfeeding", "nursing", "trying to get pregnant"]
)
@pytest.mark.parametrize("field", ["conditions", "history", "symptoms"])
def test_nothing_is_suggested_in_pregnancy_wherever_it_is_said(ask: Ask, said: str, field: str) -> None:
    advice = ask("MS", said) if field == "conditions" else ask("MS", **{field: [said]})
    assert advice["disposition"]["code"] == "no-product"
    assert advice["suggestions"] == []


@pytest.mark.parametrize("said", ["not pregnant", "pregnant: no", "denies pregnancy", "no pregnancy"])
def test_a_denied_pregnancy_counts_as_asked_and_absent(ask: Ask, said: str) -> None:
    advice = ask("MS", history=[said])
    assert advice["disposition"]["code"] == "suggest"
    assert advice["recognised"]["history"][0]["denied"] is True
    assert "pregnancy" not in advice["not_assessed"]


@pytest.mark.parametrize("age", [0, 12, 17])
def test_nobody_under_18_is_offered_anything(ask: Ask, age: int) -> None:
    assert ask("MS", age=age)["disposition"]["code"] == "no-product"


def test_a_misspelt_medicine_counts_and_is_shown_to_confirm(ask: Ask) -> None:
    advice = ask("MS", medicines=["klonipin"])
    assert [(m["ingredients"], m["how"]) for m in advice["recognised"]["medicines"]] == [
        (["clonazepam"], "spelling")
    ]
    assert "thc-benzodiazepine" in [w["rule"] for w in advice["warnings"]]


def test_a_medicine_nobody_knows_is_not_checked_and_comes_first(ask: Ask) -> None:
    advice = ask("MS", medicines=["glorbizol"])
    assert [(u["field"], u["said"]) for u in advice["unrecognised"]] == [("medicines", "glorbizol")]
    assert advice["disposition"]["code"] == "refer-first"
    assert any(r["to"] == "pharmacist" and "glorbizol" in r["reason"] for r in advice["referrals"])


@pytest.mark.parametrize("routes", [["smoked"], ["vaporized", "smoked"], ["vaporized", "edible"], []])
def test_lung_disease_leaves_nothing_to_inhale(ask: Ask, routes: list[str]) -> None:
    advice = ask("MS", routes=routes, history=["lung disease"])
    assert not {s["route"] for s in advice["suggestions"]} & {"smoked", "vaporized"}
    assert advice["suggestions"], "what is not inhaled is still offered"
    assert advice["disposition"]["code"] == "suggest"


@pytest.mark.parametrize("said", ["no lung disease", "lung disease: none", "denies COPD"])
def test_denied_lung_disease_keeps_what_is_inhaled(ask: Ask, said: str) -> None:
    advice = ask("MS", routes=["vaporized"], history=[said], experience="regular")
    assert "vaporized" in {s["route"] for s in advice["suggestions"]}
    assert "lung-disease" not in [w["rule"] for w in advice["warnings"]]


def test_who_wants_to_smoke_sees_something_not_smoked_first(ask: Ask) -> None:
    advice = ask("MS", routes=["smoked"])
    assert advice["suggestions"][0]["route"] == "edible"
    assert "smoked" in {s["route"] for s in advice["suggestions"]}


@pytest.mark.parametrize(
    "condition", ["MS", "spinal cord injury", "ALS", "essential myoclonus", "chronic pain"]
)
@pytest.mark.parametrize("routes", [["topical"], ["topical", "edible"], []])
def test_a_cream_never_stands_first_for_what_it_cannot_reach(
    ask: Ask, condition: str, routes: list[str]
) -> None:
    advice = ask(condition, routes=routes)
    creams = [s for s in advice["suggestions"] if s["administration"] == "local"]
    assert not advice["suggestions"] or advice["suggestions"][0]["administration"] != "local"
    assert {s["evidence_grade"] for s in creams} <= {"none-or-insufficient"}
    assert all(s["starting_dose"] is None for s in creams)
    assert all(s["caption"] for s in creams)


def test_a_cream_may_stand_first_for_a_sore_muscle_beside_an_opioid(ask: Ask) -> None:
    advice = ask("overuse muscle spasm", routes=["topical"], medicines=["oxycodone"])
    assert advice["disposition"]["code"] == "suggest"
    assert advice["suggestions"][0]["administration"] == "local"


def test_past_psychosis_rules_out_everything_that_may_hold_thc(ask: Ask) -> None:
    advice = ask("chronic pain", history=["past psychosis"])
    assert advice["disposition"]["code"] == "refer-first"
    assert all(s["profile"]["mg"].get("THC", 0) == 0 for s in advice["suggestions"])


def test_a_heart_attack_years_ago_still_counts(ask: Ask) -> None:
    advice = ask("MS", history=["heart attack 2 years ago"], routes=["vaporized"])
    assert advice["disposition"]["code"] == "refer-first"
    assert not {s["route"] for s in advice["suggestions"]} & {"smoked", "vaporized"}


def test_a_head_injury_days_ago_is_a_red_flag_and_years_ago_is_not(ask: Ask) -> None:
    assert ask("back spasms", history=["head injury 5 days ago"])["disposition"]["code"] == "no-product"
    assert ask("back spasms", history=["head injury 10 years ago"])["disposition"]["code"] == "suggest"
    assert ask("back spasms", history=["concussion in 2010"])["disposition"]["code"] == "suggest"


def test_hiccups_and_sleep_starts_are_harmless_and_get_nothing(ask: Ask) -> None:
    for said in ("hiccups", "sleep starts"):
        advice = ask(said)
        assert advice["disposition"]["code"] == "no-product"
        assert advice["suggestions"] == []


def test_an_expired_card_ends_the_visit_and_an_unknown_one_does_not(ask: Ask) -> None:
    assert (
        ask("MS", certification={"state": "PA", "expires": "2026-11-21"})["disposition"]["code"]
        == "no-product"
    )
    assert (
        ask("MS", certification={"state": "PA", "expires": "2026-11-22"})["disposition"]["code"] == "suggest"
    )
    assert (
        ask("MS", certification={"state": "PA", "caregiver_expires": "2026-01-01"})["disposition"]["code"]
        == "no-product"
    )
    assert ask("MS")["disposition"]["code"] == "suggest"


CLEARED: dict[str, Any] = {
    "rule": "thc-opioid",
    "by": "pharmacist",
    "on": "2026-11-20",
    "until": "2027-02-20",
    "said": "2.5 mg oral at most",
}


def test_a_recorded_clearance_lets_the_sale_go_on(ask: Ask) -> None:
    advice = ask("chronic pain", routes=["edible"], medicines=["oxycodone"], clearances=[CLEARED])
    assert warning(advice, "thc-opioid")["cleared"] is True
    assert advice["disposition"]["code"] == "suggest"


@pytest.mark.parametrize(
    "change",
    [
        {"until": "2026-11-21"},
        {"on": "2026-11-23"},
        {"rule": "thc-benzodiazepine"},
        {"because": ["morphine"]},
        {"routes": ["topical"]},
    ],
    ids=["ended", "not yet given", "another rule", "another medicine", "another route"],
)
def test_a_clearance_that_does_not_fit_changes_nothing(ask: Ask, change: dict[str, Any]) -> None:
    advice = ask(
        "chronic pain", routes=["edible"], medicines=["oxycodone"], clearances=[{**CLEARED, **change}]
    )
    assert advice["disposition"]["code"] == "refer-first"


def test_a_clearance_for_the_opioid_does_not_cover_a_second_sedative(ask: Ask) -> None:
    advice = ask(
        "chronic pain", routes=["edible"], medicines=["oxycodone", "clonazepam"], clearances=[CLEARED]
    )
    assert advice["disposition"]["code"] == "refer-first"


def test_a_clearance_with_a_limit_lowers_every_first_dose(ask: Ask) -> None:
    cleared = {**CLEARED, "said": "", "max_thc_mg": 0.5}
    advice = ask("chronic pain", routes=["edible"], medicines=["oxycodone"], clearances=[cleared])
    assert advice["suggestions"]
    assert all(s["starting_dose"]["mg"].get("THC", 0) <= 0.5 * 1.05 for s in advice["suggestions"])


def test_an_allergy_leaves_out_what_holds_it_and_what_does_not_say(ask: Ask) -> None:
    advice = ask("MS", routes=["edible"], allergies=["coconut"], limit=50)
    reasons = {row["sku"]: " ".join(row["reasons"]) for row in advice["excluded"]}
    assert "Contains" in reasons["A1049"]
    assert "not stated" in reasons["A1182"]
    assert "A1056" in {s["sku"] for s in advice["suggestions"]}


def test_disulfiram_leaves_out_alcohol_and_what_may_hold_it(ask: Ask) -> None:
    advice = ask("MS", routes=["edible"], medicines=["Antabuse"], limit=50)
    offered = {s["sku"] for s in advice["suggestions"]}
    assert {"A1063", "A1105", "A1182"}.isdisjoint(offered)
    assert "A1056" in offered


def test_someone_over_65_starts_at_half(ask: Ask) -> None:
    advice = ask("MS", age=70, routes=["edible"])
    assert advice["first_dose_cap"]["THC"] == 1.25
    assert all(s["starting_dose"]["mg"].get("THC", 0) <= 1.25 * 1.05 for s in advice["suggestions"])


def test_regular_use_counts_only_on_its_own_route(ask: Ask) -> None:
    same = ask("MS", routes=["edible"], experience="regular", current_use={"route": "edible"})
    other = ask("MS", routes=["edible"], experience="regular", current_use={"route": "smoked"})
    broken_off = ask(
        "MS", routes=["edible"], experience="regular", current_use={"route": "edible", "last": "2026-08-01"}
    )

    def most(advice: dict[str, Any]) -> float:
        return max(s["starting_dose"]["mg"].get("THC", 0) for s in advice["suggestions"])

    assert most(same) > 2.625 >= most(other)
    assert most(broken_off) <= 2.625


def test_two_weak_sedatives_are_moderate_and_major_at_65(ask: Ask) -> None:
    said = {"medicines": ["baclofen 10 mg tid; gabapentin 300"], "routes": ["edible"]}
    assert warning(ask("MS", age=50, **said), "sedatives-together")["severity"] == "moderate"
    assert warning(ask("MS", age=70, **said), "sedatives-together")["severity"] == "major"
    assert warning(ask("MS", age=50, history=["COPD"], **said), "sedatives-together")["severity"] == "major"
    assert (
        warning(ask("MS", age=50, history=["sleep apnea"], **said), "sedatives-together")["severity"]
        == "major"
    )


def test_an_exposure_needs_no_catalog(ask: Ask) -> None:
    swallowed = ask("epilepsy", medicines=["clobazam"], exposure={"cannabinoids": ["CBD"], "route": "edible"})
    assert warning(swallowed, "cbd-clobazam")["severity"] == "major"
    assert swallowed["suggestions"] == []
    thc = ask("epilepsy", medicines=["clobazam"], exposure={"cannabinoids": ["THC"], "route": "edible"})
    assert "cbd-clobazam" not in [w["rule"] for w in thc["warnings"]]
    rubbed = ask("epilepsy", medicines=["clobazam"], exposure={"cannabinoids": ["CBD"], "route": "topical"})
    assert warning(rubbed, "cbd-clobazam")["severity"] == "minor"


def test_what_was_asked_about_is_answered_whatever_its_rank(ask: Ask) -> None:
    advice = ask("MS", routes=["edible"], consider=["A1119", "A1049", "NOPE"], limit=1)
    answered = {c["sku"]: c for c in advice["considered"]}
    assert answered["A1049"]["suitable"] is True
    assert answered["A1119"]["suitable"] is False and "5.1 mg THC" in answered["A1119"]["reasons"][0]
    assert answered["NOPE"]["suitable"] is False


def test_an_expired_or_sold_out_or_untested_batch_is_left_out_with_its_reason(ask: Ask) -> None:
    reasons = {row["sku"]: row["reasons"][0] for row in ask("MS", routes=["edible"])["excluded"]}
    assert reasons["A9001"].startswith("Expired")
    assert reasons["A9002"] == "Out of stock"
    assert reasons["A9003"].startswith("Not tested")


def test_an_unknown_condition_is_said_back_and_matched_with_nothing(ask: Ask) -> None:
    advice = ask("glorbitis")
    assert advice["unrecognised"][0]["said"] == "glorbitis"
    assert advice["suggestions"] == []
    assert "No condition was recognised" in advice["disposition"]["text"]


def test_the_four_week_rule_speaks(ask: Ask) -> None:
    little = ask("MS", follow_up={"measure": "spasticity-nrs", "baseline": 7, "now": 6.5, "weeks": 5})[
        "follow_up"
    ]
    useful = ask("MS", follow_up={"measure": "spasticity-nrs", "baseline": 7, "now": 5, "weeks": 5})[
        "follow_up"
    ]
    missing = ask("MS", follow_up={"measure": "spasticity-nrs", "baseline": 7, "now": None, "weeks": 5})[
        "follow_up"
    ]
    assert little["change_percent"] == -7.1 and little["verdict"] != useful["verdict"]
    assert missing["change_percent"] is None
    assert all(answer["verdict"] and answer["sources"] for answer in (little, useful, missing))


def test_the_same_question_gives_the_same_bytes(knowledge: Knowledge, clinic_shelf: Shelf) -> None:
    intake = Intake.from_json(
        {
            "conditions": ["MS", "stiff legs"],
            "medicines": ["Klonopin, oxys", "gabapentin"],
            "history": ["COPD", "falls"],
        }
    )
    shuffled = Shelf.of(reversed(clinic_shelf.items))
    first, second = (
        json.dumps(advise(intake, shelf, knowledge, on=TODAY).to_json()) for shelf in (clinic_shelf, shuffled)
    )
    assert first == second


def test_the_day_is_an_argument(knowledge: Knowledge, clinic_shelf: Shelf) -> None:
    intake = Intake.from_json({"conditions": ["MS"], "routes": ["edible"], "limit": 50})
    later = advise(intake, clinic_shelf, knowledge, on=date(2030, 1, 1))
    assert later.suggestions == ()
    assert all("Expired" in row.reasons[0] for row in later.excluded if row.sku == "A1049")


@pytest.mark.parametrize(
    "change",
    [
        {"by": "counselor", "said": "fine"},
        {"by": "patient", "said": "I am fine"},
        {"said": "no, do not sell"},
        {"said": "not cleared"},
        {"said": "topical only"},
        {"said": "ok for morphine"},
        {"on": "2020-01-01", "until": None},
    ],
    ids=[
        "by the counselor",
        "by the patient",
        "refused",
        "not cleared",
        "another route",
        "another medicine",
        "years ago without end",
    ],
)
def test_an_answer_that_does_not_allow_it_clears_nothing(ask: Ask, change: dict[str, Any]) -> None:
    advice = ask(
        "chronic pain", routes=["edible"], medicines=["oxycodone"], clearances=[{**CLEARED, **change}]
    )
    assert advice["disposition"]["code"] == "refer-first"


def test_cleared_for_cbd_only_leaves_no_thc(ask: Ask) -> None:
    cleared = {**CLEARED, "said": "CBD only, no THC"}
    advice = ask("chronic pain", routes=["edible"], medicines=["oxycodone"], clearances=[cleared], limit=50)
    assert all(s["profile"]["mg"].get("THC", 0) == 0 for s in advice["suggestions"])


def test_what_is_forbidden_stays_forbidden_when_cleared(ask: Ask) -> None:
    cleared = {"rule": "psychosis", "by": "prescriber", "on": "2026-11-20", "said": "agreed"}
    advice = ask("chronic pain", history=["schizophrenia"], clearances=[cleared], limit=50)
    assert all(s["profile"]["mg"].get("THC", 0) == 0 for s in advice["suggestions"])


def test_an_opioid_with_lung_disease_stays_major_when_cleared(ask: Ask) -> None:
    advice = ask(
        "chronic pain", routes=["edible"], medicines=["oxycodone"], history=["COPD"], clearances=[CLEARED]
    )
    found = warning(advice, "thc-opioid")
    assert (found["severity"], found["cleared"]) == ("major", True)


def test_delta_8_is_thc_and_lends_no_grade(ask: Ask) -> None:
    gummy = ShelfItem(
        sku="D8", name="Delta gummy", form="gummy", route="edible", batch="B1", serving="1 gummy",
        servings_per_package=10, ingredients=("sugar",), expires_on=date(2027, 6, 1), stock=3, price=20.0,
        readings={
            "THC": Reading(None, Unit.MG_PER_SERVING, ReadAs.NOT_DETECTED),
            "CBD": Reading(5.0, Unit.MG_PER_SERVING, ReadAs.NUMBER),
            "D8THC": Reading(25.0, Unit.MG_PER_SERVING, ReadAs.NUMBER),
        },
    )  # fmt: skip
    advice = ask("MS", routes=["edible"], shelf=Shelf.of([gummy]))
    assert advice["suggestions"] == []
    assert "25 mg THC" in advice["excluded"][0]["reasons"][0]


def test_what_is_asked_outright_does_not_fall_silent_because_it_is_forbidden(ask: Ask) -> None:
    smoked = {"cannabinoids": ["THC"], "route": "smoked"}
    assert ask("MS", history=["COPD"], exposure=smoked)["disposition"]["code"] == "refer-first"
    assert (
        ask("MS", history=["COPD"], medicines=["oxycodone"], exposure=smoked)["disposition"]["code"]
        == "refer-first"
    )


def test_a_harmless_complaint_does_not_end_the_visit_for_another(ask: Ask) -> None:
    assert ask("MS", "hiccups")["disposition"]["code"] == "suggest"
    assert ask("hiccups")["disposition"]["code"] == "no-product"


def test_harm_done_before_lowers_the_next_first_dose_and_shows_the_illness(ask: Ask) -> None:
    advice = ask(
        "MS", routes=["edible"], tried=[{"sku": "A1056", "benefit": "good", "harm": "heard voices for a day"}]
    )
    assert advice["first_dose_cap"]["THC"] == 1.25
    assert advice["disposition"]["code"] == "refer-first"


def test_regular_thc_lifts_no_cbd_start_and_a_high_intake_goes_to_the_clinician(ask: Ask) -> None:
    regular = {"experience": "regular", "current_use": {"route": "edible", "thc_mg_per_day": 10}}
    advice = ask("MS", routes=["edible"], limit=50, **regular)
    assert all(s["starting_dose"]["mg"].get("CBD", 0) <= 5 * 1.05 for s in advice["suggestions"])
    high = ask(
        "MS", routes=["edible"], experience="regular", current_use={"route": "edible", "thc_mg_per_day": 45}
    )
    assert high["disposition"]["code"] == "refer-first"


def test_a_class_word_warns_for_the_worst_of_its_members(ask: Ask) -> None:
    found = warning(ask("chronic pain", routes=["edible"], medicines=["seizure medicine"]), "class-unnamed")
    assert found["severity"] == "major"
    assert found["because"] == ["antiepileptic"]


def test_an_unknown_field_is_said_back(ask: Ask) -> None:
    assert ask("MS", medicnes=["warfarin"])["ignored"] == ["medicnes"]


def test_slurred_speech_is_an_emergency_unless_als_explains_it(ask: Ask) -> None:
    assert ask("MS", symptoms=["slurred speech"])["disposition"]["code"] == "no-product"
    assert ask("glorbitis", symptoms=["slurred speech"])["disposition"]["code"] == "no-product"
    known = ask("ALS", symptoms=["slurred speech"])
    assert "emergency" not in [r["urgency"] for r in known["referrals"]]
    assert "emergency" in [
        r["urgency"] for r in ask("ALS", symptoms=["suddenly slurred speech this morning"])["referrals"]
    ]


def test_what_states_neither_batch_nor_test_is_not_offered_from_any_shelf(
    ask: Ask, clinic_shelf: Shelf
) -> None:
    (known,) = (item for item in clinic_shelf.items if item.sku == "A1056")
    bare = replace(known, batch="", tested_on=None)
    advice = ask("MS", routes=["edible"], shelf=Shelf.of([bare]))
    assert advice["suggestions"] == []
    assert "not certified" in advice["excluded"][0]["reasons"][0]
