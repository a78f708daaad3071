"""Which rules somebody raises, what raised them, and how severe each is here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from counselor.guidance.findings import Finding, Setting
from counselor.guidance.knowledge import Knowledge, Raise, Rule, Severity, When
from counselor.guidance.resolve import Facts
from counselor.guidance.rules import UNNAMED, finding_of, fired

from .small import facts, knowledge, medicines, merged, rule, setting

MINOR, MODERATE, MAJOR, FORBIDDEN = Severity
BY_MOUTH = setting("edible")
ON_SKIN = setting("topical")


def raised(rules: Iterable[Rule], who: Facts, where: Setting = BY_MOUTH) -> dict[str, tuple[str, ...]]:
    return {f.id: f.because for f in fired(who, where, knowledge(rules=tuple(rules)))}


def stands(
    one: Rule, where: Setting = BY_MOUTH, who: Facts | None = None, because: Any = ("oxycodone",)
) -> Finding:
    found = finding_of(one, because, who or facts(), where)
    assert found is not None
    return found


# What raises a rule

OPIOID = rule("opioid", classes=frozenset({"opioid"}), excepted=frozenset({"naloxone", "partial"}))


def taking(**classes: str) -> Facts:
    return facts(ingredients={name: tuple(of.split()) for name, of in classes.items()})


def test_a_rule_on_a_class_is_raised_once_by_every_member_that_is_taken() -> None:
    assert raised([OPIOID], taking(oxycodone="opioid", morphine="opioid", aspirin="nsaid")) == {
        "opioid": ("oxycodone", "morphine")
    }


def test_an_exception_holds_for_an_ingredient_and_for_a_class() -> None:
    assert raised([OPIOID], taking(naloxone="opioid")) == {}
    assert raised([OPIOID], taking(buprenorphine="opioid partial", oxycodone="opioid")) == {
        "opioid": ("oxycodone",)
    }


def test_a_rule_on_an_ingredient_names_it_once_though_its_class_is_meant_too() -> None:
    both = rule("both", classes=frozenset({"opioid"}), ingredients=frozenset({"oxycodone"}))
    assert raised([both], taking(oxycodone="opioid")) == {"both": ("oxycodone",)}
    assert raised([both], taking(aspirin="nsaid")) == {}
    one = rule("one", ingredients=frozenset({"oxycodone"}))
    assert raised([one], taking(oxycodone="opioid", morphine="opioid")) == {"one": ("oxycodone",)}


def test_a_class_said_without_a_name_raises_what_is_about_the_class() -> None:
    assert raised([OPIOID], facts(class_only=("opioid",))) == {"opioid": ("opioid",)}


def test_a_term_raises_its_rule_by_what_was_said() -> None:
    frail = rule("frail", kind="precaution", terms=frozenset({"falls", "frail"}))
    assert raised([frail], facts(terms=frozenset({"falls"}))) == {"frail": ("falls",)}
    implied = facts(terms=frozenset({"falls", "parkinson"}), said_as={"falls": "parkinson"})
    assert raised([frail], implied) == {"frail": ("parkinson",)}


def test_a_carrier_allergy_is_left_to_the_ingredients_of_each_product() -> None:
    carrier = rule("carrier-allergy", terms=frozenset({"allergy-nuts"}))
    other = rule("other", terms=frozenset({"allergy-nuts"}))
    assert raised([carrier, other], facts(terms=frozenset({"allergy-nuts"}))) == {"other": ("allergy-nuts",)}


@pytest.mark.parametrize(("age", "holds"), [(64, False), (65, True), (80, True), (81, False), (None, False)])
def test_an_age_raises_a_rule_within_its_bounds(age: int | None, holds: bool) -> None:
    old = rule("old", age=(65, 80), kind="precaution")
    assert raised([old], facts(age=age)) == ({"old": ("age",)} if holds else {})


def test_what_is_not_asked_about_raises_nothing() -> None:
    only_cbd = rule("cbd", classes=frozenset({"opioid"}), cannabinoids=("CBD",))
    who = taking(oxycodone="opioid")
    assert raised([only_cbd], who, setting("edible", cannabinoids=("THC",))) == {}
    assert raised([only_cbd], who, setting("edible", cannabinoids=("CBD",))) == {"cbd": ("oxycodone",)}
    smoke = rule("smoke", classes=frozenset({"opioid"}), routes=("smoked",))
    assert raised([smoke], who) == {}
    assert raised([smoke], who, setting("edible", considered=("edible", "smoked"))) == {
        "smoke": ("oxycodone",)
    }


def test_a_circumstance_that_must_hold_keeps_a_rule_silent_until_it_does() -> None:
    with_falls = rule("falls", classes=frozenset({"opioid"}), only_if=When(terms=frozenset({"falls"})))
    who = taking(oxycodone="opioid")
    assert raised([with_falls], who) == {}
    assert finding_of(with_falls, ("oxycodone",), facts("falls"), BY_MOUTH) is not None


# How severe it is here


def test_a_circumstance_raises_a_rule_and_says_why_and_never_makes_it_milder() -> None:
    one = rule(
        severity=MODERATE,
        raised=(
            Raise(When(terms=frozenset({"falls"})), MAJOR, "falls"),
            Raise(When(terms=frozenset({"frail"})), MINOR, "frail"),
            Raise(When(terms=frozenset({"lungs"})), FORBIDDEN, "lungs"),
        ),
    )
    assert (stands(one).severity, stands(one).raised_by) == (MODERATE, ())
    found = stands(one, who=facts("falls", "frail"))
    assert (found.severity, found.raised_by) == (MAJOR, ("falls", "frail"))
    assert stands(one, who=facts("frail")).severity is MODERATE


def test_a_medicine_is_not_the_other_sedative_of_its_own_rule() -> None:
    one = rule(severity=MODERATE, raised=(Raise(When(strong_sedatives=1), MAJOR, "another"),))
    assert stands(one, who=facts(strong=("oxycodone",))).severity is MODERATE
    assert stands(one, who=facts(strong=("oxycodone", "diazepam"))).severity is MAJOR
    both = stands(one, who=facts(strong=("oxycodone",)), because=("oxycodone", "morphine"))
    assert both.severity is MAJOR


def test_a_rule_raised_by_several_medicines_counts_them() -> None:
    one = rule(severity=MODERATE, raised=(Raise(When(several=True), MAJOR, "two of them"),))
    assert stands(one).severity is MODERATE
    assert stands(one, because=("oxycodone", "morphine")).severity is MAJOR


def test_a_rule_on_an_amount_of_cbd_reads_what_is_known_of_it() -> None:
    one = rule(severity=MODERATE, raised=(Raise(When(cbd_mg_per_day=100.0), MAJOR, "much CBD"),))
    assert stands(one).severity is MODERATE
    assert stands(one, setting("edible", cbd_mg_per_day=100.0)).severity is MAJOR


def test_an_interaction_is_about_every_route_that_is_considered() -> None:
    where = setting("edible", considered=("smoked", "edible", "topical"))
    assert stands(rule(), where).routes == ("smoked", "edible", "topical")
    assert stands(rule(routes=("edible",)), where).routes == ("edible",)
    assert stands(rule(kind="precaution"), where).routes == ()


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({}, MINOR),
        ({"severity": FORBIDDEN}, MODERATE),
        ({"severity": MODERATE}, MINOR),
        ({"kind": "precaution", "cannabinoids": ("THC",)}, MINOR),
        ({"kind": "precaution"}, MAJOR),
        ({"kind": "precaution", "cannabinoids": ("THC",), "excludes": "all"}, MAJOR),
        ({"kind": "precaution", "cannabinoids": ("THC",), "no_product": True}, MAJOR),
        ({"kind": "precaution", "cannabinoids": ("THC",), "routes": ("topical",)}, MAJOR),
    ],
)
def test_on_skin_only_what_needs_the_blood_counts_two_steps_less(
    change: dict[str, Any], severity: Severity
) -> None:
    one = rule(**{"severity": MAJOR, **change})
    assert stands(one, ON_SKIN).severity is severity
    assert stands(one, setting("topical", local_only=False)).severity is one.severity


def test_on_skin_only_an_interaction_is_about_the_skin() -> None:
    assert stands(rule(), setting("topical", considered=("topical", "edible"), local_only=True)).routes == (
        "topical",
    )


@pytest.mark.parametrize(
    ("vehicle", "unknown", "shelf", "severity"),
    [
        ("alcohol", MODERATE, False, MODERATE),
        ("alcohol", MODERATE, True, MAJOR),
        ("alcohol", None, False, MAJOR),
        ("", MODERATE, False, MAJOR),
    ],
)
def test_without_a_shelf_nobody_knows_what_a_product_is_made_of(
    vehicle: str, unknown: Severity | None, shelf: bool, severity: Severity
) -> None:
    one = rule(vehicle=vehicle, unknown_severity=unknown)
    assert stands(one, setting("edible", has_shelf=shelf)).severity is severity


@pytest.mark.parametrize(
    ("severity", "refer", "expected"),
    [
        (MAJOR, "tell", "first"),
        (FORBIDDEN, "tell", "first"),
        (MODERATE, "tell", "tell"),
        (MAJOR, "no", "no"),
        (MODERATE, "no", "no"),
        (MODERATE, "first", "first"),
    ],
)
def test_what_is_major_goes_to_a_clinician_first_unless_the_rule_says_nobody(
    severity: Severity, refer: str, expected: str
) -> None:
    assert stands(rule(severity=severity, refer=refer)).refer == expected


def test_what_is_no_longer_forbidden_on_the_skin_excludes_nothing_there() -> None:
    forbidden = rule(severity=FORBIDDEN, excludes="covered")
    assert stands(forbidden).excludes == "covered"
    assert stands(forbidden, ON_SKIN).excludes == ""
    assert stands(rule(severity=MAJOR, excludes="solid"), ON_SKIN).excludes == "solid"


def test_a_finding_says_what_its_rule_says() -> None:
    one = rule(
        lower_first_dose=True, no_product=True, cleared_severity=MINOR, refer_to="prescriber", certainty="A"
    )
    found = stands(one)
    for name in (
        "id", "kind", "direction", "certainty", "wording", "sources", "refer_to", "urgency", "vehicle",
        "lower_first_dose", "no_product", "unknown_severity", "cleared_severity",
    ):  # fmt: skip
        assert getattr(found, name) == getattr(one, name), name


# A class word that no rule is about

SEIZURE = medicines(
    clobazam="seizure benzo", valproate="seizure", levetiracetam="seizure mild", aspirin="nsaid"
)


def unnamed(
    *rules: Rule, who: Facts | None = None, where: Setting = BY_MOUTH, **parts: Any
) -> Finding | None:
    """The warning about "seizure medicine", where nothing says which."""
    known: Knowledge = knowledge(
        rules=rules, **{"medicines": SEIZURE, "merged": {UNNAMED: merged(UNNAMED)}, **parts}
    )
    found = fired(who or facts(class_only=("seizure",)), where, known)
    return next((f for f in found if f.id == UNNAMED), None)


def about(ingredient: str, severity: Severity, *cannabinoids: str, **said: Any) -> Rule:
    return rule(
        f"{ingredient}-{severity.word}-{'-'.join(cannabinoids)}",
        severity,
        ingredients=frozenset({ingredient}),
        cannabinoids=cannabinoids,
        **said,
    )


def test_it_weighs_as_the_worst_that_its_members_could_raise() -> None:
    found = unnamed(
        about("clobazam", MAJOR, "CBD"),
        about("valproate", MODERATE, "THC"),
        about("aspirin", FORBIDDEN, "THC"),
    )
    assert found is not None
    assert (found.severity, found.because, found.cannabinoids) == (MAJOR, ("seizure",), ("CBD",))
    assert found.routes == ("edible",)


def test_two_members_as_bad_as_each_other_are_named_with_both_cannabinoids() -> None:
    found = unnamed(about("clobazam", MAJOR, "CBD"), about("valproate", MAJOR, "THC"))
    assert found is not None and found.cannabinoids == ("THC", "CBD")
    worse = unnamed(about("clobazam", MODERATE, "CBD"), about("valproate", MAJOR, "THC"))
    assert worse is not None and (worse.severity, worse.cannabinoids) == (MAJOR, ("THC",))


def test_the_classes_of_its_members_count_and_their_exceptions_hold() -> None:
    sedates = rule("benzo", MAJOR, classes=frozenset({"benzo"}), cannabinoids=("THC",))
    found = unnamed(sedates)
    assert found is not None and (found.severity, found.cannabinoids) == (MAJOR, ("THC",))
    for excepted in ("clobazam", "seizure"):
        assert (
            unnamed(rule("benzo", MAJOR, classes=frozenset({"benzo"}), excepted=frozenset({excepted})))
            is None
        )


@pytest.mark.parametrize(
    "said",
    [{"kind": "precaution"}, {"only_if": When(terms=frozenset({"falls"}))}, {"vehicle": "alcohol"}],
    ids=["a precaution", "under a circumstance", "about the vehicle"],
)
def test_what_does_not_hold_for_everybody_does_not_count(said: dict[str, Any]) -> None:
    assert unnamed(about("clobazam", FORBIDDEN, **said)) is None
    found = unnamed(about("clobazam", FORBIDDEN, **said), about("valproate", MODERATE))
    assert found is not None and found.severity is MODERATE
    same = unnamed(about("clobazam", FORBIDDEN, **said), about("clobazam", MODERATE))
    assert same is not None and same.severity is MODERATE


def test_members_that_raise_a_line_at_most_raise_none() -> None:
    assert unnamed(about("clobazam", MINOR)) is None
    assert unnamed() is None


def test_it_speaks_of_the_cannabinoids_of_which_no_rule_on_the_class_speaks() -> None:
    spoken = rule("seizure-thc", MODERATE, classes=frozenset({"seizure"}), cannabinoids=("THC",))
    members = (about("clobazam", MAJOR, "CBD"), about("valproate", FORBIDDEN, "THC"))
    found = unnamed(spoken, *members)
    assert found is not None and (found.severity, found.cannabinoids) == (MAJOR, ("CBD",))
    everything = rule("seizure-all", MODERATE, classes=frozenset({"seizure"}))
    assert unnamed(everything, *members) is None
    precaution = rule("seizure-all", MODERATE, classes=frozenset({"seizure"}), kind="precaution")
    assert unnamed(precaution, *members) is not None
    only_cbd = unnamed(*members, where=setting("edible", cannabinoids=("CBD",)))
    assert only_cbd is not None and only_cbd.cannabinoids == ("CBD",)


def test_what_is_said_of_one_class_is_not_said_of_another() -> None:
    on_nsaids = rule("nsaid-thc", MODERATE, classes=frozenset({"nsaid"}))
    found = unnamed(on_nsaids, about("clobazam", MAJOR, "THC"), who=facts(class_only=("nsaid", "seizure")))
    assert found is not None and (found.because, found.cannabinoids) == (("seizure",), ("THC",))


def test_on_the_skin_it_counts_two_steps_less() -> None:
    found = unnamed(about("clobazam", MAJOR, "CBD"), where=ON_SKIN)
    assert found is not None and (found.severity, found.routes) == (MINOR, ("topical",))


def test_two_class_words_give_one_warning_that_names_both() -> None:
    rules = (about("clobazam", MAJOR, "CBD"), about("aspirin", MODERATE, "THC"))
    found = unnamed(*rules, who=facts(class_only=("nsaid", "seizure")))
    assert found is not None
    assert (found.severity, found.because) == (MAJOR, ("nsaid", "seizure"))


def test_without_its_wording_nothing_is_made_up() -> None:
    assert unnamed(about("clobazam", MAJOR, "CBD"), merged={}) is None
