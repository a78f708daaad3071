"""What must raise an alarm, and what must stay silent: a page that warns of everything is not read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from counselor.guidance.knowledge import Knowledge

from .conftest import Ask


def severities(advice: dict[str, Any]) -> dict[str, str]:
    return {warning["rule"]: warning["severity"] for warning in advice["warnings"]}


def urgencies(advice: dict[str, Any]) -> set[str]:
    return {referral["urgency"] for referral in advice["referrals"]}


@pytest.mark.parametrize(
    "medicine",
    [
        "enoxaparin",
        "montelukast",
        "metformin",
        "amoxicillin",
        "vitamin d",
        "loratadine",
        "naloxone",
        "methocarbamol cream",
        "albuterol inhaler",
        "hydrocortisone cream",
        "glatiramer",
        "omeprazole",
    ],
)
def test_a_medicine_without_a_known_interaction_stays_silent_or_is_a_line_at_most(
    ask: Ask, medicine: str
) -> None:
    advice = ask("multiple sclerosis", routes=["edible"], age=45, medicines=[medicine])
    assert set(severities(advice).values()) <= {"minor"}


@pytest.mark.parametrize(
    "said",
    [
        "weak legs, numb feet, tingling, blurry vision",
        "heating pad for my back",
        "weak voice",
        "hearing aid",
        "drinks coffee every day",
        "spasticity not responding to baclofen",
        "works in nursing",
        "lives with small children",
        "smokes pot daily",
        "mother has COPD",
        "father had a stroke",
        "family history of heart disease",
        "head injury 10 years ago",
        "quit drinking 5 years ago",
        "stopped baclofen 2 years ago",
        "expecting relief at night",
        "spinal cord injury from a car accident",
    ],
)
def test_ordinary_words_alarm_nobody(ask: Ask, said: str) -> None:
    advice = ask("multiple sclerosis", routes=["edible"], age=45, history=[said])
    assert advice["disposition"]["code"] == "suggest"
    assert not {"emergency", "same-day"} & urgencies(advice)


@pytest.mark.parametrize(
    ("condition", "said", "urgency"),
    [
        ("muscle spasms", "slurred speech and face drooping since this morning", "emergency"),
        ("muscle spasms", "dark urine and very sore muscles", "emergency"),
        ("back spasm", "numb between my legs and cannot pee", "emergency"),
        ("muscle spasms", "jaw is stiff since stepping on a nail", "emergency"),
        ("spinal cord injury T4", "pounding headache and flushing", "emergency"),
        ("multiple sclerosis", "ran out of baclofen two days ago", "emergency"),
        ("myoclonus", "stopped clonazepam last week", "emergency"),
        ("multiple sclerosis", "thinking of ending it all", "emergency"),
        ("multiple sclerosis", "chest pain this morning", "emergency"),
        ("multiple sclerosis", "hit my head yesterday", "emergency"),
        ("myoclonus", "jerks began after the dose was raised", "same-day"),
        ("myoclonus", "on dialysis", "same-day"),
        ("leg cramps", "my calf is swollen and warm", "same-day"),
        ("muscle cramps", "vomiting for two days", "same-day"),
        ("myoclonus", "jerks started suddenly last week", "this-week"),
        ("muscle twitching", "hands getting thin", "this-week"),
        ("hiccups", "hiccups for 3 days", "this-week"),
    ],
)
def test_a_red_flag_sends_the_patient_to_somebody_in_time(
    ask: Ask, condition: str, said: str, urgency: str
) -> None:
    advice = ask(condition, age=45, symptoms=[said])
    assert urgency in urgencies(advice)
    if urgency != "this-week":
        assert advice["disposition"]["code"] == "no-product"
        assert advice["suggestions"] == []


@pytest.mark.parametrize(
    ("medicines", "age", "rule", "severity"),
    [
        (["clonazepam"], 45, "thc-benzodiazepine", "moderate"),
        (["clonazepam"], 70, "thc-benzodiazepine", "major"),
        (["oxycodone"], 45, "thc-opioid", "major"),
        (["Suboxone"], 45, "cannabis-buprenorphine", "major"),
        (["clonazepam", "oxycodone"], 45, "sedatives-together", "major"),
        (["baclofen", "gabapentin"], 45, "sedatives-together", "moderate"),
        (["baclofen", "gabapentin"], 70, "sedatives-together", "major"),
        (["gabapentin"], 45, "thc-gabapentinoid", "minor"),
        (["gabapentin"], 70, "thc-gabapentinoid", "moderate"),
        (["warfarin"], 45, "cannabis-warfarin", "major"),
        (["a blood thinner"], 45, "blood-thinner-unnamed", "major"),
        (["levetiracetam"], 45, "thc-seizure-medicine", "moderate"),
        (["Onfi"], 45, "cbd-clobazam", "major"),
        (["tacrolimus"], 45, "cbd-calcineurin-inhibitor", "major"),
        (["everolimus"], 45, "cbd-mtor-inhibitor", "major"),
        (["ketoconazole"], 45, "cyp-inhibitor-raises-cannabinoids", "moderate"),
        (["st john's wort"], 45, "inducer-lowers-cannabinoids", "minor"),
        (["clozapine"], 45, "smoke-cyp1a2", "major"),
        (["apixaban"], 45, "cbd-doac", "minor"),
        (["dabigatran"], 45, "cbd-doac-pgp", "moderate"),
        (["metronidazole"], 45, "disulfiram-alcohol-base", "contraindicated"),
    ],
)
def test_a_medicine_warns_at_the_level_of_its_class(
    ask: Ask, medicines: list[str], age: int, rule: str, severity: str
) -> None:
    assert severities(ask("multiple sclerosis", age=age, medicines=medicines)).get(rule) == severity


@pytest.mark.parametrize(
    ("said", "rule", "code"),
    [
        ("pregnant", "pregnancy", "no-product"),
        ("nursing my baby", "breastfeeding", "no-product"),
        ("past psychosis", "psychosis", "refer-first"),
        ("my brother has schizophrenia", "psychosis-family", "refer-first"),
        ("bipolar", "bipolar", "refer-first"),
        ("heart attack 2 years ago", "heart-disease", "refer-first"),
        ("a-fib", "heart-unstable-thc", "refer-first"),
        ("cirrhosis", "liver-disease-severe", "refer-first"),
        ("on dialysis", "kidney-disease-severe", "refer-first"),
        ("opioid use disorder", "substance-use", "refer-first"),
        ("alcoholic in recovery", "substance-use-past", "suggest"),
        ("feeding tube", "swallowing-difficulty", "refer-first"),
        ("stands on stiff legs", "transfers-by-stiffness", "refer-first"),
        ("truck driver", "drives", "suggest"),
    ],
)
def test_a_precaution_is_understood_in_everyday_words(ask: Ask, said: str, rule: str, code: str) -> None:
    advice = ask("multiple sclerosis", routes=["edible"], age=45, history=[said])
    assert rule in severities(advice)
    assert advice["disposition"]["code"] == code


def test_a_medicine_that_may_cause_the_jerks_is_named_as_a_cause_and_not_as_an_interaction(ask: Ask) -> None:
    kinds = {w["rule"]: w["kind"] for w in ask("myoclonus", age=45, medicines=["sertraline"])["warnings"]}
    assert kinds["medicine-jerks"] == "cause"


def test_every_word_to_a_patient_is_short_and_promises_nothing(knowledge: Knowledge) -> None:
    forbidden = re.compile(
        r"not addictive|\bcures?\b|better than|as good as|completely safe|is safe|\b(?:indica|sativa)\b", re.I
    )
    texts = [(rule.id, rule.wording.handout) for rule in knowledge.rules.values()]
    texts += [(flag.id, flag.say) for flag in knowledge.red_flags]
    for id, text in texts:
        assert not forbidden.search(text), id
        longest = max(len(sentence.split()) for sentence in re.split(r"[.!?]\s", text))
        assert longest <= 24, f"{id}: a sentence of {longest} words"


def test_no_statement_tells_a_patient_to_stop_or_change_a_prescription(knowledge: Knowledge) -> None:
    advice_to_stop = re.compile(
        r"\b(?:stop|cut|skip|swap) (?:taking |your |the )?(?:opioid|benzodiazepine|baclofen|medicine)\b",
        re.I,
    )
    for rule in knowledge.rules.values():
        for text in (rule.wording.action, rule.wording.handout):
            for match in advice_to_stop.finditer(text):
                before = text[max(0, match.start() - 40) : match.start()].lower()
                assert any(word in before for word in ("not ", "never ", "don't ")), (rule.id, match.group())
