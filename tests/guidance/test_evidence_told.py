"""What is told of each illness: tables that a pharmacist can read against the literature.

The grades, codes and outcomes are written here from the reviews and trials themselves, not from the knowledge
files; a number or a direction that changes there must be argued here as well.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from counselor.guidance.counsel import follow_up_advice
from counselor.guidance.intake import FollowUp
from counselor.guidance.knowledge import Evidence, Knowledge
from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.guidance.shelf import ADMINISTRATIONS, ROUTES, Shelf, ShelfItem
from counselor.guidance.weigh import weigh

from .conftest import Ask

NONE = "none-or-insufficient"
SPRAY = "oromucosal-spray"

# condition, form, route, mg THC, mg CBD per serving -> grade, direction
GRADES = [
    ("ms-spasticity", SPRAY, "edible", 2.7, 2.5, "substantial", "for"),
    ("ms-spasticity", "capsule", "edible", 2.5, 1.25, "substantial", "for"),
    ("ms-spasticity", "capsule", "edible", 2.5, 0.0, "limited", "mixed"),
    ("ms-spasticity", "capsule", "edible", 2.5, 2.5, NONE, "none"),  # 1:1 was a spray, not a capsule
    ("ms-spasticity", SPRAY, "edible", 2.5, 1.25, NONE, "none"),  # 2:1 was a capsule, not a spray
    ("ms-spasticity", "capsule", "edible", 0.0, 20.0, NONE, "against"),
    ("ms-spasticity", "tincture", "edible", 1.0, 10.0, NONE, "none"),
    ("ms-spasticity", "vape-cartridge", "vaporized", 2.5, 2.5, NONE, "none"),
    ("ms-spasticity", "flower", "smoked", 2.5, 0.0, "limited", "mixed"),
    ("ms-spasticity", "balm", "topical", 5.0, 5.0, NONE, "none"),
    ("ms-spasticity", "transdermal-patch", "topical", 5.0, 5.0, NONE, "none"),
    ("sci-spasticity", SPRAY, "edible", 2.7, 2.5, NONE, "mixed"),
    ("sci-spasticity", "capsule", "edible", 2.5, 0.0, NONE, "mixed"),
    ("als-spasticity", SPRAY, "edible", 2.7, 2.5, "limited", "for"),
    ("als-spasticity", "capsule", "edible", 2.5, 2.5, NONE, "none"),
    ("als-cramps", "capsule", "edible", 5.0, 0.0, "limited", "against"),
    ("post-stroke-spasticity", SPRAY, "edible", 2.7, 2.5, "limited", "against"),
    ("cerebral-palsy-spasticity", SPRAY, "edible", 2.7, 2.5, "limited", "against"),
    ("other-spasticity", SPRAY, "edible", 2.7, 2.5, NONE, "none"),
    ("myoclonus", SPRAY, "edible", 2.7, 2.5, NONE, "none"),
    ("myoclonus-epileptic", "capsule", "edible", 0.0, 20.0, NONE, "none"),
    ("lennox-gastaut", "capsule", "edible", 0.0, 20.0, NONE, "none"),  # the prescription lends nothing
    ("dravet", "tincture", "edible", 0.0, 20.0, NONE, "none"),
    ("tuberous-sclerosis", "tincture", "edible", 0.0, 20.0, NONE, "none"),
    ("epilepsy", "tincture", "edible", 0.0, 20.0, NONE, "none"),
    ("parkinson", "capsule", "edible", 2.5, 1.25, "limited", "against"),
    ("parkinson", "tincture", "edible", 0.5, 15.0, "limited", "against"),
    ("cervical-dystonia", "capsule", "edible", 5.0, 0.0, "limited", "against"),
    ("dystonia", "capsule", "edible", 5.0, 0.0, NONE, "none"),  # nabilone lends nothing
    ("blepharospasm", "tincture", "edible", 0.0, 10.0, NONE, "mixed"),
    ("fibromyalgia", "capsule", "edible", 2.5, 0.0, NONE, "mixed"),
    ("fibromyalgia", "capsule", "edible", 0.0, 20.0, "limited", "against"),
    ("fibromyalgia", "vape-cartridge", "vaporized", 2.5, 2.5, NONE, "mixed"),
    ("sleep-problem", SPRAY, "edible", 2.7, 2.5, "moderate", "for"),
    ("chronic-pain", SPRAY, "edible", 2.7, 2.5, "moderate", "for"),
    ("chronic-pain", "capsule", "edible", 2.5, 0.0, "moderate", "for"),
    ("chronic-pain", "capsule", "edible", 0.0, 20.0, "limited", "against"),
    ("chronic-pain", "tincture", "edible", 1.0, 10.0, "limited", "against"),
    ("neuropathic-pain", SPRAY, "edible", 2.7, 2.5, "moderate", "mixed"),  # Cochrane 2026 against AHRQ 2022
    ("neuropathic-pain", "capsule", "edible", 0.0, 20.0, "limited", "against"),
    ("muscle-spasm", "capsule", "edible", 2.5, 2.5, NONE, "none"),
    ("muscle-spasm", "balm", "topical", 0.0, 5.0, NONE, "none"),  # the jaw trial stays on the jaw
    ("muscle-cramp", "capsule", "edible", 2.5, 2.5, NONE, "none"),
    ("nocturnal-leg-cramps", "balm", "topical", 0.0, 5.0, NONE, "none"),
    ("inner-organ-cramp", "capsule", "edible", 2.5, 2.5, NONE, "none"),
    ("myofascial-jaw-pain", "balm", "topical", 0.0, 5.0, "limited", "for"),
    ("myofascial-jaw-pain", "balm", "topical", 5.0, 5.0, NONE, "none"),
    ("alzheimer-agitation", "capsule", "edible", 2.5, 0.0, NONE, "none"),
    ("traumatic-brain-injury", "capsule", "edible", 2.5, 2.5, NONE, "none"),
    ("ms-tremor", "capsule", "edible", 2.5, 1.25, "limited", "against"),
    ("essential-tremor", "capsule", "edible", 1.0, 20.0, NONE, "against"),
    ("tourette", SPRAY, "edible", 2.7, 2.5, "limited", "mixed"),
    ("tourette", "vape-cartridge", "vaporized", 5.0, 0.0, NONE, "mixed"),
    ("huntington", "capsule", "edible", 0.0, 20.0, "limited", "against"),
    ("tardive-dyskinesia", "capsule", "edible", 0.0, 20.0, NONE, "none"),
    ("hemifacial-spasm", SPRAY, "edible", 2.7, 2.5, NONE, "none"),
]  # fmt: skip


def product(form: str, route: str, thc: float, cbd: float) -> ShelfItem:
    """A product with these mg in a serving; zero is read as tested and not detected."""

    def read(mg: float) -> Reading:
        if mg:
            return Reading(mg, Unit.MG_PER_SERVING, ReadAs.NUMBER)
        return Reading(None, Unit.MG_PER_SERVING, ReadAs.NOT_DETECTED)

    return ShelfItem(
        sku="T1", name="A product", form=form, route=route, serving="1 serving",
        servings_per_package=10, readings={"THC": read(thc), "CBD": read(cbd)},
    )  # fmt: skip


def every_statement(knowledge: Knowledge) -> list[Evidence]:
    return [row for rows in knowledge.evidence.values() for row in rows]


@pytest.mark.parametrize(("condition", "form", "route", "thc", "cbd", "grade", "direction"), GRADES)
def test_a_product_shows_the_grade_of_its_own_illness_route_and_ratio(
    knowledge: Knowledge,
    condition: str,
    form: str,
    route: str,
    thc: float,
    cbd: float,
    grade: str,
    direction: str,
) -> None:
    shown = weigh(product(form, route, thc, cbd), [condition], knowledge)
    assert (shown.grade, shown.direction) == (grade, direction), shown.scope


def test_the_table_of_grades_leaves_no_illness_out(knowledge: Knowledge) -> None:
    causes_of_jerks = {id for id, c in knowledge.conditions.items() if c.group == "myoclonus"}
    assert knowledge.conditions.keys() - {row[0] for row in GRADES} - causes_of_jerks == {"insomnia-disorder"}


def test_no_cause_of_jerks_and_no_cramp_has_any_grade(knowledge: Knowledge) -> None:
    graded = {
        row.id
        for row in every_statement(knowledge)
        if knowledge.conditions[row.condition].group in ("myoclonus", "cramps") and row.grade != NONE
    }
    assert graded == {"als-cramps-oral-thc"}  # and that one is against


def test_only_these_illnesses_have_a_result_in_favor_that_a_shelf_product_may_show(
    knowledge: Knowledge,
) -> None:
    favored = {row.condition for row in every_statement(knowledge) if row.direction == "for" and row.lends}
    assert favored == {
        "ms-spasticity",
        "als-spasticity",
        "sleep-problem",
        "chronic-pain",
        "myofascial-jaw-pain",
    }


def test_every_way_of_taking_is_spoken_to_for_every_illness(knowledge: Knowledge) -> None:
    forms = {
        "swallowed": ("capsule", "edible"),
        "oromucosal": ("tincture", "edible"),
        "local": ("balm", "topical"),
        "transdermal": ("transdermal-patch", "topical"),
    }
    assert forms.keys() | {"inhaled"} == set(ADMINISTRATIONS)
    ways = [*forms.values(), ("flower", "smoked"), ("vape-cartridge", "vaporized")]
    assert {route for _, route in ways} == set(ROUTES)
    silent = [
        (condition, form)
        for condition in knowledge.conditions
        for form, route in ways
        if weigh(product(form, route, 1.0, 7.0), [condition], knowledge).statement is None
    ]
    assert silent == []


# statement -> words that tell the trial that went against, or the limit of one that went for
TOLD_PLAINLY = {
    "ms-spasticity-spray": ["272 of 572", "missed its main result", "side effects"],
    "ms-spasticity-oral-extract": ["29.4 %", "15.7 %", "found no difference"],
    "ms-spasticity-oral-cbd": ["no difference from placebo"],
    "ms-spasticity-tone-spray": ["missed its clinician-rated result"],
    "ms-spasticity-smoked": ["walking did not change", "thinking got worse", "balance worse", "3 days"],
    "sci-spasticity-oral-thc": ["13 people", "pain"],
    "sci-spasticity-oral-other": ["11 people", "no effect", "cannot be carried over"],
    "als-spasticity-spray": ["60 people", "72 %"],
    "als-cramps-oral-thc": ["no effect"],
    "post-stroke-spasticity-spray": ["34 people", "changed nothing"],
    "cerebral-palsy-spray": ["no better than placebo", "hallucinations", "children"],
    "parkinson-oral-extract": ["no improvement"],
    "parkinson-oral-cbd-rich": ["no better than placebo", "came out better with placebo"],
    "cervical-dystonia-oral-thc": ["no effect on any measure"],
    "dystonia-nabilone": ["no significant relief"],
    "blepharospasm-oral": ["not enough for a grade"],
    "fibromyalgia-oral": ["very low", "gone 4 weeks after stopping"],
    "fibromyalgia-oral-cbd": ["did not lessen"],
    "fibromyalgia-vaporized": ["no better than placebo"],
    "chronic-pain-spray": ["small", "advises against", "10 %"],
    "chronic-pain-oral-thc": ["0.6 points", "advises against"],
    "chronic-pain-cbd": ["no benefit"],
    "neuropathic-pain-spray": ["2026", "no clear evidence"],
    "neuropathic-pain-oral-thc": ["no difference from placebo", "no clear evidence"],
    "neuropathic-pain-cbd": ["found no difference"],
    "jaw-pain-cbd-ointment": ["60 people", "not of spasm, not of cramp"],
    "alzheimer-nabilone": ["one of its two main results and not the other"],
    "tbi-dexanabinol": ["no effect"],
    "ms-tremor-oral-extract": ["no objective measure", "faster on placebo"],
    "essential-tremor-oral-cbd-rich": ["no effect"],
    "tourette-spray": ["did not reach its main goal", "could be chance"],
    "huntington-oral-cbd": ["no better than placebo"],
    "lennox-gastaut-prescription-cbd": ["prescription medicine only", "41.9 %", "37.2 %", "17.2 %"],
}


@pytest.mark.parametrize("id", TOLD_PLAINLY)
def test_what_went_against_is_told_plainly(knowledge: Knowledge, id: str) -> None:
    row = next(row for row in every_statement(knowledge) if row.id == id)
    assert [words for words in TOLD_PLAINLY[id] if words not in row.statement] == []


def test_a_number_of_a_trial_rests_on_a_text_that_was_read_or_says_who_reports_it(
    knowledge: Knowledge,
) -> None:
    unread = [
        row.id
        for row in every_statement(knowledge)
        if re.search(r"\d+(\.\d+)? %|\d+ (people|of|mg|points)", row.statement)
        and not any(
            knowledge.sources[cited.key].checked in ("abstract", "full-text", "label-text")
            or "report" in cited.at
            for cited in row.sources
        )
    ]
    assert unread == []


def test_what_rests_on_nothing_but_our_own_judgement_claims_no_result(knowledge: Knowledge) -> None:
    ours = [r for r in every_statement(knowledge) if {c.key for c in r.sources} == {"house-policy"}]
    assert ours and all(r.grade == NONE and r.direction == "none" for r in ours)


def test_a_statement_that_lends_a_grade_says_that_something_else_was_studied(knowledge: Knowledge) -> None:
    assert [r.id for r in every_statement(knowledge) if r.grade != NONE and not r.extrapolated] == []


# a code, as written on a certification, and what it is read as
CODES = {
    "G35": "ms-spasticity", "G35.A": "ms-spasticity", "G35.B0": "ms-spasticity", "G35.B1": "ms-spasticity",
    "G35.B2": "ms-spasticity", "G35.C0": "ms-spasticity", "G35.C1": "ms-spasticity",
    "G35.C2": "ms-spasticity", "G35.D": "ms-spasticity", "G35D": "ms-spasticity", "g35": "ms-spasticity",
    "G82.20": "sci-spasticity", "G82.54": "sci-spasticity", "S14.109S": "sci-spasticity",
    "S24.139S": "sci-spasticity", "S34.109S": "sci-spasticity", "G12.21": "als-spasticity",
    "G12.23": "als-spasticity", "I69.351": "post-stroke-spasticity", "G81.11": "post-stroke-spasticity",
    "I69351": "post-stroke-spasticity", "G80.1": "cerebral-palsy-spasticity", "G11.4": "other-spasticity",
    "G25.3": "myoclonus", "G40.B09": "myoclonus-epileptic", "G93.1": "myoclonus-post-hypoxic",
    "T40.2X5A": "myoclonus-opioid", "R06.6": "myoclonus-physiologic", "G47.69": "myoclonus-physiologic",
    "G40.812": "lennox-gastaut", "G40.834": "dravet", "Q85.1": "tuberous-sclerosis", "G40.909": "epilepsy",
    "G20": "parkinson", "G20.A1": "parkinson", "G20.A2": "parkinson", "G20.B1": "parkinson",
    "G20.B2": "parkinson", "G20.C": "parkinson", "G24.3": "cervical-dystonia", "G24.1": "dystonia",
    "G24.9": "dystonia", "G24.5": "blepharospasm", "G24.01": "tardive-dyskinesia",
    "G25.0": "essential-tremor",
    "G10": "huntington", "F95.2": "tourette", "G51.39": "hemifacial-spasm", "M79.7": "fibromyalgia",
    "G47.01": "sleep-problem", "G89.29": "chronic-pain", "G89.4": "chronic-pain", "M79.2": "neuropathic-pain",
    "G62.9": "neuropathic-pain", "M62.830": "muscle-spasm", "M62.831": "muscle-spasm",
    "M62.838": "muscle-spasm", "R25.2": "muscle-cramp", "G47.62": "nocturnal-leg-cramps",
    "M79.18": "myofascial-jaw-pain", "M26.621": "myofascial-jaw-pain", "G30.9": "alzheimer-agitation",
    "F02.811": "alzheimer-agitation", "F02.A11": "alzheimer-agitation", "F02.B11": "alzheimer-agitation",
    "F02.C11": "alzheimer-agitation", "Z87.820": "traumatic-brain-injury",
}  # fmt: skip


def read_as(ask: Ask, *said: str, **more: Any) -> list[str]:
    """The illnesses read; what is no illness (a symptom, a goal) carries no code and is left out."""
    return [c["id"] for c in ask(*said, **more)["recognised"]["conditions"] if c["icd10"]]


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_read_as_its_own_illness(ask: Ask, code: str) -> None:
    assert read_as(ask, code) == [CODES[code]]


def test_cramps_in_als_are_read_from_the_two_codes_together_and_from_neither_alone(ask: Ask) -> None:
    assert "als-cramps" in read_as(ask, "G12.21", "R25.2")
    assert read_as(ask, "R25.2") == ["muscle-cramp"]


def test_every_code_is_shaped_as_icd_10_cm_shapes_them_and_belongs_to_one_illness(
    knowledge: Knowledge,
) -> None:
    shape = re.compile(r"[A-TV-Z]\d[0-9AB](\.[0-9A-Z]{1,4})?")
    owner: dict[str, str] = {}
    for condition in knowledge.conditions.values():
        assert condition.icd10, condition.id
        for code in (*condition.icd10, *condition.icd10_accepted):
            assert shape.fullmatch(code), (condition.id, code)
        for code in condition.icd10_accepted:
            assert owner.setdefault(code, condition.id) == condition.id


# what a patient or a counselor says, and what it is read as
SAID = {
    "MS": "ms-spasticity", "stiff legs from MS": "ms-spasticity", "spastic legs": "other-spasticity",
    "spinal cord injury": "sci-spasticity", "broken back": "sci-spasticity", "paraplegic": "sci-spasticity",
    "ALS": "als-spasticity", "Lou Gehrig's": "als-spasticity", "motor neurone disease": "als-spasticity",
    "primary lateral sclerosis": "als-spasticity", "stroke stiffness": "post-stroke-spasticity",
    "left side is stiff since my stroke": "post-stroke-spasticity",
    "had a stroke, arm is tight": "post-stroke-spasticity",
    "cerebral palsy": "cerebral-palsy-spasticity", "stiff person syndrome": "other-spasticity",
    "charley horse": "muscle-cramp", "toe cramps": "muscle-cramp",
    "leg cramps at night": "nocturnal-leg-cramps",
    "cramps in bed": "nocturnal-leg-cramps", "threw my back out": "muscle-spasm",
    "back went out": "muscle-spasm",
    "muscles lock up": "muscle-spasm", "muscle knots": "muscle-spasm", "writer's cramp": "dystonia",
    "spasmodic dysphonia": "dystonia", "wry neck": "cervical-dystonia", "eyelid spasm": "blepharospasm",
    "hemifacial spasm": "hemifacial-spasm", "facial spasm": "hemifacial-spasm",
    "essential tremor": "essential-tremor", "tremor from MS": "ms-tremor", "tics": "tourette",
    "tardive dyskinesia": "tardive-dyskinesia", "Huntington's": "huntington",
    "pinched nerve": "neuropathic-pain",
    "neuropathy": "neuropathic-pain", "sciatica": "neuropathic-pain", "fibro": "fibromyalgia",
    "TMJ": "myofascial-jaw-pain", "bad back": "chronic-pain", "hiccups": "myoclonus-physiologic",
    "jerks when falling asleep": "myoclonus-physiologic", "JME": "myoclonus-epileptic",
    "Lance-Adams": "myoclonus-post-hypoxic", "muscle jerks from morphine": "myoclonus-opioid",
    "body jolts": "myoclonus", "period cramps": "inner-organ-cramp", "stomach cramps": "inner-organ-cramp",
    "esophageal spasm": "inner-organ-cramp", "sundowning": "alzheimer-agitation",
    "TBI": "traumatic-brain-injury",
}  # fmt: skip


@pytest.mark.parametrize("words", SAID)
def test_everyday_words_are_read_as_the_illness_they_mean(ask: Ask, words: str) -> None:
    assert read_as(ask, words) == [SAID[words]]


def test_naming_a_new_illness_does_not_hide_a_recent_stroke_or_a_drooping_face(ask: Ask) -> None:
    for said in ("stiff arm since my stroke 2 months ago", "spasticity after a stroke 2 months ago"):
        advice = ask(said, routes=["edible"])
        assert [c["id"] for c in advice["recognised"]["conditions"] if c["icd10"]] == [
            "post-stroke-spasticity"
        ]
        assert "stroke-recent" in str(advice["recognised"]) and advice["disposition"]["code"] != "suggest"
    drooping = ask("one side of my face twitches and my speech is slurred", routes=["edible"])
    assert drooping["referrals"][0]["urgency"] == "emergency"


def test_stiffness_beside_a_stroke_is_not_told_the_results_of_ms(ask: Ask) -> None:
    assert read_as(ask, "stiff arm", history=["stroke 3 years ago"]) == ["post-stroke-spasticity"]
    assert read_as(ask, "MS, stiff legs", history=["stroke 3 years ago"]) == ["ms-spasticity"] * 2


# measure, baseline, now, weeks -> words of the verdict, percent
VERDICTS = [
    ("spasticity-nrs", 8, 6.4, 4, "At least 20 % better", -20.0),
    ("spasticity-nrs", 8, 6.5, 4, "little chance of benefit", -18.8),
    ("spasticity-nrs", 8, 8, 4, "little chance of benefit", 0.0),
    ("spasticity-nrs", 8, 7.5, 2, "Too early", -6.2),
    ("spasticity-nrs", 8, 9, 4, "Worse than at the start", 12.5),
    ("spasticity-nrs", None, 5, 4, "never counted as zero", None),
    ("spasticity-nrs", 8, None, 4, "never counted as zero", None),
    ("spasticity-nrs", 0, 0, 4, "the start was 0", None),
    ("pain-nrs", 6, 4, 4, "going on is reasonable", -33.3),
    ("pain-nrs", 9, 7, 4, "2 points", -22.2),
    ("pain-nrs", 6, 5, 4, "neither 30 % nor 2 points", -16.7),
    ("pain-nrs", 6, None, 4, "never counted as zero", None),
    ("sleep-nrs", 8, 5, 4, "own rule", -37.5),
    ("sleep-nrs", 8, None, 4, "never counted as zero", None),
    ("spasm-frequency", 3, 2, 4, "one step", -33.3),
    ("spasm-frequency", 3, None, 4, "never counted as zero", None),
    ("jerks-per-day", 40, 30, 4, "No threshold was ever studied", -25.0),
    ("jerks-per-day", 40, None, 4, "never counted as zero", None),
    ("global-change", None, 2, 4, "1 or 2 (much better)", None),
]


@pytest.mark.parametrize(("measure", "baseline", "now", "weeks", "words", "percent"), VERDICTS)
def test_a_return_visit_is_judged_by_the_published_rule(
    knowledge: Knowledge,
    measure: str,
    baseline: float | None,
    now: float | None,
    weeks: float,
    words: str,
    percent: float | None,
) -> None:
    verdict = follow_up_advice(FollowUp(measure, baseline, now, weeks), knowledge)
    assert verdict is not None
    assert words.lower() in verdict.verdict.lower()
    assert verdict.change_percent == percent


def counselled(ask: Ask, topic: str, *conditions: str, **said: Any) -> str:
    """All that is said and printed under this topic, in one text."""
    lines = [line for line in ask(*(conditions or ("MS",)), **said)["counsel"] if line["topic"] == topic]
    return " ".join(f"{line['text']} {line['handout']}" for line in lines)


def test_what_every_new_patient_hears(ask: Ask) -> None:
    new: dict[str, Any] = {"routes": ["edible"], "experience": "none"}
    assert "12 hours" in counselled(ask, "driving", **new)
    assert "about being impaired" in counselled(ask, "driving", **new)
    assert "at least 2 hours" in counselled(ask, "second-dose", **new)
    assert "1-800-222-1222" in counselled(ask, "storage", **new)
    assert "pets" in counselled(ask, "storage", **new)
    assert "2, 4 and 12 weeks" in counselled(ask, "follow-up", **new)
    assert "habit-forming" in counselled(ask, "dependence", **new)
    assert "slowly" in counselled(ask, "stop-slowly", **new)
    assert "drug test" in counselled(ask, "drug-test", **new)
    assert "out of the state" in counselled(ask, "travel", **new)
    assert "One new product at a time" in counselled(ask, "first-dose", **new)
    assert "Stand up slowly" in counselled(ask, "side-effects", **new)
    assert "alcohol" in counselled(ask, "alcohol", **new)
    assert "count for nothing" in counselled(ask, "labels", **new)
    assert "about half got no useful relief in 4 weeks" in counselled(ask, "expectation", **new)


def test_what_depends_on_the_way_the_age_and_the_medicines(ask: Ask) -> None:
    inhaled = counselled(ask, "driving", routes=["vaporized"], experience="regular")
    assert "8 hours" in inhaled
    assert "3 months" in counselled(ask, "contraception", sex="female", age=30, routes=["edible"])
    assert counselled(ask, "contraception", sex="female", age=70, routes=["edible"]) == ""
    assert "fatty meal" in counselled(ask, "cbd-food", routes=["edible"])
    assert "naloxone" in counselled(ask, "naloxone", medicines=["oxycodone"])
    assert counselled(ask, "naloxone", medicines=["ibuprofen"]) == ""
    timing = "no dose of clonazepam is skipped or moved to make room for cannabis"
    assert timing in counselled(ask, "do-not-stop", medicines=["Klonopin"], routes=["edible"])
    assert "is skipped" not in counselled(ask, "do-not-stop", medicines=["lisinopril"], routes=["edible"])
    assert "heroin" not in counselled(ask, "do-not-stop", medicines=["heroin"], routes=["edible"])


@pytest.mark.parametrize("complaint", ["charley horse", "leg cramps at night", "back spasm"])
def test_a_cramp_hears_of_stretching_water_and_its_medicines_before_anything_is_sold(
    ask: Ask, complaint: str
) -> None:
    first = ask(complaint, routes=["edible"])["counsel"][0]
    assert first["topic"] == "self-care"
    assert "stretch" in first["text"].lower() and "drink enough" in first["text"]
    assert "medicine" in first["text"]


@pytest.mark.parametrize(
    "purpose", ["thc-first", "thc-first-fragile", "thc-first-regular", "cbd-first", "cbd-first-fragile"]
)
def test_each_first_dose_says_when_not_to_step_up_and_whose_limit_wins(
    knowledge: Knowledge, purpose: str
) -> None:
    text = knowledge.doses[purpose].text
    assert "side effect" in text and "prescription" in text and "certification's own dose limit wins" in text


def test_a_first_dose_is_told_in_mg_and_in_units_of_5_mg(ask: Ask) -> None:
    for suggested in ask("MS", routes=["edible"], experience="none")["suggestions"]:
        dose = suggested["starting_dose"]
        if dose and dose["mg"].get("THC"):
            assert f"{dose['mg']['THC']:g} mg THC" in dose["text"]
            assert f"That is {round(dose['mg']['THC'] / 5, 2):g} of a 5 mg THC unit" in dose["text"]
            assert "nih-thc-unit" in dose["sources"]


def test_a_dose_without_thc_speaks_of_no_unit(ask: Ask) -> None:
    cbd = replace(product("tincture", "edible", 0.0, 5.0), ingredients=("olive oil",), batch="B1")
    (only,) = ask("chronic pain", routes=["edible"], shelf=Shelf.of([cbd]))["suggestions"]
    assert only["starting_dose"]["mg"] == {"CBD": 5.0}
    assert "unit" not in only["starting_dose"]["text"]
