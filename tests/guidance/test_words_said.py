"""How entries are heard: denied, past, dated, doubted, misspelt. Wrong here is wrong everywhere."""

from __future__ import annotations

import pytest

from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.resolve import Resolved, resolve

from .conftest import TODAY


def hear(knowledge: Knowledge, **said: list[str]) -> Resolved:
    return resolve(Intake.from_json({"conditions": [], **said}), knowledge, on=TODAY)


@pytest.mark.parametrize(
    ("said", "absent"),
    [
        ("no lung disease", "lung-disease"),
        ("no known lung disease", "lung-disease"),
        ("lung disease: none", "lung-disease"),
        ("COPD - no", "lung-disease"),
        ("asthma? no", "lung-disease"),
        ("denies chest pain, shortness of breath", "chest-pain"),
        ("denies chest pain, shortness of breath", "breathlessness"),
        ("no chest pain or palpitations", "palpitations"),
        ("never had a heart attack", "heart-attack"),
        ("without liver disease", "liver-disease"),
        ("not pregnant", "pregnancy"),
        ("isn't pregnant", "pregnancy"),
        ("no history of psychosis", "psychosis"),
        ("negative for kidney disease", "kidney-disease"),
        ("psychosis: denies", "psychosis"),
        ("neg for pregnancy", "pregnancy"),
    ],
)
def test_what_is_denied_counts_as_absent(knowledge: Knowledge, said: str, absent: str) -> None:
    heard = hear(knowledge, history=[said])
    assert heard.recognised.history, said
    assert all(row.denied for row in heard.recognised.history)
    assert absent not in heard.facts.terms


def test_who_does_not_drive_is_not_warned_as_a_driver(knowledge: Knowledge) -> None:
    assert "drives" not in hear(knowledge, history=["doesn't drive"]).facts.terms


@pytest.mark.parametrize(
    ("said", "present"),
    [
        ("no asthma, COPD", "lung-disease"),
        ("heart disease but no lung disease", "heart-disease"),
        ("not sure if pregnant", "pregnancy"),
        ("could be pregnant", "pregnancy"),
        ("copd, no heart disease", "lung-disease"),
        ("no heart disease, pregnant", "pregnancy"),
        ("no COPD; has liver disease", "liver-disease"),
        ("heart attack 2 years ago", "heart-disease"),
        ("past psychosis", "psychosis"),
        ("history of schizophrenia", "psychosis"),
        ("on dialysis", "kidney-disease-severe"),
        ("pregnent", "pregnancy"),
        ("a-fib", "arrhythmia"),
        ("COPD", "lung-disease"),
        ("emphysema", "lung-disease"),
        ("trouble swallowing", "swallowing-difficulty"),
        ("my brother has schizophrenia", "psychosis-family"),
    ],
)
def test_what_is_not_clearly_denied_counts_as_present(knowledge: Knowledge, said: str, present: str) -> None:
    assert present in hear(knowledge, history=[said]).facts.terms


@pytest.mark.parametrize("field", ["conditions", "history", "symptoms", "goals"])
def test_a_term_counts_in_whichever_list_it_is_said(knowledge: Knowledge, field: str) -> None:
    assert "dark-urine" in hear(knowledge, **{field: ["dark urine"]}).facts.terms


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("MS", "ms-spasticity"),
        ("multiple sclerosis", "ms-spasticity"),
        ("G35", "ms-spasticity"),
        ("G35.D", "ms-spasticity"),
        ("multple sclerosis", "ms-spasticity"),
        ("Lou Gehrig's disease", "als-spasticity"),
        ("paraplegia", "sci-spasticity"),
        ("charley horse", "muscle-cramp"),
        ("nerve pain", "neuropathic-pain"),
        ("jerks", "myoclonus"),
        ("Lance-Adams syndrome", "myoclonus-post-hypoxic"),
        ("juvenile myoclonic epilepsy", "myoclonus-epileptic"),
        ("hiccups", "myoclonus-physiologic"),
        ("night leg cramps", "nocturnal-leg-cramps"),
    ],
)
def test_conditions_are_known_by_the_names_people_use(knowledge: Knowledge, said: str, id: str) -> None:
    assert hear(knowledge, conditions=[said]).facts.conditions == (id,)


def test_a_general_word_gives_way_to_the_exact_condition(knowledge: Knowledge) -> None:
    heard = hear(knowledge, conditions=["multiple sclerosis", "stiff legs"])
    assert [row.id for row in heard.recognised.conditions] == ["ms-spasticity", "ms-spasticity"]
    assert heard.facts.conditions == ("ms-spasticity",)


def test_nothing_said_is_dropped(knowledge: Knowledge) -> None:
    heard = hear(
        knowledge,
        conditions=["MS and glorbitis"],
        history=["wibbled, COPD"],
        symptoms=["боль"],
        allergies=["zorkwood"],
    )
    assert [(u.field, u.said) for u in heard.unrecognised] == [
        ("conditions", "glorbitis"),
        ("history", "wibbled"),
        ("symptoms", "боль"),
        ("allergies", "zorkwood"),
    ]


def test_small_words_alone_are_said_back(knowledge: Knowledge) -> None:
    heard = hear(knowledge, history=["20 weeks"])
    assert [u.said for u in heard.unrecognised] == ["20 weeks"]


def test_none_means_none_and_is_not_a_riddle(knowledge: Knowledge) -> None:
    heard = hear(knowledge, medicines=["none"], allergies=["none known"], history=["none"])
    assert heard.unrecognised == ()
    assert not {"medicines", "allergies"} & set(heard.not_assessed)


def test_what_was_neither_asked_nor_told_is_named(knowledge: Knowledge) -> None:
    heard = hear(knowledge, asked=["heart", "liver"], history=["no COPD"], medicines=["baclofen"])
    assert set(heard.not_assessed) == {"pregnancy", "psychosis", "kidney", "substance-use", "allergies"}


@pytest.mark.parametrize(
    ("said", "present"),
    [
        ("head injury 10 years ago, chest pain", "chest-pain"),
        ("chest pain, previous heart attack", "chest-pain"),
        ("alcoholic, quit smoking 2 years ago", "substance-use"),
        ("denies chest pain, COPD on oxygen", "lung-disease"),
        ("denies chest pain, pregnant", "pregnancy"),
        ("denies COPD; pregnant", "pregnancy"),
    ],
)
def test_a_time_or_a_denial_stays_with_its_own_part_of_the_list(
    knowledge: Knowledge, said: str, present: str
) -> None:
    assert present in hear(knowledge, history=[said]).facts.terms


def test_a_time_that_stands_alone_belongs_to_what_came_before(knowledge: Knowledge) -> None:
    assert "substance-use" not in hear(knowledge, history=["alcoholic, sober 5 years"]).facts.terms
    assert "head-injury-recent" in hear(knowledge, history=["head injury, 5 days ago"]).facts.terms


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("cannabis", "cannabis-allergy"),
        ("MCT oil", "coconut"),
        ("coconut", "coconut"),
        ("alcohol", "alcohol-allergy"),
    ],
)
def test_a_bare_word_among_allergies_is_an_allergy(knowledge: Knowledge, said: str, id: str) -> None:
    heard = hear(knowledge, allergies=[said])
    assert [row.id for row in heard.recognised.allergies] == [id]
    assert heard.facts.ingredients == {}


@pytest.mark.parametrize(
    ("said", "present"),
    [
        ("no asthma attacks lately", "lung-disease"),
        ("no COPD flare this year", "lung-disease"),
        ("no psychosis since 2015", "psychosis"),
        ("no psychosis for 3 years", "psychosis"),
        ("no manic episode in 5 years", "bipolar"),
        ("no heart attack since 2012", "heart-disease"),
        ("no chest pain now but had it this morning", "chest-pain"),
        ("my wife says I have COPD", "lung-disease"),
    ],
)
def test_a_denial_of_when_is_no_denial_of_what(knowledge: Knowledge, said: str, present: str) -> None:
    assert present in hear(knowledge, history=[said]).facts.terms


@pytest.mark.parametrize(
    ("said", "absent"),
    [
        ("denies psychosis, heart disease, pregnancy", {"psychosis", "heart-disease", "pregnancy"}),
        ("no heart or lung disease", {"heart-disease", "lung-disease"}),
        ("no liver, kidney or mental illness", {"liver-disease", "kidney-disease"}),
        ("son has epilepsy", {"epilepsy"}),
        ("wife is pregnant", {"pregnancy"}),
        ("no chest pain today", {"chest-pain"}),
    ],
)
def test_what_is_denied_in_a_list_or_belongs_to_a_relative_is_absent(
    knowledge: Knowledge, said: str, absent: set[str]
) -> None:
    heard = hear(knowledge, history=[said])
    assert not absent & heard.facts.terms
    assert heard.recognised.history


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ("risperidone for schizophrenia", "psychosis"),
        ("lithium (bipolar)", "bipolar"),
        ("Spiriva for COPD", "lung-disease"),
        ("Zyprexa - psychosis", "psychosis"),
        ("prenatal vitamins, I'm pregnant", "pregnancy"),
    ],
)
def test_why_a_medicine_is_taken_is_heard_too(knowledge: Knowledge, line: str, term: str) -> None:
    heard = hear(knowledge, medicines=[line])
    assert term in heard.facts.terms
    assert heard.unrecognised == ()


def test_what_was_said_comes_back_as_it_was_written(knowledge: Knowledge) -> None:
    heard = hear(knowledge, symptoms=["Can't wibble, Blörk's Zorb"])
    assert [u.said for u in heard.unrecognised] == ["Can't wibble", "Blörk's Zorb"]
