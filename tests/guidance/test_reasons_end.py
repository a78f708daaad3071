"""A reason ends where the next medicine begins: nothing behind "for" is passed over in silence."""

from __future__ import annotations

import pytest

from counselor.guidance.knowledge import Knowledge
from counselor.guidance.medicine_lines import read_line
from counselor.guidance.medicines import Medicines


@pytest.fixture
def vocabulary(knowledge: Knowledge) -> Medicines:
    return knowledge.medicines


@pytest.mark.parametrize(
    "line",
    [
        "warfarin for afib and blorpazine",
        "warfarin for afib also takes blorpazine 20",
        "lisinopril for bp blorpazine for sugar",
        "gabapentin for nerves then blorpazine at night",
    ],
)
def test_an_unknown_medicine_behind_a_reason_is_said_back(vocabulary: Medicines, line: str) -> None:
    unread = [one.said for one in read_line(vocabulary, line).unread]
    assert len(unread) == 1 and "blorpazine" in unread[0]


@pytest.mark.parametrize(
    "line",
    [
        "Klonopin for jerks and spasms",
        "Lyrica for fibromyalgia and neuropathy",
        "baclofen for MS and dystonia",
        "gabapentin for the pain in my legs with burning",
    ],
)
def test_two_reasons_are_no_second_medicine(vocabulary: Medicines, line: str) -> None:
    found = read_line(vocabulary, line)
    assert len(found.medicines) == 1 and found.unread == ()


@pytest.mark.parametrize(
    ("said", "meant"),
    [("prednysone", "prednisone"), ("hydralzine", "hydralazine"), ("escitolopram", "escitalopram")],
)
def test_one_slip_is_settled_where_the_confusable_name_is_far(
    vocabulary: Medicines, said: str, meant: str
) -> None:
    found = read_line(vocabulary, said)
    assert [(one.ingredients, one.how) for one in found.medicines] == [((meant,), "spelling")]


def test_one_slip_stays_open_where_the_confusable_name_is_as_near(vocabulary: Medicines) -> None:
    found = read_line(vocabulary, "prednisolne")
    assert found.medicines == () and "prednisone" in found.unread[0].nearest
