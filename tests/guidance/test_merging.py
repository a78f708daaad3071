"""Several rules of one danger become one warning that names everything that makes it."""

from __future__ import annotations

from typing import Any

import pytest

from counselor.guidance.findings import Finding, Setting
from counselor.guidance.knowledge import Cited, DrugClass, Knowledge, Severity
from counselor.guidance.merging import SEDATIVES, merge, merged_finding
from counselor.guidance.resolve import Facts

from .small import facts, finding, knowledge, merged, rule, setting

MINOR, MODERATE, MAJOR, FORBIDDEN = Severity
BY_MOUTH = setting("edible")
KNOWN = knowledge(
    rules=(
        rule("opioid", adds_up="sedation"),
        rule("benzo", adds_up="sedation"),
        rule("bleeds-a", adds_up="bleeding"),
        rule("bleeds-b", adds_up="bleeding"),
        rule("nerves", adds_up="nerves"),
        rule("alone"),
        rule("alone-too"),
    ),
    merged={
        SEDATIVES: merged(SEDATIVES, cleared_severity=MODERATE),
        "bleeding-together": merged("bleeding-together", family="bleeding", cannabinoids=()),
    },
    classes={"opioid": DrugClass("opioid", "An opioid", "opioids", "strong")},
)


def together(
    *findings: Finding, who: Facts | None = None, where: Setting = BY_MOUTH, known: Knowledge = KNOWN
) -> dict[str, Finding]:
    return {f.id: f for f in merge(list(findings), who or facts(), where, known)}


# Sedation

OPIOID = finding("opioid", MODERATE, because=("oxycodone",), cannabinoids=("THC",), routes=("edible",))
BENZO = finding("benzo", MODERATE, because=("diazepam",), cannabinoids=("THC",), routes=("edible",))


def sedated(
    strong: tuple[str, ...] = (), weak: tuple[str, ...] = (), family: Any = (OPIOID, BENZO), **said: Any
) -> dict[str, Finding]:
    where = said.pop("where", BY_MOUTH)
    known = said.pop("known", KNOWN)
    return together(*family, who=facts(strong=strong, weak=weak, **said), where=where, known=known)


def test_two_sedatives_are_one_warning_that_names_them_and_nothing_else_is_lost() -> None:
    alone = finding("alone")
    found = sedated(("oxycodone",), ("diazepam",), (OPIOID, alone, BENZO))
    assert found.keys() == {SEDATIVES, "alone"}
    assert found[SEDATIVES].because == ("diazepam", "oxycodone")


def test_one_sedative_keeps_its_own_warning() -> None:
    assert sedated(("oxycodone",), (), (OPIOID,)).keys() == {"opioid"}


def test_every_sedative_is_named_though_no_rule_is_about_it() -> None:
    found = sedated(("oxycodone",), ("baclofen",), (OPIOID,))
    assert found[SEDATIVES].because == ("baclofen", "oxycodone")
    also = sedated(("oxycodone",), ("baclofen",), (finding("opioid", because=("zolpidem",)),))
    assert also[SEDATIVES].because == ("baclofen", "oxycodone", "zolpidem")


def test_sedatives_of_which_no_rule_of_the_family_speaks_are_not_merged() -> None:
    assert sedated(("oxycodone",), ("baclofen",), (finding("alone"),)).keys() == {"alone"}


@pytest.mark.parametrize(
    ("strong", "weak", "said", "severity"),
    [
        (("oxycodone",), ("baclofen",), {}, MAJOR),
        (("oxycodone", "diazepam"), (), {}, MAJOR),
        ((), ("baclofen", "gabapentin"), {}, MODERATE),
        ((), ("baclofen", "gabapentin"), {"age": 64}, MODERATE),
        ((), ("baclofen", "gabapentin"), {"age": 65}, MAJOR),
        ((), ("baclofen", "gabapentin"), {"terms": frozenset({"lung-disease"})}, MAJOR),
        ((), ("baclofen", "gabapentin"), {"terms": frozenset({"sleep-apnea"})}, MAJOR),
        ((), ("baclofen", "gabapentin"), {"terms": frozenset({"falls"})}, MODERATE),
    ],
)
def test_a_strong_one_or_a_frail_patient_makes_it_major(
    strong: tuple[str, ...], weak: tuple[str, ...], said: dict[str, Any], severity: Severity
) -> None:
    assert sedated(strong, weak, (OPIOID,), **said)[SEDATIVES].severity is severity


def test_it_is_never_milder_than_the_rules_it_stands_for() -> None:
    forbidden = finding("opioid", FORBIDDEN, cannabinoids=("THC",))
    assert sedated((), ("baclofen", "gabapentin"), (forbidden,))[SEDATIVES].severity is FORBIDDEN


def test_on_the_skin_it_counts_two_steps_less_like_the_rules_it_stands_for() -> None:
    rubbed = finding("opioid", MINOR, cannabinoids=("THC",), routes=("topical",))
    swallowed = finding("benzo", MINOR, cannabinoids=("THC",), routes=("edible",))
    assert sedated(("a", "b"), (), (rubbed,), where=setting("topical"))[SEDATIVES].severity is MINOR
    assert sedated(("a", "b"), (), (rubbed, swallowed))[SEDATIVES].severity is MAJOR


def test_what_a_sedation_rule_says_of_cbd_stays_beside_the_warning_about_thc() -> None:
    about_both = finding("opioid", MODERATE, cannabinoids=())
    about_cbd = finding("benzo", MAJOR, cannabinoids=("CBD",))
    found = sedated(("oxycodone", "clobazam"), (), (about_both, about_cbd, finding("alone")))
    assert {id: f.cannabinoids for id, f in found.items()} == {
        "alone": (),
        "opioid": ("CBD",),
        "benzo": ("CBD",),
        SEDATIVES: ("THC",),
    }
    assert sedated(("oxycodone", "clobazam"), (), (OPIOID,)).keys() == {SEDATIVES}


def test_where_only_cbd_is_asked_about_sedation_by_thc_is_not_merged() -> None:
    about_both = finding("opioid", MODERATE, cannabinoids=())
    where = setting("edible", cannabinoids=("CBD",))
    assert sedated(("oxycodone", "clobazam"), (), (about_both,), where=where) == {"opioid": about_both}


def test_without_its_wording_the_rules_stand_each_for_itself() -> None:
    bare = knowledge(rules=tuple(KNOWN.rules.values()))
    assert sedated(("oxycodone", "diazepam"), known=bare).keys() == {"opioid", "benzo"}


# Other families


def bleeding(id: str, severity: Severity = MODERATE, **said: Any) -> Finding:
    return finding(f"bleeds-{id}", severity, **{"because": (id,), "direction": "patient", **said})


def test_two_rules_of_a_family_become_one_as_severe_as_the_worst_of_them() -> None:
    others = [finding("nerves"), finding("alone"), finding("alone-too")]
    also = bleeding("b", MAJOR, because=("a", "b"), direction="additive")
    found = together(*others, bleeding("a"), also)
    assert found.keys() == {"nerves", "alone", "alone-too", "bleeding-together"}
    one = found["bleeding-together"]
    assert (one.severity, one.because, one.direction) == (MAJOR, ("a", "b"), "patient")


def test_one_rule_of_a_family_and_rules_of_none_stay_as_they_are() -> None:
    assert together(bleeding("a"), finding("alone"), finding("nobody-knows")).keys() == {
        "bleeds-a", "alone", "nobody-knows",
    }  # fmt: skip


def test_two_kinds_of_one_family_are_not_one_danger() -> None:
    cause = bleeding("b", kind="cause")
    assert together(bleeding("a"), cause).keys() == {"bleeds-a", "bleeds-b"}
    both = together(bleeding("a", kind="cause"), cause)
    assert both["bleeding-together"].kind == "cause"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("THC",), ("CBD",), ("CBD", "THC")),
        (("THC",), ("THC",), ("THC",)),
        (("THC",), (), ()),
        ((), (), ()),
    ],
)
def test_it_is_about_all_that_its_rules_are_about_and_about_everything_where_one_is(
    first: tuple[str, ...], second: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    found = together(bleeding("a", cannabinoids=first), bleeding("b", cannabinoids=second))
    assert found["bleeding-together"].cannabinoids == expected
    routes = {"THC": "edible", "CBD": "smoked"}
    by_route = together(
        bleeding("a", routes=tuple(routes[c] for c in first)),
        bleeding("b", routes=tuple(routes[c] for c in second)),
    )
    assert by_route["bleeding-together"].routes == tuple(sorted(routes[c] for c in expected))


# The one warning


def one(*family: Finding, because: tuple[str, ...] = ("oxycodone",), **said: Any) -> Finding:
    severity = said.pop("severity", MODERATE)
    known = said.pop("known", KNOWN)
    return merged_finding(merged(cleared_severity=MINOR), list(family), because, severity, known, **said)


def test_its_words_name_the_medicines_and_begin_with_a_capital() -> None:
    wording = one(because=("oxycodone", "opioid", "diazepam")).wording
    assert wording.effect == "Oxycodone, an opioid and diazepam add up."
    assert wording.action == "Keep oxycodone, an opioid and diazepam."
    assert wording.mechanism == "How oxycodone, an opioid and diazepam work."
    assert wording.handout == "Oxycodone, an opioid and diazepam: take care."


def test_nobody_is_told_to_go_on_with_what_was_never_prescribed() -> None:
    assert one(because=("alcohol", "oxycodone")).wording.action == "Keep oxycodone."
    assert one(because=("alcohol", "heroin")).wording.action == "Keep prescribed medicines."
    assert one(because=("alcohol", "oxycodone")).wording.effect == "Alcohol and oxycodone add up."


def test_it_rests_on_its_own_sources_and_then_on_those_of_its_rules_each_once() -> None:
    family = (finding(sources=(Cited("x"), Cited("y"))), finding(sources=(Cited("y"),)))
    assert [cited.key for cited in one(*family).sources] == ["a-review", "x", "y"]


def test_the_surest_of_its_rules_lends_its_certainty() -> None:
    assert one(finding(certainty="B"), finding(certainty="A"), finding(certainty="C")).certainty == "A"
    assert one().certainty == "C"


def test_it_is_about_the_routes_of_its_rules_in_their_fixed_order() -> None:
    family = (finding(routes=("edible",)), finding(routes=("smoked", "edible")))
    assert one(*family).routes == ("smoked", "edible")
    assert one(*family, routes=("topical",)).routes == ("topical",)


def test_it_is_about_the_cannabinoids_of_its_wording_unless_others_are_named() -> None:
    assert one().cannabinoids == ("THC",)
    assert one(cannabinoids=("CBD",)).cannabinoids == ("CBD",)
    assert one(cannabinoids=()).cannabinoids == ()


@pytest.mark.parametrize(("severity", "refer"), [(MODERATE, "tell"), (MAJOR, "first"), (FORBIDDEN, "first")])
def test_from_major_on_it_goes_to_a_clinician_first(severity: Severity, refer: str) -> None:
    assert one(severity=severity).refer == refer


def test_it_asks_for_what_any_of_its_rules_asks_for() -> None:
    assert one(finding(), finding(lower_first_dose=True)).lower_first_dose
    assert not one(finding(), finding()).lower_first_dose
    assert one(finding(raised_by=("a", "b")), finding(raised_by=("b",))).raised_by == ("a", "b")


def test_it_excludes_nothing_by_itself_and_says_who_should_look() -> None:
    found = one(because=("b", "a"))
    assert (found.id, found.kind, found.direction, found.because) == (
        "together",
        "interaction",
        "additive",
        ("b", "a"),
    )
    assert (found.excludes, found.vehicle, found.no_product) == ("", "", False)
    assert (found.refer_to, found.cleared_severity, found.urgency.word) == ("prescriber", MINOR, "this-week")
