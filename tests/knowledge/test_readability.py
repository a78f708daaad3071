"""How hard patients' texts are to read."""

from __future__ import annotations

import pytest

from counselor import knowledge
from counselor.knowledge.readability import grade, medicine_words, syllables

COUNTED = {
    1: "safe taken's heart asked lungs makes worse used called tired helped dose the",
    2: "people breathing safely wanted little table dizzy sleepy before every being changes doses patient "
    "driving taking liver sometimes bottle needed effects because balance alone saying watches "
    "seizures evening",
    3: "medicine area idea serious family prescription dangerous confusion carrying usual",
    4: "anxiety experience",
}


@pytest.mark.parametrize(
    ("number", "word"), [(n, word) for n, words in COUNTED.items() for word in words.split()]
)
def test_syllables_are_counted_as_people_say_them(number: int, word: str) -> None:
    if word == "taken's":  # an apostrophe is no vowel
        assert syllables(word) == syllables("takens")
    else:
        assert syllables(word) == number


def test_short_plain_sentences_are_easy_and_long_words_hard() -> None:
    easy = "Do not drive. Take it at night. Call us if you feel sick. Keep it away from kids."
    hard = "Concomitant administration potentiates psychomotor impairment considerably."
    assert grade(easy) < 2 < 12 < grade(hard)


def test_a_text_of_one_long_sentence_is_harder_than_the_same_words_in_three() -> None:
    long = "Take it at night and do not drive and call us when you feel sick or sad or weak or see odd things"
    assert grade(long) > grade(long.replace(" and do", ". Do").replace(" and call", ". Call")) + 2


def test_names_of_medicines_count_as_short_words() -> None:
    text = "Keep taking levetiracetam and carbamazepine each day."
    known = medicine_words(knowledge.current())
    assert {"levetiracetam", "carbamazepine"} <= known
    assert grade(text, known) < grade(text) - 5


def test_a_name_within_a_sentence_counts_as_a_short_word() -> None:
    named = "Renew your card in Pennsylvania each year."
    assert grade(named) < grade(named.replace("Pennsylvania", "pennsylvania")) - 3


def test_too_few_words_have_no_grade() -> None:
    assert grade("Extraordinarily complicated pharmacology.") == 0.0
