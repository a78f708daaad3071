"""Blood, transplant, mind, heart, hormones: what labels and reviews say of a medicine, and where is silence.

Written from the published facts (reference I24 to I45), not from the rules: one row is one thing that a
pharmacist would expect of the medicine as a patient says it, with THC or CBD alone, by one route.
"""

from __future__ import annotations

from typing import Any

import pytest

from counselor.guidance.knowledge import Knowledge

from .conftest import Ask

THC = ("THC",)
CBD = ("CBD",)
BOTH = ("THC", "CBD")
RANK = {"minor": 0, "moderate": 1, "major": 2, "contraindicated": 3}


def interactions(
    ask: Ask, said: str | list[str], cannabinoids: tuple[str, ...], route: str = "edible", **more: Any
) -> dict[str, str]:
    """Every interaction warning of an adult of 45 with muscle spasms: rule id -> severity."""
    advice = ask(
        "muscle spasms",
        age=more.pop("age", 45),
        medicines=[said] if isinstance(said, str) else said,
        exposure={"cannabinoids": list(cannabinoids), "route": route},
        **more,
    )
    assert not [one for one in advice["unrecognised"] if one["field"] == "medicines"], said
    return {w["rule"]: w["severity"] for w in advice["warnings"] if w["kind"] == "interaction"}


def worst(found: dict[str, str]) -> str:
    return max(found.values(), key=RANK.__getitem__, default="none")


@pytest.mark.parametrize(
    ("said", "cannabinoids", "route", "severity"),
    [
        # I24 coumarins: cases with smoked, eaten and sprayed cannabis, with CBD alone and after more THC
        ("warfarin", THC, "edible", "major"),
        ("Coumadin 5 mg", CBD, "edible", "major"),
        ("Jantoven", THC, "smoked", "major"),
        ("acenocoumarol", CBD, "vaporized", "major"),
        ("phenprocoumon", THC, "edible", "major"),
        # I25 platelet blockers
        ("Plavix", CBD, "edible", "moderate"),
        ("Brilinta", CBD, "edible", "moderate"),
        ("cilostazol", CBD, "edible", "moderate"),
        ("baby aspirin", CBD, "edible", "minor"),
        ("Effient", CBD, "edible", "minor"),
        ("dipyridamole", CBD, "edible", "minor"),
        ("vorapaxar", CBD, "edible", "minor"),
        # I26 direct anticoagulants
        ("Pradaxa", CBD, "edible", "moderate"),
        ("Savaysa", CBD, "edible", "moderate"),
        ("Eliquis", CBD, "edible", "minor"),
        ("Xarelto", CBD, "edible", "minor"),
        # I27, I28 transplant medicines
        ("Prograf", CBD, "edible", "major"),
        ("Envarsus XR", THC, "edible", "major"),
        ("cyclosporine", THC, "edible", "major"),
        ("Neoral", CBD, "edible", "major"),
        ("voclosporin", CBD, "edible", "major"),
        ("Afinitor", CBD, "edible", "major"),
        ("Zortress", CBD, "edible", "major"),
        ("Rapamune", CBD, "edible", "major"),
        ("Torisel", CBD, "edible", "major"),
        # I29 other immunosuppressants, checkpoint inhibitors
        ("azathioprine", CBD, "edible", "moderate"),
        ("CellCept", THC, "edible", "moderate"),
        ("Imuran", BOTH, "smoked", "moderate"),
        ("Opdivo", THC, "edible", "moderate"),
        ("Keytruda", CBD, "edible", "moderate"),
        ("Yervoy", THC, "smoked", "moderate"),
        ("Imfinzi", CBD, "edible", "moderate"),
        ("Libtayo", THC, "edible", "moderate"),
        ("Jemperli", THC, "edible", "moderate"),
        # I30 digoxin and its like
        ("Lanoxin", CBD, "edible", "moderate"),
        ("colchicine", CBD, "edible", "minor"),
        # I31 antidepressants
        ("sertraline", THC, "edible", "minor"),
        ("sertraline", CBD, "edible", "minor"),
        ("Prozac", THC, "smoked", "minor"),
        ("fluvoxamine", THC, "edible", "minor"),
        ("fluvoxamine", CBD, "edible", "minor"),
        ("Paxil", THC, "edible", "minor"),
        ("Celexa", CBD, "edible", "minor"),
        ("Lexapro", CBD, "edible", "minor"),
        ("Effexor", THC, "edible", "minor"),
        ("Cymbalta", THC, "edible", "minor"),
        ("Pristiq", THC, "edible", "minor"),
        ("Trintellix", THC, "edible", "minor"),
        ("Viibryd", THC, "edible", "minor"),
        ("Wellbutrin", CBD, "edible", "minor"),
        ("trazodone", THC, "edible", "minor"),
        ("mirtazapine", THC, "edible", "minor"),
        # I32 tricyclics and anticholinergics: the dronabinol label says to avoid them
        ("amitriptyline", THC, "edible", "moderate"),
        ("nortriptyline", THC, "smoked", "moderate"),
        ("desipramine", THC, "edible", "moderate"),
        ("amoxapine", THC, "edible", "moderate"),
        ("clomipramine", CBD, "edible", "minor"),
        ("oxybutynin", THC, "edible", "moderate"),
        ("Detrol", THC, "edible", "moderate"),
        ("Vesicare", THC, "edible", "moderate"),
        ("benztropine", THC, "edible", "moderate"),
        ("scopolamine patch", THC, "edible", "moderate"),
        ("hyoscyamine", THC, "edible", "moderate"),
        ("Bentyl", THC, "edible", "moderate"),
        ("glycopyrrolate", THC, "edible", "moderate"),
        # I33 antipsychotics
        ("Risperdal", THC, "edible", "moderate"),
        ("Abilify", THC, "smoked", "moderate"),
        ("Seroquel", THC, "edible", "moderate"),
        ("Zyprexa", THC, "edible", "moderate"),
        ("Invega", THC, "edible", "moderate"),
        ("Latuda", THC, "edible", "moderate"),
        ("Rexulti", THC, "edible", "moderate"),
        ("Vraylar", THC, "edible", "moderate"),
        ("haloperidol", THC, "edible", "moderate"),
        ("haloperidol", CBD, "edible", "moderate"),
        ("ziprasidone", CBD, "edible", "moderate"),
        ("pimozide", CBD, "edible", "moderate"),
        # I34 to I36
        ("lithium", CBD, "edible", "moderate"),
        ("Lithobid", THC, "edible", "moderate"),
        ("BuSpar", THC, "edible", "minor"),
        ("Nardil", THC, "edible", "moderate"),
        ("Parnate", CBD, "edible", "moderate"),
        ("Emsam", THC, "edible", "moderate"),
        ("linezolid", THC, "edible", "moderate"),
        ("methylene blue", THC, "edible", "moderate"),
        ("Azilect", THC, "edible", "minor"),
        # I37 stimulants
        ("Ritalin", THC, "edible", "moderate"),
        ("Adderall", THC, "smoked", "moderate"),
        ("Vyvanse", THC, "edible", "moderate"),
        ("Strattera", THC, "edible", "moderate"),
        ("phentermine", THC, "edible", "moderate"),
        ("Sudafed", THC, "edible", "moderate"),
        ("Desoxyn", THC, "edible", "major"),
        ("cocaine", THC, "smoked", "major"),
        # I38 pressure medicines
        ("lisinopril", THC, "edible", "minor"),
        ("amlodipine", THC, "smoked", "minor"),
        ("losartan", THC, "edible", "minor"),
        ("losartan", CBD, "edible", "minor"),
        ("propranolol", THC, "edible", "minor"),
        ("hydrochlorothiazide", THC, "edible", "minor"),
        ("furosemide", THC, "edible", "minor"),
        ("clonidine", THC, "edible", "minor"),
        ("guanfacine", THC, "edible", "minor"),
        ("isosorbide", THC, "edible", "minor"),
        ("Flomax", THC, "edible", "minor"),
        ("midodrine", THC, "edible", "moderate"),
        ("riociguat", THC, "edible", "minor"),
        # I39 rhythm and QT
        ("amiodarone", THC, "edible", "moderate"),
        ("amiodarone", CBD, "edible", "moderate"),
        ("Multaq", CBD, "edible", "moderate"),
        ("sotalol", THC, "edible", "moderate"),
        ("Tikosyn", CBD, "edible", "moderate"),
        ("flecainide", THC, "edible", "moderate"),
        ("propafenone", CBD, "edible", "moderate"),
        ("quinidine", CBD, "edible", "moderate"),
        ("hydroxychloroquine", CBD, "edible", "minor"),
        ("donepezil", CBD, "edible", "minor"),
        ("ranolazine", CBD, "edible", "minor"),
        # I40 to I45
        ("Viagra", THC, "smoked", "minor"),
        ("Cialis", THC, "edible", "minor"),
        ("Zocor", CBD, "edible", "minor"),
        ("Lipitor", CBD, "edible", "minor"),
        ("lovastatin", CBD, "edible", "minor"),
        ("metformin", BOTH, "edible", "minor"),
        ("Jardiance", BOTH, "edible", "minor"),
        ("Ozempic", THC, "edible", "minor"),
        ("glipizide", CBD, "edible", "minor"),
        ("glimepiride", THC, "edible", "minor"),
        ("Lantus", THC, "edible", "minor"),
        ("repaglinide", CBD, "edible", "minor"),
        ("Synthroid", CBD, "edible", "minor"),
        ("birth control pill", THC, "edible", "minor"),
        ("NuvaRing", CBD, "edible", "minor"),
        ("prednisone", CBD, "edible", "minor"),
        ("hydrocortisone tablets", CBD, "edible", "minor"),
    ],
)
def test_a_published_interaction_is_told_for_its_cannabinoid_at_its_severity(
    ask: Ask, said: str, cannabinoids: tuple[str, ...], route: str, severity: str
) -> None:
    found = interactions(ask, said, cannabinoids, route)
    assert RANK.get(worst(found), -1) >= RANK[severity], found


@pytest.mark.parametrize(
    ("said", "cannabinoids", "route"),
    [
        # what was measured or named there is CBD, so THC alone is silent
        ("dabigatran", THC, "edible"),
        ("apixaban", THC, "edible"),
        ("clopidogrel", THC, "edible"),
        ("ticagrelor", THC, "edible"),
        ("everolimus", THC, "edible"),
        ("sirolimus", THC, "edible"),
        ("digoxin", THC, "edible"),
        ("colchicine", THC, "edible"),
        ("simvastatin", THC, "edible"),
        ("levothyroxine", THC, "edible"),
        ("prednisone", THC, "edible"),
        ("hydroxychloroquine", THC, "edible"),
        # what adds up there is THC, so CBD alone is silent
        ("Adderall", CBD, "edible"),
        ("pseudoephedrine", CBD, "edible"),
        ("oxybutynin", CBD, "edible"),
        ("benztropine", CBD, "edible"),
        ("aripiprazole", CBD, "edible"),
        ("risperidone", CBD, "edible"),
        ("venlafaxine", CBD, "edible"),
        ("lisinopril", CBD, "edible"),
        ("valsartan", CBD, "edible"),
        ("irbesartan", CBD, "edible"),
        ("nitroglycerin", CBD, "edible"),
        ("tamsulosin", CBD, "edible"),
        ("sildenafil", CBD, "edible"),
        ("midodrine", CBD, "edible"),
        # an enzyme line needs the gut: inhaled CBD does not raise a statin
        ("atorvastatin", CBD, "vaporized"),
        ("levothyroxine", CBD, "smoked"),
    ],
)
def test_a_rule_for_one_cannabinoid_stays_silent_for_the_other(
    ask: Ask, said: str, cannabinoids: tuple[str, ...], route: str
) -> None:
    assert interactions(ask, said, cannabinoids, route) == {}


@pytest.mark.parametrize(
    "said",
    [
        "heparin",
        "enoxaparin",
        "Fragmin",
        "fondaparinux",
        "rosuvastatin",
        "pravastatin",
        "armodafinil",
        "adalimumab",
        "Stelara",
        "dupilumab",
        "tofacitinib",
        "ocrelizumab",
        "glatiramer",
        "amoxicillin",
        "penicillin",
        "cephalexin",
        "azithromycin",
        "ondansetron",
        "ipratropium inhaler",
        "tiotropium",
        "albuterol inhaler",
        "Flonase",
        "hydrocortisone cream",
        "Protopic",
        "Restasis",
        "Mirena",
        "estradiol patch",
        "EpiPen",
        "vitamin d",
        "folic acid",
        "iron",
        "allopurinol",
        "famotidine",
        "mirabegron",
    ],
)
def test_a_medicine_outside_the_stated_boundary_of_its_class_is_silent(ask: Ask, said: str) -> None:
    for route in ("edible", "smoked"):
        assert interactions(ask, said, BOTH, route) == {}, route


@pytest.mark.parametrize(
    ("medicines", "cannabinoids", "facts", "rule", "severity"),
    [
        (["dabigatran"], CBD, {"history": ["on dialysis"]}, "cbd-doac-pgp", "major"),
        (["apixaban"], CBD, {"history": ["on dialysis"]}, "cbd-doac", "moderate"),
        (["rivaroxaban"], CBD, {"history": ["bleeds easily"]}, "cbd-doac", "moderate"),
        (["colchicine"], CBD, {"history": ["kidney disease"]}, "cbd-colchicine", "moderate"),
        (["Ritalin"], THC, {"history": ["heart disease"]}, "thc-stimulant", "major"),
        (["Sudafed"], THC, {"history": ["a-fib"]}, "thc-stimulant", "major"),
        (["amitriptyline"], THC, {"history": ["heart failure"]}, "thc-anticholinergic", "major"),
        (["oxybutynin"], THC, {"history": ["heart attack 2 years ago"]}, "thc-anticholinergic", "major"),
        (["risperidone"], THC, {"history": ["bipolar"]}, "thc-antipsychotic", "major"),
        (["quetiapine"], THC, {"history": ["schizophrenia"]}, "thc-antipsychotic", "major"),
        (["Viagra"], THC, {"history": ["heart disease"]}, "pde5-thc", "moderate"),
        (["lisinopril"], THC, {"age": 70}, "thc-pressure-medicine", "moderate"),
        (["lisinopril"], THC, {"history": ["falls"]}, "thc-pressure-medicine", "moderate"),
        (["lisinopril", "amlodipine"], THC, {}, "thc-pressure-medicine", "moderate"),
        (["nitroglycerin", "tamsulosin"], THC, {}, "thc-pressure-medicine", "moderate"),
        (["lisinopril"], THC, {}, "thc-pressure-medicine", "minor"),
        (["donepezil", "hydroxychloroquine"], CBD, {}, "cbd-qt-listed", "moderate"),
        (["donepezil"], CBD, {"history": ["heart failure"]}, "cbd-qt-listed", "moderate"),
    ],
)
def test_age_illness_and_a_second_medicine_raise_it(
    ask: Ask,
    medicines: list[str],
    cannabinoids: tuple[str, ...],
    facts: dict[str, Any],
    rule: str,
    severity: str,
) -> None:
    assert interactions(ask, medicines, cannabinoids, **facts).get(rule) == severity


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("Celexa", "cbd-citalopram"),
        ("amitriptyline", "cbd-tca"),
        ("Eliquis", "cbd-doac"),
        ("Aricept", "cbd-qt-listed"),
        ("ergotamine", "cbd-ergot"),
    ],
)
def test_much_cbd_a_day_raises_it_to_moderate_and_an_unknown_amount_does_not(
    ask: Ask, knowledge: Knowledge, said: str, rule: str
) -> None:
    assert interactions(ask, said, CBD)[rule] == "minor"
    steps = [(step.when.cbd_mg_per_day, step.severity.word) for step in knowledge.rules[rule].raised]
    assert (100.0, "moderate") in steps


@pytest.mark.parametrize(
    ("said", "cannabinoids", "expected"),
    [
        ("a blood thinner", THC, "major"),
        ("DOAC", CBD, "moderate"),
        ("NOAC", THC, "none"),
        ("platelet blocker", CBD, "moderate"),
        ("immunosuppressant", THC, "major"),
        ("anti-rejection medicine", CBD, "major"),
        ("tricyclic antidepressant", THC, "moderate"),
        ("antidepressant", THC, "moderate"),
        ("antipsychotic", THC, "moderate"),
        ("ADHD meds", THC, "moderate"),
        ("blood pressure pills", THC, "minor"),
        ("heart rhythm medicine", CBD, "moderate"),
        ("birth control", CBD, "minor"),
    ],
)
def test_a_word_for_a_class_counts_as_the_worst_it_may_mean(
    ask: Ask, said: str, cannabinoids: tuple[str, ...], expected: str
) -> None:
    assert worst(interactions(ask, said, cannabinoids)) == expected


@pytest.mark.parametrize(
    ("said", "cannabinoids", "route", "expected"),
    [
        # one danger, one warning
        ("betrixaban", CBD, "edible", {"cbd-doac-pgp"}),
        ("cilostazol", CBD, "edible", {"cbd-raised-antiplatelet"}),
        ("haloperidol", THC, "edible", {"thc-antipsychotic"}),
        ("haloperidol", CBD, "edible", {"cbd-qt-antipsychotic"}),
        ("vandetanib", CBD, "edible", {"antineoplastic-narrow"}),
        ("glipizide", CBD, "edible", {"cannabis-antidiabetic"}),
        ("nateglinide", CBD, "edible", {"cannabis-antidiabetic"}),
        ("captagon", THC, "edible", {"thc-street-stimulant"}),
        ("cocaine", THC, "smoked", {"thc-street-stimulant"}),
        ("citalopram", CBD, "edible", {"cbd-citalopram"}),
        ("warfarin", CBD, "edible", {"cannabis-warfarin"}),
        ("tacrolimus", BOTH, "edible", {"cbd-calcineurin-inhibitor"}),
        ("tacrolimus", BOTH, "smoked", {"cbd-calcineurin-inhibitor", "immunosuppressant-inhaled"}),
        ("sirolimus", THC, "smoked", {"immunosuppressant-inhaled"}),
        ("carvedilol", THC, "edible", {"thc-pressure-medicine"}),
        ("midodrine", THC, "edible", {"thc-pressure-raiser"}),
        ("xylazine", THC, "edible", {"thc-xylazine"}),
    ],
)
def test_one_danger_gives_one_warning(
    ask: Ask, said: str, cannabinoids: tuple[str, ...], route: str, expected: set[str]
) -> None:
    assert set(interactions(ask, said, cannabinoids, route)) == expected


def test_three_pressure_medicines_and_two_combination_parts_are_one_warning_that_names_them(ask: Ask) -> None:
    advice = ask("muscle spasms", age=45, medicines=["lisinopril/HCTZ", "amlodipine", "Flomax"])
    pressure = [w for w in advice["warnings"] if w["rule"] == "thc-pressure-medicine"]
    assert len(pressure) == 1
    assert set(pressure[0]["because"]) == {"lisinopril", "hydrochlorothiazide", "amlodipine", "tamsulosin"}
    assert pressure[0]["severity"] == "moderate"


def test_clozapine_and_smoke_the_level_comes_before_the_illness_line_and_nothing_twice(ask: Ask) -> None:
    advice = ask("muscle spasms", age=45, medicines=["clozapine"], routes=["smoked"])
    rules = [w["rule"] for w in advice["warnings"] if w["kind"] == "interaction"]
    assert len(rules) == len(set(rules))
    assert rules[0] == "smoke-cyp1a2"
    assert rules.index("smoke-cyp1a2") < rules.index("thc-antipsychotic")


@pytest.mark.parametrize("said", ["warfarin", "tacrolimus", "everolimus", "cocaine"])
def test_what_is_major_sends_to_somebody_before_the_first_sale(ask: Ask, said: str) -> None:
    advice = ask("muscle spasms", age=45, medicines=[said])
    assert advice["disposition"]["code"] == "refer-first"


@pytest.mark.parametrize(
    "medicines",
    [
        ["baclofen", "oxybutynin", "duloxetine", "vitamin d"],
        ["amitriptyline", "solifenacin", "glatiramer"],
        ["lisinopril", "hydrochlorothiazide", "atorvastatin", "metformin", "aspirin"],
        ["Eliquis", "metoprolol", "rosuvastatin", "levothyroxine"],
        ["sertraline", "birth control pill", "ibuprofen"],
        ["Plavix", "aspirin", "losartan"],
        ["azathioprine", "prednisone", "folic acid"],
        ["rasagiline", "Sinemet", "donepezil"],
    ],
)
def test_a_usual_list_without_a_grave_pair_shows_no_red_page(ask: Ask, medicines: list[str]) -> None:
    advice = ask("muscle spasms", age=50, medicines=medicines, routes=["edible"])
    red = [w for w in advice["warnings"] if w["severity"] in ("major", "contraindicated")]
    assert red == []
    assert advice["disposition"]["code"] == "suggest"


@pytest.mark.parametrize("said", ["warfarin", "tacrolimus", "Adderall", "lithium", "amiodarone"])
def test_a_cream_on_the_skin_lowers_it_by_two_steps(ask: Ask, said: str) -> None:
    found = interactions(ask, said, BOTH, "topical")
    assert found and set(found.values()) == {"minor"}


def test_flower_is_left_out_for_a_suppressed_immune_system_and_forms_by_mouth_stay(ask: Ask) -> None:
    advice = ask("muscle spasms", age=45, medicines=["azathioprine"], routes=["smoked", "edible"])
    offered = {one["route"] for one in advice["suggestions"]}
    assert "smoked" not in offered and "vaporized" not in offered
    assert offered
