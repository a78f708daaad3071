"""What people call their medicines is understood, or comes back as not understood: never as another one."""

from __future__ import annotations

import csv

import pytest

from counselor import places
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.medicine_lines import read_line
from counselor.guidance.medicines import Medicine
from counselor.guidance.words import singular, tokens

from .conftest import Ask

FOLDER = places.seed() / "knowledge" / "medicines"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def only(knowledge: Knowledge, text: str) -> Medicine:
    """The one medicine read from this text."""
    read = read_line(knowledge.medicines, text)
    assert not read.unread, (text, read.unread)
    assert len(read.medicines) == 1, (text, read.medicines)
    return read.medicines[0]


def classes(knowledge: Knowledge, ingredient: str) -> set[str]:
    return set(knowledge.medicines.classes_of([ingredient]))


def test_the_lists_are_wide_enough_for_a_counter() -> None:
    assert len(rows("ingredients")) >= 1_100
    assert len(rows("names")) >= 2_000
    assert len(rows("misspellings")) >= 500
    assert len(rows("sound-alikes")) >= 120


def test_a_name_stands_once_over_ingredients_names_and_misspellings() -> None:
    said = [r["ingredient"] for r in rows("ingredients")]
    said += [r["name"] for r in rows("names")]
    said += [r["wrong"] for r in rows("misspellings")]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    "name", ["ingredients", "names", "misspellings", "sound-alikes", "classes", "everyday-words"]
)
def test_a_list_is_sorted_lower_case_and_without_stray_blanks(name: str) -> None:
    firsts = [next(iter(row.values())) for row in rows(name)]
    assert firsts == sorted(firsts)
    assert all(first == " ".join(first.lower().split()) for first in firsts)


def test_every_ingredient_is_read_as_itself(knowledge: Knowledge) -> None:
    for row in rows("ingredients"):
        assert only(knowledge, row["ingredient"]).ingredients == (row["ingredient"],)


def test_every_name_is_read_as_its_ingredients_or_classes(knowledge: Knowledge) -> None:
    for row in rows("names"):
        found = knowledge.medicines.find(row["name"])
        assert found is not None, row["name"]
        if row["how"] == "class":
            assert row["classes"] and not row["ingredients"]
            assert found.classes == tuple(row["classes"].split("|"))
        else:
            assert row["ingredients"] and not row["classes"]
            assert set(found.ingredients) == set(row["ingredients"].split("|")), row["name"]


def test_every_misspelling_is_read_as_a_spelling_of_the_right_medicine(knowledge: Knowledge) -> None:
    for row in rows("misspellings"):
        right = knowledge.medicines.find(row["right"])
        assert right is not None
        heard = only(knowledge, row["wrong"])
        assert (heard.how, heard.ingredients) == ("spelling", tuple(sorted(right.ingredients))), row["wrong"]


def test_sound_alikes_are_two_different_known_medicines(knowledge: Knowledge) -> None:
    for row in rows("sound-alikes"):
        one, other = knowledge.medicines.find(row["a"]), knowledge.medicines.find(row["b"])
        assert one is not None and other is not None, row
        assert set(one.ingredients) != set(other.ingredients), row


@pytest.mark.parametrize(
    ("said", "ingredients"),
    [
        ("Percocet 5/325", ["acetaminophen", "oxycodone"]),
        ("oxys", ["oxycodone"]),
        ("norco 10", ["acetaminophen", "hydrocodone"]),
        ("Suboxone", ["buprenorphine", "naloxone"]),
        ("Stalevo 100", ["carbidopa", "entacapone", "levodopa"]),
        ("lisinopril-hctz 20-12.5", ["hydrochlorothiazide", "lisinopril"]),
        ("Tylenol #3", ["acetaminophen", "codeine"]),
        ("Tylenol PM", ["acetaminophen", "diphenhydramine"]),
        ("Depakote ER 500", ["valproate"]),
        ("sodium valproate", ["valproate"]),
        ("Trelegy", ["fluticasone", "umeclidinium", "vilanterol"]),
        ("salbutamol", ["albuterol"]),
        ("paracetamol", ["acetaminophen"]),
        ("gabapentina", ["gabapentin"]),
        ("St. John's Wort", ["st john's wort"]),
        ("hierba de san juan", ["st john's wort"]),
        ("2 beers", ["alcohol"]),
        ("Stribild", ["cobicistat", "elvitegravir", "emtricitabine", "tenofovir disoproxil"]),
        ("Nuedexta", ["dextromethorphan", "quinidine"]),
        ("Symbyax", ["fluoxetine", "olanzapine"]),
    ],
)
def test_a_name_gives_every_part_of_the_medicine(
    knowledge: Knowledge, said: str, ingredients: list[str]
) -> None:
    assert list(only(knowledge, said).ingredients) == ingredients


@pytest.mark.parametrize(
    ("said", "one_of"),
    [
        ("blood thinner", "anticoagulant"),
        ("water pill", "diuretic"),
        ("benzos", "benzodiazepine"),
        ("muscle relaxer", "muscle-relaxant"),
        ("sleeping pill", "hypnotic"),
        ("birth control", "hormonal-contraceptive"),
        ("pain patch", "opioid"),
        ("seizure medicine", "antiepileptic"),
        ("steroids", "corticosteroid"),
        ("statin", "statin"),
        ("antidepressant", "antidepressant"),
        ("allergy pill", "sedating-antihistamine"),
        ("anxiety pills", "benzodiazepine"),
        ("seizure pills", "antiepileptic"),
        ("pain killers", "pain-medicine-unnamed"),
        ("pain pill", "pain-medicine-unnamed"),
        ("heart pills", "heart-medicine-unnamed"),
        ("mood stabilizer", "mood-stabiliser"),
    ],
)
def test_a_word_that_says_only_a_class_gives_the_class(knowledge: Knowledge, said: str, one_of: str) -> None:
    heard = only(knowledge, said)
    assert (heard.ingredients, heard.how) == ((), "class")
    assert one_of in heard.classes


@pytest.mark.parametrize(
    ("said", "ingredients"),
    [
        ("CLB 10", ["clobazam"]),
        ("LTG 100 bid", ["lamotrigine"]),
        ("PHT", ["phenytoin"]),
        ("GBP 300 tid", ["gabapentin"]),
        ("CsA", ["cyclosporine"]),
        ("NTG prn", ["nitroglycerin"]),
        ("RIF", ["rifampin"]),
        ("Tramacet", ["acetaminophen", "tramadol"]),
        ("Seropram", ["citalopram"]),
        ("Epamin", ["phenytoin"]),
        ("Nolotil", ["metamizole"]),
        ("Valcote", ["valproate"]),
        ("Fraxiparine", ["nadroparin"]),
        ("Apadaz", ["acetaminophen", "benzhydrocodone"]),
        ("Bengay", ["menthol", "methyl salicylate"]),
        ("tranq dope", ["fentanyl", "xylazine"]),
    ],
)
def test_an_abbreviation_or_foreign_brand_is_read_where_it_means_one_thing(
    knowledge: Knowledge, said: str, ingredients: list[str]
) -> None:
    assert list(only(knowledge, said).ingredients) == ingredients


def test_a_vaginal_estrogen_stays_on_the_surface(knowledge: Knowledge) -> None:
    assert only(knowledge, "Vagifem").local
    assert not only(knowledge, "estradiol patch").local


@pytest.mark.parametrize("word", ["pain pills", "heart pills", "mood stabilizer"])
def test_a_class_word_weighs_as_the_worst_of_its_members(ask: Ask, word: str) -> None:
    advice = ask("MS spasticity", age=50, routes=["edible"], medicines=[word])
    warning = next(w for w in advice["warnings"] if w["rule"] == "class-unnamed")
    assert warning["severity"] in ("moderate", "major")
    assert word.split()[0] in warning["effect"]


@pytest.mark.parametrize("said", ["antibiotics", "T3", "MMF", "LEV", "OXC", "CZP", "INH", "MSO4"])
def test_a_word_that_may_hide_something_dangerous_is_not_understood(knowledge: Knowledge, said: str) -> None:
    assert read_line(knowledge.medicines, said).unread


@pytest.mark.parametrize("said", ["miralex", "hydrocodeine", "exedrine", "cyclosprine", "lamictil"])
def test_a_spelling_between_two_medicines_is_left_to_the_counselor(knowledge: Knowledge, said: str) -> None:
    read = read_line(knowledge.medicines, said)
    assert not read.medicines
    assert len(read.unread[0].nearest) >= 2


@pytest.mark.parametrize(
    ("ingredient", "absent"),
    [
        ("naloxone", {"opioid", "opioid-antagonist"}),
        ("enoxaparin", {"anticoagulant"}),
        ("cetirizine", {"sedating-antihistamine"}),
        ("azithromycin", {"cyp3a4-inhibitor-strong", "cyp3a4-inhibitor-moderate"}),
        ("prochlorperazine", {"antipsychotic"}),
        ("albuterol", {"cramp-cause-laba", "sympathomimetic"}),
        ("glatiramer", {"immunosuppressant"}),
        ("adalimumab", {"immunosuppressant"}),
        ("rosuvastatin", {"cyp3a4-statin"}),
        ("levetiracetam", {"cbd-raised-antiepileptic", "enzyme-inducing-antiepileptic"}),
        ("loperamide", {"opioid"}),
        ("venlafaxine", {"jerk-cause"}),
        ("nadroparin", {"anticoagulant"}),
        ("dantrolene", {"muscle-relaxant"}),
    ],
)
def test_a_class_leaves_out_who_does_not_belong(
    knowledge: Knowledge, ingredient: str, absent: set[str]
) -> None:
    assert not classes(knowledge, ingredient) & absent


LEVEL_A = {
    "etomidate",
    "ceftazidime",
    "cefepime",
    "ciprofloxacin",
    "citalopram",
    "escitalopram",
    "paroxetine",
    "sertraline",
    "amitriptyline",
    "amantadine",
    "clozapine",
    "quetiapine",
    "carbamazepine",
    "oxcarbazepine",
    "phenytoin",
    "gabapentin",
    "pregabalin",
    "valproate",
    "fentanyl",
    "morphine",
    "lithium",
}


COUNTED_WITH_THEM = {"fluoxetine", "fluvoxamine"}
"""House policy: the SSRIs that the review does not name."""


def test_jerk_causes_are_those_of_the_review_and_the_other_ssris(knowledge: Knowledge) -> None:
    """Rissardo 2025, level A; the bismuth salts stand for its last group."""
    causes = {r["ingredient"] for r in rows("ingredients") if "jerk-cause" in r["classes"].split("|")}
    assert {c for c in causes if not c.startswith("bismuth ")} == LEVEL_A | COUNTED_WITH_THEM


def test_only_the_families_of_the_sedation_rule_count_as_depressants() -> None:
    marked = {r["class"]: r["depressant"] for r in rows("classes") if r["depressant"]}
    strong = {"opioid", "benzodiazepine", "barbiturate", "z-drug", "oxybate", "alcohol"}
    weak = {
        "gabapentinoid",
        "muscle-relaxant",
        "muscle-relaxant-mild",
        "sedating-antihistamine",
        "sedating-antipsychotic",
    }
    assert marked == dict.fromkeys(strong, "strong") | dict.fromkeys(weak, "weak")


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("coumarin", "anticoagulant"),
        ("doac", "anticoagulant"),
        ("opioid-partial", "opioid"),
        ("sedating-antipsychotic", "antipsychotic"),
        ("ssri", "antidepressant"),
        ("snri", "antidepressant"),
        ("tca", "anticholinergic"),
        ("cyp1a2-narrow", "cyp1a2-substrate"),
        ("cyp3a4-statin", "statin"),
        ("sulfonylurea", "antidiabetic"),
        ("hiv-protease-inhibitor", "hiv-antiretroviral"),
        ("maoi-b", "maoi"),
        ("loop-diuretic", "diuretic"),
        ("cramp-cause-thiazide", "diuretic"),
        ("cramp-cause-k-sparing-diuretic", "diuretic"),
        ("cbd-raised-antiepileptic", "antiepileptic"),
        ("enzyme-inducing-antiepileptic", "antiepileptic"),
    ],
)
def test_members_of_a_narrow_class_carry_the_wide_one(narrow: str, wide: str) -> None:
    members = {r["ingredient"]: set(r["classes"].split("|")) for r in rows("ingredients")}
    assert not [name for name, its in members.items() if narrow in its and wide not in its]


EVERYDAY = {row["word"] for row in rows("everyday-words")}


def test_everyday_words_are_many_single_and_plain() -> None:
    assert len(EVERYDAY) >= 2_500
    assert len(rows("everyday-words")) == len(EVERYDAY)
    assert all(tokens(word) == [word] and word.isalpha() for word in EVERYDAY)


def test_an_everyday_word_is_never_a_medicine_or_a_known_misspelling() -> None:
    said = [r["ingredient"] for r in rows("ingredients")]
    said += [r["name"] for r in rows("names")]
    said += [r["wrong"] for r in rows("misspellings")]
    single = {parts[0] for name in said if len(parts := tokens(name)) == 1}
    assert not {word for word in EVERYDAY if word in single or singular(word) in single}


def words(text: str) -> set[str]:
    return set(text.split())


SLANG = words(
    """
    speed ice coke smack lean blues crack grass weed pot snow horse crystal molly acid special rock bars
    wine beer alcohol aspirin drink drinks drunk dope joint smoke powder candy spice dust hit blow line
    stick bath salts ball white blue green brown black yellow pink herb herbal tar party club street
    """
)
WHAT_FOR = words(
    """
    heart blood nerve pain sleep anxiety seizure sugar pressure water thinner allergy cold stomach bladder
    hormone diet vitamin iron salt mood brain muscle bone cancer kidney liver thyroid
    """
)
UNTOLD = words(
    """
    others another several many more unknown mystery forget forgot remember thing trial study samples
    """
)
DIRECTIONS = words(
    """
    apart from reaction different program station gas tongue under clinic anymore sunday june refills
    supervision friday cada horas todos los dias por la noche manana gotas pastilla tableta una vez dos
    veces al dia con comida
    """
)


def test_an_everyday_word_is_no_slang_and_no_color_of_a_pill() -> None:
    assert not EVERYDAY & SLANG


def test_an_everyday_word_does_not_hide_a_medicine_told_without_its_name() -> None:
    """ "Lipitor and a kidney pill", "Lipitor and several I forgot": the rest is asked for."""
    assert not EVERYDAY & (WHAT_FOR | UNTOLD)


def test_words_of_direction_are_everyday_words() -> None:
    assert DIRECTIONS <= EVERYDAY


@pytest.mark.parametrize("word", ["apart", "station", "reaction", "program", "anymore", "june", "different"])
def test_an_everyday_word_is_never_respelled_into_a_medicine(knowledge: Knowledge, word: str) -> None:
    for line in (word, f"lisinopril {word}", f"lisinopril from the {word}"):
        heard = read_line(knowledge.medicines, line)
        assert {i for m in heard.medicines for i in m.ingredients} <= {"lisinopril"}
