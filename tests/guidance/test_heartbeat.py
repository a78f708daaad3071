"""Before it answers anybody, the engine finds the pairs that everybody knows to be dangerous, or says so."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from counselor.guidance.advise import advise
from counselor.guidance.heartbeat import PAIRS, CannotCheck, prove, prove_all
from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import Knowledge, Severity
from counselor.guidance.medicines import Ingredient, MedicineName, Medicines
from counselor.guidance.shelf import Shelf

from .conftest import TODAY


def without_rule(knowledge: Knowledge, id: str) -> Knowledge:
    """The knowledge as if somebody had deleted this rule."""

    def kept(index: Any) -> dict[str, Any]:
        return {key: tuple(rule for rule in rules if rule.id != id) for key, rules in index.items()}

    return replace(
        knowledge,
        rules={key: rule for key, rule in knowledge.rules.items() if key != id},
        rules_by_class=kept(knowledge.rules_by_class),
        rules_by_ingredient=kept(knowledge.rules_by_ingredient),
    )


def rule_about(knowledge: Knowledge, ingredient: str, cannabinoid: str) -> str:
    """The rule that answers for this ingredient alone."""
    advice = advise(
        Intake.from_json(
            {
                "conditions": [],
                "medicines": [ingredient],
                "exposure": {"cannabinoids": [cannabinoid], "route": "edible"},
            }
        ),
        Shelf(),
        knowledge,
        on=TODAY,
    )
    return next(w.rule for w in advice.warnings if ingredient in w.because and w.severity == "major")


def test_the_knowledge_we_ship_proves_itself(knowledge: Knowledge) -> None:
    assert prove_all(knowledge) is knowledge


@pytest.mark.parametrize(("ingredient", "cannabinoid"), [("clobazam", "CBD"), ("tacrolimus", "CBD")])
def test_a_deleted_rule_is_found_when_the_knowledge_is_read(
    knowledge: Knowledge, ingredient: str, cannabinoid: str
) -> None:
    broken = without_rule(knowledge, rule_about(knowledge, ingredient, cannabinoid))
    with pytest.raises(CannotCheck) as caught:
        prove_all(broken)
    assert "must be major" in str(caught.value)


def test_without_its_sedation_rules_nothing_is_answered_to_anybody(knowledge: Knowledge) -> None:
    broken = replace(knowledge, rules_by_class={}, rules_by_ingredient={})
    with pytest.raises(CannotCheck):
        advise(Intake.from_json({"conditions": ["MS"]}), Shelf(), broken, on=TODAY)


def test_a_rule_made_milder_is_found(knowledge: Knowledge) -> None:
    mild = {
        key: tuple(replace(rule, severity=Severity.MINOR, raised=()) for rule in rules)
        for key, rules in knowledge.rules_by_class.items()
    }
    with pytest.raises(CannotCheck) as caught:
        prove_all(replace(knowledge, rules_by_class=mild))
    assert "only minor" in str(caught.value) or "no warning" in str(caught.value)


def test_a_word_list_cut_short_is_found(knowledge: Knowledge) -> None:
    with pytest.raises(CannotCheck) as caught:
        prove(replace(knowledge, medicines=Medicines.of([], [])))
    assert "was not understood" in str(caught.value)


def test_a_word_list_that_knows_every_word_is_found(knowledge: Knowledge) -> None:
    nonsense = MedicineName("qwertzol forte", ("ibuprofen",), (), "brand")
    names = MappingProxyType({**knowledge.medicines.names, ("qwertzol", "forte"): nonsense})
    with pytest.raises(CannotCheck) as caught:
        prove_all(replace(knowledge, medicines=replace(knowledge.medicines, names=names)))
    assert "was not said to be unknown" in str(caught.value)


def meaning(knowledge: Knowledge, said: str, *ingredients: str) -> Knowledge:
    """The knowledge as if this name meant these ingredients, and no other."""
    known = MedicineName(said, ingredients, knowledge.medicines.classes_of(ingredients), "brand")
    names = MappingProxyType({**knowledge.medicines.names, (said,): known})
    return replace(knowledge, medicines=replace(knowledge.medicines, names=names))


def test_before_every_answer_the_benzodiazepine_with_the_opioid_is_proved(knowledge: Knowledge) -> None:
    broken = meaning(knowledge, "klonopin", "ibuprofen")
    with pytest.raises(CannotCheck) as caught:
        advise(Intake.from_json({"conditions": ["MS"]}), Shelf(), broken, on=TODAY)
    assert str(caught.value).startswith("heartbeat: Klonopin") and "clonazepam is missing" in str(
        caught.value
    )
    prove(meaning(knowledge, "onfi", "ibuprofen"))


def test_a_warning_about_something_else_proves_nothing(knowledge: Knowledge) -> None:
    rule = rule_about(knowledge, "clobazam", "CBD")
    broken = meaning(without_rule(knowledge, rule), "onfi", "clobazam", "tacrolimus")
    with pytest.raises(CannotCheck) as caught:
        prove_all(broken)
    assert "heartbeat: Onfi: with CBD" in str(caught.value)


def test_only_an_interaction_proves_that_interactions_are_found(knowledge: Knowledge) -> None:
    as_causes = {
        key: tuple(replace(one, kind="cause") for one in rules)
        for key, rules in knowledge.rules_by_ingredient.items()
    }
    with pytest.raises(CannotCheck) as caught:
        prove_all(replace(knowledge, rules_by_ingredient=as_causes))
    onfi = next(str(fault) for fault in caught.value.faults if "Onfi" in str(fault))
    assert "found no warning at all" in onfi or "found only" in onfi


def test_a_fault_says_how_mild_the_worst_warning_was(knowledge: Knowledge) -> None:
    rule = rule_about(knowledge, "clobazam", "CBD")
    mild = {
        key: tuple(
            replace(one, severity=Severity.MINOR, raised=()) if one.id == rule else one for one in rules
        )
        for key, rules in knowledge.rules_by_ingredient.items()
    }
    for broken, words in (
        (replace(knowledge, rules_by_ingredient=mild), "found only minor"),
        (without_rule(knowledge, rule), "found "),
    ):
        with pytest.raises(CannotCheck) as caught:
            prove_all(broken)
        assert words in str(caught.value)


def test_every_fault_is_a_fault_of_the_heartbeat(knowledge: Knowledge) -> None:
    nonsense = MedicineName("qwertzol forte", ("ibuprofen",), (), "brand")
    cut_short = Medicines.of([Ingredient("ibuprofen", ())], [nonsense])
    with pytest.raises(CannotCheck) as caught:
        prove_all(replace(knowledge, medicines=cut_short))
    assert len(caught.value.faults) == len(PAIRS) + 1
    assert {fault.file for fault in caught.value.faults} == {"heartbeat"}


def test_every_pair_names_where_its_danger_is_published() -> None:
    assert all(pair.source and pair.at_least >= Severity.MAJOR for pair in PAIRS)
    assert {pair.cannabinoid for pair in PAIRS} == {"THC", "CBD"}
