"""The words people really use: each of these raises its alarm, or stays quiet, however it is put."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Ask

MS = "multiple sclerosis"


def urgencies(advice: dict[str, Any]) -> set[str]:
    return {referral["urgency"] for referral in advice["referrals"]}


def understood(advice: dict[str, Any]) -> set[str]:
    """The ids of what was recognised and is there."""
    fields = ("conditions", "history", "symptoms")
    return {row["id"] for field in fields for row in advice["recognised"][field] if not row.get("denied")}


@pytest.mark.parametrize(
    ("condition", "field", "said", "symptom"),
    [
        (MS, "history", "stopped baclofen last week", "more spasms"),
        (MS, "medicines", "stopped baclofen last week", "more spasms"),
        (MS, "medicines", "baclofen (ran out Friday)", ""),
        (MS, "medicines", "baclofen - haven't taken it since Monday", ""),
        (MS, "medicines", "no more baclofen since Monday", ""),
        (MS, "history", "no more baclofen since Monday", ""),
        (MS, "history", "haven't had my baclofen for a week", ""),
        (MS, "history", "didn't take my baclofen since Monday, stiff as a board", ""),
        ("myoclonus", "history", "stopped Klonopin yesterday", "shaking"),
        ("myoclonus", "medicines", "Ativan - doctor stopped it cold turkey", "jerks"),
        (MS, "medicines", "Xanax 0.5, quit Tuesday", ""),
        (MS, "medicines", "clonazepam, none left", ""),
        ("muscle spasms", "medicines", "gabapentin, quit it on my own 3 days ago", "new spasms"),
        ("muscle spasms", "history", "gabapentin, quit it on my own 3 days ago", "new spasms"),
        (MS, "history", "I quit my Lyrica on Sunday", ""),
        (MS, "medicines", "phenobarbital - ran out Friday", ""),
        ("myoclonus", "history", "quit drinking on Monday", ""),
    ],
)
def test_a_sudden_stop_is_heard_wherever_and_however_it_is_told(
    ask: Ask, condition: str, field: str, said: str, symptom: str
) -> None:
    advice = ask(condition, age=45, symptoms=[symptom] if symptom else [], **{field: [said]})
    assert "emergency" in urgencies(advice)
    assert advice["suggestions"] == []


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("medicines", "baclofen 10 mg, started in 2019"),
        ("medicines", "baclofen 10 mg three times a day, no more than 60 mg"),
        ("medicines", "gabapentin for nerve pain"),
        ("medicines", "diazepam 5 mg as needed for spasms"),
        ("history", "baclofen made me drowsy so I stopped it"),
        ("history", "tried gabapentin, stopped it in 2020"),
        ("history", "takes gabapentin, quit smoking last week"),
        ("history", "takes baclofen, no missed doses"),
        ("history", "tapered off clonazepam with my doctor in 2023"),
        ("history", "off gabapentin since 2020"),
        ("history", "haven't had a seizure in ten years"),
        ("history", "ran out of my CBD gummies"),
        ("history", "baclofen pump, refill due in January"),
        ("history", "insulin pump refill was due"),
        ("history", "fever last month, better now"),
        ("history", "fever in 2019"),
        ("history", "double vision comes and goes for years"),
        ("history", "suicide attempt last year"),
        ("history", "wet myself once last year"),
        ("history", "swollen calf in 2018"),
        ("history", "fell off a ladder in 2010"),
        ("history", "can't walk, uses a wheelchair"),
        ("history", "sleep apnea, stops breathing at night"),
        ("history", "drinks a gallon of water a day"),
        ("history", "fingers turning blue in the cold"),
        ("history", "can't walk far since last year"),
        ("history", "suddenly couldn't walk in 2012"),
        ("history", "right side doesn't work since my stroke in 2010"),
        ("history", "slurred speech for years"),
        ("history", "weak since my relapse in 2019"),
        ("symptoms", "can't sleep, spasms wake me at night"),
        ("symptoms", "hard to wake up in the morning"),
        ("symptoms", "spasms worse at night"),
        ("symptoms", "stiffness worse in the morning"),
        ("symptoms", "headache, sweating"),
        ("symptoms", "nausea"),
        ("symptoms", "poor appetite"),
        ("symptoms", "diarrhea from metformin"),
        ("symptoms", "cough from allergies in spring"),
        ("symptoms", "sick and tired of the pain"),
        ("symptoms", "sore muscles from the gym"),
        ("symptoms", "tingling feet"),
        ("allergies", "penicillin: throat swelling"),
    ],
)
def test_what_is_past_ordinary_or_explained_alarms_nobody(ask: Ask, field: str, said: str) -> None:
    assert not {"emergency", "same-day"} & urgencies(ask(MS, age=45, **{field: [said]}))


@pytest.mark.parametrize(
    ("condition", "medicine", "said", "urgency"),
    [
        (MS, "", "started having jerks after my baclofen pump was due for a refill", "emergency"),
        (MS, "Lioresal pump", "itching and more spasticity", "emergency"),
        (MS, "", "my pump is beeping and I am itchy", "emergency"),
        ("chronic pain", "oxycodone", "my husband could hardly wake me this morning", "emergency"),
        ("chronic pain", "", "can't keep him awake", "emergency"),
        ("chronic pain", "oxycodone", "so sleepy I can't stay awake", "emergency"),
        ("chronic pain", "morphine", "breathing is very slow at night", "emergency"),
        (MS, "", "I feel like ending it all", "emergency"),
        (MS, "", "everyone would be better off if I was dead", "emergency"),
        (MS, "", "suddenly can't move my left arm", "emergency"),
        (MS, "", "one side of my body doesn't work", "emergency"),
        (MS, "", "can't walk since yesterday", "emergency"),
        ("T4 spinal cord injury with headache and goosebumps", "", "", "emergency"),
        ("spinal cord injury", "", "headache and sweating above my injury", "emergency"),
        ("muscle spasms", "atorvastatin", "new muscle pain", "same-day"),
        ("muscle spasms", "atorvastatin", "muscle aches and weakness", "same-day"),
        ("muscle spasms", "atorvastatin", "muscle soreness", "same-day"),
        ("muscle spasms", "atorvastatin", "muscle aches since starting atorvastatin", "same-day"),
        ("muscle spasms", "atorvastatin", "muscle aches and dark urine", "emergency"),
        ("muscle spasms", "", "fell off a ladder on Tuesday", "same-day"),
        (MS, "", "UTI, spasms worse", "same-day"),
        (MS, "", "skin sore on my tailbone, spasms worse than ever", "same-day"),
        ("spinal cord injury", "", "no bowel movement in a week, spasms worse", "same-day"),
        ("chronic pain", "", "throat swelling after a gummy", "emergency"),
        ("chronic pain", "", "coughing up blood", "emergency"),
        ("chronic pain", "", "pressure in my chest since I quit smoking", "emergency"),
        (MS, "", "fever since I stopped the antibiotic", "emergency"),
        ("jerks", "", "jerks got worse after gabapentin was raised", "same-day"),
        ("jerks", "gabapentin increased last week", "", "same-day"),
        ("jerks", "started Prozac two weeks ago", "", "same-day"),
        ("jerks", "", "first time yesterday", "this-week"),
        ("muscle cramps", "", "can't keep food down", "same-day"),
        (MS, "", "vomiting for two days, spasms worse", "same-day"),
        (MS, "", "numb legs since Tuesday", "emergency"),
        (MS, "", "slurred speech", "emergency"),
        ("ALS", "", "suddenly slurred speech", "emergency"),
        ("ALS", "", "slurred speech", "this-week"),
    ],
)
def test_a_danger_told_in_ordinary_words_is_heard(
    ask: Ask, condition: str, medicine: str, said: str, urgency: str
) -> None:
    advice = ask(condition, age=45, medicines=[medicine] if medicine else [], symptoms=[said] if said else [])
    assert urgency in urgencies(advice)
    if urgency == "this-week":
        assert not {"emergency", "same-day"} & urgencies(advice)


@pytest.mark.parametrize("said", ["muscle aches since starting atorvastatin", "aching all over"])
def test_new_aches_with_a_statin_go_to_the_prescriber_today(ask: Ask, said: str) -> None:
    medicines = ["atorvastatin"] if "statin" not in said else []
    assert "same-day" in urgencies(ask("muscle spasms", age=45, medicines=medicines, symptoms=[said]))


@pytest.mark.parametrize("said", ["suicidal last year, not now", "blackout drinker"])
def test_a_danger_that_is_past_is_no_emergency(ask: Ask, said: str) -> None:
    assert "emergency" not in urgencies(ask(MS, age=45, history=[said]))


@pytest.mark.parametrize("said", ["leg aches", "muscle pain for years", "painful spasms"])
def test_a_statin_alone_makes_no_alarm_of_an_old_ache(ask: Ask, said: str) -> None:
    advice = ask("muscle spasms", age=45, medicines=["atorvastatin"], symptoms=[said])
    assert not {"emergency", "same-day"} & urgencies(advice)


def test_a_cough_in_someone_who_vapes_is_an_emergency_and_else_is_not(ask: Ask) -> None:
    def with_cough(route: str) -> dict[str, Any]:
        return ask("chronic pain", age=45, symptoms=["cough"], current_use={"route": route})

    assert "emergency" in urgencies(with_cough("vaporized"))
    assert "emergency" not in urgencies(with_cough("edible"))


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("no heart attack since 2012", "heart-attack"),
        ("no recent heart attack, had one in 2010", "heart-attack"),
        ("MI in 2015", "heart-attack"),
        ("hx of MI", "heart-attack"),
        ("MI in October 2026", "heart-attack-recent"),
        ("heart attack on Monday", "heart-attack-recent"),
        ("no psychosis since 2015", "psychosis"),
        ("sees things that aren't there", "hallucinations"),
        ("no angina since my bypass", "heart-disease"),
        ("not pregnant yet, trying", "trying-to-conceive"),
        ("no period for two months", "pregnancy"),
        ("due in March", "pregnancy"),
        ("8 weeks along", "pregnancy"),
        ("pregnancy test positive", "pregnancy"),
        ("high blood pressure 190/110 today", "high-blood-pressure-uncontrolled"),
        ("BP is 200/120", "high-blood-pressure-uncontrolled"),
        ("drinks a six pack every night", "alcohol-use"),
        ("drinks 4 beers a day", "alcohol-use"),
        ("drinks every night", "alcohol-use"),
        ("colonoscopy under anesthesia tomorrow", "surgery-planned"),
        ("uses a walker", "falls"),
        ("walks with a cane", "falls"),
        ("wheezing", "lung-disease"),
        ("smokes weed daily, can't stop", "cannabis-use-disorder"),
        ("suicide attempt last year", "suicide-attempt"),
        ("mother is bipolar", "psychosis-family"),
        ("very thirsty", "thirst"),
        ("GFR 42", "kidney-disease"),
        ("kidney function low", "kidney-disease"),
        ("CKD3", "kidney-disease"),
        ("creatinine 2.8", "kidney-disease"),
        ("my kidneys are at 30 percent", "kidney-disease"),
        ("eGFR 25", "kidney-disease-severe"),
        ("gave birth 3 weeks ago", "postpartum"),
        ("just had a baby", "postpartum"),
        ("trimester 2", "pregnancy"),
        ("throws up every morning from weed, hot showers help", "hyperemesis"),
        ("heroin, clean 3 years", "substance-use-past"),
        ("meth, quit 2 months ago", "substance-use-past"),
        ("ETOH abuse", "substance-use"),
        ("blackout drinker", "substance-use"),
        ("drinks a fifth a day", "alcohol-use"),
        ("transfers by standing on stiff legs", "transfers-by-stiffness"),
        ("blood clot in lung in September", "blood-clot"),
        ("chokes on water", "swallowing-difficulty"),
        ("I tried to kill myself when I was 20", "suicide-attempt-past"),
        ("schizophrenia in my sister", "psychosis-family"),
        ("walks with a stick", "falls"),
    ],
)
def test_a_history_is_understood_in_ordinary_words(ask: Ask, said: str, id: str) -> None:
    assert id in understood(ask(MS, age=45, history=[said]))


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("no heart attack", "heart-attack"),
        ("lives in MI", "heart-attack"),
        ("moved to MI in 2015", "heart-attack"),
        ("MI medical card", "heart-attack"),
        ("gastric bypass in 2015", "heart-disease"),
        ("not pregnant", "trying-to-conceive"),
        ("pregnancy test negative", "pregnancy"),
        ("no longer pregnant", "pregnancy"),
        ("heavy periods, late for work", "pregnancy"),
        ("pregnant in 2015", "pregnancy"),
        ("no periods since menopause", "pregnancy"),
        ("refill due in March", "pregnancy"),
        ("wife is pregnant", "pregnancy"),
        ("blood pressure 128/80", "high-blood-pressure-uncontrolled"),
        ("BP was 200/120 in 2019, fine now", "high-blood-pressure-uncontrolled"),
        ("labetalol 200 mg, pressure usually 130/80", "high-blood-pressure-uncontrolled"),
        ("drinks coffee every night", "alcohol-use"),
        ("drinks root beer", "alcohol-use"),
        ("never drinks beer", "alcohol-use"),
        ("colonoscopy last year", "surgery-planned"),
        ("smokes weed daily", "cannabis-use-disorder"),
        ("can't stop the spasms without cannabis", "cannabis-use-disorder"),
        ("no wheezing", "lung-disease"),
        ("son has epilepsy", "epilepsy"),
        ("wife had breast cancer", "cancer"),
        ("dad has COPD", "lung-disease"),
        ("eGFR 95", "kidney-disease"),
        ("creatinine 0.9", "kidney-disease"),
        ("kidney function low", "function"),
        ("gave birth in 2015", "postpartum"),
        ("expecting relief at night", "pregnancy"),
        ("smokes weed for vomiting", "hyperemesis"),
        ("heroin, clean 3 years", "substance-use"),
        ("hep C cured", "liver-disease"),
        ("no longer drinks alcohol", "alcohol-use"),
        ("pneumonia last week", "urine-infection"),
        ("schizophrenia in my sister", "psychosis"),
    ],
)
def test_a_history_is_not_read_into_words_that_do_not_tell_it(ask: Ask, said: str, id: str) -> None:
    assert id not in understood(ask(MS, age=45, history=[said]))


@pytest.mark.parametrize(
    "said", ["calf muscle soreness after exercise", "sore calf muscle", "muscle soreness"]
)
def test_ordinary_soreness_is_the_condition_and_no_alarm(ask: Ask, said: str) -> None:
    advice = ask(said, age=45)
    assert "muscle-spasm" in understood(advice)
    assert not {"emergency", "same-day"} & urgencies(advice)


def test_jerks_only_when_falling_asleep_are_sleep_starts(ask: Ask) -> None:
    assert "myoclonus-physiologic" in understood(ask("jerks", age=45, symptoms=["only when falling asleep"]))


@pytest.mark.parametrize(
    "said",
    [
        {"conditions": ["ALS"], "symptoms": ["slurred speech since breakfast"]},
        {"conditions": ["MS"], "symptoms": ["cutting myself"]},
        {"conditions": ["MS"], "symptoms": ["vision blurry since Monday"]},
        {
            "conditions": ["chronic pain"],
            "medicines": ["oxycodone"],
            "symptoms": ["too sleepy to stay awake"],
        },
        {
            "conditions": ["chronic pain"],
            "medicines": ["oxycodone"],
            "symptoms": ["hard to rouse this morning"],
        },
    ],
    ids=lambda said: said["symptoms"][0],
)
def test_these_words_stop_the_visit(ask: Ask, said: dict[str, Any]) -> None:
    conditions = said["conditions"]
    advice = ask(*conditions, **{name: value for name, value in said.items() if name != "conditions"})
    assert advice["disposition"]["code"] == "no-product"


@pytest.mark.parametrize(
    "said",
    [
        {"history": ["oxygen at night"]},
        {"history": ["never without my oxygen"]},
        {"medicines": ["oxygen 2 L at night"]},
    ],
)
def test_oxygen_leaves_nothing_to_inhale(ask: Ask, said: dict[str, Any]) -> None:
    advice = ask("MS", routes=["vaporized", "edible"], experience="regular", **said)
    assert "vaporized" not in {s["route"] for s in advice["suggestions"]}


def test_als_leaves_nothing_to_inhale(ask: Ask) -> None:
    advice = ask("ALS", routes=["vaporized"], experience="regular")
    assert advice["suggestions"]
    assert {s["route"] for s in advice["suggestions"]} == {"edible"}
