"""Words brought to a form in which what was said and what is known can be compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counselor.guidance.words import fold, fold_in_place, singular, stems, tokens


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("Crohn's Disease", "crohns disease"),
        ("Crohn\u2019s", "crohns"),
        ("Crohn\u02bcs", "crohns"),
        ("Crohn`s and caf\u00e9's", "crohns and cafes"),
        ("\u00e9t\u00e9`s", "etes"),
        ("Ménière", "meniere"),
        ("Sjögren", "sjogren"),
        ("STRASSE straße", "strasse strasse"),
        ("\u00bd tablet", "1\u20442 tablet"),
        ("", ""),
    ],
)
def test_case_accents_and_apostrophes_do_not_count(said: str, folded: str) -> None:
    assert fold(said) == folded
    assert fold_in_place(said)[0] == folded


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("stiff-legs/spasm, at night", ["stiff", "legs", "spasm", "at", "night"]),
        ("2.5 mg, 1,000 IU", ["2.5", "mg", "1,000", "iu"]),
        ("low_dose", ["low", "dose"]),
        ("5mg.", ["5mg"]),
    ],
)
def test_marks_part_words_and_a_number_stays_whole(said: str, words: list[str]) -> None:
    assert tokens(said) == words


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("spasms", "spasm"),
        ("legs", "leg"),
        ("gas", "gas"),
        ("abscess", "abscess"),
        ("virus", "virus"),
        ("sclerosis", "sclerosis"),
        ("eyes", "eye"),
        ("spasm", "spasm"),
    ],
)
def test_a_plain_plural_counts_as_one(word: str, one: str) -> None:
    assert singular(word) == one
    assert stems(f"{word} {word}") == [one, one]


@pytest.mark.parametrize("said", ["Crohn's `x`", "Xanax XR", "Ménière\u2019s ½ straße"])
def test_every_folded_letter_knows_where_it_stood(said: str) -> None:
    folded, places = fold_in_place(said)
    assert len(folded) == len(places)
    for letter, place in zip(folded, places, strict=True):
        assert letter in fold(said[place])


def test_an_apostrophe_leaves_its_place_out() -> None:
    assert fold_in_place("a'b`c") == ("abc", [0, 2, 4])
    assert fold_in_place("é\u2019ßa") == ("essa", [0, 2, 2, 3])


@given(st.text(max_size=30))
def test_folding_in_place_gives_the_same_words(said: str) -> None:
    folded, places = fold_in_place(said)
    assert len(folded) == len(places) and places == sorted(places)
    assert all(0 <= place < len(said) for place in places)
