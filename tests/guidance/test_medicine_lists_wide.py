"""The wide list: known by name is not checked, and nothing in it takes the place of a common medicine."""

from __future__ import annotations

import csv
import time

import pytest

from counselor import places
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.medicine_lines import read_line
from counselor.guidance.small_words import CHATTER, COLOURS
from counselor.guidance.words import tokens

from .conftest import Ask

FOLDER = places.seed() / "knowledge" / "medicines"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


WIDE = rows("compiled-names")


def test_curated_and_wide_names_together_are_many(knowledge: Knowledge) -> None:
    medicines = knowledge.medicines
    assert len(medicines.names) + len(medicines.wide.rows) + len(medicines.misspellings) >= 47_000


@pytest.mark.parametrize(
    ("said", "ingredients"),
    [
        ("clonazepam hydrochloride", ["clonazepam"]),
        ("Terazosin hydrochloride anhydrous", ["terazosin"]),
        ("amifampridine phosphate", ["amifampridine"]),
        ("suxamethonium chloride hydrate", ["succinylcholine"]),
        ("dornase alfa rdna", ["dornase alfa"]),
    ],
)
def test_a_compiled_name_means_the_ingredient_the_rules_use(
    knowledge: Knowledge, said: str, ingredients: list[str]
) -> None:
    (medicine,) = read_line(knowledge.medicines, said).medicines
    assert list(medicine.ingredients) == ingredients
    assert medicine.unassessed == ()


def test_a_medicine_nobody_assessed_is_shown_and_sent_to_the_pharmacist(ask: Ask) -> None:
    advice = ask("MS spasticity", age=50, routes=["edible"], medicines=["zilpaterol"])
    (medicine,) = advice["recognised"]["medicines"]
    assert (medicine["ingredients"], medicine["unassessed"]) == (["zilpaterol"], ["zilpaterol"])
    assert advice["disposition"]["code"] == "refer-first"
    assert "zilpaterol" in advice["disposition"]["because"]
    (referral,) = [r for r in advice["referrals"] if "zilpaterol" in r["because"]]
    assert (referral["urgency"], referral["to"]) == ("this-week", "pharmacist")
    assert "nobody here has checked it" in referral["reason"]


def test_a_medicine_not_taken_or_assessed_and_silent_sends_nobody(ask: Ask) -> None:
    for said in ("not taking zilpaterol", "gadobutrol", "octinoxate", "gentian violet"):
        advice = ask("MS spasticity", age=50, routes=["edible"], medicines=[said])
        assert advice["disposition"]["code"] == "suggest", said
        assert not [r for r in advice["referrals"] if r["to"] == "pharmacist"], said


@pytest.mark.parametrize(
    ("said", "carries"),
    [
        ("nimetazepam", "benzodiazepine"),
        ("clonazolam", "benzodiazepine"),
        ("piritramide", "opioid"),
        ("etonitazene", "opioid"),
        ("butabarbital", "barbiturate"),
        ("phenindione", "anticoagulant"),
        ("cerivastatin", "statin"),
        ("calcium oxybate", "oxybate"),
        ("sulfaphenazole", "cyp2c9-inhibitor-strong"),
        ("chlorprothixene", "sedating-antipsychotic"),
        ("butriptyline", "tca"),
        ("amprenavir", "hiv-protease-inhibitor"),
        ("glibornuride", "sulfonylurea"),
    ],
)
def test_an_ending_that_names_a_dangerous_class_gives_it(
    knowledge: Knowledge, said: str, carries: str
) -> None:
    (medicine,) = read_line(knowledge.medicines, said).medicines
    assert carries in medicine.classes


@pytest.mark.parametrize(
    ("said", "absent"),
    [
        ("acetanilide", "qt-prolonging"),
        ("pentostatin", "statin"),
        ("guanidine", "antihypertensive"),
        ("chlorozotocin", "antineoplastic-hormonal"),
        ("ulinastatin", "statin"),
    ],
)
def test_an_ending_that_only_looks_like_a_class_gives_none(
    knowledge: Knowledge, said: str, absent: str
) -> None:
    assert absent not in {c for m in read_line(knowledge.medicines, said).medicines for c in m.classes}


def test_nothing_compiled_stands_against_what_was_written_by_hand(knowledge: Knowledge) -> None:
    medicines, curated = knowledge.medicines, knowledge.medicines.curated()
    for row in WIDE:
        by_hand = curated.find(row["name"])
        assert by_hand is None or medicines.find(row["name"]) == by_hand, row
    assert not medicines.by_ending & curated.ingredients.keys()


def test_no_compiled_name_is_made_of_plain_words_or_is_an_abbreviation(knowledge: Knowledge) -> None:
    plain = {row["word"] for row in rows("everyday-words")} | CHATTER | COLOURS
    for row in WIDE:
        assert not set(row["name"].split()) <= plain, row
        assert sum(letter.isalpha() for letter in row["name"]) >= 4, row
        assert knowledge.phrases.find(row["name"]) is None, row
        assert " ".join(tokens(row["name"])) == row["name"], row


def test_a_rare_name_one_slip_from_a_common_medicine_is_asked_about(knowledge: Knowledge) -> None:
    doubtful = [row for row in WIDE if row["like"]]
    assert len(doubtful) >= 50
    for row in doubtful:
        heard = read_line(knowledge.medicines, row["name"])
        assert not heard.medicines, row
        assert row["like"] in heard.unread[0].nearest, row


@pytest.mark.parametrize("said", ["banexx", "zilpaterool", "quindolor"])
def test_a_misspelling_never_becomes_a_compiled_name_while_a_common_one_is_near(
    knowledge: Knowledge, said: str
) -> None:
    for medicine in read_line(knowledge.medicines, said).medicines:
        assert medicine.how == "spelling"
        near = map(knowledge.medicines.find, knowledge.medicines.curated().spell([said])[1])
        assert not [name for name in near if name is not None and name.common < 3]


PAIRS = [
    "hydroxyzine/hydralazine", "celexa/celebrex", "celexa/cerebyx", "lamictal/lamisil", "clonidine/klonopin",
    "tramadol/trazodone", "zyprexa/zyrtec", "methadone/metadate", "oxycontin/oxybutynin",
    "morphine/hydromorphone", "lorazepam/alprazolam", "clonazepam/clobazam", "prednisone/prednisolone",
    "metformin/metronidazole", "bupropion/buspirone", "risperidone/ropinirole", "xanax/zantac",
    "zantac/zyrtec", "topamax/toprol xl", "keppra/kaletra", "lamotrigine/lamivudine", "tegretol/toradol",
    "cyclosporine/cycloserine", "fluoxetine/duloxetine", "paxil/plavix", "plavix/pradaxa", "ambien/abilify",
    "quetiapine/olanzapine", "oxycodone/hydrocodone", "codeine/cardene", "valium/valtrex",
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_a_word_made_of_two_confused_names_is_no_third_medicine(knowledge: Knowledge, pair: str) -> None:
    """The head of the one with the tail of the other is read as one of the two, or asked about."""
    one, other = pair.split("/")
    for first, second in ((one, other), (other, one)):
        cut = len(first) // 2
        typed = first[:cut] + second[cut:]
        if typed in (one, other):
            continue
        for medicine in read_line(knowledge.medicines, typed).medicines:
            meant = {i for name in (one, other) for i in knowledge.medicines.find(name).ingredients}  # type: ignore[union-attr]
            assert set(medicine.ingredients) <= meant, (typed, medicine)


@pytest.mark.parametrize(
    "said",
    ["glorbizol " * 500, "qwertz" * 800, "x, " * 1600, "💊" * 2500, "лекарство " * 500, "薬" * 5000,
     "'; DROP TABLE patient; -- " * 190, "<script>alert(1)</script>" * 200, "metformim, " * 450],
    ids=["words", "one word", "commas", "emoji", "Cyrillic", "Han", "SQL", "markup", "one misspelling"],
)  # fmt: skip
def test_five_thousand_characters_are_answered_in_bounded_time_and_said_back(
    knowledge: Knowledge, said: str
) -> None:
    began = time.process_time()
    heard = read_line(knowledge.medicines, said[:5000])
    assert time.process_time() - began < 2  # a tenth of it here; slow machines and coverage are allowed for
    assert heard.medicines or heard.unread
    assert not [m for m in heard.medicines if "metformin" not in m.ingredients]


def test_gibberish_is_spelled_only_so_often(knowledge: Knowledge) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [f"gl{a}rb{b}zol" for a in letters for b in letters][:600]
    heard = read_line(knowledge.medicines, ", ".join(words)[:5000] + ", klonopin, xanex")
    assert {i for m in heard.medicines for i in m.ingredients} >= {"clonazepam", "alprazolam"}
    assert len(heard.unread) > 300


def test_two_hundred_medicines_in_a_list_are_all_read(ask: Ask) -> None:
    names = [row["ingredient"] for row in rows("ingredients") if row["common"] == "1"][:200]
    assert len(names) == 200
    advice = ask("MS spasticity", age=50, routes=["edible"], medicines=[", ".join(names[:100]), *names[100:]])
    read = {i for m in advice["recognised"]["medicines"] for i in m["ingredients"]}
    assert set(names) <= read
    assert advice["disposition"]["code"] in ("refer-first", "no-product")


@pytest.mark.parametrize("said", ["", "   ", ".", "💊"])
def test_an_empty_or_wordless_entry_is_no_medicine(knowledge: Knowledge, said: str) -> None:
    assert read_line(knowledge.medicines, said).medicines == ()


@pytest.mark.parametrize(
    ("said", "ingredients"),
    [
        ("insulin (lantus)", ["insulin glargine"]),
        ("Klonopin (clonazepam) 1mg", ["clonazepam"]),
        ("blood thinner (Eliquis)", ["apixaban"]),
        ("warfarin [coumadin]", ["warfarin"]),
        ("drinks 2 beers a night", ["alcohol"]),
        ("smokes a pack a day", ["tobacco"]),
        ("half a xanax when flying", ["alprazolam"]),
    ],
)
def test_one_medicine_said_twice_or_with_its_verb_is_one(
    knowledge: Knowledge, said: str, ingredients: list[str]
) -> None:
    heard = read_line(knowledge.medicines, said)
    assert [list(m.ingredients) for m in heard.medicines] == [ingredients]
    assert heard.unread == ()


@pytest.mark.parametrize("said", ["sugar pill", "pastilla para el azucar", "my sugar pills"])
def test_a_sugar_pill_is_for_diabetes_and_no_sular(knowledge: Knowledge, said: str) -> None:
    (medicine,) = read_line(knowledge.medicines, said).medicines
    assert medicine.classes == ("antidiabetic",)


@pytest.mark.parametrize("said", ["eye drops", "ear drops twice a day", "a cream"])
def test_a_surface_form_without_a_name_is_known_and_silent(knowledge: Knowledge, said: str) -> None:
    (medicine,) = read_line(knowledge.medicines, said).medicines
    assert (medicine.ingredients, medicine.classes, medicine.local) == ((), (), True)


@pytest.mark.parametrize(
    ("typed", "first"), [("met", "metformin"), ("klon", "klonopin"), ("gaba", "gabapentin"), ("xan", "xanax")]
)
def test_type_ahead_puts_common_medicines_first(knowledge: Knowledge, typed: str, first: str) -> None:
    shown = [entry.name for entry in knowledge.medicines.suggest(typed)]
    assert first in shown[:4]
    assert all(name.startswith(typed) for name in shown[:4])


def test_type_ahead_knows_the_wide_list_too(knowledge: Knowledge) -> None:
    assert "zilpaterol" in [entry.name for entry in knowledge.medicines.suggest("zilpa")]
