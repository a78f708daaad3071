"""How medicine lists are read. A wrong medicine is worse than an unread one."""

from __future__ import annotations

import pytest

from counselor.guidance.knowledge import Knowledge
from counselor.guidance.medicine_lines import read_line
from counselor.guidance.medicines import MedicineList


def read(knowledge: Knowledge, line: str) -> MedicineList:
    return read_line(knowledge.medicines, line)


@pytest.mark.parametrize(
    ("said", "ingredients", "how"),
    [
        ("clonazepam", ["clonazepam"], "generic"),
        ("Klonopin 0.5 mg at bedtime", ["clonazepam"], "brand"),
        ("Klonopin .5 twice a day for the jerks", ["clonazepam"], "brand"),
        ("klonipin", ["clonazepam"], "spelling"),
        ("xanex", ["alprazolam"], "spelling"),
        ("Percoset 5/325", ["acetaminophen", "oxycodone"], "spelling"),
        ("gabapentine 300mg", ["gabapentin"], "spelling"),
        ("Tylenol with codeine", ["acetaminophen", "codeine"], "brand"),
        ("Depakote ER 500 mg", ["valproate"], "brand"),
        ("divalproex sodium", ["valproate"], "synonym"),
        ("oxycodone hydrochloride", ["oxycodone"], "synonym"),
        ("Suboxone 8-2", ["buprenorphine", "naloxone"], "brand"),
        ("St John's wort", ["st john's wort"], "generic"),
        ("TIZANIDINE HCL 4MG TAB", ["tizanidine"], "synonym"),
        ("Coumadin", ["warfarin"], "brand"),
        ("Lamictal", ["lamotrigine"], "brand"),
        ("Lamisil", ["terbinafine"], "brand"),
        ("hydroxyzine 25", ["hydroxyzine"], "generic"),
        ("hydralazine 25", ["hydralazine"], "generic"),
        ("Celexa", ["citalopram"], "brand"),
        ("Celebrex", ["celecoxib"], "brand"),
    ],
)
def test_one_medicine_is_read_from_what_people_say(
    knowledge: Knowledge, said: str, ingredients: list[str], how: str
) -> None:
    heard = read(knowledge, said)
    assert heard.unread == ()
    assert [(list(m.ingredients), m.said) for m in heard.medicines] == [(ingredients, said)]
    assert heard.medicines[0].how == how


@pytest.mark.parametrize(
    ("said", "ingredients"),
    [
        ("Klonopin, oxycodone 5mg", ["clonazepam", "oxycodone"]),
        ("baclofen 10 tid; gabapentin 300", ["baclofen", "gabapentin"]),
        ("lisinopril and metformin", ["lisinopril", "metformin"]),
        ("baclofen\ntizanidine\nKeppra 500 mg", ["baclofen", "tizanidine", "levetiracetam"]),
        ("Klonopin for sleep and oxycodone 5 for pain", ["clonazepam", "oxycodone"]),
        ("warfarin 2,5 mg, metoprolol", ["warfarin", "metoprolol"]),
        ("baclofen + gabapentin + 81 mg aspirin", ["baclofen", "gabapentin", "aspirin"]),
    ],
)
def test_several_medicines_in_one_line_are_told_apart(
    knowledge: Knowledge, said: str, ingredients: list[str]
) -> None:
    heard = read(knowledge, said)
    assert [m.ingredients[0] for m in heard.medicines] == ingredients
    assert heard.unread == ()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("blood thinner", "anticoagulant"),
        ("a benzo", "benzodiazepine"),
        ("water pill", "diuretic"),
        ("muscle relaxer", "muscle-relaxant"),
    ],
)
def test_a_class_word_gives_its_class_and_no_ingredient(knowledge: Knowledge, said: str, name: str) -> None:
    (medicine,) = read(knowledge, said).medicines
    assert (medicine.ingredients, medicine.how) == ((), "class")
    assert name in medicine.classes


@pytest.mark.parametrize(
    "said", ["glorbizol", "blue pill for nerves", "the little white one", "💊", "лекарство", "x' OR 1=1 --"]
)
def test_what_nobody_knows_is_handed_back_whole(knowledge: Knowledge, said: str) -> None:
    heard = read(knowledge, said)
    assert heard.medicines == ()
    assert [u.said for u in heard.unread] == [said]


@pytest.mark.parametrize("said", ["none", "None.", "nothing", "no medicines", "n/a", "not taking anything"])
def test_no_medicines_is_an_answer(knowledge: Knowledge, said: str) -> None:
    heard = read(knowledge, said)
    assert heard.said_none and not heard.medicines and not heard.unread


@pytest.mark.parametrize(
    ("said", "denied"),
    [
        ("not taking warfarin", True),
        ("no longer on oxycodone", True),
        ("stopped oxycodone 2 years ago", True),
        ("oxycodone", False),
        ("stopped clonazepam last week", False),
    ],
)
def test_a_medicine_that_is_not_taken_is_said_back_as_denied(
    knowledge: Knowledge, said: str, denied: bool
) -> None:
    (medicine,) = read(knowledge, said).medicines
    assert medicine.denied is denied


def test_a_cream_or_eye_drop_is_known_and_stays_silent(knowledge: Knowledge) -> None:
    for said in ("hydrocortisone cream", "clotrimazole cream", "latanoprost eye drops"):
        (medicine,) = read(knowledge, said).medicines
        assert medicine.classes == () and medicine.local, said


def test_a_patch_that_reaches_the_blood_does_not_stay_silent(knowledge: Knowledge) -> None:
    (medicine,) = read(knowledge, "fentanyl patch 25").medicines
    assert "opioid" in medicine.classes


@pytest.mark.parametrize(
    ("said", "one", "other"),
    [("hydralyzine", "hydralazine", "hydroxyzine"), ("tramadone", "tramadol", "trazodone")],
)
def test_a_spelling_between_two_sound_alikes_is_left_unclear(
    knowledge: Knowledge, said: str, one: str, other: str
) -> None:
    heard = read(knowledge, said)
    assert heard.medicines == ()
    assert one in heard.unread[0].nearest or other in heard.unread[0].nearest


def test_a_long_line_is_answered_in_bounded_time(knowledge: Knowledge) -> None:
    line = "glorbizol frobnitol " * 250
    assert read(knowledge, line[:5000]).unread


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("not on any blood thinners, oxycodone 5 mg", "oxycodone"),
        ("Not on any blood thinners. Takes Percocet", "oxycodone"),
        ("not on any meds but Prograf", "tacrolimus"),
        ("not taking anything but methadone", "methadone"),
        ("doesn't take anything besides warfarin", "warfarin"),
        ("No aspirin. Coumadin 5 mg", "warfarin"),
        ("no blood thinners but Plavix", "clopidogrel"),
        ("no meds except oxycodone", "oxycodone"),
        ("no Xanax just Klonopin", "clonazepam"),
        ("not only oxycodone but morphine too", "oxycodone"),
        ("no more than 2 Xanax a day", "alprazolam"),
        ("never misses her warfarin", "warfarin"),
        ("can't sleep without my Ambien", "zolpidem"),
        ("not taking tacrolimus with food", "tacrolimus"),
        ("no changes: warfarin, clobazam", "warfarin"),
        ("no side effects from Percocet", "oxycodone"),
        ("no alcohol with Antabuse", "disulfiram"),
        ("warfarin no aspirin clobazam", "clobazam"),
        ("quit Xanax 3 years ago and takes oxycodone", "oxycodone"),
        ("stopped drinking 5 years ago on clonazepam", "clonazepam"),
        ("Klonopin for sleep and oxycodon 5", "oxycodone"),
        ("stopped taking Lexapro but not the Xanax", "alprazolam"),
        ("insurance denied my clonazepam refill", "clonazepam"),
        ("no Xanax, oxycodone", "oxycodone"),
        ("I used to take Coumadin but now Eliquis", "apixaban"),
    ],
)
def test_a_no_elsewhere_in_the_line_denies_nothing_that_is_taken(
    knowledge: Knowledge, said: str, taken: str
) -> None:
    assert taken in {name for m in read(knowledge, said).medicines if not m.denied for name in m.ingredients}


@pytest.mark.parametrize(
    ("said", "denied"),
    [
        ("no aspirin or ibuprofen", {"aspirin", "ibuprofen"}),
        ("denies oxycodone", {"oxycodone"}),
        ("I don't take oxycodone anymore", {"oxycodone"}),
        ("oxycodone: denied", {"oxycodone"}),
        ("used to take oxycodone, stopped 2 years ago", {"oxycodone"}),
        ("allergic to codeine", {"codeine"}),
        ("no aspirin, ibuprofen or warfarin", {"aspirin", "ibuprofen", "warfarin"}),
        ("I used to take Coumadin but now Eliquis", {"warfarin"}),
    ],
)
def test_what_is_plainly_not_taken_is_denied(knowledge: Knowledge, said: str, denied: set[str]) -> None:
    assert {name for m in read(knowledge, said).medicines if m.denied for name in m.ingredients} == denied


@pytest.mark.parametrize(
    "said",
    [
        "eye drops + oxycodone",
        "clotrimazole cream and warfarin",
        "warfarin 5 mg daily plus hydrocortisone ointment",
        "oxycodone + timolol eye drops",
        "nitroglycerin ointment",
    ],
)
def test_a_cream_beside_it_does_not_silence_a_tablet(knowledge: Knowledge, said: str) -> None:
    loud = [
        m
        for m in read(knowledge, said).medicines
        if {"oxycodone", "warfarin", "nitroglycerin"} & set(m.ingredients)
    ]
    assert len(loud) == 1
    assert not loud[0].local and loud[0].classes


@pytest.mark.parametrize(
    "said", ["no current meds", "no prescription meds", "No medications at this time", "none reported"]
)
def test_no_medicines_is_heard_in_many_forms(knowledge: Knowledge, said: str) -> None:
    assert read(knowledge, said).said_none


@pytest.mark.parametrize(
    "said",
    [
        "OxyContin 20 mg q12h",
        "diazepam under the tongue",
        "Norco PRN pain",
        "CBD oil from the gas station",
        "clonazepam cada 12 horas",
        "levothyroxine 50 mcg M-W-F",
        "coffee, 4 cups a day",
        "iron infusion",
    ],
)
def test_directions_are_no_medicines(knowledge: Knowledge, said: str) -> None:
    heard = read(knowledge, said)
    assert heard.unread == () and len(heard.medicines) == 1
