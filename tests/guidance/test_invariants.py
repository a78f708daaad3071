"""What holds for any intake and any shelf, whatever is said."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counselor.guidance.advise import advise
from counselor.guidance.dose import TOLERANCE
from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.guidance.shelf import FORMS, ROUTES, Shelf, ShelfItem

from .conftest import TODAY

QUIET = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

CONDITIONS = [
    "MS", "spinal cord injury", "ALS", "myoclonus", "essential myoclonus", "hiccups", "chronic pain",
    "back spasms", "nocturnal leg cramps", "epilepsy", "glorbitis",
]  # fmt: skip
MEDICINES = [
    "Klonopin", "oxycodone 5mg", "baclofen, tizanidine", "gabapentin", "warfarin", "clobazam", "Antabuse",
    "metformin", "glorbizol", "none", "xanex", "Depakote", "amitriptyline", "benzo",
]  # fmt: skip
HISTORY = [
    "COPD", "no COPD", "heart attack 2 years ago", "pregnant", "past psychosis", "liver disease",
    "fell twice", "drives for work", "trouble swallowing", "head injury 5 days ago", "chest pain", "wibbled",
]  # fmt: skip

readings = st.one_of(
    st.floats(0, 300, allow_nan=False).map(
        lambda mg: Reading(round(mg, 2), Unit.MG_PER_SERVING, ReadAs.NUMBER)
    ),
    st.floats(0, 95, allow_nan=False).map(
        lambda share: Reading(round(share, 2), Unit.PERCENT, ReadAs.NUMBER)
    ),
    st.just(Reading(None, Unit.PERCENT, ReadAs.NOT_DETECTED)),
    st.just(Reading(None, Unit.PERCENT, ReadAs.NOT_TESTED)),
    st.just(Reading(3.0, Unit.UNKNOWN, ReadAs.NUMBER)),
)


@st.composite
def items(draw: st.DrawFn) -> ShelfItem:
    form = draw(st.sampled_from(sorted(FORMS)))
    keys = draw(st.sets(st.sampled_from(["THC", "THCA", "CBD", "CBDA", "CBN"])))
    return ShelfItem(
        sku=draw(st.from_regex(r"S[0-9]{1,3}", fullmatch=True)),
        name="A product",
        form=form,
        route=FORMS[form].route,
        batch=draw(st.from_regex(r"B[0-9]{1,2}", fullmatch=True)),
        serving=draw(st.sampled_from(["1 capsule", "1 mL", "0.1 g", "", "1 inhalation"])),
        servings_per_package=draw(st.sampled_from([None, 1.0, 30.0])),
        smallest_dose=draw(st.sampled_from([None, 0.1, 0.25, 0.5, 1.0])),
        ingredients=draw(st.sampled_from([None, ("coconut oil",), ("ethanol", "water"), ("olive oil",)])),
        tested_on=draw(st.sampled_from([None, TODAY - timedelta(days=90)])),
        expires_on=draw(st.sampled_from([None, TODAY - timedelta(days=1), TODAY + timedelta(days=200)])),
        stock=draw(st.sampled_from([None, 0, 5])),
        price=draw(st.sampled_from([None, 30.0])),
        readings={key: draw(readings) for key in sorted(keys)},
        holds=draw(st.sampled_from([(), (), ("Recalled by the producer",)])),
    )


intakes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"conditions": st.lists(st.sampled_from(CONDITIONS), max_size=3)},
    optional={
        "age": st.integers(0, 110),
        "routes": st.lists(st.sampled_from(ROUTES), unique=True),
        "medicines": st.lists(st.sampled_from(MEDICINES), max_size=5),
        "history": st.lists(st.sampled_from(HISTORY), max_size=4),
        "experience": st.sampled_from(["none", "occasional", "regular"]),
        "allergies": st.lists(st.sampled_from(["coconut", "zorkwood", "none"]), max_size=2),
        "goals": st.lists(st.sampled_from(["sleep", "quick relief"]), max_size=1),
        "limit": st.integers(0, 20),
    },
)
shelves = st.lists(items(), max_size=12, unique_by=lambda item: (item.sku, item.batch)).map(Shelf.of)


@given(said=intakes, shelf=shelves)
@QUIET
def test_every_answer_keeps_the_rules_of_the_contract(
    knowledge: Knowledge, said: dict[str, Any], shelf: Shelf
) -> None:
    advice = advise(Intake.from_json(said), shelf, knowledge, on=TODAY).to_json()
    code = advice["disposition"]["code"]
    assert code in ("suggest", "refer-first", "no-product")
    if code == "no-product":
        assert advice["suggestions"] == []
    if said.get("age", 30) < 18 or "pregnant" in said.get("history", []):
        assert code == "no-product"
    if "glorbizol" in said.get("medicines", []):
        assert code != "suggest"
    assert len({w["rule"] for w in advice["warnings"]}) == len(advice["warnings"])
    order = [
        ("contraindicated", "major", "moderate", "minor").index(w["severity"]) for w in advice["warnings"]
    ]
    assert order == sorted(order)
    keys = set(advice["sources"])
    for row in [*advice["warnings"], *advice["evidence"], *advice["referrals"], *advice["counsel"]]:
        assert row["sources"] and set(row["sources"]) <= keys
    assert len(advice["suggestions"]) <= said.get("limit", 10)
    json.dumps(advice, allow_nan=False)


@given(said=intakes, shelf=shelves)
@QUIET
def test_points_add_up_and_the_order_is_by_score_then_sku_then_batch(
    knowledge: Knowledge, said: dict[str, Any], shelf: Shelf
) -> None:
    suggestions = advise(Intake.from_json(said), shelf, knowledge, on=TODAY).to_json()["suggestions"]
    for s in suggestions:
        assert abs(sum(reason["points"] for reason in s["reasons"]) - s["score"]) < 1e-9
        assert 0 <= s["score"] <= 1
    ranked = [(-s["score"], s["sku"], s["batch"]) for s in suggestions]
    assert ranked == sorted(ranked)
    assert [s["rank"] for s in suggestions] == list(range(1, len(suggestions) + 1))


@given(said=intakes, shelf=shelves)
@QUIET
def test_no_first_dose_is_above_the_persons_cap(
    knowledge: Knowledge, said: dict[str, Any], shelf: Shelf
) -> None:
    advice = advise(Intake.from_json(said), shelf, knowledge, on=TODAY).to_json()
    for s in advice["suggestions"]:
        if s["administration"] == "local":
            assert s["starting_dose"] is None
            continue
        mg = s["starting_dose"]["mg"]
        assert mg.get("THC", 0) <= advice["first_dose_cap"]["THC"] * TOLERANCE + 0.005
        assert s["starting_dose"]["sources"]


@given(said=intakes, shelf=shelves)
@QUIET
def test_every_batch_is_suggested_or_counted_or_excluded_with_a_reason(
    knowledge: Knowledge, said: dict[str, Any], shelf: Shelf
) -> None:
    advice = advise(Intake.from_json(said), shelf, knowledge, on=TODAY).to_json()
    told = len(advice["excluded"]) + sum(row["count"] for row in advice["excluded_counts"])
    if advice["recognised"]["conditions"] and advice["disposition"]["code"] != "no-product":
        assert len(advice["suggestions"]) + advice["more"] + told == len(shelf.items)
    assert all(row["reasons"] for row in advice["excluded"])
    held = {
        item.sku
        for item in shelf.items
        if item.holds or item.stock == 0 or (item.expires_on and item.expires_on < TODAY)
    }
    saleable = {
        item.sku
        for item in shelf.items
        if not item.holds and item.stock != 0 and not (item.expires_on and item.expires_on < TODAY)
    }
    assert not {s["sku"] for s in advice["suggestions"]} & (held - saleable)


@given(
    said=intakes,
    more=st.lists(
        st.sampled_from(["oxycodone", "Klonopin", "warfarin", "glorbizol", "baclofen"]),
        min_size=1,
        max_size=2,
    ),
)
@QUIET
def test_another_medicine_never_makes_an_answer_milder(
    knowledge: Knowledge, clinic_shelf: Shelf, said: dict[str, Any], more: list[str]
) -> None:
    before = advise(Intake.from_json(said), clinic_shelf, knowledge, on=TODAY)
    after = advise(
        Intake.from_json({**said, "medicines": [*said.get("medicines", []), *more]}),
        clinic_shelf,
        knowledge,
        on=TODAY,
    )
    order = {"suggest": 0, "refer-first": 1, "no-product": 2}
    assert order[after.disposition.code] >= order[before.disposition.code]


@given(said=st.text(max_size=300), day=st.dates(date(2020, 1, 1), date(2040, 1, 1)))
@QUIET
def test_any_text_in_any_list_is_answered_and_said_back(knowledge: Knowledge, said: str, day: date) -> None:
    for field in ("conditions", "history", "symptoms", "goals", "allergies", "medicines"):
        intake = Intake.from_json({"conditions": [], field: [said]})
        advice = advise(intake, Shelf(), knowledge, on=day).to_json()
        json.dumps(advice, allow_nan=False)
        if field == "medicines" and said.strip() and any(letter.isalnum() for letter in said):
            heard = [row for rows in advice["recognised"].values() for row in rows] + advice["unrecognised"]
            assert heard or "medicines" not in advice["not_assessed"]
