"""Whole patients: what the answer must hold, and what it must never hold.

`must`: disposition (one of), urgency (all of), urgency_one_of, warn and cause (medicine, level or worse),
recognised, unread, evidence (route, grade, direction or ""), counsel (topics), suggestions, any_severity (one
of), cleared, change_percent, unsuitable (SKUs), dose_text.
`must_not`: urgency, severity (program facts apart), routes, forms, skus, carriers, thc, thc_dominant,
cbd_rich, concentrates, suggestions, first_is_local, graded_suggestion, thc_first_over (mg), evidence_above.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from counselor.guidance.shelf import Shelf
from tests.guidance.truth.table import HERE, Advise, level, plain, same

GRADES = ("none-or-insufficient", "limited", "moderate", "substantial", "conclusive")
PATIENTS = tomllib.loads((HERE / "patients.toml").read_text(encoding="utf-8"))["patient"]

Found = dict[str, Any]


def _worst(advice: Found, medicine: str, kind: str) -> int:
    """The highest level at which a medicine is named by warnings of a kind, by ingredient or class."""
    known = {plain(medicine)}
    for one in advice["recognised"]["medicines"]:
        if any(same(name, medicine) for name in one["ingredients"]):
            known |= {plain(name) for name in [*one["ingredients"], *one["classes"]]}
    return max(
        (
            level(one["severity"])
            for one in advice["warnings"]
            if one["kind"] == kind and any(plain(name) in known for name in one["because"])
        ),
        default=-1,
    )


def must_faults(must: Found, advice: Found) -> Iterator[str]:
    """What `must` asks for and the answer does not hold."""
    urgencies = {one["urgency"] for one in advice["referrals"]}
    code = advice["disposition"]["code"]
    if "disposition" in must and code not in must["disposition"]:
        yield f"disposition {code}"
    for one in must.get("urgency", []):
        if one not in urgencies:
            yield f"no {one} referral (said: {sorted(urgencies)})"
    if "urgency_one_of" in must and not urgencies & set(must["urgency_one_of"]):
        yield f"no referral of {must['urgency_one_of']} (said: {sorted(urgencies)})"
    for kind, key in (("interaction", "warn"), ("cause", "cause")):
        for medicine, least in must.get(key, []):
            if _worst(advice, medicine, kind) < level(least):
                yield f"{medicine} is not {least} as {kind}"
    read = [name for one in advice["recognised"]["medicines"] for name in one["ingredients"]]
    for name in must.get("recognised", []):
        if not any(same(one, name) for one in read):
            yield f"{name} is not recognised"
    for said in must.get("unread", []):
        if said not in [one["said"] for one in advice["unrecognised"]]:
            yield f"{said} is not said to be unread"
    for route, grade, direction in must.get("evidence", []):
        if not any(
            one["route"] == route and one["grade"] == grade and direction in ("", one["direction"])
            for one in advice["evidence"]
        ):
            yield f"no evidence {route} {grade} {direction}"
    topics = {one["topic"] for one in advice["counsel"]}
    for topic in must.get("counsel", []):
        if topic not in topics:
            yield f"no counsel on {topic} (said: {sorted(topics)})"
    if must.get("suggestions") and not advice["suggestions"]:
        yield "nothing is suggested"
    if "any_severity" in must and not {one["severity"] for one in advice["warnings"]} & set(
        must["any_severity"]
    ):
        yield f"no warning of {must['any_severity']}"
    for rule in must.get("cleared", []):
        if not any(one["rule"] == rule and one["cleared"] for one in advice["warnings"]):
            yield f"{rule} is not cleared"
    if "change_percent" in must:
        change = (advice["follow_up"] or {}).get("change_percent")
        if change != pytest.approx(must["change_percent"], abs=0.05):
            yield f"change is {change}"
    answers = {one["sku"]: one["suitable"] for one in advice["considered"]}
    for sku in must.get("unsuitable", []):
        if answers.get(sku) is not False:
            yield f"{sku} is {answers.get(sku)}"
    if must.get("dose_text") and not all(
        (one["starting_dose"] or {}).get("text") for one in advice["suggestions"]
    ):
        yield "a suggestion lacks its starting dose"


def _mg(one: Found, cannabinoid: str) -> float:
    """A suggestion's reading of a cannabinoid, mg or percent, whichever it has."""
    profile = one["profile"]
    return float(profile["mg"].get(cannabinoid) or profile["percent"].get(cannabinoid) or 0)


def must_not_faults(bad: Found, advice: Found, shelf: Shelf) -> Iterator[str]:
    """What `must_not` forbids and the answer holds. A product without detected THC has no THC here."""
    urgencies = {one["urgency"] for one in advice["referrals"]}
    for one in set(bad.get("urgency", [])) & urgencies:
        yield f"a {one} referral"
    for one in advice["warnings"]:
        if one["severity"] in bad.get("severity", []) and one["kind"] in ("interaction", "precaution"):
            yield f"{one['rule']} is {one['severity']}"
    carriers = {item.sku: " ".join(item.ingredients or ()).lower() for item in shelf.items}
    forms = ("concentrate", "oral-concentrate")
    for one in advice["suggestions"]:
        thc, cbd = _mg(one, "THC"), _mg(one, "CBD")
        dose = ((one["starting_dose"] or {}).get("mg") or {}).get("THC", 0)
        tests = {
            "route": one["route"] in bad.get("routes", []),
            "form": one["form"] in bad.get("forms", []),
            "sku": one["sku"] in bad.get("skus", []),
            "carrier": any(name.lower() in carriers.get(one["sku"], "") for name in bad.get("carriers", [])),
            "thc": bool(bad.get("thc")) and thc > 0 and one["administration"] != "local",
            "thc-dominant": bool(bad.get("thc_dominant")) and thc > cbd and one["administration"] != "local",
            "cbd-rich": bool(bad.get("cbd_rich")) and cbd > 2 * thc and one["administration"] != "local",
            "concentrate": bool(bad.get("concentrates")) and one["form"] in forms,
            "suggested": bool(bad.get("suggestions")),
            "graded": bool(bad.get("graded_suggestion"))
            and one["evidence_grade"] not in ("", None, GRADES[0]),
            "first dose": "thc_first_over" in bad and dose > bad["thc_first_over"] * 1.05,
        }
        for name, wrong in tests.items():
            if wrong:
                yield f"{one['sku']} {one['name']} ({one['form']}): {name} {dose or ''}".rstrip()
    if bad.get("first_is_local") and [
        one for one in advice["suggestions"][:1] if one["administration"] == "local"
    ]:
        yield "a local cream comes first"
    for route, grade in bad.get("evidence_above", []):
        for one in advice["evidence"]:
            if (route in ("any", one["route"])) and GRADES.index(one["grade"]) > GRADES.index(grade):
                yield f"evidence {one['condition']} {one['route']} is {one['grade']}"


@pytest.mark.parametrize("patient", [pytest.param(one, id=one["id"]) for one in PATIENTS])
def test_a_patient_is_answered_as_the_evidence_has_it(
    patient: Found, put_at_shelf: Advise, clinic_shelf: Shelf
) -> None:
    advice = put_at_shelf({**patient["intake"], "limit": 60})
    assert list(must_faults(patient.get("must", {}), advice)) == []
    assert list(must_not_faults(patient.get("must_not", {}), advice, clinic_shelf)) == []
    assert not (advice["disposition"]["code"] == "no-product" and advice["suggestions"])


def test_there_are_sixty_patients_and_each_asks_something() -> None:
    assert len(PATIENTS) >= 60
    assert len({one["id"] for one in PATIENTS}) == len(PATIENTS)
    for one in PATIENTS:
        assert one["source"], one["id"]
        assert one.get("must") or one.get("must_not"), one["id"]


def test_the_judge_finds_fault_with_an_empty_answer(put_at_shelf: Advise, clinic_shelf: Shelf) -> None:
    """A judge that accepts anything would prove nothing: an answer to nobody fails the patients' musts."""
    empty = put_at_shelf({"conditions": []})
    asking = [one for one in PATIENTS if one.get("must") and one["must"] != {"disposition": ["suggest"]}]
    failing = [one["id"] for one in asking if not list(must_faults(one["must"], empty))]
    assert failing == [], "these musts hold for an answer to nobody"
