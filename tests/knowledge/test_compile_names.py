"""The compiled list of names: what is taken from FDA's UNII names, how it is folded, what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from counselor import places
from counselor.guidance.loader import load
from counselor.guidance.medicines import Medicines
from counselor.knowledge.compile_names import Compiled, Compiler, Row, plain_words, rows_of, unii_rows

LISTS = places.seed() / "knowledge" / "medicines"

EXTRACT: list[Row] = [
    ("BUPRENORPHINE [INN]", "cn", "U1", "BUPRENORPHINE"),
    ("NALOXONE [INN]", "cn", "U2", "NALOXONE"),
    ("BUPRENORPHINE HYDROCHLORIDE [ORANGE BOOK]", "cn", "U1S", "BUPRENORPHINE HYDROCHLORIDE"),
    ("NALOXONE HYDROCHLORIDE [ORANGE BOOK]", "cn", "U2S", "NALOXONE HYDROCHLORIDE"),
    ("BUNAXOLONE", "bn", "U1", "BUPRENORPHINE"),
    ("BUNAXOLONE COMPONENT BUPRENORPHINE HYDROCHLORIDE", "cn", "U1S", "BUPRENORPHINE HYDROCHLORIDE"),
    ("BUNAXOLONE COMPONENT NALOXONE HYDROCHLORIDE", "cn", "U2S", "NALOXONE HYDROCHLORIDE"),
    ("WARFARIN POTASSIUM [WHO-DD]", "cn", "U3", "WARFARIN POTASSIUM"),
    ("WARFIRINOL", "bn", "U3", "WARFARIN POTASSIUM"),
    ("WARFIRINOL PLUS", "bn", "U3", "WARFARIN POTASSIUM"),
    ("XANAX", "bn", "U4", "ALPRAZOLAM"),
    ("XANAZ", "bn", "U5", "ZILPATEROL"),
    ("ZILPATEROL [INN]", "cn", "U5", "ZILPATEROL"),
    ("ZILPATEROL", "of", "U5", "ZILPATEROL"),
    ("ZILPATEROL HYDROCHLORIDE [USAN]", "cn", "U5S", "ZILPATEROL HYDROCHLORIDE"),
    ("MORNING RELIEF", "bn", "U5", "ZILPATEROL"),
    ("XANEX", "bn", "U5", "ZILPATEROL"),
    ("ZLP", "bn", "U5", "ZILPATEROL"),
    ("ZILPAMIX-4000", "bn", "U5", "ZILPATEROL"),
    ("TWOFOLD NAMEX", "bn", "U5", "ZILPATEROL"),
    ("TWOFOLD NAMEX", "bn", "U3", "WARFARIN POTASSIUM"),
    ("STEARETH-21", "of", "U6", "STEARETH-21"),
    ("GLOSSYPAINT", "bn", "U6", "STEARETH-21"),
    ("NIMETAZEPAM [INN]", "cn", "U7", "NIMETAZEPAM"),
    ("NIMETAZEPAM", "of", "U7", "NIMETAZEPAM"),
    ("SODIUM PHOSPHATE [USP MONOGRAPH]", "cn", "U8", "SODIUM PHOSPHATE"),
    ("FOSTRALITE", "bn", "U8", "SODIUM PHOSPHATE"),
    ("LEVODUODOPAX", "bn", "U9", "ECHINACEA FLOWERING TOP"),
    ("EVINACUMAB-DGNB [PURPLE BOOK CDER]", "cn", "U10", "EVINACUMAB-DGNB"),
    ("EVINAXA", "bn", "U10", "EVINACUMAB-DGNB"),
]  # fmt: skip


@pytest.fixture(scope="module")
def curated() -> Medicines:
    return load(places.seed() / "knowledge").medicines.curated()


@pytest.fixture(scope="module")
def compiled(curated: Medicines) -> Compiled:
    never = plain_words(LISTS, [("headache",)])
    return Compiler(curated, rows_of(LISTS / "stems.csv"), never).compile(EXTRACT)


@pytest.fixture(scope="module")
def names(compiled: Compiled) -> dict[str, tuple[str, str, str]]:
    return {name: (ingredients, how, like) for name, ingredients, how, like in compiled.names}


def test_a_combination_has_every_part_although_its_plain_row_says_one(
    names: dict[str, tuple[str, str, str]],
) -> None:
    assert names["bunaxolone"] == ("buprenorphine|naloxone", "brand", "")


def test_salts_hydrates_plant_parts_and_biosimilar_letters_are_folded(
    names: dict[str, tuple[str, str, str]],
) -> None:
    assert names["warfirinol"][0] == "warfarin"
    assert names["zilpaterol hydrochloride"] == ("zilpaterol", "synonym", "")
    assert names["levoduodopax"][0] == "echinacea"
    assert names["evinaxa"][0] == "evinacumab"


def test_a_mineral_is_not_what_is_left_of_its_salt(
    names: dict[str, tuple[str, str, str]], curated: Medicines
) -> None:
    assert names["fostralite"][0] != "sodium"


def test_an_unknown_ingredient_stays_itself(names: dict[str, tuple[str, str, str]]) -> None:
    assert names["zilpaterol"] == ("zilpaterol", "generic", "")


@pytest.mark.parametrize(
    "name",
    [
        "xanax",  # curated
        "xanex",  # a known misspelling
        "morning relief",  # plain words
        "zlp",  # an abbreviation
        "zilpamix 4000",  # a code
        "twofold namex",  # two meanings
        "warfirinol plus",  # a part may be missing
        "steareth 21", "glossypaint",  # no medicine
    ],
)  # fmt: skip
def test_a_name_that_could_do_harm_is_left_out(names: dict[str, tuple[str, str, str]], name: str) -> None:
    assert name not in names


def test_a_brand_one_slip_from_a_common_medicine_is_marked(names: dict[str, tuple[str, str, str]]) -> None:
    assert names["xanaz"][2] == "xanax"


def test_only_what_a_stem_speaks_of_counts_as_assessed(compiled: Compiled) -> None:
    assessed = {row[0]: row[1] for row in compiled.ingredients}
    assert assessed["nimetazepam"] == "benzodiazepine"
    assert "zilpaterol" not in assessed
    assert "warfarin" not in assessed  # by hand already


def test_what_is_left_out_is_counted(compiled: Compiled) -> None:
    assert compiled.left_out["several meanings"] == 1
    assert compiled.left_out["plain words"] >= 1


def test_compiling_twice_gives_the_same(curated: Medicines, compiled: Compiled) -> None:
    never = plain_words(LISTS, [("headache",)])
    again = Compiler(curated, rows_of(LISTS / "stems.csv"), never).compile(list(reversed(EXTRACT)))
    assert again.names == compiled.names
    assert again.ingredients == compiled.ingredients


def test_the_file_is_read_without_its_header(tmp_path: Path) -> None:
    path = tmp_path / "UNII_Names.txt"
    path.write_text("Name\tTYPE\tUNII\tDisplay Name\nXANAX\tbn\tYU55MQ3IZY\tALPRAZOLAM\n", encoding="utf-8")
    assert list(unii_rows(path)) == [("XANAX", "bn", "YU55MQ3IZY", "ALPRAZOLAM")]


def test_the_first_stem_that_fits_decides_and_every_class_in_it_is_known() -> None:
    classes = {row["class"] for row in rows_of(LISTS / "classes.csv")}
    stems = rows_of(LISTS / "stems.csv")
    assert len({row["pattern"] for row in stems}) == len(stems)
    for row in stems:
        assert set(filter(None, row["classes"].split("|"))) <= classes, row
        assert row["why"], row
        assert row["systemic"] in ("yes", "local") or row["why"] == "-", row
