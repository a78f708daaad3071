"""Two hundred patients like those of a medical programme: how many see a red page, and for what.

    python tests/bench/programme.py            # the counts
    python tests/bench/programme.py --red      # each patient who is not simply advised, with the reasons

Drawn with a fixed seed from shares of conditions, ages, illnesses and medicines as programme reports and
prescribing statistics have them, rounded: they are realistic, not a sample of anybody. Medicines go with the
condition (baclofen with MS, levodopa with Parkinson disease) and with age; the mean list holds about 3.8. An
answer counts as red where nothing may be sold at once: a pharmacist first, or no product.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import dataclass
from datetime import date

from counselor import places
from counselor.guidance.advice import Advice
from counselor.guidance.advise import advise
from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.loader import load
from counselor.guidance.shelf import Shelf
from counselor.imports.reading import read_catalog, to_shelf

SEED, PATIENTS = 20261127, 200
TAKEN = 0.72
"""Shares of the common medicines are those of people who see doctors often; this brings the mean to 3.8."""
TODAY = date(2026, 11, 27)

CONDITIONS = {
    # said at the counter: (share, mean age, usual medicines with their share)
    "chronic pain": (26, 57, {"ibuprofen": 30, "gabapentin": 28, "oxycodone 5 mg": 12, "tramadol": 9,
                              "duloxetine": 12, "cyclobenzaprine": 12, "Tylenol": 25, "meloxicam": 16}),
    "back spasms": (13, 51, {"cyclobenzaprine": 30, "methocarbamol": 14, "naproxen": 30, "ibuprofen": 20,
                             "Norco": 8, "tizanidine": 10}),
    "multiple sclerosis": (11, 49, {"baclofen": 48, "gabapentin": 25, "Ocrevus": 30, "Tecfidera": 14,
                                    "tizanidine": 16, "vitamin D": 45, "modafinil": 10, "Ampyra": 12,
                                    "amantadine": 9, "clonazepam": 6}),
    "fibromyalgia": (10, 50, {"duloxetine": 28, "pregabalin": 24, "amitriptyline": 14, "Savella": 6,
                              "trazodone": 12, "tramadol": 8}),
    "neuropathy": (10, 62, {"gabapentin": 45, "pregabalin": 16, "duloxetine": 18, "metformin": 36,
                            "nortriptyline": 8, "B12": 20}),
    "spinal cord injury": (6, 46, {"baclofen": 55, "gabapentin": 38, "oxybutynin": 34, "Senna": 40,
                                   "tizanidine": 16, "oxycodone": 12, "diazepam": 9}),
    "leg cramps at night": (6, 64, {"magnesium": 38, "hydrochlorothiazide": 16, "atorvastatin": 30}),
    "Parkinson's": (5, 71, {"Sinemet": 82, "ropinirole": 18, "rasagiline": 15, "melatonin": 20,
                            "quetiapine": 7}),
    "epilepsy": (4, 38, {"Keppra": 48, "lamotrigine": 32, "Depakote": 14, "clobazam": 8, "Vimpat": 14}),
    "myoclonus": (3, 53, {"clonazepam": 42, "Keppra": 40, "valproic acid": 16}),
    "ALS": (2, 61, {"riluzole": 62, "baclofen": 35, "Nuedexta": 22}),
    "neck dystonia": (2, 55, {"Botox": 60, "trihexyphenidyl": 14, "clonazepam": 18}),
    "spasticity after a stroke": (2, 66, {"aspirin": 50, "clopidogrel": 40, "atorvastatin": 70,
                                          "baclofen": 35}),
}  # fmt: skip
COMMON = {
    # medicine: (share in percent at 30, at 75)
    "lisinopril": (5, 20), "losartan": (2, 13), "amlodipine": (3, 18), "metoprolol": (2, 15),
    "hydrochlorothiazide": (2, 11), "atorvastatin": (3, 27), "rosuvastatin": (1, 9), "metformin": (4, 14),
    "Ozempic": (4, 4), "levothyroxine": (5, 14), "omeprazole": (8, 16), "famotidine": (4, 6),
    "sertraline": (9, 7), "escitalopram": (8, 6), "fluoxetine": (4, 3), "bupropion": (6, 3),
    "trazodone": (4, 5), "Xanax": (3, 2), "lorazepam": (2, 3), "Ambien": (2, 3), "Adderall": (6, 0),
    "quetiapine": (2, 2), "albuterol inhaler": (8, 8), "Flonase": (8, 6), "Zyrtec": (8, 5),
    "Benadryl": (3, 3), "birth control pill": (8, 0), "multivitamin": (20, 34), "vitamin D": (14, 30),
    "fish oil": (5, 12), "baby aspirin": (1, 20), "Eliquis": (0, 8), "warfarin": (0, 3), "furosemide": (0, 8),
    "tamsulosin": (0, 8), "prednisone": (2, 4), "insulin glargine": (2, 5), "melatonin": (9, 8),
    "montelukast": (3, 3), "allopurinol": (0, 4), "MiraLAX": (2, 7),
}  # fmt: skip
HISTORY = {
    "high blood pressure": (6, 40), "asthma": (8, 6), "COPD": (1, 9), "sleep apnea": (4, 10),
    "heart failure": (0, 5), "heart attack 6 years ago": (0, 4), "diabetes": (4, 18), "depression": (18, 10),
    "anxiety": (20, 10), "fell twice last year": (1, 14), "drives for work": (16, 2),
    "kidney disease": (1, 6), "hepatitis C, treated": (2, 2), "bipolar": (3, 1), "high cholesterol": (6, 34),
    "acid reflux": (10, 18), "hysterectomy 2009": (1, 8), "knee replacement": (0, 12),
}  # fmt: skip
ROUTES = (["edible"], ["vaporized"], ["edible", "topical"], ["topical"], ["smoked"], ["vaporized", "edible"])


@dataclass(frozen=True)
class Answered:
    """One patient and the answer."""

    said: dict[str, object]
    advice: Advice

    @property
    def is_red(self) -> bool:
        """Whether nothing may be sold at once."""
        return self.advice.disposition.code != "suggest"


def patients(count: int = PATIENTS, seed: int = SEED) -> list[dict[str, object]]:
    """The same people every time, in the public form of an intake."""
    chance = random.Random(seed)

    def drawn(shares: dict[str, tuple[int, int]], age: int, part: float = 1.0) -> list[str]:
        weight = min(1.0, max(0.0, (age - 30) / 45))
        return [
            said
            for said, (young, old) in shares.items()
            if chance.random() * 100 < part * (young + (old - young) * weight)
        ]

    people = []
    for number in range(count):
        condition = chance.choices(list(CONDITIONS), [share for share, _, _ in CONDITIONS.values()])[0]
        _, mean, usual = CONDITIONS[condition]
        age = round(min(92, max(18, chance.gauss(mean, 13))))
        own = [said for said, share in usual.items() if chance.random() * 100 < share]
        people.append(
            {
                "id": f"P{number + 1:03}",
                "on": TODAY.isoformat(),
                "age": age,
                "sex": chance.choice(["female", "female", "male"]),
                "conditions": [condition],
                "routes": list(chance.choice(ROUTES)),
                "medicines": list(dict.fromkeys([*own, *drawn(COMMON, age, TAKEN)])),
                "history": drawn(HISTORY, age),
                "experience": chance.choices(["none", "occasional", "regular"], [40, 25, 35])[0],
            }
        )
    return people


def answers(knowledge: Knowledge, shelf: Shelf) -> list[Answered]:
    """Everybody's advice."""
    return [Answered(said, advise(Intake.from_json(said), shelf, knowledge, on=TODAY)) for said in patients()]


def main() -> None:
    """Print how many see a red page, and because of what."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--red", action="store_true", help="show each patient who is not simply advised")
    wanted = asked.parse_args()
    shelf = to_shelf(read_catalog(places.seed() / "catalog" / "clinic-shelf.csv").applicable, on=TODAY)
    all_answers = answers(load(places.seed() / "knowledge"), shelf)
    red = [one for one in all_answers if one.is_red]
    lists = [len(one.said["medicines"]) for one in all_answers]  # type: ignore[arg-type]
    print(f"{len(all_answers)} patients, {sum(lists) / len(lists):.2f} medicines each")
    for code, count in Counter(one.advice.disposition.code for one in all_answers).most_common():
        print(f"{code:12} {count:4}  {100 * count / len(all_answers):5.1f} %")
    print("because of (a patient may have several):")
    for reason, count in Counter(r for one in red for r in one.advice.disposition.because).most_common():
        print(f"{count:4}  {reason}")
    worst = Counter(
        max((w.severity for w in one.advice.warnings), default="none", key=_order) for one in all_answers
    )
    print("worst warning:", ", ".join(f"{word} {count}" for word, count in worst.most_common()))
    warned = sorted(len(one.advice.warnings) for one in all_answers)
    print(f"warnings on a page: median {warned[len(warned) // 2]}, most {warned[-1]}")
    if wanted.red:
        for one in red:
            said = one.said
            print(f"\n{said['id']} {said['age']} {said['sex']}, {said['conditions']}, {said['routes']}")
            print(f"    takes {said['medicines']}; history {said['history']}; {said['experience']}")
            print(f"    {one.advice.disposition.code}: {one.advice.disposition.text}")


def _order(word: str) -> int:
    return ("none", "minor", "moderate", "major", "contraindicated").index(word)


if __name__ == "__main__":
    main()
