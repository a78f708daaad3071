"""Sedatives, seizure medicines, enzymes, liver, cancer and causes: who is warned of what, and who is not.

The tables are meant to be read by a pharmacist. Severities are those of the labels and studies that the
rules cite, or of house policy where the rule says so; `-` means that no rule of these files may speak.
"""

from __future__ import annotations

from typing import Any

import pytest

from counselor.guidance.knowledge import Knowledge
from counselor.guidance.shelf import Shelf

from .conftest import Ask

ORDER = ["-", "minor", "moderate", "major", "contraindicated"]
FILES = ("sedatives", "epilepsy", "enzymes", "carrier-liver-cancer")
ADULT = 45


def spoken(ask: Ask, medicine: str, cannabinoid: str, route: str, **said: Any) -> dict[str, str]:
    """Rule and severity of each interaction told for one medicine, one cannabinoid, one route."""
    exposure = {"cannabinoids": [cannabinoid], "route": route}
    facts: dict[str, Any] = {"age": ADULT, "medicines": [medicine], **said}
    advice = ask("chronic pain", shelf=Shelf(), exposure=exposure, **facts)
    return {w["rule"]: w["severity"] for w in advice["warnings"] if w["kind"] == "interaction"}


def worst(rules: dict[str, str], knowledge: Knowledge) -> str:
    """The worst of these, as far as the files tested here say it; other files have tests of their own."""
    own = [severity for rule, severity in rules.items() if is_own(rule, knowledge)]
    return max(own, key=ORDER.index, default="-")


def is_own(rule: str, knowledge: Knowledge) -> bool:
    """Whether a rule, or a merged warning, comes from one of the files tested here."""
    return rule not in knowledge.rules or any(file in knowledge.rules[rule].origin.file for file in FILES)


# medicine; severity with THC by mouth, CBD by mouth, THC smoked; a rule that must be told with THC, CBD
TABLE = [
    # benzodiazepines: added sleepiness; CBD also raises clobazam (major) and diazepam
    ("clonazepam", "moderate", "moderate", "moderate", "thc-benzodiazepine", "cbd-sedation"),
    ("lorazepam", "moderate", "moderate", "moderate", "thc-benzodiazepine", "cbd-sedation"),
    ("Xanax", "moderate", "moderate", "moderate", "thc-benzodiazepine", "cbd-sedation"),
    ("remimazolam", "moderate", "moderate", "moderate", "thc-benzodiazepine", "cbd-sedation"),
    ("diazepam", "moderate", "moderate", "moderate", "thc-benzodiazepine", "cbd-diazepam"),
    ("clobazam", "moderate", "major", "moderate", "thc-benzodiazepine", "cbd-clobazam"),
    # opioids: every one of them
    ("oxycodone", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("codeine", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("fentanyl patch", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("meperidine", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("levorphanol", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("butorphanol", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("oliceridine", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("dihydrocodeine", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("opium", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("tapentadol", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("tramadol", "major", "moderate", "major", "thc-opioid", "cbd-opioid"),
    ("methadone", "major", "major", "major", "thc-opioid", "cbd-methadone"),
    ("buprenorphine", "major", "major", "major", "cannabis-buprenorphine", "cannabis-buprenorphine"),
    ("kratom", "major", "moderate", "major", "thc-kratom", "cbd-kratom"),
    ("Tussionex", "major", "moderate", "major", "sedatives-together", "cbd-opioid"),
    ("naltrexone", "minor", "-", "-", "thc-naltrexone", ""),
    # other depressants
    ("gabapentin", "minor", "minor", "minor", "thc-gabapentinoid", "cbd-sedation"),
    ("Horizant", "minor", "minor", "minor", "thc-gabapentinoid", "cbd-sedation"),
    ("pregabalin", "minor", "minor", "minor", "thc-gabapentinoid", "cbd-sedation"),
    ("zolpidem", "moderate", "moderate", "moderate", "thc-z-drug", "cbd-sedation"),
    ("suvorexant", "moderate", "moderate", "moderate", "thc-sleep-medicine", "cbd-sedation"),
    ("butalbital", "moderate", "moderate", "moderate", "thc-barbiturate", "cbd-sedation"),
    ("phenobarbital", "moderate", "moderate", "moderate", "thc-barbiturate", "inducing-antiepileptic"),
    ("baclofen", "moderate", "minor", "moderate", "thc-muscle-relaxant", "cbd-sedation"),
    ("tizanidine", "moderate", "moderate", "moderate", "thc-muscle-relaxant", "cbd-cyp1a2"),
    ("cyclobenzaprine", "moderate", "minor", "moderate", "thc-muscle-relaxant", "cbd-sedation"),
    ("methocarbamol", "minor", "minor", "minor", "thc-muscle-relaxant-mild", "cbd-sedation"),
    ("metaxalone", "minor", "minor", "minor", "thc-muscle-relaxant-mild", "cbd-sedation"),
    ("dantrolene", "moderate", "moderate", "moderate", "thc-other-sedating", "cbd-hepatotoxic"),
    ("cetirizine", "minor", "-", "minor", "thc-other-sedating", ""),
    ("doxylamine", "minor", "minor", "minor", "thc-antihistamine", "cbd-sedation"),
    ("trazodone", "minor", "-", "minor", "thc-other-sedating", ""),
    ("mirtazapine", "minor", "-", "minor", "thc-other-sedating", ""),
    ("melatonin", "minor", "-", "minor", "thc-other-sedating", ""),
    ("pramipexole", "minor", "-", "minor", "thc-other-sedating", ""),
    ("alcohol", "moderate", "moderate", "moderate", "thc-alcohol", "cbd-sedation"),
    ("Xyrem", "major", "major", "major", "thc-oxybate", "thc-oxybate"),
    ("propofol", "moderate", "moderate", "moderate", "anesthetic-planned", "anesthetic-planned"),
    ("Spravato", "moderate", "moderate", "moderate", "ketamine-clinic", "ketamine-clinic"),
    ("zuranolone", "moderate", "-", "moderate", "thc-other-sedating", ""),
    # seizure medicines
    ("valproate", "moderate", "moderate", "moderate", "thc-seizure-medicine", "cbd-valproate"),
    ("phenytoin", "moderate", "moderate", "moderate", "thc-seizure-medicine", "cbd-phenytoin"),
    ("carbamazepine", "moderate", "moderate", "moderate", "thc-seizure-medicine", "inducing-antiepileptic"),
    ("oxcarbazepine", "moderate", "moderate", "moderate", "thc-seizure-medicine", "inducing-antiepileptic"),
    ("cenobamate", "moderate", "moderate", "moderate", "thc-seizure-medicine", "inducing-antiepileptic"),
    ("brivaracetam", "moderate", "moderate", "moderate", "thc-seizure-medicine", "cbd-raised-antiepileptic"),
    ("topiramate", "moderate", "minor", "moderate", "thc-seizure-medicine", "cbd-raised-antiepileptic"),
    ("rufinamide", "moderate", "minor", "moderate", "thc-seizure-medicine", "cbd-raised-antiepileptic"),
    ("zonisamide", "moderate", "minor", "moderate", "thc-seizure-medicine", "cbd-raised-antiepileptic"),
    ("eslicarbazepine", "moderate", "minor", "moderate", "thc-seizure-medicine", "cbd-raised-antiepileptic"),
    ("stiripentol", "moderate", "minor", "moderate", "thc-seizure-medicine", "cbd-raised-antiepileptic"),
    ("perampanel", "moderate", "minor", "moderate", "thc-seizure-medicine", "cbd-raised-antiepileptic"),
    ("felbamate", "moderate", "minor", "moderate", "thc-seizure-medicine", "cbd-raised-antiepileptic"),
    ("lamotrigine", "moderate", "minor", "moderate", "thc-seizure-medicine", "cbd-raised-antiepileptic"),
    ("levetiracetam", "moderate", "-", "moderate", "thc-seizure-medicine", ""),
    ("lacosamide", "moderate", "-", "moderate", "thc-seizure-medicine", ""),
    ("ethosuximide", "moderate", "-", "moderate", "thc-seizure-medicine", ""),
    ("bupropion", "minor", "minor", "minor", "thc-seizure-threshold", "cbd-cyp2b6-ugt"),
    # medicines that change the cannabinoid
    *[
        (name, "moderate", "moderate", "moderate", rule, rule)
        for rule in ("cyp-inhibitor-raises-cannabinoids",)
        for name in (
            "ketoconazole",
            "itraconazole",
            "clarithromycin",
            "Paxlovid",
            "amiodarone",
            "fluconazole",
            "grapefruit",
        )
    ],
    ("erythromycin", "minor", "minor", "minor", "cyp3a4-inhibitor-moderate", "cyp3a4-inhibitor-moderate"),
    ("diltiazem", "minor", "minor", "minor", "cyp3a4-inhibitor-moderate", "cyp3a4-inhibitor-moderate"),
    ("ciprofloxacin", "minor", "minor", "minor", "cyp3a4-inhibitor-moderate", "cyp3a4-inhibitor-moderate"),
    ("fluvoxamine", "moderate", "moderate", "-", "fluvoxamine-cannabinoids", "fluvoxamine-cannabinoids"),
    ("ticlopidine", "-", "minor", "-", "", "cyp2c19-inhibitor-cbd"),
    (
        "rifampin",
        "moderate",
        "moderate",
        "moderate",
        "inducer-lowers-cannabinoids",
        "inducer-lowers-cannabinoids",
    ),
    (
        "enzalutamide",
        "moderate",
        "moderate",
        "moderate",
        "inducer-lowers-cannabinoids",
        "inducer-lowers-cannabinoids",
    ),
    (
        "St John's wort",
        "minor",
        "minor",
        "minor",
        "inducer-lowers-cannabinoids",
        "inducer-lowers-cannabinoids",
    ),
    # medicines that the cannabinoid changes: smoke and CBD pull in opposite directions
    ("theophylline", "-", "moderate", "major", "", "cbd-cyp1a2"),
    ("pirfenidone", "-", "moderate", "moderate", "", "cbd-cyp1a2"),
    ("riluzole", "-", "moderate", "moderate", "", "cbd-cyp1a2"),
    ("riociguat", "-", "-", "moderate", "", ""),
    ("rasagiline", "-", "minor", "minor", "", "cbd-cyp1a2-minor"),
    ("tasimelteon", "moderate", "moderate", "moderate", "thc-sleep-medicine", "cbd-cyp1a2-minor"),
    ("ropinirole", "minor", "minor", "minor", "thc-other-sedating", "cbd-cyp1a2-minor"),
    ("caffeine", "-", "minor", "-", "", "cbd-caffeine"),
    ("omeprazole", "-", "minor", "-", "", "cbd-ppi"),
    ("voriconazole", "moderate", "moderate", "moderate", "cyp-inhibitor-raises-cannabinoids", "cbd-cyp2c19"),
    ("mavacamten", "-", "major", "-", "", "cbd-mavacamten"),
    ("celecoxib", "-", "minor", "-", "", "cbd-cyp2c9"),
    ("ibuprofen", "-", "minor", "-", "", "cbd-nsaid"),
    ("naproxen", "-", "minor", "-", "", "cbd-nsaid"),
    ("siponimod", "-", "minor", "-", "", "cbd-cyp2c9"),
    ("repaglinide", "-", "minor", "-", "", "cbd-cyp2b6-ugt"),
    ("gemfibrozil", "-", "minor", "-", "", "cbd-cyp2b6-ugt"),
    ("efavirenz", "-", "minor", "-", "", "cbd-cyp2b6-ugt"),
    # liver, cancer, carrier, cannabinoids of the patient's own
    ("teriflunomide", "-", "moderate", "-", "", "cbd-hepatotoxic"),
    ("leflunomide", "-", "moderate", "-", "", "cbd-hepatotoxic"),
    ("methotrexate", "-", "moderate", "-", "", "cbd-hepatotoxic"),
    ("isoniazid", "-", "minor", "-", "", "cbd-hepatotoxic-boxed"),
    ("kava", "minor", "minor", "minor", "thc-other-sedating", "cbd-kava"),
    ("tamoxifen", "-", "minor", "-", "", "cbd-tamoxifen"),
    ("irinotecan", "moderate", "moderate", "moderate", "irinotecan-docetaxel", "irinotecan-docetaxel"),
    ("paclitaxel", "moderate", "moderate", "moderate", "antineoplastic-narrow", "antineoplastic-narrow"),
    ("disulfiram", "major", "major", "minor", "disulfiram-alcohol-base", "disulfiram-alcohol-base"),
    ("metronidazole", "major", "major", "-", "disulfiram-alcohol-base", "disulfiram-alcohol-base"),
    ("amphotericin b", "minor", "-", "minor", "thc-protein-bound", ""),
    ("nabilone", "moderate", "moderate", "moderate", "cannabinoid-medicine", "cannabinoid-medicine"),
    ("dronabinol", "moderate", "moderate", "moderate", "cannabinoid-medicine", "cbd-raises-dronabinol"),
    ("Epidiolex", "moderate", "moderate", "moderate", "cbd-raises-thc", "cannabinoid-medicine"),
    ("Sativex", "moderate", "moderate", "moderate", "cannabinoid-medicine", "cannabinoid-medicine"),
]


@pytest.mark.parametrize(
    ("medicine", "thc", "cbd", "smoked", "rule_thc", "rule_cbd"), TABLE, ids=[row[0] for row in TABLE]
)
def test_each_medicine_is_told_at_its_level_and_for_its_cannabinoid(
    ask: Ask,
    knowledge: Knowledge,
    medicine: str,
    thc: str,
    cbd: str,
    smoked: str,
    rule_thc: str,
    rule_cbd: str,
) -> None:
    by_mouth, with_cbd = spoken(ask, medicine, "THC", "edible"), spoken(ask, medicine, "CBD", "edible")
    in_smoke = spoken(ask, medicine, "THC", "smoked")
    assert [worst(told, knowledge) for told in (by_mouth, with_cbd, in_smoke)] == [thc, cbd, smoked]
    assert not rule_thc or rule_thc in by_mouth
    assert not rule_cbd or rule_cbd in with_cbd


SILENT = {
    "naloxone": "rescue from an opioid is no sedative",
    "nalmefene": "the same, as a rescue spray",
    "methylnaltrexone": "does not reach the brain",
    "loperamide": "stays in the gut",
    "loratadine": "a newer antihistamine",
    "fexofenadine": "another",
    "botox": "injected into one place",
    "acetaminophen": "no liver signal in people at usual doses",
    "indomethacin": "hardly a CYP2C9 medicine",
    "azithromycin": "a macrolide that inhibits little",
    "rifaximin": "stays in the gut",
    "modafinil": "only a moderate inducer",
    "dextromethorphan": "CYP2D6: no effect measured",
    "montelukast": "CYP2C8, never named",
    "metformin": "leaves by the kidney",
    "amoxicillin": "no shared enzyme",
    "nicotine": "the smoke induces, not the nicotine",
    "vitamin d": "a vitamin",
    "bicalutamide": "a hormone cancer medicine",
    "trastuzumab": "an antibody",
    "glatiramer": "an MS medicine without enzyme",
    "hydrocortisone cream": "on skin only",
    "ketoconazole shampoo": "on skin only",
}


@pytest.mark.parametrize("medicine", SILENT, ids=list(SILENT))
def test_a_medicine_outside_the_boundary_of_a_class_is_not_told(
    ask: Ask, knowledge: Knowledge, medicine: str
) -> None:
    for cannabinoid, route in (("THC", "edible"), ("CBD", "edible"), ("THC", "smoked"), ("CBD", "vaporized")):
        assert worst(spoken(ask, medicine, cannabinoid, route), knowledge) == "-", SILENT[medicine]


# medicine, what else is so of the patient, cannabinoid, rule, severity
RISES = [
    ("clonazepam", {"age": 70}, "THC", "thc-benzodiazepine", "major"),
    ("clonazepam", {"history": ["sleep apnea"]}, "THC", "thc-benzodiazepine", "major"),
    ("clonazepam", {"history": ["fell twice this year"]}, "THC", "thc-benzodiazepine", "major"),
    ("alcohol", {"history": ["truck driver"]}, "THC", "thc-alcohol", "major"),
    ("alcohol", {"history": ["COPD"]}, "THC", "thc-alcohol", "major"),
    ("gabapentin", {"age": 70}, "THC", "thc-gabapentinoid", "moderate"),
    ("gabapentin", {"history": ["COPD"]}, "THC", "thc-gabapentinoid", "major"),
    ("baclofen", {"history": ["on dialysis"]}, "THC", "thc-muscle-relaxant", "major"),
    ("tizanidine", {"history": ["on dialysis"]}, "THC", "thc-muscle-relaxant", "moderate"),
    ("suvorexant", {"age": 70}, "THC", "thc-sleep-medicine", "major"),
    ("ramelteon", {"age": 70}, "THC", "thc-sleep-medicine", "moderate"),
    ("diphenhydramine", {"age": 70}, "THC", "thc-antihistamine", "moderate"),
    ("gabapentin", {"age": 70}, "CBD", "cbd-sedation", "moderate"),
    ("baclofen", {"history": ["COPD"]}, "CBD", "cbd-sedation", "moderate"),
    ("valproate", {"history": ["cirrhosis"]}, "CBD", "cbd-valproate", "major"),
    ("Depakote, Onfi", {}, "CBD", "cbd-valproate", "major"),
    ("methotrexate", {"history": ["cirrhosis"]}, "CBD", "cbd-hepatotoxic", "major"),
    ("isoniazid", {"history": ["cirrhosis"]}, "CBD", "cbd-hepatotoxic-boxed", "moderate"),
    ("oxycodone, gabapentin", {}, "THC", "sedatives-together", "major"),
    ("oxycodone, Benadryl", {}, "THC", "sedatives-together", "major"),
    ("baclofen, gabapentin", {}, "THC", "sedatives-together", "moderate"),
    ("baclofen, gabapentin", {"history": ["sleep apnea"]}, "THC", "sedatives-together", "major"),
    ("clonazepam, suvorexant", {}, "THC", "thc-sleep-medicine", "major"),
    ("tramadol", {"history": ["epilepsy"]}, "THC", "thc-seizure-threshold", "moderate"),
]


@pytest.mark.parametrize(("medicine", "so", "cannabinoid", "rule", "severity"), RISES)
def test_what_makes_a_danger_rise_is_heard(
    ask: Ask, medicine: str, so: dict[str, Any], cannabinoid: str, rule: str, severity: str
) -> None:
    assert spoken(ask, medicine, cannabinoid, "edible", **so).get(rule) == severity


# rule, mg of CBD a day from which it rises, to what
AMOUNTS = [
    ("cbd-valproate", 100, "major"),
    ("cbd-hepatotoxic", 100, "major"),
    ("cbd-hepatotoxic-boxed", 100, "moderate"),
    ("cbd-kava", 100, "moderate"),
    ("cbd-raised-antiepileptic", 100, "moderate"),
    ("cbd-sedation", 100, "moderate"),
    ("cyp2c19-inhibitor-cbd", 100, "moderate"),
    ("cbd-raises-dronabinol", 100, "moderate"),
    ("cbd-cyp1a2", 100, "major"),
    ("cbd-cyp2c9", 100, "moderate"),
    ("cbd-tamoxifen", 50, "moderate"),
]


@pytest.mark.parametrize(("rule", "mg", "severity"), AMOUNTS)
def test_where_a_dose_of_cbd_decides_it_stands_in_the_rule(
    knowledge: Knowledge, rule: str, mg: float, severity: str
) -> None:
    steps = [step for step in knowledge.rules[rule].raised if step.when.cbd_mg_per_day is not None]
    assert [(step.when.cbd_mg_per_day, step.severity.word) for step in steps] == [(mg, severity)]


@pytest.mark.parametrize("medicine", ["clonazepam", "oxycodone", "clobazam", "ketoconazole", "theophylline"])
@pytest.mark.parametrize("cannabinoid", ["THC", "CBD"])
def test_on_skin_only_nothing_is_worse_than_minor(
    ask: Ask, knowledge: Knowledge, medicine: str, cannabinoid: str
) -> None:
    assert worst(spoken(ask, medicine, cannabinoid, "topical"), knowledge) in ("-", "minor")


@pytest.mark.parametrize(
    ("medicine", "severity"),
    [
        ("clozapine", "major"),
        ("theophylline", "major"),
        ("olanzapine", "moderate"),
        ("riociguat", "moderate"),
    ],
)
def test_going_from_smoke_to_another_form_is_told_before_it_happens(
    ask: Ask, medicine: str, severity: str
) -> None:
    smoker = {"current_use": {"route": "smoked"}}
    assert spoken(ask, medicine, "THC", "vaporized", **smoker)["smoke-stopped-cyp1a2"] == severity
    assert "smoke-stopped-cyp1a2" not in spoken(ask, medicine, "THC", "vaporized")


def test_one_merged_warning_names_every_sedative_and_no_second_one_says_the_same(ask: Ask) -> None:
    said = ["Klonopin", "oxycodone", "gabapentin", "baclofen", "Benadryl", "trazodone"]
    advice = ask("multiple sclerosis", age=ADULT, medicines=said, routes=["edible"])
    told = [w for w in advice["warnings"] if w["kind"] == "interaction" and "THC" in w["cannabinoids"]]
    assert [w["rule"] for w in told] == ["sedatives-together"]
    for name in ("clonazepam", "oxycodone", "gabapentin", "baclofen", "diphenhydramine", "trazodone"):
        assert name in told[0]["effect"]
    assert "naloxone" in told[0]["action"]
    assert len(told[0]["action"].split()) <= 75


def test_each_opioid_warning_asks_about_naloxone(knowledge: Knowledge) -> None:
    for rule in ("thc-opioid", "thc-kratom", "cannabis-buprenorphine", "cbd-opioid", "cbd-kratom"):
        assert "naloxone" in knowledge.rules[rule].wording.action


CAUSES = [
    # complaint, medicine, rule, severity
    ("myoclonus", "morphine", "opioid-myoclonus", "major"),
    ("myoclonus", "fentanyl patch", "opioid-myoclonus", "major"),
    ("myoclonus", "Suboxone", "opioid-myoclonus", "major"),
    ("myoclonus", "gabapentin", "medicine-jerks", "moderate"),
    ("myoclonus", "cefepime", "medicine-jerks", "moderate"),
    ("myoclonus", "ciprofloxacin", "medicine-jerks", "moderate"),
    ("myoclonus", "lithium", "medicine-jerks", "moderate"),
    ("myoclonus", "levofloxacin", "quinolone-jerks", "minor"),
    ("myoclonus", "Pepto-Bismol", "medicine-jerks", "moderate"),
    ("leg cramps", "salmeterol", "laba-cramps", "minor"),
    ("leg cramps", "spironolactone", "diuretic-cramps", "minor"),
    ("leg cramps", "hydrochlorothiazide", "diuretic-cramps", "minor"),
    ("leg cramps", "furosemide", "diuretic-cramps", "minor"),
    ("leg cramps", "atorvastatin", "statin-cramps", "minor"),
    ("leg cramps", "raloxifene", "medicine-cramps", "minor"),
]


@pytest.mark.parametrize(("complaint", "medicine", "rule", "severity"), CAUSES)
def test_a_medicine_that_may_cause_the_complaint_is_told_as_a_cause(
    ask: Ask, complaint: str, medicine: str, rule: str, severity: str
) -> None:
    advice = ask(complaint, shelf=Shelf(), age=ADULT, medicines=[medicine])
    causes = {w["rule"]: w["severity"] for w in advice["warnings"] if w["kind"] == "cause"}
    assert causes == {rule: severity}


@pytest.mark.parametrize(
    ("complaint", "medicine"),
    [
        ("leg cramps", "albuterol"),
        ("leg cramps", "fluticasone inhaler"),
        ("leg cramps", "gabapentin"),
        ("myoclonus", "naloxone"),
        ("myoclonus", "ceftriaxone"),
        ("myoclonus", "levetiracetam"),
        ("myoclonus", "clonazepam"),
        ("chronic pain", "hydrochlorothiazide"),
        ("chronic pain", "morphine"),
    ],
)
def test_a_medicine_that_is_no_cause_of_the_complaint_is_not_told_as_one(
    ask: Ask, complaint: str, medicine: str
) -> None:
    advice = ask(complaint, shelf=Shelf(), age=ADULT, medicines=[medicine])
    assert [w["rule"] for w in advice["warnings"] if w["kind"] == "cause"] == []
