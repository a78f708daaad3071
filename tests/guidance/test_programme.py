"""Two hundred patients like those of a medical programme: alarms must stay worth reading."""

from __future__ import annotations

import pytest

from counselor.guidance.knowledge import Knowledge
from counselor.guidance.shelf import Shelf
from tests.bench.programme import PATIENTS, Answered, answers


@pytest.fixture(scope="module")
def everybody(knowledge: Knowledge, clinic_shelf: Shelf) -> list[Answered]:
    return answers(knowledge, clinic_shelf)


def share_red(people: list[Answered]) -> float:
    return sum(one.is_red for one in people) / len(people)


def test_they_take_as_many_medicines_as_programme_patients_do(everybody: list[Answered]) -> None:
    taken = [len(one.advice.recognised.medicines) for one in everybody]
    assert len(taken) == PATIENTS
    assert 3.6 <= sum(taken) / len(taken) <= 4.0


def test_everything_they_say_is_understood(everybody: list[Answered]) -> None:
    assert [row.said for one in everybody for row in one.advice.unrecognised] == []


def test_fewer_than_four_in_ten_see_a_red_page(everybody: list[Answered]) -> None:
    assert share_red(everybody) < 0.4


def test_most_people_with_ms_are_not_red(everybody: list[Answered]) -> None:
    with_ms = [one for one in everybody if "multiple sclerosis" in one.said["conditions"]]
    assert len(with_ms) >= 15
    assert share_red(with_ms) < 0.5


def test_every_red_page_says_what_made_it_red(everybody: list[Answered]) -> None:
    for one in everybody:
        if one.is_red:
            assert one.advice.disposition.because
            raised = {w.rule for w in one.advice.warnings if w.severity in ("major", "contraindicated")}
            assert raised or one.advice.referrals


def test_a_page_holds_no_more_warnings_than_a_person_reads(everybody: list[Answered]) -> None:
    above_minor = [sum(w.severity != "minor" for w in one.advice.warnings) for one in everybody]
    assert sorted(above_minor)[len(above_minor) // 2] <= 3
    assert max(above_minor) <= 8
