"""Dangers as counselors jot them and patients tell them, and ordinary talk that must alarm nobody.

Each round of the tables was written before the program was asked, run once, and only then used to mend
what it found. A few sentences that are still not understood are left out; the tables hold what must stay so.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from .conftest import Ask

TABLES = Path(__file__).parent / "said_tables"
RANK = {"routine": 0, "this-week": 1, "same-day": 2, "emergency": 3}


def read(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def most_urgent(advice: dict[str, Any]) -> int:
    return max((RANK[referral["urgency"]] for referral in advice["referrals"]), default=0)


@pytest.mark.parametrize("row", read("danger.csv"), ids=lambda row: f"{row['row']}: {row['said']}")
def test_a_danger_is_heard_in_shorthand_and_in_plain_talk(ask: Ask, row: dict[str, str]) -> None:
    medicines = [row["medicine"]] if row["medicine"] else []
    advice = ask(row["condition"], age=45, medicines=medicines, **{row["field"]: [row["said"]]})
    if row["must"] not in RANK:
        assert row["must"] in {warning["rule"] for warning in advice["warnings"]}
        return
    assert most_urgent(advice) >= RANK[row["must"]]
    if RANK[row["must"]] >= RANK["same-day"]:
        assert advice["disposition"]["code"] == "no-product"
        assert advice["suggestions"] == []


@pytest.mark.parametrize("field", ["symptoms", "history"])
@pytest.mark.parametrize("row", read("silent.csv"), ids=lambda row: row["said"])
def test_ordinary_talk_is_no_more_urgent_than_the_condition_alone(
    ask: Ask, row: dict[str, str], field: str
) -> None:
    alone = ask(row["condition"], age=45, symptoms=["stiff"])
    advice = ask(row["condition"], age=45, **{field: [row["said"]]})
    assert most_urgent(advice) <= max(most_urgent(alone), 0)
    assert advice["disposition"]["code"] != "no-product"


def test_a_medicine_named_in_a_symptom_is_shown_and_checked(ask: Ask) -> None:
    advice = ask(
        "muscle spasms",
        age=45,
        symptoms=["sweating, shaking and agitated since tramadol was added to Zoloft"],
    )
    named = {name for row in advice["recognised"]["medicines"] for name in row["ingredients"]}
    assert {"tramadol", "sertraline"} <= named
    assert most_urgent(advice) == RANK["emergency"]


def test_a_medicine_of_long_ago_in_a_sentence_is_shown_as_not_taken(ask: Ask) -> None:
    advice = ask("chronic pain", age=45, history=["tried tramadol in 2018, stopped it"])
    told = [row for row in advice["recognised"]["medicines"] if "tramadol" in row["ingredients"]]
    assert told and all(row.get("denied") for row in told)


def test_somebody_else_who_cannot_be_woken_is_an_emergency_all_the_same(ask: Ask) -> None:
    advice = ask("chronic pain", age=45, symptoms=["my husband took oxycodone and cannot be woken"])
    assert most_urgent(advice) == RANK["emergency"]


def test_a_seizure_without_a_date_is_an_emergency_where_no_epilepsy_is_known(ask: Ask) -> None:
    assert most_urgent(ask("muscle spasms", age=45, symptoms=["had a seizure"])) == RANK["emergency"]
    assert most_urgent(ask("muscle spasms", age=45, symptoms=["had a seizure in 2015"])) < RANK["same-day"]
