"""Pages speak in words, not in ids; and what nobody assessed is never shown as checked."""

from __future__ import annotations

import pytest

from counselor.consultations.handouts import _medicines
from counselor.consultations.presenters import known, unchecked
from counselor.knowledge.presenters import named, named_all

ADVICE = {
    "recognised": {
        "medicines": [
            {
                "said": "Klonopin", "ingredients": ["clonazepam"], "classes": [], "how": "brand",
                "denied": False,
            },
            {
                "said": "glorbex", "ingredients": ["glorbizol"], "classes": [], "how": "generic",
                "denied": False, "unassessed": ["glorbizol"],
            },
            {
                "said": "no zorbex", "ingredients": ["zorbizol"], "classes": [], "how": "generic",
                "denied": True, "unassessed": ["zorbizol"],
            },
        ],
        **{name: [] for name in ("conditions", "history", "symptoms", "allergies", "goals")},
    },
    "unrecognised": [{"field": "medicines", "said": "blue pill", "nearest": []}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("lung-disease", "lung disease"),
        ("high-blood-pressure", "high blood pressure"),
        ("clonazepam", "clonazepam"),
        ("ms-spasticity", "multiple sclerosis, spasticity"),
        ("parkinson", "parkinson disease"),
        ("no-such-id", "no such id"),
        ("age", "age"),
    ],
)
def test_an_id_is_shown_in_words(app, id, words):
    assert named(id).casefold() == words


def test_the_reasons_of_one_warning_are_joined_in_words(app):
    assert named_all(["falls", "high-blood-pressure", "age"]).endswith("+ high blood pressure + age")


def test_a_medicine_nobody_assessed_is_not_checked_on_every_page():
    assert [row["said"] for row in unchecked(ADVICE)] == ["blue pill", "glorbex"]
    assert [chip["how"] for chip in known(ADVICE)["medicines"]] == [
        "brand", "unassessed", "generic", "unrecognised",
    ]  # fmt: skip


def test_the_handout_does_not_count_it_among_what_was_checked():
    assert _medicines(ADVICE)[0] == "Klonopin (clonazepam)"
    assert not any("glorbex" in line for line in _medicines(ADVICE))
