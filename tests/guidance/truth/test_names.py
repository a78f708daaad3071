"""Medicines as people say, shorten and misspell them: read as what they are, or said not to be read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.guidance.truth.table import NEUTRAL, Advise, Row, plain, rows, same

TABLE = rows("names.csv")


def read(said: str, put: Advise) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was recognised among the medicines, and what was not."""
    advice = put({"conditions": [NEUTRAL], "medicines": [said]})
    unread = [one for one in advice["unrecognised"] if one["field"] == "medicines"]
    return advice["recognised"]["medicines"], unread


def name_faults(row: Row, put: Advise) -> list[str]:
    """What is wrong with the reading of a row of names.csv, in words; empty when it is right."""
    known, unread = read(row["said"], put)
    got = [ingredient for one in known for ingredient in one["ingredients"]]
    expected = row["ingredients"]
    if expected == "unread":
        return [] if unread and not known else [f"settled silently as {got}"]
    wrong = [f"unread: {one['said']} (nearest {one['nearest']})" for one in unread]
    if expected == "any":
        return wrong
    if expected == "class":
        return wrong or ([] if any(one["classes"] for one in known) else ["no class"])
    for name in expected.split(";"):
        if not any(same(one, other) for one in got for other in name.split("|")):
            wrong.append(f"{name} is not in {got}")
    wanted = [other for name in expected.split(";") for other in name.split("|")]
    wrong += [f"{one} was not said" for one in got if not any(same(one, other) for other in wanted)]
    return wrong


@pytest.mark.parametrize("row", [pytest.param(row, id=row["said"]) for row in TABLE])
def test_a_name_is_read_as_what_the_patient_means(row: Row, put: Advise) -> None:
    assert name_faults(row, put) == []


def test_a_misspelling_is_never_passed_off_as_the_generic_name(put: Advise) -> None:
    """A common misspelling may be listed as such; it is never passed off as the brand or generic name."""
    for row in TABLE:
        if row["kind"] != "misspelled":
            continue
        for one in read(row["said"], put)[0]:
            listed = {plain(name) for name in one["ingredients"]}
            if one["how"] == "generic":
                assert plain(one["said"]) in listed, row["said"]


def test_the_table_of_names_is_large() -> None:
    assert len(TABLE) >= 250
    assert len({row["said"].lower() for row in TABLE}) == len(TABLE)
    assert sum(row["kind"] == "misspelled" for row in TABLE) >= 80
    assert sum(row["ingredients"] == "unread" for row in TABLE) >= 5
