"""How the map's marks and words come out of its cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from counselor import knowledge
from counselor.guidance.coverage import BANDS, KINDS, NOTHING, SEVERAL, Covered, cover
from counselor.guidance.shelf import Shelf, ShelfItem
from counselor.reports import presenters
from tests.guidance.small import TODAY, product

KNOWN = knowledge.current()


def covered(id: str, *items: ShelfItem, on: date = TODAY) -> Covered:
    shelf = Shelf.of(replace(item, sku=f"S{place}") for place, item in enumerate(items))
    return cover(id, shelf, KNOWN, on=on)


def marks(id: str, route: str, *items: ShelfItem) -> list[tuple[str, str]]:
    row = presenters.row_of(covered(id, *items), KNOWN)
    cell = next(cell for cell in row.cells if cell.route == route)
    return [(one.sign, one.tone) for one in cell.marks]


def evidence(id: str, route: str, *items: ShelfItem) -> str:
    row = presenters.row_of(covered(id, *items), KNOWN)
    return next(cell.evidence for cell in row.cells if cell.route == route)


SPRAY = product("oromucosal-spray", 2.5, 2.5)
CAPSULE = product("capsule", 2.5, 2.5)
FLOWER = product("flower", 8, 8)


def test_green_is_for_products_of_the_studied_kind_alone() -> None:
    assert marks("als-spasticity", "edible", SPRAY, SPRAY) == [("2+", "full")] * 3
    assert marks("als-spasticity", "edible", SPRAY, CAPSULE) == [("1", "half")] * 3
    assert marks("als-spasticity", "edible", CAPSULE, CAPSULE) == [("0", "wanted")] * 3
    assert marks("hemifacial-spasm", "edible", SPRAY, SPRAY) == [("2+", "plain")] * 3


def test_trials_that_disagree_look_other_than_trials_that_agree() -> None:
    assert marks("neuropathic-pain", "edible", SPRAY, SPRAY) == [("2+", "mixed")] * 3
    assert evidence("neuropathic-pain", "edible", SPRAY) == "Moderate evidence, trials disagree"


def test_what_is_ruled_out_not_here_and_not_studied_are_three_things() -> None:
    assert evidence("als-cramps", "smoked", FLOWER) == "Ruled out"
    assert evidence("als-spasticity", "edible") == "Limited evidence, not here"
    assert evidence("essential-tremor", "smoked") == "Not studied"
    assert evidence("myoclonus-opioid", "edible", SPRAY) == "Never suggested"
    assert evidence("ms-spasticity", "topical", product("cream", 0, 5), SPRAY) == "Local comfort only"


def test_each_mark_says_in_words_for_whom_it_is() -> None:
    row = presenters.row_of(covered("als-spasticity", CAPSULE, CAPSULE), KNOWN)
    edible = next(cell for cell in row.cells if cell.route == "edible")
    assert [one.words for one in edible.marks] == [
        f"{band}: no product as studied; two or more products of another kind"
        for band in ("New to it", "Now and then", "Regular use")
    ]


def test_one_product_to_look_for_is_named_once_with_all_its_uses() -> None:
    lacking = [covered("ms-spasticity"), covered("als-spasticity")]
    sprays = [one for one in presenters.to_order(lacking, KNOWN) if "under the tongue" in one.words]
    assert [[use.evidence for use in one.uses] for one in sprays] == [
        ["ms-spasticity-spray", "als-spasticity-spray"]
    ]
    assert sprays[0].whom == "missing for everybody"


def test_the_tally_counts_studied_uses_and_never_an_unstudied_one_as_good() -> None:
    rows = [covered("als-spasticity", SPRAY, CAPSULE), covered("hemifacial-spasm", SPRAY, CAPSULE)]
    tally = presenters.tally(rows)
    assert (tally.several, tally.one, tally.missing) == (0, 1, 0)
    assert tally.unstudied >= 1
    assert presenters.tally([covered("als-spasticity")]).missing == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_reason_has_words(kind: str) -> None:
    assert all(presenters.KIND_WORDS[kind])
    assert presenters.SHORT_KINDS[kind]


def test_every_group_of_the_knowledge_has_a_name() -> None:
    assert {one.group or "other" for one in KNOWN.conditions.values()} == set(presenters.GROUP_WORDS)


def test_a_cell_without_products_counts_what_keeps_them_away() -> None:
    held = replace(CAPSULE, holds=("Recalled",))
    strong = product("capsule", 50, 0, smallest_dose=1.0)
    cell = covered("chronic-pain", held, strong, strong).cell("edible", "none")
    assert cell.status == NOTHING
    assert presenters.why_nothing(cell) == "2 too strong for a first dose, 1 on hold."


def test_products_of_three_bands_make_one_line_each() -> None:
    cells = [
        covered("chronic-pain", CAPSULE, product("capsule", 5, 0)).cell("edible", band) for band in BANDS
    ]
    assert cells[2].status == SEVERAL
    rows = {row.sku: row.bands for row in presenters.offered_rows(cells)}
    assert rows == {"S0": (True, True, True), "S1": (False, False, True)}
